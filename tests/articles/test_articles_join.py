"""Pages of an article joined: everything once, in its order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scraper.articles.join import join
from scraper.model import Article, Picture

URL = "https://a.example/lamps"
NOON = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
LAMP = Picture(f"{URL}/lamp.jpg")
RIVER = Picture(f"{URL}/river.jpg", "河上的灯")


def shown(picture: Picture) -> str:
    below = f"<figcaption>{picture.caption}</figcaption>" if picture.caption else ""
    return f'<figure><img src="{picture.url}" alt="">{below}</figure>'


def page(*lines: str, pictures: tuple[Picture, ...] = (), body: str = "") -> Article:
    return Article(
        url=URL,
        canonical_url=URL,
        id="lamps",
        site="",
        title="河边的灯",
        text="\n".join(lines),
        html=body or "".join([*map(shown, pictures), *(f"<p>{line}</p>" for line in lines)]),
        method="generic",
        images=pictures,
    )


def test_text_and_pictures_follow_each_other_and_the_words_are_counted() -> None:
    first, second = page("甲乙。", pictures=(LAMP,)), page("丙丁。", "戊。", pictures=(RIVER,))
    whole = join([first, second, page("end now")])
    assert whole.text == "甲乙。\n丙丁。\n戊。\nend now"
    assert whole.html == first.html + second.html + "<p>end now</p>"
    assert whole.images == (LAMP, RIVER)
    assert whole.words == 7


def test_the_facts_are_those_of_the_first_page() -> None:
    first = replace(page("甲。"), published=NOON, byline="林小河", continues=f"{URL}/2")
    second = replace(page("乙。"), url=f"{URL}/2", title="别的", published=None, id="2")
    whole = join([first, second])
    assert (whole.url, whole.id, whole.title, whole.byline) == (URL, "lamps", "河边的灯", "林小河")
    assert (whole.published, whole.modified, whole.continues) == (NOON, None, "")


def test_it_was_modified_when_any_page_was_and_is_locked_if_any_page_is() -> None:
    first = replace(page("甲。"), modified=NOON)
    second = replace(page("乙。"), modified=NOON + timedelta(hours=1), paywalled=True)
    whole = join([first, second, page("丙。")])
    assert (whole.modified, whole.paywalled) == (NOON + timedelta(hours=1), True)
    assert not join([first]).paywalled


def test_a_picture_is_shown_once_with_the_caption_that_any_page_gives() -> None:
    bare = replace(RIVER, caption="")
    whole = join([page("甲。", pictures=(bare,)), page("乙。", pictures=(RIVER, LAMP))])
    assert whole.images == (RIVER, LAMP)
    assert whole.html.count("<img ") == 2
    assert whole.html.endswith(f"{shown(LAMP).replace(' alt', ' alt')}<p>乙。</p>")
    kept = join([page("甲。", pictures=(RIVER,)), page("乙。", pictures=(bare,))])
    assert kept.images == (RIVER,)


def test_a_headline_and_an_introduction_at_the_head_of_a_page_are_not_repeated() -> None:
    first = page("导语一句。", "正文第一段。", "是。")
    second = page(
        "河边的灯",
        "导语一句。",
        "正文第二段。",
        "是。",
        body=f"<h2>河边的灯</h2>{shown(LAMP)}<p>导语<br>一句。</p><p>正文第二段。</p><p>是。</p>",
        pictures=(LAMP,),
    )
    whole = join([first, second])
    assert whole.text.split("\n") == ["导语一句。", "正文第一段。", "是。", "正文第二段。", "是。"]
    assert whole.html.count("导语") == 1
    assert "河边的灯" not in whole.html
    assert shown(LAMP) in whole.html


def test_only_what_repeats_the_beginning_in_its_order_is_a_repeat() -> None:
    first = page("一。", "二。", "三。", "四。", "五。", "六。")
    assert join([first, page("六。", "一。")]).text.endswith("六。\n六。\n一。")
    assert join([first, page("二。", "一。", "新。")]).text.endswith("六。\n一。\n新。")
    assert join([first, page(*first.text.split("\n"), "七。")]).text.endswith("六。\n七。")


def test_a_page_without_repeats_is_kept_as_it_is() -> None:
    first, listed = page("一。"), page("一。", "二。", body="<ul><li>一。</li><li>二。</li></ul>")
    assert join([first, listed]).html == "<p>一。</p><ul><li>一。</li><li>二。</li></ul>"
    player = '<p><a href="https://b.example/v">一。</a></p><p>二。</p>'
    assert join([first, page("二。", body=player)]).html == f"<p>一。</p>{player}"


def test_pages_without_words_or_markup_add_no_empty_line() -> None:
    first = page("一。")
    assert join([first, page(pictures=(LAMP,))]).text == "一。"
    assert join([page(pictures=(LAMP,)), first]).text == "一。"
    assert join([first, page()]) == replace(first, words=1)
