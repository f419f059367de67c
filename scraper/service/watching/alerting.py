"""Looks at what is wrong, and tells whoever is to be told: each trouble once, and its end.

What is to be told is kept in the state before it is sent: a target that cannot be reached gets it
later. Of an archive that cannot be written, whose state cannot be, either, it is told from memory.
"""

import asyncio
import hashlib
import logging
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from scraper.protocol import alarms, messages
from scraper.protocol.alarms import AlertSettings, Announcement, Book
from scraper.protocol.conditions import Condition
from scraper.service.context import Service
from scraper.service.watching.conditions import hold_now
from scraper.service.watching.facts import Facts
from scraper.service.watching.gathering import Told, gather
from scraper.service.watching.notifying import describe, send

_log = logging.getLogger(__name__)
NOTHING = Told()


class Alarm:
    """Remembers what was told; one for a run of the program, whatever it opens meanwhile."""

    def __init__(self, settings: AlertSettings, root: Path) -> None:
        self._root = root
        self.configure(settings)
        self._book = Book()
        self._is_read = False  # what an earlier run of the program told
        self._looking = asyncio.Lock()

    def configure(self, settings: AlertSettings) -> None:
        """Go by these settings from now on; what was told stays told."""
        self._settings = settings
        self._targets = {
            _id_of(url): (url, describe(position, url)) for position, url in enumerate(settings.to)
        }

    async def look(self, service: Service, told: Told = NOTHING) -> None:
        """Tell what has changed since the last look. Raises ArchiveError."""
        if self._looking.locked():
            return  # a target keeps it waiting
        async with self._looking:
            disk, store = service.disk, service.state.conditions
            kept = await disk.run(store.load)
            self._recall(kept)
            known = {key: s.gone_at for key, s in self._book.standings.items()}
            told = replace(told, known=known)
            facts = await disk.run(gather, service, self._root, self._settings, told)
            self._decide(hold_now(facts), facts.now)
            await disk.run(store.save, self._book, kept)
            before = self._book
            await self._hand_over(facts.now)
            await disk.run(store.save, self._book, before)

    async def tell_of_loss(self, reason: str, now: datetime) -> None:
        """Tell that the archive cannot be written, while there is no state to look at.

        What was known to be wrong is taken to last.
        """
        if self._looking.locked():
            return
        async with self._looking:
            lost = hold_now(Facts(now, self._settings, unwritable=reason))
            lasting = (s.condition for s in self._book.standings.values() if s.holds)
            conditions = {c.key: c for c in (*lasting, *lost)}
            self._decide(tuple(conditions.values()), now)
            await self._hand_over(now)

    def _recall(self, kept: Book) -> None:
        """Add what an earlier run told; what this one knows by itself is newer."""
        if not self._is_read:
            mine = self._book
            standings = {**kept.standings, **mine.standings}
            self._book = Book(standings, (*kept.messages, *mine.messages))
            self._is_read = True

    def _decide(self, conditions: tuple[Condition, ...], now: datetime) -> None:
        book = alarms.look(self._book, now, conditions, self._settings.remind)
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
        work = [self._hand_to(target, now) for target in self._targets]
        await asyncio.gather(*work)

    async def _hand_to(self, target: str, now: datetime) -> None:
        waiting = alarms.waiting_for(self._book, target, now)
        if not waiting or target not in self._targets:
            return
        url, name = self._targets[target]
        refusal = await send(url, *messages.join(waiting))
        if refusal:
            _log.warning("alert not accepted by %s, tried again later: %s", name, refusal)
            self._book = alarms.refused(self._book, target, now)
        else:
            self._book = alarms.taken(self._book, target, waiting)


def _id_of(url: str) -> str:
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
