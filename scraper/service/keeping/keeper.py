"""Puts documents into the archive: files first, then the state's rows, several at a time.

Articles that are ready while the disk is busy go into one batch and share its syncs. Whoever calls
`keep` waits until its article is safe, so nothing is ever reported that a power cut could undo.
"""

import asyncio
import time
from collections.abc import Sequence
from datetime import timedelta

from scraper.archive.archive import Archive, Done
from scraper.errors import ArchiveError
from scraper.model import ArchiveSettings, ArticleEvent
from scraper.service.disk import Disk
from scraper.service.keeping.bookkeeping import Bookkeeper
from scraper.service.keeping.compose import Draft
from scraper.service.keeping.linking import Linker
from scraper.service.keeping.marking import Marker
from scraper.service.keeping.norms import Norms
from scraper.service.keeping.planning import Plan, Planner
from scraper.service.keeping.releasing import release
from scraper.service.watching.figures import Figures
from scraper.state.database import State

_NOTHING = Done((), ())

_Waiting = tuple[Draft, asyncio.Future[ArticleEvent]]


class Keeper:
    """Writes drafts into one archive; the caller holds its lock."""

    def __init__(
        self,
        settings: ArchiveSettings,
        archive: Archive,
        state: State,
        disk: Disk,
        figures: Figures | None = None,
    ) -> None:
        self.settings = settings
        self._figures = figures or Figures()
        self.marker = Marker(settings, archive, state)
        self.linker = Linker(settings, archive, state)
        self.archive = archive
        self._state = state
        self._disk = disk
        self.norms = Norms(state)
        self._planner = Planner(settings, archive, state, self.linker)
        self._books = Bookkeeper(settings.revisions, state, self.linker)
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, draft: Draft) -> ArticleEvent:
        """Archive a draft durably; says where it is. Raises ArchiveError."""
        future: asyncio.Future[ArticleEvent] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await future

    async def settle(self) -> None:
        """Wait for what is still being written of those who have given up; for the end."""
        if self._writing:
            await asyncio.wait((self._writing,))

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._write_batch(batch)

    async def _write_batch(self, batch: list[_Waiting]) -> None:
        began = time.monotonic()
        try:
            events = await self._disk.run(self.write, [draft for draft, _ in batch])
        except Exception as error:  # noqa: BLE001  # handed on to those who wait for it
            await self._share_failure(batch, error)
            return
        self._figures.stage("write", time.monotonic() - began)
        for (_, future), event in zip(batch, events, strict=True):
            if not future.done():
                future.set_result(event)

    async def _share_failure(self, batch: list[_Waiting], error: Exception) -> None:
        """The disk's refusal is everybody's; any other error is that of one draft alone."""
        if len(batch) > 1 and not isinstance(error, ArchiveError):
            for single in batch:
                await self._write_batch([single])
            return
        for _, future in batch:
            if not future.done():
                future.set_exception(error)

    # -- in the disk's thread ----------------------------------------------------------------------

    def write(self, drafts: Sequence[Draft]) -> list[ArticleEvent]:
        """Write a batch: every file, then every row.

        Raises ArchiveError; then no row was written, every file is whole, and the same batch may
        be written again.
        """
        drafts = self.norms.judged(drafts)
        plans = self._planner.plan(drafts)
        changes = [self._planner.change(plan) for plan in plans]
        returns = [change for plan in plans for change in plan.changes]
        written = self.archive.commit([*filter(None, changes), *returns], drafts[-1].fetched_at)
        done = iter(written)
        results = [next(done) if change else _NOTHING for change in changes]
        with self._state.transaction():
            for plan, result in zip(plans, results, strict=True):
                self._books.record(plan, result)
            self.norms.learn([plan.draft for plan in plans if plan.ruling is None])
        archived = [plan.known for plan in plans if plan.known and plan.outcome == "archived"]
        release(self.archive, archived, drafts[-1].fetched_at)
        return [_event(plan) for plan in plans]


def _event(plan: Plan) -> ArticleEvent:
    draft = plan.draft
    return ArticleEvent(
        outcome=plan.outcome,
        id=draft.article.id,
        url=draft.entry.url,
        path=plan.path,
        source=draft.source.name if draft.source else "",
        reason=plan.reason,
        late=_lateness(plan),
    )


def _lateness(plan: Plan) -> timedelta | None:
    """How long after its publication a new article is archived; None where only a day is known."""
    article = plan.draft.article
    if plan.outcome != "archived" or article.precision != "instant" or not article.published:
        return None
    return plan.draft.fetched_at - article.published
