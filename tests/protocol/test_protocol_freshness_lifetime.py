"""How long an answer is fresh, and how far that puts off the next poll."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Hints
from scraper.protocol.freshness import (
    FULL_EVERY,
    MAX_LIFETIME,
    MAX_SKIP,
    fresh_for,
    is_full_due,
    lengthen,
)

NOW = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)  # a Sunday
DATE = "Sun, 01 Mar 2026 12:30:00 GMT"
LATER = "Sun, 01 Mar 2026 13:00:00 GMT"
MINUTES = timedelta(minutes=10)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, 600),
        ({"cache-control": 'public, MAX-AGE="600", must-revalidate'}, 600),
        ({"Cache-Control": "max-age=600, max-age=5"}, 600),
        ({"Cache-Control": "max-age=0"}, None),
        ({"Cache-Control": "max-age=-1"}, None),
        ({"Cache-Control": "max-age=soon", "Expires": LATER, "Date": DATE}, None),
        ({"Cache-Control": "max-age"}, None),
        ({"Cache-Control": "s-maxage=600"}, None),
        ({"Cache-Control": "no-cache, max-age=600"}, None),
        ({"Cache-Control": "max-age=600, no-store"}, None),
        ({"Cache-Control": 'x="no-store, no-cache", max-age=60'}, 60),
        ({"Cache-Control": "max-age=" + "9" * 5000}, MAX_LIFETIME.total_seconds()),
        ({"Cache-Control": "max-age=600", "Age": "200"}, 400),
        ({"Cache-Control": "max-age=600", "Age": "600"}, None),
        ({"Cache-Control": "max-age=600", "Age": "x"}, 600),
        ({"Cache-Control": "max-age=600", "Expires": DATE, "Date": DATE}, 600),
        ({"Expires": LATER, "Date": DATE}, 1800),
        ({"Expires": LATER}, 1800),
        ({"Expires": LATER, "Date": "nonsense"}, 1800),
        ({"Expires": LATER, "Date": DATE, "Age": "60"}, 1740),
        ({"Expires": "Sunday, 01-Mar-26 13:00:00 GMT"}, 1800),
        ({"Expires": "Sun Mar  1 13:00:00 2026"}, 1800),
        ({"Expires": "Sun, 01 Mar 2026 14:00:00 +0100"}, 1800),
        ({"Expires": "Sun, 01 Mar 9999 13:00:00 GMT"}, MAX_LIFETIME.total_seconds()),
        ({"Expires": DATE, "Date": LATER}, None),
        ({"Expires": "0"}, None),
        ({"Expires": "-1"}, None),
    ],
)
def test_the_lifetime_that_headers_give(headers: dict[str, str], seconds: float | None) -> None:
    found = fresh_for(headers, NOW)
    assert (found.total_seconds() if found else None) == seconds


@given(st.text(), st.text(), st.text(), st.text())
def test_no_header_is_too_odd(control: str, age: str, expires: str, date: str) -> None:
    headers = {"Cache-Control": control, "Age": age, "Expires": expires, "Date": date}
    found = fresh_for(headers, NOW)
    assert found is None or timedelta(0) < found <= MAX_LIFETIME


@pytest.mark.parametrize(
    ("full_at", "due"),
    [
        (None, True),
        (NOW, False),
        (NOW - FULL_EVERY + timedelta(seconds=1), False),
        (NOW - FULL_EVERY, True),
        (NOW + timedelta(hours=1), True),  # the clock was wrong then, or is now
    ],
)
def test_a_full_answer_is_asked_for_once_a_day(full_at: datetime | None, due: object) -> None:
    assert is_full_due(full_at, NOW) is due


@pytest.mark.parametrize(
    ("fresh", "ttl", "minutes"),
    [
        (None, None, 10),
        (timedelta(minutes=3), timedelta(minutes=5), 10),  # never shorter
        (timedelta(minutes=30), None, 30),
        (None, timedelta(minutes=40), 40),
        (timedelta(minutes=30), timedelta(minutes=40), 40),
        (timedelta(days=9), timedelta(days=9), 60),  # but not for ever
    ],
)
def test_what_is_fresh_is_left_alone_up_to_a_limit(
    fresh: timedelta | None, ttl: timedelta | None, minutes: float
) -> None:
    assert lengthen(MINUTES, fresh, Hints(ttl), HOUR, NOW) == timedelta(minutes=minutes)


@pytest.mark.parametrize(
    ("hours", "days", "minutes"),
    [
        ({12}, (), 30),  # to the full hour
        ({12, 13}, (), 90),
        ({14}, (), 10),
        ((), {6}, 690),  # to midnight
        ({0, 1}, {6}, 690 + 120),
        ((), {6, 0}, 24 * 60 + 10),  # a day at most
        (range(24), (), 10),  # senseless
        ((), range(7), 10),
    ],
)
def test_skipped_hours_and_days_are_waited_out(
    hours: set[int], days: set[int], minutes: int
) -> None:
    hints = Hints(skip_hours=frozenset(hours), skip_days=frozenset(days))
    assert lengthen(MINUTES, None, hints, HOUR, NOW) == timedelta(minutes=minutes)


MOMENTS = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  # bounds are naive here
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
SPANS = st.timedeltas(timedelta(0), timedelta(days=40))
HINTS = st.builds(
    Hints,
    st.none() | SPANS,
    st.frozensets(st.integers(0, 23)),
    st.frozensets(st.integers(0, 6)),
)


@given(SPANS, st.none() | SPANS, HINTS, SPANS, MOMENTS)
def test_hints_lengthen_within_limits(
    wait: timedelta, fresh: timedelta | None, hints: Hints, longest: timedelta, now: datetime
) -> None:
    found = lengthen(wait, fresh, hints, longest, now)
    assert wait <= found <= max(wait, longest) + MAX_SKIP
