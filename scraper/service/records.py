"""What fetching remembers, kept in state: robots.txt, how hosts stand, and the log of requests.

The log is written many rows at a time, a few seconds late: a commit for every request would cost
more than the request. What a killed process had not written yet is lost, and no harm done.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scraper.fetch.clock import Clock
from scraper.fetch.records import Records
from scraper.protocol.breaker import HostRecord
from scraper.protocol.conduct import RequestRecord
from scraper.service.disk import Disk
from scraper.service.watching.figures import Figures
from scraper.state.database import State

FLUSH_SECONDS = 5.0


class StoredHosts:
    """How hosts stand, kept in state: a run from cron respects what the one before was told."""

    def __init__(self, state: State, disk: Disk) -> None:
        self._state = state
        self._disk = disk

    async def load(self, host: str) -> HostRecord | None:
        """What was kept of a host. Raises ArchiveError."""
        return await self._disk.run(self._state.hosts.get, host)

    async def save(self, record: HostRecord) -> None:
        """Keep it. Raises ArchiveError."""
        await self._disk.run(self._state.hosts.save, record)


class StoredLog:
    """The log of requests, written to state in batches."""

    def __init__(self, state: State, disk: Disk, clock: Clock, figures: Figures) -> None:
        self._state = state
        self._disk = disk
        self._clock = clock
        self._figures = figures
        self._waiting: list[RequestRecord] = []

    def note(self, record: RequestRecord) -> None:
        """Take one request down: counted at once, written with the next batch."""
        self._figures.request(record)
        self._waiting.append(record)

    async def flush(self) -> None:
        """Write what is waiting, in one transaction. Raises ArchiveError."""
        batch, self._waiting = self._waiting, []
        if batch:
            await self._disk.run(self._state.requests.add, batch, self._clock.now())

    async def keep_flushing(self) -> None:
        """Write what is waiting every few seconds, until cancelled. Raises ArchiveError."""
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()


@asynccontextmanager
async def recording(
    state: State, disk: Disk, clock: Clock, figures: Figures
) -> AsyncIterator[Records]:
    """What a fetcher keeps in state; at the end, all of it is written. Raises ArchiveError."""
    log = StoredLog(state, disk, clock, figures)
    flushing = asyncio.create_task(log.keep_flushing())
    try:
        yield Records(StoredHosts(state, disk), log)
    finally:
        flushing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await flushing
        await log.flush()
