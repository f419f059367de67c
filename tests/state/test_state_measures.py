"""Figures of articles and lists: kept in order, bounded, and gone with what was taken down."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from scraper.articles.drift import LATEST
from scraper.articles.measures import Measure, Noted
from scraper.articles.trend import Trend
from scraper.feeds.tally import Tally
from scraper.state.database import State
from scraper.state.measures import HELD, KEPT, Drifting
from scraper.state.tallies import KEPT as READINGS
from scraper.state.tallies import StrangeList

NOON = datetime(2026, 3, 4, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
MEASURE = Measure(
    generation="generic",
    locked=False,
    characters=838,
    paragraphs=12,
    linked=0.125,
    pictures=2,
    filled=frozenset(("byline", "keywords")),
    shared=0.25,
)
TALLY = Tally(50, 2, 49, 48, 47)
LISTED = ("china", "https://news.example/feed")


def noted(number: int, unlike: str = "", **changes: object) -> Noted:
    measure = replace(MEASURE, **changes)  # type: ignore[arg-type]
    return Noted(f"story-{number}", measure, NOON, frozenset((number, 2**47 + 5)), unlike)


def test_a_measure_comes_back_as_it_was_kept(state: State) -> None:
    first, second = noted(1), noted(2, "links", locked=True, filled=frozenset())
    state.measures.add("china", first)
    state.measures.add("china", second)
    assert state.measures.latest("china") == [first, second]
    assert state.measures.latest("world") == []


def test_an_article_that_is_measured_again_is_the_latest(state: State) -> None:
    for one in (noted(1, "links"), noted(2), noted(1)):
        state.measures.add("china", one)
    assert state.measures.latest("china") == [noted(2), noted(1)]


def test_each_kind_is_bounded_and_quarantine_drives_nothing_out(state: State) -> None:
    with state.transaction():
        for number in range(KEPT + 20):
            state.measures.add("china", noted(number))
        for number in range(1000, 1000 + 2 * KEPT):
            state.measures.add("china", noted(number, "links"))
        for number in range(2000, 2010):
            state.measures.add("china", noted(number, locked=True))
    latest = state.measures.latest("china")
    assert len([one for one in latest if one.unlike]) == HELD
    assert len([one for one in latest if not one.unlike]) == KEPT
    assert len(state.measures.of_kind("china", "generic", locked=False)) == KEPT + HELD
    assert len(state.measures.of_kind("china", "generic", locked=True)) == 10
    assert [bool(one.lines) for one in latest[-LATEST:]] == [True] * LATEST
    assert not any(one.lines for one in latest[:-LATEST])


def test_what_was_taken_down_leaves_no_figures(state: State) -> None:
    state.measures.add("china", noted(1))
    state.measures.add("world", noted(1))
    state.forgotten.drop_rows("story-1")
    assert state.measures.latest("china") == state.measures.latest("world") == []


def test_a_trend_is_known_since_it_was_seen_first(state: State) -> None:
    state.measures.note("china", None, NOON)
    assert state.measures.sign("china") == ""
    state.measures.note("china", Trend("generic", "shorter", "shorter"), NOON)
    state.measures.note("china", Trend("feed", "shorter still", "held"), NOON + HOUR)
    assert state.measures.sign("china") == "held"
    assert state.measures.drifting() == [Drifting("china", "feed", "shorter still", NOON)]
    state.measures.note("china", None, NOON)
    assert state.measures.drifting() == []


def test_readings_of_a_list_are_bounded(state: State) -> None:
    for number in range(READINGS + 9):
        state.tallies.add(LISTED, replace(TALLY, entries=number), "", NOON)
    past = state.tallies.past(*LISTED)
    assert sorted(one.entries for one in past) == list(range(9, READINGS + 9))
    assert replace(past[0], entries=50) == TALLY
    assert state.tallies.past("world", LISTED[1]) == []


def test_a_list_is_strange_since_the_first_reading_in_a_row(state: State) -> None:
    state.tallies.add(LISTED, TALLY, "few", NOON - HOUR)
    state.tallies.add(LISTED, TALLY, "", NOON)
    assert state.tallies.strange() == []
    for hours in (1, 2):
        state.tallies.add(LISTED, TALLY, f"few {hours}", NOON + hours * HOUR)
    state.tallies.add(("world", "https://news.example/w"), TALLY, "dates", NOON)
    assert state.tallies.strange() == [
        StrangeList("china", LISTED[1], "few 2", NOON + HOUR),
        StrangeList("world", "https://news.example/w", "dates", NOON),
    ]
    assert state.tallies.strange_of("china") == {LISTED[1]: "few 2"}
    assert state.tallies.strange_of("none") == {}
