"""When a list has gone stale, told from its own past."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.staleness import (
    GRAIN,
    WINDOW,
    Appearances,
    appeared,
    patience,
    read,
    stale_since,
    write,
)

MONDAY = datetime(2024, 5, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def published(hours: Iterable[float]) -> Appearances:
    dates = [MONDAY + hour * HOUR for hour in hours]
    return appeared((), dates, max(dates))


def every(hours: float, days: float) -> Appearances:
    return published(number * hours for number in range(int(days * 24 / hours) + 1))


def office_hours(days: int) -> Appearances:
    """Every hour from 9 to 18, Monday to Friday."""
    return published(day * 24 + hour for day in range(days) if day % 7 < 5 for hour in range(9, 18))


def test_of_each_grain_the_last_is_remembered_for_four_weeks_before_the_newest() -> None:
    known = every(1, 40)
    assert known[-1] == MONDAY + 40 * DAY
    assert known[-1] - known[0] < WINDOW
    assert len(known) <= WINDOW / GRAIN + 1
    assert appeared(known, (), MONDAY + 400 * DAY) == known


def test_what_is_still_to_come_has_not_appeared() -> None:
    assert appeared((), (MONDAY, MONDAY + HOUR), MONDAY) == (MONDAY,)
    assert appeared((), (), MONDAY) == ()


def test_a_day_without_news_is_remarkable_where_there_is_some_every_hour() -> None:
    known = every(1, 20)
    newest = known[-1]
    assert stale_since(known, newest + 23.9 * HOUR) is None
    assert stale_since(known, newest + 24.1 * HOUR) == newest


def test_eight_usual_gaps_are_remarkable() -> None:
    known = every(6, 20)
    assert stale_since(known, known[-1] + 47 * HOUR) is None
    assert stale_since(known, known[-1] + 49 * HOUR) == known[-1]


@pytest.mark.parametrize("days", [12, 19, 26, 33])
def test_a_weekend_is_not(days: int) -> None:
    known = office_hours(days)
    assert known[-1].weekday() == 4
    back = MONDAY + (days + 2) * DAY + 9 * HOUR
    assert stale_since(known, back) is None
    assert stale_since(known, back + 2 * DAY) == known[-1]


def test_a_first_weekend_is_not_either() -> None:
    known = office_hours(5)
    assert stale_since(known, MONDAY + 7 * DAY + 9 * HOUR) is None
    assert stale_since(known, MONDAY + 8 * DAY) == known[-1]


def test_one_odd_silence_makes_no_habit() -> None:
    known = published([*range(300), *range(500, 700)])
    assert patience(known) == DAY


def test_who_publishes_seldom_or_has_not_done_so_for_long_is_not_judged() -> None:
    assert stale_since(every(30, 28), MONDAY + 365 * DAY) is None
    assert stale_since(every(2, 0.4), MONDAY + 365 * DAY) is None
    assert stale_since((), MONDAY) is None


@given(st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)), max_size=20))  # noqa: DTZ001
def test_what_is_written_is_read(dates: list[datetime]) -> None:
    known = tuple(sorted(date.replace(tzinfo=UTC, microsecond=0) for date in dates))
    assert read(write(known)) == known


@pytest.mark.parametrize("text", ["", "null", "{", '["x"]', "[1e99]", "[[]]", "[" * 99_999])
def test_anything_else_reads_as_nothing(text: str) -> None:
    assert read(text) == ()
