"""One bad answer is nothing; three of them over a day are."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.withdrawal import Sight, Sightings, sighted

NOON = datetime(2024, 5, 6, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def seen(*hours: float, sight: Sight = "missing") -> Sightings:
    before = None
    for hour in hours:
        before = sighted(before, sight, NOON + hour * HOUR)
    assert before
    return before


@given(st.lists(st.floats(0, 100), min_size=1, max_size=8).map(sorted))
def test_it_takes_three_sightings_and_a_day(hours: list[float]) -> None:
    is_enough = len(hours) >= 3 and hours[-1] * HOUR - hours[0] * HOUR >= 24 * HOUR
    assert seen(*hours).established == is_enough


def test_first_and_last_sighting_are_kept() -> None:
    assert seen(0, 12, 24) == Sightings("missing", NOON, NOON + 24 * HOUR, 3)
    assert seen(0, 12, 24).established


def test_two_sightings_a_week_apart_and_many_within_a_day_are_not_enough() -> None:
    assert not seen(0, 168).established
    assert not seen(*range(24)).established


def test_another_thing_seen_begins_anew() -> None:
    again = sighted(seen(0, 12, 24), "shrunken", NOON + 25 * HOUR)
    assert again == Sightings("shrunken", NOON + 25 * HOUR, NOON + 25 * HOUR, 1)


def test_a_clock_that_went_back_begins_anew() -> None:
    assert seen(10, 20, 5) == Sightings("missing", NOON + 5 * HOUR, NOON + 5 * HOUR, 1)
