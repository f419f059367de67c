"""From what is known to what is wrong: the conditions that hold now. Pure.

A kind of condition is one function in KINDS, from the facts to the conditions of that kind.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from scraper.model import Source
from scraper.protocol.alarms import AlertSettings
from scraper.protocol.conditions import Condition, Severity
from scraper.state.conditions import Refusals, Withdrawn
from scraper.state.sources import SourceRecord

CONFIRMED = 2  # failed polls in a row: one may be chance…
SURE = 3  # …and these are enough, however fast they came
INTERVALS = 2  # that a source may fail for
EARLY = 0.9  # an interval is shortened by chance, and cron is never to the second
DEAD_AFTER = timedelta(days=3)
ENOUGH_REFUSED = 5  # of the last articles of a source
REFUSED_SHARE = 0.5
NONE_REFUSED = Refusals(0, 0)
INODES_LOW = 10_000
WITHDRAWN_NEWS = timedelta(days=1)  # how long it is news that an article was withdrawn


@dataclass(frozen=True, slots=True)
class Space:
    """What is left on the archive's disk; None where its file system does not say."""

    free_bytes: int
    free_inodes: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at one moment."""

    now: datetime
    settings: AlertSettings
    sources: Mapping[str, Source] = field(default_factory=dict)
    records: Mapping[str, SourceRecord] = field(default_factory=dict)
    refusals: Mapping[str, Refusals] = field(default_factory=dict)  # of the last articles
    withdrawn: tuple[Withdrawn, ...] = ()  # lately
    coverage: Mapping[str, float] = field(default_factory=dict)  # by source: archived of listed
    space: Space | None = None
    unwritable: str = ""  # why the archive cannot be written
    network_down: bool = False

    @property
    def polled(self) -> Iterable[tuple[Source, SourceRecord]]:
        """The configured sources that were polled, with what is known of each."""
        pairs = ((s, self.records.get(name)) for name, s in self.sources.items())
        return [(source, record) for source, record in pairs if record]


def hold_now(facts: Facts) -> tuple[Condition, ...]:
    """Every condition that holds."""
    return tuple(condition for kind in KINDS for condition in kind(facts))


# -- sources that fail -----------------------------------------------------------------------------

_WORDS = {
    "failing": "cannot be polled",
    "unreachable": "cannot be polled",
    "empty": "lists nothing any more",
    "strange": "gives something else than a list",
}
_ADVICE = {
    "failing": "open it in a browser; `scraper sources check {name}` shows what a poll gets",
    "unreachable": "open it in a browser; `scraper sources check {name}` shows what a poll gets",
    "empty": "if the page was redesigned, mend the selectors of its site profile",
    "strange": "if the address has changed, write the new one into `urls`",
}


def _failing(facts: Facts) -> Iterable[Condition]:
    """A source of which no list can be read."""
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
                silenced=facts.network_down and kind == "unreachable",
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


def _stopped(facts: Facts) -> Iterable[Condition]:
    """A source whose addresses are all gone for good."""
    for source, record in facts.polled:
        if record.stopped_at:
            yield Condition(
                key=f"source:{source.name}:stopped",
                kind="stopped",
                subject=source.name,
                title=f"{source.name} is gone",
                message=record.notice or record.reason,
                severity=Severity.CRITICAL,
                since=record.stopped_at,
            )


def _failing_in_part(facts: Facts) -> Iterable[Condition]:
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
    return [kind for kind in kinds if kind != "unreachable" or "failing" not in kinds]


def _stale(facts: Facts) -> Iterable[Condition]:
    """A source that answers as ever, and lists nothing new for far longer than is usual for it."""
    for source, record in facts.polled:
        if record.stale_since and record.stopped_at is None:
            yield Condition(
                key=f"source:{source.name}:stale",
                kind="stale",
                subject=source.name,
                title=f"{source.name} lists nothing new",
                message=(
                    "its lists answer, but for far longer than is usual for it nothing new is in "
                    f"them; compare {source.urls[0]} with the site in a browser: has the section "
                    "moved?"
                ),
                since=record.stale_since,
                silenced=record.failures > 0,
            )


def _refused(facts: Facts) -> Iterable[Condition]:
    """A source of whose latest articles many could not be archived: a wall, or a redesign."""
    for source, record in facts.polled:
        name, found = source.name, facts.refusals.get(source.name, NONE_REFUSED)
        if found.refused >= max(ENOUGH_REFUSED, found.articles * REFUSED_SHARE):
            yield Condition(
                key=f"source:{name}:refused",
                kind="refused",
                subject=name,
                title=f"{name}: most of its new articles cannot be archived",
                message=(
                    f"among the last {found.articles}, say {found.example}; is there a wall, or "
                    "were the pages redesigned? `scraper status` shows more"
                ),
                silenced=record.failures > 0,
            )


def _withdrawn(facts: Facts) -> Iterable[Condition]:
    """Articles that the site withdrew; news, but no trouble that ends."""
    if not facts.settings.withdrawn:
        return
    for article in facts.withdrawn:
        yield Condition(
            key=f"article:{article.id}:withdrawn",
            kind="withdrawn",
            subject="",
            title=f"withdrawn: {article.title}",
            message=f"{article.url} is not there any more; its text is kept in {article.path}",
            since=article.at,
            ends=False,
        )


def _uncovered(facts: Facts) -> Iterable[Condition]:
    """A source of whose listed articles too few are archived."""
    bound = facts.settings.coverage_below
    for name, share in facts.coverage.items():
        if name in facts.sources and share < bound:
            yield Condition(
                key=f"source:{name}:coverage",
                kind="coverage",
                subject=name,
                title=f"{name}: too little of what it lists is archived",
                message=(
                    f"less than {bound:.0%} (alerts.coverage_below); "
                    "`scraper status --coverage` shows when and why"
                ),
            )


# -- the machine -----------------------------------------------------------------------------------


def _low_disk(facts: Facts) -> Iterable[Condition]:
    space, low = facts.space, facts.settings.disk_low
    if space is None:
        return
    few = space.free_inodes is not None and space.free_inodes < INODES_LOW
    if space.free_bytes < low or (few and low):
        what = (
            f"less than {low / 1e9:g} GB (alerts.disk_low)"
            if space.free_bytes < low
            else (f"room for fewer than {INODES_LOW} files")
        )
        yield Condition(
            key="disk:low",
            kind="disk",
            subject="",
            title="the archive's disk is nearly full",
            message=f"{what} is left; free space, or move the archive to a larger disk",
            severity=Severity.CRITICAL,
        )


def _unwritable(facts: Facts) -> Iterable[Condition]:
    if facts.unwritable:
        yield Condition(
            key="archive:unwritable",
            kind="archive",
            subject="",
            title="the archive cannot be written",
            message=f"{facts.unwritable}; nothing is archived until this is mended",
            severity=Severity.CRITICAL,
        )


def _network(facts: Facts) -> Iterable[Condition]:
    if facts.network_down:
        yield Condition(
            key="network:down",
            kind="network",
            subject="",
            title="no site can be reached",
            message="the network of this machine seems to be down: check it and its name servers",
            severity=Severity.CRITICAL,
        )


Kind = Callable[[Facts], Iterable[Condition]]
KINDS: tuple[Kind, ...] = (
    _network,
    _unwritable,
    _low_disk,
    _stopped,
    _failing,
    _failing_in_part,
    _stale,
    _refused,
    _uncovered,
    _withdrawn,
)
