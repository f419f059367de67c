"""Whether a daemon does its work, not only lives: each thing that must hold, and why it does not.

Alive says that a restart would not help; ready says that articles are being archived. Pure.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from scraper.model import Source
from scraper.service.watching.glance import Glance
from scraper.state.sources import SourceRecord

ALIVE_SECONDS = 60.0  # without a sign of life for longer, the event loop hangs
STALE_SECONDS = 60.0  # a look that is older: the disk does not answer
LEAST_FRESH = timedelta(hours=1)
FRESH_INTERVALS = 3  # so many intervals of the source that is polled most often


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is judged."""

    glance: Glance | None
    glance_age: float  # seconds
    pulse_age: float  # seconds
    is_working: bool  # the schedule is kept: begun, and not told to stop
    started: datetime


def judge(seen: Seen, sources: Collection[Source]) -> dict[str, str]:
    """What must hold, each with the reason why it does not, "" where it does."""
    glance = seen.glance if seen.glance_age <= STALE_SECONDS else None
    unanswered = f"the disk has not answered for {seen.glance_age:.0f} s"
    return {
        "archive": glance.archive_trouble if glance else unanswered,
        "state": glance.state_trouble if glance else unanswered,
        "scheduler": _scheduler(seen),
        "success": _success(glance, sources, seen.started) if glance else unanswered,
    }


def _scheduler(seen: Seen) -> str:
    if not seen.is_working:
        return "it has not begun, or was told to stop"
    if seen.pulse_age >= ALIVE_SECONDS:
        return f"no sign of life for {seen.pulse_age:.0f} s"
    return ""


def _success(glance: Glance, sources: Collection[Source], started: datetime) -> str:
    """Whether any source was polled well lately; one that fails alone is no reason here.

    Lately is three intervals of the source that is polled most often, an hour at least, from the
    daemon's start on: a restart is given the time to come to itself.
    """
    polled = [s for s in sources if not _is_stopped(glance.records.get(s.name))]
    if glance.state_trouble or not polled:
        return ""
    last = _last_success(glance.records, polled)
    allowed = max(LEAST_FRESH, FRESH_INTERVALS * min(_interval(s, glance) for s in polled))
    if glance.at - max(started, last or started) <= allowed:
        return ""
    when = f"the last was {last:%Y-%m-%dT%H:%M:%SZ}" if last else "there was none yet"
    return f"no source was polled with success for {_hours(allowed)}; {when}"


def _last_success(
    records: Mapping[str, SourceRecord], sources: Iterable[Source]
) -> datetime | None:
    known = (records.get(source.name) for source in sources)
    return max((r.last_success for r in known if r and r.last_success), default=None)


def _interval(source: Source, glance: Glance) -> timedelta:
    """How often a source is polled: as configured, or as its servers ask for."""
    record = glance.records.get(source.name)
    longest = max(source.every, source.every_max or source.every)
    if record and record.next_poll and record.last_poll and not record.failures:
        return max(longest, record.next_poll - record.last_poll)
    return longest


def _is_stopped(record: SourceRecord | None) -> bool:
    return record is not None and record.stopped_at is not None


def _hours(span: timedelta) -> str:
    return f"{span / timedelta(hours=1):.1f} hours".replace(".0 ", " ")
