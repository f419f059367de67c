"""How a host stands: how often it failed in a row, and until when it is left alone.

A circuit breaker as arithmetic on values: after some failures in a row nothing is asked of a host
for a pause that grows, then a single request tries whether it is back. Times are seconds of a
monotonic clock, so that setting the wall clock changes nothing; `HostRecord` is what is kept
between processes, in instants.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from scraper.protocol.politeness import MAX_RETRY_AFTER, backoff

THRESHOLD = 5  # failures in a row; two exchanges with their retries, or five without
PAUSE_SECONDS = 60.0
MAX_PAUSE_SECONDS = 3600.0


class Moment(NamedTuple):
    """The same moment on both clocks."""

    seconds: float  # monotonic
    wall: datetime


@dataclass(frozen=True, slots=True)
class Heard:
    """What one request told of its host; by default, that it answers."""

    failed: bool = False  # no answer, 5xx, or 429 without a Retry-After
    wait: float = 0.0  # seconds for which it asked for no requests
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """What is known of a host. Both times are monotonic seconds, 0 for none."""

    failures: int = 0  # in a row
    failing_since: datetime | None = None
    asked_until: float = 0.0  # it asked for no requests until then
    paused_until: float = 0.0  # it failed, and is left alone until then
    reason: str = ""

    @property
    def is_broken(self) -> bool:
        """Whether it is left alone, or tried with one request at a time once the pause is over."""
        return self.failures >= THRESHOLD

    def held_until(self) -> float:
        """When something may be asked of it again, in monotonic seconds."""
        return max(self.asked_until, self.paused_until)


@dataclass(frozen=True, slots=True)
class HostRecord:
    """How a host stands, as it is kept between processes."""

    host: str
    failures: int = 0
    failing_since: datetime | None = None
    not_before: datetime | None = None
    reason: str = ""
    asked_at: datetime | None = None  # when the last request to it started

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing to be kept."""
        return not self.failures and self.not_before is None


def after(standing: Standing, heard: Heard, at: Moment, jitter: float) -> Standing:
    """How a host stands after a request.

    From the fifth failure in a row on it is paused: for a minute, doubled with each trial that
    fails, up to an hour; `jitter` in [0, 1) adds up to a half. Any answer without a complaint ends
    that; a 429 with a Retry-After neither ends nor adds to it. Never shortens what the host asked
    for. Failures during a pause are of requests that began before it: they do not lengthen it.
    """
    asked_until = max(standing.asked_until, at.seconds + heard.wait if heard.wait > 0 else 0.0)
    if heard.failed:
        return _failed(replace(standing, asked_until=asked_until), heard, at, jitter)
    if heard.wait > 0:
        return replace(standing, asked_until=asked_until, reason=heard.reason)
    return Standing(asked_until=asked_until) if asked_until > at.seconds else Standing()


def _failed(standing: Standing, heard: Heard, at: Moment, jitter: float) -> Standing:
    if standing.is_broken and at.seconds < standing.paused_until:
        return standing
    failures = standing.failures + 1
    paused_until = standing.paused_until
    if failures >= THRESHOLD:
        pause = backoff(failures - THRESHOLD, PAUSE_SECONDS, MAX_PAUSE_SECONDS, jitter)
        paused_until = at.seconds + pause
    return Standing(
        failures=failures,
        failing_since=standing.failing_since or at.wall,
        asked_until=standing.asked_until,
        paused_until=paused_until,
        reason=heard.reason,
    )


def to_record(host: str, standing: Standing, at: Moment) -> HostRecord:
    """What is kept of a host; a time that is over is not."""
    left = standing.held_until() - at.seconds
    return HostRecord(
        host=host,
        failures=standing.failures,
        failing_since=standing.failing_since,
        not_before=at.wall + timedelta(seconds=left) if left > 0 else None,
        reason=standing.reason,
    )


def from_record(record: HostRecord, at: Moment) -> Standing:
    """How a host stands, as another process left it.

    Nobody asks for more than a day: where `not_before` lies further ahead, the clock was set back
    since, and a day from now is what holds.
    """
    left = record.not_before - at.wall if record.not_before else timedelta(0)
    bounded = min(max(left, timedelta(0)), MAX_RETRY_AFTER)
    until = at.seconds + bounded.total_seconds() if bounded else 0.0
    standing = Standing(record.failures, record.failing_since, reason=record.reason)
    if standing.is_broken:
        return replace(standing, paused_until=until)
    return replace(standing, asked_until=until)


def is_too_far(record: HostRecord, wall: datetime) -> bool:
    """Whether a record's `not_before` comes from a clock that was wrong, and is to be replaced."""
    return record.not_before is not None and record.not_before - wall > MAX_RETRY_AFTER
