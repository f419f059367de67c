"""How often a source publishes at which hour of the day, and when to look again for one article.

A rate per hour of the day (UTC), as arrivals by hours watched, both forgotten exponentially. Only
arithmetic on given clocks: the same history and the same moment give the same answer.
"""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

VERSION = 1  # of the text that a rhythm is kept as
HOURS = 24
# Old habits count half after two weeks: long enough for a weekend not to be taken for the norm,
# short enough for a newsroom that moves its hours.
HALF_LIFE = timedelta(days=14)
# A longer silence of ours says little of the hours within it: the list has moved on meanwhile.
MAX_WATCH = timedelta(days=1)
PRIOR_HOURS = 1.0  # before anything is known: one article in one hour
SMOOTHING_HOURS = 1.0  # each hour of the day is believed to be like the whole day, for so long
WANTED = 1.0  # articles that are expected when it is time to look
JITTER = 0.1  # a wait is shortened by up to this share, so that sources do not meet
_DECIMALS = 9  # what ten seconds forget must not be lost in rounding
_HOUR = timedelta(hours=1)
_NOTHING = (0.0,) * HOURS


@dataclass(frozen=True, slots=True)
class Rhythm:
    """What was seen in each hour of the day: articles that appeared, and hours of watching."""

    arrivals: tuple[float, ...] = _NOTHING
    watched: tuple[float, ...] = _NOTHING  # hours
    until: datetime | None = None  # the end of the watch; what is kept is as of then


@dataclass(frozen=True, slots=True)
class Bounds:
    """The shortest and the longest interval between two polls."""

    every: timedelta
    every_max: timedelta


def observe(
    rhythm: Rhythm, since: datetime, now: datetime, published: Sequence[datetime | None]
) -> Rhythm:
    """The rhythm after a watch from `since` to `now` in which these articles appeared.

    One whose date lies outside the watch, or that has none, is spread over all of it. A clock that
    went back teaches nothing.
    """
    since = max(since, now - MAX_WATCH)
    if since >= now:
        return replace(rhythm, until=now)
    spans = _spans(since, now)
    arrivals, watched = _forgotten(rhythm, now)
    for hour, hours in spans:
        watched[hour] += hours
    total = sum(hours for _, hours in spans)
    vague = sum(1 for date in published if not _is_within(date, since, now))
    for hour, hours in spans:
        arrivals[hour] += vague * hours / total
    for date in published:
        if date and _is_within(date, since, now):
            arrivals[date.astimezone(UTC).hour] += 1
    return Rhythm(_rounded(arrivals), _rounded(watched), now)


def interval(rhythm: Rhythm, now: datetime, bounds: Bounds, jitter: float) -> timedelta:
    """The time from `now` to the next poll, within the bounds.

    As long as it takes for WANTED articles to be expected, hour by hour of the day to come.
    `jitter` in [0, 1) shortens it by up to JITTER.
    """
    wait = _time_to_publish(rhythm, now, bounds.every_max) * (1 - JITTER * jitter)
    return max(bounds.every, min(wait, bounds.every_max))


def write(rhythm: Rhythm) -> str:
    """A rhythm as a line of JSON: version, end of the watch in ms since 1970, the two rows."""
    until = round(rhythm.until.timestamp() * 1000) if rhythm.until else None
    content = [VERSION, until, list(rhythm.arrivals), list(rhythm.watched)]
    return json.dumps(content, separators=(",", ":"))


def read(text: str) -> Rhythm:
    """The rhythm that was written; a blank one for anything else: it can be learned again."""
    try:
        version, until, *rows = json.loads(text)
        arrivals, watched = (tuple(map(float, row)) for row in rows)
        at = datetime.fromtimestamp(until / 1000, UTC) if until is not None else None
    except (ValueError, TypeError, OverflowError, OSError, RecursionError):
        return Rhythm()
    sound = all(math.isfinite(number) and number >= 0 for number in (*arrivals, *watched))
    if version != VERSION or not sound or {len(arrivals), len(watched)} != {HOURS}:
        return Rhythm()
    return Rhythm(arrivals, watched, at)


def _rate(rhythm: Rhythm, hour: int) -> float:
    """Articles an hour at this hour of the day; never 0."""
    daily = (sum(rhythm.arrivals) + 1) / (sum(rhythm.watched) + PRIOR_HOURS)
    return (rhythm.arrivals[hour] + SMOOTHING_HOURS * daily) / (
        rhythm.watched[hour] + SMOOTHING_HOURS
    )


def _time_to_publish(rhythm: Rhythm, now: datetime, longest: timedelta) -> timedelta:
    rates = [_rate(rhythm, hour) for hour in range(HOURS)]
    expected = passed = 0.0
    for hour, hours in _spans(now, now + longest):
        rate = rates[hour]
        if expected + rate * hours >= WANTED:
            return timedelta(hours=passed + (WANTED - expected) / rate)
        expected += rate * hours
        passed += hours
    return longest


def _spans(start: datetime, end: datetime) -> list[tuple[int, float]]:
    """The hours of the day (UTC) from one moment to another, and how much of each (in hours)."""
    spans: list[tuple[int, float]] = []
    at, end = start.astimezone(UTC), end.astimezone(UTC)
    while at < end:
        following = min(at.replace(minute=0, second=0, microsecond=0) + _HOUR, end)
        spans.append((at.hour, (following - at) / _HOUR))
        at = following
    return spans


def _forgotten(rhythm: Rhythm, now: datetime) -> tuple[list[float], list[float]]:
    passed = max(now - rhythm.until, timedelta(0)) if rhythm.until else timedelta(0)
    kept = 0.5 ** (passed / HALF_LIFE)
    return [kept * number for number in rhythm.arrivals], [kept * n for n in rhythm.watched]


def _rounded(numbers: Sequence[float]) -> tuple[float, ...]:
    return tuple(round(number, _DECIMALS) for number in numbers)


def _is_within(date: datetime | None, since: datetime, now: datetime) -> bool:
    return date is not None and since < date <= now
