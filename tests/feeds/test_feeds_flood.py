"""What is a flood of old entries under new ids, and what only looks like one."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.feeds.flood import LIMIT, MARGIN, RECENT, Past, sift
from scraper.model import Entry

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LAST = NOW - timedelta(minutes=10)
PAST = Past(LAST, LAST)
HOUR = timedelta(hours=1)


def entries(count: int, published: datetime | None, title: str = "") -> list[Entry]:
    made = f"{published:%d%H%M}" if published else "none"
    return [
        Entry(f"https://news.example/{made}{title}{n}", f"{made}{title}{n}", title, published)
        for n in range(count)
    ]


OLD = entries(30, LAST - timedelta(days=2))
UNDATED = entries(30, None)


def test_old_entries_under_new_ids_are_held_and_new_ones_pass() -> None:
    fresh = entries(2, NOW)
    sifted = sift([*fresh, *OLD], 32, PAST, NOW)
    assert list(sifted.plausible) == fresh
    assert list(sifted.held) == OLD


def test_they_are_held_too_where_no_date_is_known_or_all_are_one() -> None:
    assert len(sift(OLD, 30, Past(LAST), NOW).held) == 30
    assert len(sift(OLD, 30, Past(LAST, OLD[0].published), NOW).held) == 30


@pytest.mark.parametrize("gap", [timedelta(minutes=10), RECENT - timedelta(seconds=1)])
def test_without_dates_a_list_that_changes_at_once_is_a_flood(gap: timedelta) -> None:
    assert len(sift(UNDATED, 30, Past(NOW - gap), NOW).held) == 30


def test_a_title_that_was_listed_before_is_held_whatever_its_date() -> None:
    again = entries(25, NOW, "桥上的灯")
    assert len(sift(again, 30, Past(NOW - timedelta(days=2), None, {"桥上的灯"}), NOW).held) == 25


@pytest.mark.parametrize(
    ("new", "listed", "past"),
    [
        (OLD, 30, Past()),  # the first poll
        (UNDATED, 30, Past()),
        (UNDATED, 30, Past(NOW - RECENT)),  # published while nobody looked
        (entries(30, NOW - HOUR), 30, Past(NOW - timedelta(days=3), NOW - timedelta(days=3))),
        # polled all the time, but the feed was stuck: what it listed last is as old as that
        (entries(30, NOW - 5 * HOUR), 30, Past(LAST, NOW - 6 * HOUR)),
        (entries(30, LAST - MARGIN), 30, PAST),  # a cache between
        (OLD[:LIMIT], 20, PAST),  # few
        (OLD, 60, PAST),  # no more than half
    ],
)
def test_these_are_no_floods(new: list[Entry], listed: int, past: Past) -> None:
    sifted = sift(new, listed, past, NOW)
    assert (list(sifted.plausible), sifted.held) == (new, ())


MOMENTS = st.datetimes(timezones=st.just(UTC), min_value=datetime(2020, 1, 1))  # noqa: DTZ001
DATES = st.none() | MOMENTS


@given(st.lists(DATES, max_size=40), DATES, DATES, MOMENTS, st.integers(0, 50))
def test_nothing_is_lost_or_doubled(
    dates: list[datetime | None],
    last: datetime | None,
    newest: datetime | None,
    now: datetime,
    more: int,
) -> None:
    new = [Entry(f"https://news.example/{n}", str(n), "", date) for n, date in enumerate(dates)]
    sifted = sift(new, len(new) + more, Past(last, newest), now)
    assert sorted((*sifted.plausible, *sifted.held), key=lambda e: int(e.id)) == new
    assert not sifted.held or len(sifted.held) > LIMIT
