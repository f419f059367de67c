"""An article beside the others of its source: what spoils it stands out, what is rare does not."""

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.articles.drift import HELD, MINIMUM, UNLIKE, compared, deviation, is_kind, unlike
from scraper.articles.measures import FACTS, Measure, Noted, length_of, lines_of, measure_of
from scraper.articles.trend import Trend, trend_of
from scraper.model import Article
from tests.articles.news import NOON, article, measure, note, noted, paragraphs, stories

NOTICE = ("我们使用小甜饼来改善您的体验。", "继续浏览即表示您同意我们的使用条款与隐私政策。")


def judge(one: Article, past: list[Noted]) -> str:
    found = note(one, past).measure
    return unlike(found, past, [other for other in past if is_kind(other, found)])


def figures(**changes: object) -> Noted:
    return Noted("a", measure(**changes), NOON)


# -- figures ---------------------------------------------------------------------------------------


def test_an_article_is_measured() -> None:
    html = '<p>一二三四<a href="https://a.example/">五<em>六</em></a></p><p>七八九十</p>'
    one = article("a", "一二三四五六", "七八九十", html=html, keywords=(), precision="day")
    assert measure_of(one) == Measure(
        generation="profile:news/2026",
        locked=False,
        characters=10,
        paragraphs=2,
        linked=2 / 10,
        pictures=1,
        filled=frozenset(("byline", "description")),
    )


def test_an_article_of_pictures_has_no_text_to_measure() -> None:
    empty = article("a", html='<p><a href="https://a.example/">x</a></p>')
    found = measure_of(empty)
    assert (found.characters, found.paragraphs, found.linked) == (0, 0, 0.0)
    assert lines_of(empty) == frozenset()
    assert compared(found, frozenset(), noted(3)) == found


def test_a_line_is_told_from_others_and_knows_its_length() -> None:
    lines = lines_of(article("a", "一二三", "一二四", "一二三", "x" * 70_000, "\ud800"))
    assert sorted(map(length_of, lines)) == [1, 3, 3, 65_535]
    assert len(lines_of(article("a", *map(str, range(500))))) == 100


def test_what_several_others_have_is_shared() -> None:
    own = "自己的一段话，别处没有。"
    one = article("a", own, *NOTICE)
    others = [note(article(name, name, NOTICE[0]), []) for name in "bc"]
    shared = note(one, [*others, note(article("d", NOTICE[1]), [])]).measure.shared
    assert shared == pytest.approx(len(NOTICE[0]) / (len(one.text) - 2))
    assert note(one, others[:1]).measure.shared == 0
    twice = article("e", *NOTICE, *NOTICE)
    assert note(twice, [note(article(name, *NOTICE), []) for name in "fg"]).measure.shared == 1


@given(st.lists(st.text(max_size=30), max_size=20), st.lists(st.text(max_size=30), max_size=20))
def test_shares_are_shares(lines: list[str], others: list[str]) -> None:
    one, other = article("a", *lines), article("b", *others)
    found = note(one, [note(other, []), note(other, [])]).measure
    assert 0 <= found.shared <= 1
    assert 0 <= found.linked <= 1
    assert note(one, [note(one, [])] * 2).measure.shared <= 1


def test_the_deviation_is_that_of_a_normal_distribution_and_robust() -> None:
    rng = random.Random(3)
    values = [rng.gauss(0, 2) for _ in range(2000)]
    assert deviation(values) == pytest.approx(2, rel=0.1)
    assert deviation([*values, *[1e9] * 200]) == pytest.approx(2, rel=0.3)


# -- one article -----------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_nothing_usual_is_judged_unlike(seed: int) -> None:
    past: list[Noted] = []
    made = stories(seed)
    for _ in range(300):
        one = next(made)
        assert judge(one, past[-200:]) == ""
        past.append(note(one, past[-200:]))


def test_the_same_notice_on_each_page_is_found_with_the_third() -> None:
    past = noted(60)
    reasons = []
    for number in range(40):
        notice = article(f"notice-{number}", *NOTICE)
        reasons.append(judge(notice, past))
        past.append(note(notice, past, reasons[-1]))
    assert reasons[:2] == ["", ""]
    assert all("100% of its text stands in others" in reason for reason in reasons[2:])


def test_a_flash_above_a_footnote_that_all_have_is_an_article() -> None:
    footnote = "本报保留一切权利，未经书面许可不得转载、摘编或以其他方式使用上述作品。" * 4
    made = stories()
    past: list[Noted] = []
    for _ in range(60):
        one = next(made)
        past.append(note(article(one.id, *one.text.split("\n"), footnote), past))
    flash = article(
        "flash", "今晨五时渡口停航一小时，原因是江上有雾，轮船公司请乘客改走石桥。", footnote
    )
    assert note(flash, past).measure.shared > 0.6
    assert judge(flash, past) == ""
    assert "stands in others" in judge(article("bare", footnote), past)


def test_a_list_of_stories_is_no_article_however_many_there_are() -> None:
    past, rng = noted(60), random.Random(5)
    for number in range(60):
        titles = paragraphs(rng, 12)
        html = "".join(f'<p><a href="https://a.example/">{title}</a></p>' for title in titles)
        listing = article(f"list-{number}", *titles, html=html)
        reason = judge(listing, past)
        assert reason == f"{UNLIKE}: 100% of its text is links"
        past.append(note(listing, past, reason))
    assert judge(next(stories(9)), past) == ""


def test_what_people_had_archived_becomes_usual() -> None:
    links = [figures(linked=0.9)] * 10
    assert unlike(measure(linked=0.9), [*noted(60), *links], noted(60)) == ""


def test_a_text_far_too_short_is_found_where_lengths_are_alike() -> None:
    past = [figures(characters=700 + 5 * n) for n in range(100)]
    short = unlike(measure(characters=40), past, past)
    assert short == f"{UNLIKE}: its text has 40 characters, usual are 948"
    assert unlike(measure(characters=40), past[1:], past[1:]) == ""  # too few to say so
    assert unlike(measure(characters=60), past, past) == ""
    assert unlike(measure(characters=600), past, past) == ""
    assert unlike(measure(characters=21_000), past, past) == ""  # longer is never worse


def test_flashes_are_no_shorter_than_a_source_with_flashes_has_them() -> None:
    past = [figures(characters=60 if n % 50 == 0 else 2000 + n) for n in range(150)]
    assert unlike(measure(characters=40), past, past) == ""
    varied = [figures(characters=100 * 4 ** (n % 5)) for n in range(150)]
    assert unlike(measure(characters=40), varied, varied) == ""


def test_a_page_without_any_fact_that_is_usual_is_found() -> None:
    past = [figures(filled=frozenset(("byline", "instant", "keywords")))] * 40
    found = unlike(measure(filled=frozenset(("description",))), past, past)
    assert (
        found == f"{UNLIKE}: it has no byline, no instant, no keywords, as the source's others have"
    )
    assert unlike(measure(filled=frozenset(("byline",))), past, past) == ""
    barer = [figures(filled=frozenset(("byline",)))] * 40
    assert unlike(measure(filled=frozenset()), barer, barer) == ""


def test_a_new_source_is_never_judged_by_its_own_first_pages() -> None:
    worst = measure(characters=1, filled=frozenset(), linked=1.0, shared=1.0)
    few = noted(MINIMUM - 1)
    assert unlike(worst, few, few) == ""
    assert unlike(worst, noted(MINIMUM), []) != ""
    held = [replace(one, unlike="x") for one in noted(100)]
    assert unlike(worst, held, held) == ""  # what is in quarantine says nothing of what is usual


def test_after_a_redesign_no_page_is_held_for_being_like_its_neighbours() -> None:
    past = noted(60)
    bare = measure(filled=frozenset())
    held = [Noted(str(n), bare, NOON, unlike="x") for n in range(HELD)]
    assert unlike(bare, past + held[1:], past) != ""
    assert unlike(bare, past + held, past) == ""


def test_locked_stories_and_generations_are_kinds_of_their_own() -> None:
    one = figures()
    assert is_kind(one, measure(characters=3))
    assert not is_kind(one, measure(locked=True))
    assert not is_kind(one, measure(generation="generic"))


# -- all of them -----------------------------------------------------------------------------------


def trends(past: list[Noted], latest: list[Noted]) -> list[str]:
    """What is seen after each of the latest; "" for nothing."""
    seen: list[str] = []
    trend: Trend | None = None
    for number in range(1, len(latest) + 1):
        trend = trend_of([*past, *latest[:number]][-240:], trend.sign if trend else "")
        seen.append(trend.what if trend else "")
    return seen


def halved(one: Noted) -> Noted:
    found = one.measure
    return replace(one, measure=replace(found, characters=found.characters // 2))


@pytest.mark.parametrize("seed", range(5))
def test_a_source_that_goes_on_as_before_does_not_drift(seed: int) -> None:
    assert set(trends([], noted(300, seed))) == {""}


def test_half_of_the_text_missing_on_many_pages_is_seen_and_its_end_as_well() -> None:
    past = noted(150, 7)
    seen = trends(past, [halved(one) for one in noted(60, 8)] + noted(80, 9))
    assert "half of its latest articles have no more than" in seen[50]
    assert seen[-1] == ""
    assert sum(a != b for a, b in zip(map(bool, seen), map(bool, seen[1:]), strict=False)) == 2


def test_what_lasts_is_the_new_usual() -> None:
    seen = trends(noted(200, 7), [halved(one) for one in noted(240, 8)])
    assert any(seen)
    assert seen[-1] == ""


def test_a_profile_that_matches_no_more_is_seen() -> None:
    seen = trends(noted(100), noted(30, 2, method="generic"))
    assert seen[-1] == "its articles were read by the rule profile, the latest by generic"
    assert (
        "the rule generic" in trends(noted(80, method="generic"), noted(30, 2, method="feed"))[-1]
    )


def test_a_generation_that_is_known_and_a_profile_that_is_new_are_no_drift() -> None:
    assert set(trends(noted(100), noted(60, 2, method="profile:news/2027"))) == {""}
    assert set(trends(noted(100, method="generic"), noted(60, 2))) == {""}


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"linked": 0.4}, "much more of its latest articles is links"),
        ({"shared": 0.4}, "much of their text in common"),
        ({"filled": frozenset(FACTS) - {"byline", "keywords"}}, "have no byline, no keywords any"),
        ({"pictures": 0}, "have no picture any more"),
        ({"paragraphs": 2}, "no more than 2 paragraphs; it was 12"),
    ],
)
def test_what_most_of_the_latest_lost_is_seen(changes: dict[str, object], what: str) -> None:
    seen = trends([figures()] * 60, [figures(**changes)] * 40)
    assert seen[0] == ""
    assert what in seen[-1]


def test_many_pages_in_quarantine_are_one_trouble_until_all_is_well() -> None:
    past = noted(60)
    held = [replace(one, unlike=f"{UNLIKE}: links") for one in noted(10, 2)]
    seen = trends(past, held + noted(30, 3))
    assert seen[HELD - 2] == ""
    assert seen[HELD - 1] == f"5 of its latest 20 articles are in quarantine: {UNLIKE}: links"
    assert seen[9]
    assert seen[-1] == ""


def test_few_articles_show_nothing() -> None:
    assert trend_of([]) is None
    assert trend_of(noted(30) + noted(19, 2, method="generic")) is None


def test_the_latest_are_named_by_the_rule_that_read_most_of_them() -> None:
    trend = trend_of(noted(60) + noted(20, 2, method="generic"))
    assert trend
    assert trend.generation == "generic"


kinds = st.sampled_from(["profile:a/1", "generic", "feed"])
any_measure = st.builds(
    Measure,
    generation=kinds,
    locked=st.booleans(),
    characters=st.integers(0, 30_000),
    paragraphs=st.integers(0, 200),
    linked=st.floats(0, 1),
    pictures=st.integers(0, 20),
    filled=st.frozensets(st.sampled_from(FACTS)),
    shared=st.floats(0, 1),
)
any_noted = st.builds(
    Noted,
    st.just("a"),
    any_measure,
    st.just(datetime(2026, 1, 1, tzinfo=UTC)),
    st.just(frozenset[int]()),
    st.sampled_from(["", "", "", "x"]),
)


@given(any_measure, st.lists(any_noted, max_size=80))
def test_any_history_is_judged(one: Measure, past: list[Noted]) -> None:
    kind = [other for other in past if is_kind(other, one)]
    found = unlike(one, past, kind)
    assert found == "" or found.startswith(UNLIKE)
    trend = trend_of(past)
    # what is there at all is never taken back at once: the bounds are eased
    assert trend is None or trend_of(past, trend.sign) is not None
