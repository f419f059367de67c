"""What a poll means for its source: how it is doing, when it is asked again, what to tell. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scraper.model import Source
from scraper.protocol import rhythm, staleness
from scraper.protocol.freshness import MAX_SKIP, lengthen
from scraper.protocol.politeness import MAX_RETRY_AFTER, backoff
from scraper.service.crawling.reading import Poll, Reading, is_moved
from scraper.state.resources import Resource
from scraper.state.sources import Fault, SourceRecord

MAX_WAIT = timedelta(hours=6)  # between two polls of a source that keeps failing
# What servers and feeds ask for may lengthen a short interval to this, where `every_max` does not
# say: many name an hour, or a day, without knowing when they publish.
LONGEST_HINT = timedelta(hours=1)
DUE_SHARE = 10  # a source is due within a tenth of its interval: cron never runs to the second


@dataclass(frozen=True, slots=True)
class Taken:
    """What a poll added to what was known."""

    new: int = 0  # entries that are wanted now
    held: int = 0  # entries that are held back now, these and earlier ones
    appeared: tuple[datetime | None, ...] = ()  # the dates of articles that are new since the last
    listed: tuple[datetime, ...] = ()  # when what is listed appeared, lately
    strange: Mapping[str, str] = field(default_factory=dict)  # by URL: what is odd of its list


@dataclass(frozen=True, slots=True)
class Circumstances:
    """When a poll ended, and by chance or trouble of whose making. `jitter` is in [0, 1)."""

    now: datetime
    jitter: float = 0.0
    network_down: bool = False  # nobody at all was reached in this run: no source is to blame


def summarise(
    found: Poll, taken: Taken, before: SourceRecord | None, when: Circumstances
) -> SourceRecord:
    """A source's record after a poll; `before` is that of the poll before."""
    earlier = before or SourceRecord(found.source.name)
    changed = any(reading.feed for reading in found.readings)
    failures = _failures(found, earlier, when)
    learned = _learn(found, taken, earlier, when.now)
    appeared, stale_since = _freshness(found, taken, earlier, when.now)
    return SourceRecord(
        name=found.source.name,
        last_poll=when.now,
        last_success=earlier.last_success if found.failed else when.now,
        outcome="failed" if found.failed else "changed" if changed else "unchanged",
        reason="; ".join(found.failures),
        entries=len(found.entries) if changed else _listed_before(found),
        new=taken.new,
        next_poll=None if found.gone else when.now + _wait(found, failures, learned, when),
        failures=failures,
        failing_since=(earlier.failing_since or when.now) if failures else None,
        missed=found.missed if found.missed is not None else earlier.missed,
        rhythm=learned,
        notice="\n".join(notices(found) + _oddities(found, taken)),
        held=taken.held,
        stopped_at=(earlier.stopped_at or when.now) if found.gone else None,
        faults=_faults(found, earlier, when),
        appeared=appeared,
        stale_since=stale_since,
    )


def _listed_before(found: Poll) -> int:
    known = [r.resource for r in found.readings if r.resource and not r.failure]
    return max((resource.entries for resource in known), default=0)


def _failures(found: Poll, earlier: SourceRecord, when: Circumstances) -> int:
    """Failures in a row; where the network is down, that is no failure of the source."""
    if not found.failed:
        return 0
    return earlier.failures if _is_excused(found, when) else earlier.failures + 1


def _is_excused(found: Poll, when: Circumstances) -> bool:
    return when.network_down and found.unreachable


def _faults(found: Poll, earlier: SourceRecord, when: Circumstances) -> dict[str, Fault]:
    """The source's own URLs that cannot be read, and for how long; none is to blame for an outage.

    What a sitemap index names is not counted.
    """
    faults: dict[str, Fault] = {}
    for reading in found.own:
        known = earlier.faults.get(reading.url)
        if not reading.failure:
            continue
        if when.network_down and reading.unreachable:
            faults |= {reading.url: known} if known else {}
        else:
            since, polls = (known.since, known.polls) if known else (when.now, 0)
            faults[reading.url] = Fault(reading.kind, since, polls + 1)
    return faults


def _freshness(
    found: Poll, taken: Taken, earlier: SourceRecord, now: datetime
) -> tuple[str, datetime | None]:
    """When something new was listed, and since when nothing was, where that is remarkable."""
    if found.failed:
        return earlier.appeared, earlier.stale_since
    known = staleness.appeared(staleness.read(earlier.appeared), taken.listed, now)
    return staleness.write(known), staleness.stale_since(known, now)


def _learn(found: Poll, taken: Taken, earlier: SourceRecord, now: datetime) -> str:
    """What is known of the source's publishing; learned only where `every_max` makes use of it."""
    if not found.source.every_max:
        return ""
    if found.failed or earlier.last_success is None:
        return earlier.rhythm
    known = rhythm.read(earlier.rhythm)
    return rhythm.write(rhythm.observe(known, earlier.last_success, now, taken.appeared))


# -- when it is asked again ------------------------------------------------------------------------


def _wait(found: Poll, failures: int, learned: str, when: Circumstances) -> timedelta:
    source = found.source
    if found.failed:
        waits = [r.retry_after for r in found.own if r.retry_after]
        if found.left_alone:  # another source's trial may find the host well: nobody waits longer
            return min(waits, default=source.every)
        asked = max(waits, default=timedelta(0))
        counted = 0 if _is_excused(found, when) else failures
        return max(asked, next_wait(source.every, counted, when.jitter))
    wait = source.every
    if source.every_max:
        bounds = rhythm.Bounds(source.every, source.every_max)
        wait = rhythm.interval(rhythm.read(learned), when.now, bounds, when.jitter)
    waits = [_lengthened(wait, r, source, when.now) for r in found.own if r.asked]
    return min(waits, default=wait)


def _lengthened(wait: timedelta, reading: Reading, source: Source, now: datetime) -> timedelta:
    """As long as one URL asks for; the source is polled when the first of its URLs is ready."""
    if reading.failure or reading.resource is None:
        return wait
    longest = source.every_max or max(source.every, LONGEST_HINT)
    return lengthen(wait, reading.fresh_for, reading.resource.hints, longest, now)


def next_wait(every: timedelta, failures: int, jitter: float = 0.0) -> timedelta:
    """The time to the next poll: a source that fails is asked less and less often."""
    if not failures:
        return every
    cap = max(every, MAX_WAIT)
    seconds = backoff(failures - 1, every.total_seconds(), cap.total_seconds(), jitter)
    return timedelta(seconds=seconds)


def is_due(record: SourceRecord | None, source: Source, now: datetime) -> bool:
    """Whether a source's time has come, within a tenth of its interval; to the second if it fails.

    A last poll in the future, and a next one that lies further ahead than any interval reaches,
    come from a clock that was wrong: neither may silence a source.
    """
    if record is None or record.next_poll is None or _comes_from_wrong_clock(record, source, now):
        return True
    early = timedelta(0) if record.failures else source.every / DUE_SHARE
    return now >= record.next_poll - early


def _comes_from_wrong_clock(record: SourceRecord, source: Source, now: datetime) -> bool:
    last, next_poll = record.last_poll or now, record.next_poll or now
    longest = max(source.every, source.every_max or LONGEST_HINT, LONGEST_HINT) + MAX_SKIP
    if record.failures:
        longest = max(source.every, MAX_WAIT, MAX_RETRY_AFTER)
    return last > now + source.every / DUE_SHARE or next_poll > now + longest


# -- what to tell the operator ---------------------------------------------------------------------


def notices(found: Poll) -> list[str]:
    """What the operator should write into the configuration, a line each."""
    known = [reading.resource for reading in found.own if reading.resource]
    moved = [resource for resource in known if is_moved(resource) and not resource.gone_at]
    gone = [resource.url for resource in known if resource.gone_at]
    return [_moved(found.source, r) for r in moved] + ([_gone(found, gone)] if gone else [])


def _oddities(found: Poll, taken: Taken) -> list[str]:
    """What was strange about each of its lists when that was read last."""
    return [
        f"{url} looks strange: {taken.strange[url]}; look at the page, and at the source's profile"
        for url in found.source.urls
        if url in taken.strange
    ]


def _moved(source: Source, resource: Resource) -> str:
    urls = [resource.moved_to if url == resource.url else url for url in source.urls]
    listed = ", ".join(f'"{url}"' for url in urls)
    return (
        f"{resource.url} has moved for good to {resource.moved_to}, which is asked from now on; "
        f'in [[sources]] name = "{source.name}" of the configuration, write: urls = [{listed}]'
    )


def _gone(found: Poll, urls: list[str]) -> str:
    source = found.source
    verb, what = ("is", "it") if len(urls) == 1 else ("are", "them")
    end = f"the source {source.name} is not polled any more" if found.gone else "not asked any more"
    return (
        f"{', '.join(urls)} {verb} gone for good (HTTP 410): {end}; in [[sources]] name = "
        f'"{source.name}" of the configuration, take {what} out of urls or write the new address; '
        f"`scraper once --all {source.name}` asks again"
    )


def held_notice(name: str, held: int) -> str:
    """What to do about entries that are held back."""
    return (
        f"{held} entries of {name} are held back: they look like old ones under new ids; "
        f"`scraper retry --held {name}` archives them, `scraper retry ID` one of them"
    )


def new_notices(before: SourceRecord | None, after: SourceRecord) -> list[str]:
    """What is to be told now, and was not told after the poll before."""
    told = before.notice.split("\n") if before else []
    told_of_held = before.held if before else 0
    new = [notice for notice in after.notice.split("\n") if notice and notice not in told]
    return new + ([held_notice(after.name, after.held)] if after.held and not told_of_held else [])
