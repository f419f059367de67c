"""Looks at what is wrong, and tells whoever is to be told: each trouble once, and its end.

What is to be told is kept in the state before it is sent: a target that cannot be reached gets it
later. Of an archive that cannot be written, whose state cannot be, either, it is told from memory.
"""

import asyncio
import hashlib
import logging
from datetime import datetime
from pathlib import Path

from scraper.protocol import alarms, messages
from scraper.protocol.alarms import AlertSettings, Announcement, Book
from scraper.protocol.conditions import Condition
from scraper.service.conditions import Facts, hold_now
from scraper.service.context import Service
from scraper.service.facts import Told, gather
from scraper.service.notifying import describe, send

_log = logging.getLogger(__name__)
NOTHING = Told()


class Alarm:
    """Remembers what was told; one for a run of the program, whatever it opens meanwhile."""

    def __init__(self, settings: AlertSettings, root: Path) -> None:
        self._settings = settings
        self._root = root
        self._targets = {_target_id(url): url for url in settings.to}
        self._book: Book | None = None  # None: nothing was read yet
        self._looking = asyncio.Lock()

    async def look(self, service: Service, told: Told = NOTHING) -> None:
        """Tell what has changed since the last look. Raises ArchiveError."""
        if self._looking.locked():
            return  # a target keeps it waiting
        async with self._looking:
            disk, store = service.disk, service.state.conditions
            facts = await disk.run(gather, service, self._root, self._settings, told)
            kept = await disk.run(store.load)
            self._decide(kept if self._book is None else self._book, hold_now(facts), facts.now)
            await disk.run(store.save, self._known, kept)
            before = self._known
            await self._hand_over(facts.now)
            await disk.run(store.save, self._known, before)

    async def tell_of_loss(self, reason: str, now: datetime) -> None:
        """Tell that the archive cannot be written, while there is no state to look at.

        What was known to be wrong is taken to last.
        """
        if self._looking.locked():
            return
        async with self._looking:
            lost = hold_now(Facts(now, self._settings, unwritable=reason))
            lasting = (s.condition for s in self._known.standings.values() if s.holds)
            conditions = {c.key: c for c in (*lasting, *lost)}
            self._decide(self._known, tuple(conditions.values()), now)
            await self._hand_over(now)

    @property
    def _known(self) -> Book:
        return self._book or Book()

    def _decide(self, book: Book, conditions: tuple[Condition, ...], now: datetime) -> None:
        book = alarms.look(book, now, conditions, self._settings.remind)
        book = alarms.only_for(book, self._targets)
        announcements = alarms.to_tell(book, now, self._settings)
        if announcements:
            _write_to_log(announcements, now)
            message = messages.compose(announcements, now)
            book = alarms.told(book, now, announcements)
            book = alarms.write_down(book, message, self._targets)
        self._book = book

    async def _hand_over(self, now: datetime) -> None:
        """Give each target what waits for it."""
        await asyncio.gather(*(self._hand_to(target, now) for target in self._targets))

    async def _hand_to(self, target: str, now: datetime) -> None:
        waiting = alarms.waiting_for(self._known, target, now)
        if not waiting:
            return
        url = self._targets[target]
        refusal = await send(url, *messages.join(waiting))
        if refusal:
            name = describe(self._settings.to.index(url), url)
            _log.warning("alert not accepted by %s, tried again later: %s", name, refusal)
            self._book = alarms.refused(self._known, target, now)
        else:
            self._book = alarms.taken(self._known, target, waiting)


def _target_id(url: str) -> str:
    """What the state calls a target: its URL is a secret."""
    return hashlib.sha256(url.encode()).hexdigest()[:16]


def _write_to_log(announcements: tuple[Announcement, ...], now: datetime) -> None:
    for announcement in announcements:
        level = logging.INFO if announcement.change == "ended" else logging.WARNING
        facts = _facts(announcement)
        _log.log(level, "%s", messages.line_of(announcement, now), extra={"facts": facts})


def _facts(announcement: Announcement) -> dict[str, str]:
    condition = announcement.standing.condition
    return {
        "event": "condition",
        "change": announcement.change,
        "key": condition.key,
        "kind": condition.kind,
        "source": condition.subject,
    }
