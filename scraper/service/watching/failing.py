"""Sources that cannot be read: what is wrong with each, or with the host of many. Pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from scraper.model import Source
from scraper.protocol.conditions import Condition, Severity
from scraper.service.watching.facts import Facts
from scraper.service.watching.outages import survey
from scraper.state.sources import SourceRecord

CONFIRMED = 2  # failed polls in a row: one may be chance…
SURE = 3  # …and these are enough, however fast they came
INTERVALS = 2  # that a source may fail for
EARLY = 0.9  # an interval is shortened by chance, and cron is never to the second
DEAD_AFTER = timedelta(days=3)

_WORDS = {
    "failing": "cannot be polled",
    "down": "cannot be polled",
    "unreachable": "cannot be polled",
    "empty": "lists nothing any more",
    "strange": "gives something else than a list",
}
_LOOK = "open it in a browser; `scraper sources check {name}` shows what a poll gets"
_ADVICE = {
    "failing": _LOOK,
    "down": _LOOK,
    "unreachable": _LOOK,
    "empty": "if the page was redesigned, mend the selectors of its site profile",
    "strange": "if the address has changed, write the new one into `urls`",
}


def failing(facts: Facts) -> Iterable[Condition]:
    """A source of which no list can be read."""
    hosts = survey(facts.polled)
    for source, record in facts.polled:
        if record.stopped_at is None and _is_failing(source, record, facts.now):
            kinds = {fault.kind for fault in record.faults.values()}
            kind = kinds.pop() if len(kinds) == 1 else "failing"
            yield Condition(
                key=f"source:{source.name}:failing",
                kind=kind,
                subject=source.name,
                title=f"{source.name} {_WORDS[kind]}",
                message=f"{record.reason}; {_ADVICE[kind].format(name=source.name)}",
                severity=_severity(record.failing_since, facts.now),
                since=record.failing_since,
                calm=source.every * EARLY,
                silenced=facts.excuses(record, hosts.get(source.name)),
            )


def host_down(facts: Facts) -> Iterable[Condition]:
    """A host none of whose sources can be read."""
    for at in {at.name: at for at in survey(facts.polled).values()}.values():
        failing = at.failing
        sure = any(_is_failing(facts.sources[name], failing[name], facts.now) for name in failing)
        if at.is_down and sure:
            since = min(record.failing_since or facts.now for record in failing.values())
            reasons = dict.fromkeys(record.reason for record in failing.values())
            yield Condition(
                key=f"host:{at.name}",
                kind="host",
                subject="",
                title=f"{at.name} is down",
                message=f"{', '.join(failing)} cannot be polled, say {next(iter(reasons))}",
                severity=_severity(since, facts.now),
                since=since,
                calm=min(facts.sources[name].every for name in failing) * EARLY,
                silenced=facts.network_down,
            )


def _is_failing(source: Source, record: SourceRecord, now: datetime) -> bool:
    """Whether it failed twice or more, for two intervals; what came between polls is not known.

    Counted from the last success: the trouble may have begun right after it.
    """
    if record.failures < CONFIRMED:
        return False
    since = record.last_success or record.failing_since or now
    return record.failures >= SURE or now - since >= source.every * INTERVALS * EARLY


def _severity(since: datetime | None, now: datetime) -> Severity:
    dead = since is not None and now - since > DEAD_AFTER
    return Severity.CRITICAL if dead else Severity.WARNING


def stopped(facts: Facts) -> Iterable[Condition]:
    """A source whose addresses are all gone for good."""
    for source, record in facts.polled:
        if record.stopped_at:
            yield Condition(
                key=f"source:{source.name}:stopped",
                kind="stopped",
                subject=source.name,
                title=f"{source.name} is gone",
                message=(
                    "all of its addresses answer that they are gone (HTTP 410), none is asked any "
                    "more; write new ones into its `urls`, or take it out of the configuration"
                ),
                severity=Severity.CRITICAL,
                since=record.stopped_at,
            )


def failing_in_part(facts: Facts) -> Iterable[Condition]:
    """A source with several lists of which some cannot be read; of all of them, another tells."""
    for source, record in facts.polled:
        faults = {u: f for u, f in record.faults.items() if f.polls >= CONFIRMED}
        if len(source.urls) < 2 or not faults:
            continue
        advice = (_ADVICE[kind].format(name=source.name) for kind in _kinds(record))
        yield Condition(
            key=f"source:{source.name}:part",
            kind="part",
            subject=source.name,
            title=f"{source.name}: {len(faults)} of its {len(source.urls)} lists cannot be read",
            message="; ".join((record.reason, *advice)),
            since=min(fault.since for fault in faults.values()),
            calm=source.every * EARLY,
            silenced=record.failures > 0 or record.stopped_at is not None,
        )


def _kinds(record: SourceRecord) -> list[str]:
    kinds = dict.fromkeys(fault.kind for fault in record.faults.values())
    return list({_ADVICE[kind]: kind for kind in kinds}.values())
