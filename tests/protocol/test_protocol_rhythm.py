"""The rhythm of a source: learned by the hour, bounded whatever was learned, kept as text."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.rhythm import (
    HALF_LIFE,
    JITTER,
    MAX_WATCH,
    Bounds,
    Rhythm,
    interval,
    observe,
    read,
    write,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
BOUNDS = Bounds(timedelta(minutes=10), timedelta(hours=6))

MOMENTS = st.datetimes(
    datetime(2000, 1, 1),  # noqa: DTZ001  # bounds are naive here
    datetime(2100, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
JITTERS = st.floats(0, 1, exclude_max=True)
ROWS = st.lists(st.floats(0, 1e6), min_size=24, max_size=24).map(tuple)
RHYTHMS = st.builds(Rhythm, ROWS, ROWS, st.none() | MOMENTS)
SECONDS = st.integers(10, 30 * 86400)
ANY_BOUNDS = st.tuples(SECONDS, SECONDS).map(
    lambda pair: Bounds(timedelta(seconds=min(pair)), timedelta(seconds=max(pair)))
)


def busy(per_hour: int, hours: range, days: int = 28) -> Rhythm:
    """What is known of a newsroom that publishes so much in these hours, and nothing in others."""
    rhythm, at = Rhythm(), NOW - timedelta(days=days)
    while at < NOW:
        count = per_hour if at.hour in hours else 0
        rhythm = observe(rhythm, at, at + HOUR, [at + timedelta(minutes=5)] * count)
        at += HOUR
    return rhythm


def test_nothing_known_is_looked_at_after_an_hour() -> None:
    assert interval(Rhythm(), NOW, BOUNDS, 0) == HOUR


def test_a_busy_hour_is_looked_at_often_and_a_quiet_one_seldom() -> None:
    rhythm = busy(12, range(9, 18))
    assert interval(rhythm, NOW, BOUNDS, 0) == BOUNDS.every  # one in five minutes
    night = interval(rhythm, NOW.replace(hour=20), BOUNDS, 0)
    assert night > timedelta(hours=2)


def test_the_wait_of_a_quiet_hour_ends_in_the_busy_one() -> None:
    rhythm = busy(12, range(9, 18))
    before = NOW.replace(hour=8)
    wait = interval(rhythm, before, BOUNDS, 0)
    assert timedelta(minutes=40) < wait < timedelta(minutes=70)


def test_one_that_never_publishes_is_asked_after_the_longest_time() -> None:
    assert interval(busy(0, range(0)), NOW, BOUNDS, 0) == BOUNDS.every_max


def test_old_habits_are_forgotten() -> None:
    rhythm = busy(4, range(24))
    later = observe(rhythm, NOW + HALF_LIFE, NOW + HALF_LIFE, [])
    assert later.arrivals == rhythm.arrivals  # nothing was watched
    later = observe(rhythm, NOW + HALF_LIFE - HOUR, NOW + HALF_LIFE, [])
    assert sum(later.arrivals) == pytest.approx(sum(rhythm.arrivals) / 2)
    assert sum(later.watched) == pytest.approx(sum(rhythm.watched) / 2 + 1)


def test_what_many_short_watches_forget_is_not_lost_in_rounding() -> None:
    once = observe(Rhythm(), NOW, NOW + HOUR, [None] * 3)
    often, at = once, once.until or NOW
    for _ in range(1000):
        often = observe(often, at, at + timedelta(seconds=10), [])
        at += timedelta(seconds=10)
    straight = observe(once, at, at + timedelta(microseconds=1), [])
    assert sum(often.arrivals) == pytest.approx(sum(straight.arrivals), rel=1e-4)
    assert sum(often.arrivals) < 3


def test_articles_count_for_the_hour_that_they_are_dated_or_for_all_of_the_watch() -> None:
    dated = NOW + timedelta(minutes=90)
    old = NOW - timedelta(days=3)
    rhythm = observe(Rhythm(), NOW, NOW + timedelta(hours=4), [dated, old, None])
    assert rhythm.arrivals[9:14] == (0.5, 1.5, 0.5, 0.5, 0.0)
    assert rhythm.watched[9:14] == (1.0, 1.0, 1.0, 1.0, 0.0)


def test_a_long_silence_of_ours_counts_for_a_day() -> None:
    rhythm = observe(Rhythm(), NOW - timedelta(days=30), NOW, [])
    assert sum(rhythm.watched) == pytest.approx(MAX_WATCH / HOUR)


def test_a_clock_that_went_back_teaches_nothing() -> None:
    rhythm = busy(4, range(24))
    after = observe(rhythm, NOW + HOUR, NOW, [NOW])
    assert (after.arrivals, after.until) == (rhythm.arrivals, NOW)
    again = observe(rhythm, NOW - timedelta(days=9), NOW - timedelta(days=8), [])
    assert sum(again.arrivals) == pytest.approx(sum(rhythm.arrivals))  # nothing is forgotten


@given(RHYTHMS, MOMENTS, ANY_BOUNDS, JITTERS)
def test_an_interval_is_within_bounds_and_always_the_same(
    rhythm: Rhythm, now: datetime, bounds: Bounds, jitter: float
) -> None:
    found = interval(rhythm, now, bounds, jitter)
    assert bounds.every <= found <= bounds.every_max
    assert found == interval(rhythm, now, bounds, jitter)
    plain = interval(rhythm, now, bounds, 0)
    assert plain * (1 - JITTER) - timedelta(seconds=1) <= found <= plain


@given(RHYTHMS, MOMENTS, MOMENTS, st.lists(st.none() | MOMENTS, max_size=5))
def test_whatever_is_observed_stays_sound(
    rhythm: Rhythm, since: datetime, now: datetime, published: list[datetime | None]
) -> None:
    after = observe(rhythm, since, now, published)
    assert after.until == now
    assert min(after.arrivals) >= 0
    assert sum(after.watched) <= sum(rhythm.watched) + MAX_WATCH / HOUR + 0.001


@given(RHYTHMS)
def test_a_rhythm_is_read_back_as_written(rhythm: Rhythm) -> None:
    again = read(write(rhythm))
    assert (again.arrivals, again.watched) == (rhythm.arrivals, rhythm.watched)
    assert write(again) == write(rhythm)


ROW = "[" + ",".join(["0"] * 24) + "]"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "1",
        f"[2,null,{ROW},{ROW}]",
        f"[1,null,{ROW}]",
        f"[1,null,{ROW},[0]]",
        f'[1,"x",{ROW},{ROW}]',
        f"[1,1e300,{ROW},{ROW}]",
        f"[1,null,{ROW},{ROW.replace('0', '-1', 1)}]",
        f"[1,null,{ROW},{ROW.replace('0', 'NaN', 1)}]",
        "[" * 100_000,
    ],
)
def test_what_cannot_be_read_is_learned_again(text: str) -> None:
    assert read(text) == Rhythm()
