"""What is told of conditions, and when: each once, its end too, and no flapping. Pure.

A look compares what holds now with what was known. What is to be told goes into one message, which
waits for each target until that has taken it.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Literal

from scraper.protocol.conditions import Condition

ENOUGH_LOOKS = 2  # in a row at which a condition holds, or does not, until that is believed…
CERTAIN = timedelta(minutes=2)  # …at once, where it is known to hold for so long
SHORTEST_CALM = timedelta(minutes=1)
MAX_RELAPSES = 6  # each doubles the calm that is waited for before an end is told
HOUR = timedelta(hours=1)
_FIRST_WAIT = timedelta(minutes=1)  # until a target that refused is tried again; it doubles
MAX_TRIES_COUNTED = 6  # up to about an hour
MAX_WAITING = 100  # messages that wait for a target that takes none; the oldest are dropped


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """What is told to whom."""

    to: tuple[str, ...] = field(default=(), repr=False)  # Apprise URLs: secrets
    remind: timedelta = timedelta(days=1)  # between two messages of a condition that lasts
    per_hour: int = 6  # messages
    disk_low: int = 1_000_000_000  # bytes
    coverage_below: float = 0.9  # share of what was listed
    withdrawn: bool = False  # whether withdrawn articles are told


@dataclass(frozen=True, slots=True)
class Standing:
    """A condition from its first look until some time after its end."""

    condition: Condition  # as it was seen last
    since: datetime
    looks: int = 1  # in a row at which it was as now: there, or gone; counted to ENOUGH_LOOKS
    gone_at: datetime | None = None  # the first of the looks at which it held no more
    told_at: datetime | None = None  # that it began, or still lasts
    told_severity: int = 0
    ended_at: datetime | None = None  # when its end was told
    relapses: int = 0  # how often it came back soon after its end was told

    @property
    def holds(self) -> bool:
        return self.gone_at is None


Change = Literal["begun", "worse", "lasting", "ended"]


@dataclass(frozen=True, slots=True)
class Announcement:
    """One thing to tell."""

    change: Change
    standing: Standing


@dataclass(frozen=True, slots=True)
class Tries:
    """How often a target was tried in vain, and when it is tried again."""

    failed: int = 0
    due: datetime | None = None  # None: at once


@dataclass(frozen=True, slots=True)
class Message:
    """What was told at one moment, and the targets that have not taken it."""

    at: datetime
    title: str
    body: str
    waiting: Mapping[str, Tries] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Book:
    """All that is remembered of what was told."""

    standings: Mapping[str, Standing] = field(default_factory=dict)  # by key
    messages: tuple[Message, ...] = ()  # of the last hour, and those that wait


# -- a look ----------------------------------------------------------------------------------------


def look(book: Book, now: datetime, conditions: Collection[Condition], remind: timedelta) -> Book:
    """The book after a look at which these conditions hold; tells nothing yet."""
    found = {condition.key: condition for condition in conditions}
    standings = {
        key: standing
        for key, earlier in book.standings.items()
        if (standing := _seen(_by_clock(earlier, now), found.get(key), now, remind))
    }
    for key, condition in found.items():
        if key not in standings:
            standings[key] = Standing(condition, min(condition.since or now, now))
    kept = tuple(m for m in book.messages if m.waiting or now - HOUR < m.at <= now)
    return Book(standings, kept[-MAX_WAITING:])


def _by_clock(standing: Standing, now: datetime) -> Standing:
    """Nothing happened later than now: a clock that was wrong may not silence anything."""

    def past(at: datetime | None) -> datetime | None:
        return min(at, now) if at else None

    return replace(
        standing,
        since=min(standing.since, now),
        gone_at=past(standing.gone_at),
        told_at=past(standing.told_at),
        ended_at=past(standing.ended_at),
    )


def _seen(
    earlier: Standing, condition: Condition | None, now: datetime, remind: timedelta
) -> Standing | None:
    """What becomes of a standing; None where nothing has to be remembered of it any more."""
    if condition is None:
        return _missed(earlier, now, remind)
    if earlier.ended_at:
        return Standing(
            condition, min(condition.since or now, now), relapses=_relapses(earlier, now, remind)
        )
    if earlier.holds:
        return replace(earlier, condition=condition, looks=_one_more(earlier))
    return replace(earlier, condition=condition, looks=1, gone_at=None)


def _missed(earlier: Standing, now: datetime, remind: timedelta) -> Standing | None:
    if earlier.ended_at:
        return earlier if now - earlier.ended_at < remind else None
    if earlier.told_at is None or not earlier.condition.ends:
        return None  # nobody heard of it, or waits for its end
    if earlier.holds:
        condition = replace(earlier.condition, silenced=False)
        return replace(earlier, condition=condition, looks=1, gone_at=now)
    return replace(earlier, looks=_one_more(earlier))


def _one_more(standing: Standing) -> int:
    return min(standing.looks + 1, ENOUGH_LOOKS)


def _relapses(earlier: Standing, now: datetime, remind: timedelta) -> int:
    soon = earlier.ended_at is not None and now - earlier.ended_at < remind
    return min(earlier.relapses + 1, MAX_RELAPSES) if soon else 0


# -- what is to be told ----------------------------------------------------------------------------


def to_tell(book: Book, now: datetime, settings: AlertSettings) -> tuple[Announcement, ...]:
    """What is due to be told; nothing while the hour has had its messages."""
    recent = sum(1 for message in book.messages if now - HOUR < message.at <= now)
    if recent >= settings.per_hour:
        return ()
    standings = book.standings.values()
    changes = ((_change(s, now, settings.remind), s) for s in standings)
    return tuple(Announcement(change, standing) for change, standing in changes if change)


def _change(standing: Standing, now: datetime, remind: timedelta) -> Change | None:
    condition, told = standing.condition, standing.told_at
    if standing.ended_at or condition.silenced:
        return None
    if not standing.holds:
        return "ended" if _is_over(standing, now) else None
    if told is None:
        return "begun" if _is_certain(standing, now - standing.since) else None
    if condition.severity > standing.told_severity:
        return "worse"
    return "lasting" if condition.ends and now - told >= remind else None


def _is_certain(standing: Standing, held: timedelta) -> bool:
    enough = standing.looks >= ENOUGH_LOOKS or held >= CERTAIN
    return enough and held >= standing.condition.wait


def _is_over(standing: Standing, now: datetime) -> bool:
    calm = max(standing.condition.calm, SHORTEST_CALM) * 2**standing.relapses
    gone = standing.gone_at or now
    return standing.looks >= ENOUGH_LOOKS and now - gone >= calm


def told(book: Book, now: datetime, announcements: Collection[Announcement]) -> Book:
    """The book once these announcements are written down."""
    standings = dict(book.standings)
    for announcement in announcements:
        standing = announcement.standing
        standings[standing.condition.key] = (
            replace(standing, ended_at=now)
            if announcement.change == "ended"
            else replace(standing, told_at=now, told_severity=int(standing.condition.severity))
        )
    return replace(book, standings=standings)


def write_down(book: Book, message: Message, targets: Collection[str]) -> Book:
    """The book with a message that waits for these targets."""
    waiting = {target: Tries() for target in targets}
    return replace(book, messages=(*book.messages, replace(message, waiting=waiting)))


# -- who has taken it ------------------------------------------------------------------------------


def waiting_for(book: Book, target: str, now: datetime) -> tuple[Message, ...]:
    """The messages to hand to a target now, the oldest first; none before its time has come."""
    waiting = tuple(message for message in book.messages if target in message.waiting)
    dues = [tries.due for message in waiting if (tries := message.waiting[target]).due]
    return waiting if all(due <= now or due > now + HOUR * 2 for due in dues) else ()


def taken(book: Book, target: str, messages: Collection[Message]) -> Book:
    """The book once a target has taken these messages, whatever others did meanwhile."""
    which = {(message.at, message.title, message.body) for message in messages}
    return replace(
        book,
        messages=tuple(
            replace(m, waiting={t: n for t, n in m.waiting.items() if t != target})
            if (m.at, m.title, m.body) in which
            else m
            for m in book.messages
        ),
    )


def refused(book: Book, target: str, now: datetime) -> Book:
    """The book once a target has not taken what waits for it: it is tried again, ever later."""
    failed = max(
        (m.waiting[target].failed for m in book.messages if target in m.waiting), default=0
    )
    due = now + _FIRST_WAIT * 2 ** min(failed, MAX_TRIES_COUNTED)
    tries = Tries(failed + 1, due)
    return replace(
        book,
        messages=tuple(
            replace(m, waiting={**m.waiting, target: tries}) if target in m.waiting else m
            for m in book.messages
        ),
    )


def only_for(book: Book, targets: Collection[str]) -> Book:
    """The book without what waits for targets that are no longer configured."""
    return replace(
        book,
        messages=tuple(
            replace(m, waiting={t: n for t, n in m.waiting.items() if t in targets})
            for m in book.messages
        ),
    )
