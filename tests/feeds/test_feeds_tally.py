"""A list beside its earlier readings: what is not the list that it was is named."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.feeds.tally import LOOKED_AT, MINIMUM, Tally, strange, tally_of
from scraper.model import Entry, Feed

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
USUAL = Tally(entries=50, ignored=2, titles=50, dated=50, stories=50)
PAST = [USUAL] * MINIMUM


def is_story(entry: Entry) -> bool:
    return "/story" in entry.url


def test_a_list_is_counted() -> None:
    entries = (
        Entry("https://a.example/story1", title="一", published=NOON),
        Entry("https://a.example/story2", title="一"),
        Entry("https://a.example/video", title=""),
    )
    assert tally_of(Feed("rss", entries, ignored=4), is_story) == Tally(3, 4, 1, 1, 2)


def test_of_a_long_list_only_the_beginning_is_looked_at() -> None:
    entries = tuple(Entry(f"https://a.example/story{n}", title=str(n)) for n in range(5000))
    tally = tally_of(Feed("sitemap", entries), is_story)
    assert tally == Tally(5000, 0, LOOKED_AT, 0, LOOKED_AT)
    assert strange(tally, [tally] * MINIMUM) == ""


@pytest.mark.parametrize(
    ("tally", "what"),
    [
        (Tally(12, 2, 12, 12, 12), "far fewer entries"),
        (Tally(0, 0, 0, 0, 0), "far fewer entries"),
        (Tally(20, 90, 20, 20, 20), "is ignored"),
        (Tally(50, 2, 1, 50, 50), "the same title"),
        (Tally(50, 2, 0, 50, 50), "the same title"),
        (Tally(50, 2, 50, 50, 3), "hardly any story"),
        (Tally(50, 2, 50, 0, 50), "no dates"),
    ],
)
def test_what_is_strange_is_named(tally: Tally, what: str) -> None:
    assert what in strange(tally, PAST)
    assert strange(tally, PAST[1:]) == ""  # too little is known
    assert strange(tally, [tally] * MINIMUM) == ""  # it always was so


@pytest.mark.parametrize(
    "tally",
    [USUAL, Tally(30, 2, 30, 30, 30), Tally(500, 2, 90, 90, 90), Tally(50, 60, 45, 30, 40)],
)
def test_what_varies_as_lists_do_is_not_strange(tally: Tally) -> None:
    assert strange(tally, PAST) == ""


def test_lists_whose_length_varies_or_is_short_are_never_too_short() -> None:
    varied = [Tally(2 ** (n % 6), 0, 1, 1, 1) for n in range(30)]
    assert strange(Tally(1, 0, 1, 1, 1), varied) == ""
    assert strange(Tally(0, 0, 0, 0, 0), [Tally(4, 0, 4, 4, 4)] * MINIMUM) == ""
    few = Tally(4, 0, 1, 0, 0)  # says nothing by its titles
    assert strange(few, [Tally(10, 0, 10, 10, 10)] * MINIMUM) == ""


def test_a_length_that_lasts_is_the_new_usual() -> None:
    short, past = Tally(10, 0, 10, 10, 10), list(PAST)
    seen = []
    for _ in range(30):
        seen.append(strange(short, past[-20:]))
        past.append(short)
    assert seen[0]
    assert seen[-1] == ""


numbers = st.integers(0, 100)
tallies = st.builds(Tally, st.integers(0, 10_000), numbers, numbers, numbers, numbers)


@given(tallies, st.lists(tallies, max_size=60))
def test_any_history_is_judged(tally: Tally, past: list[Tally]) -> None:
    assert isinstance(strange(tally, past), str)
