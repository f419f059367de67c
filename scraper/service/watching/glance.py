"""One look at how things stand: what the state says, and what the archive's disk does.

It is taken in the disk's thread, where the state may be asked, and kept for a few seconds: however
often somebody asks, the work in hand does not wait for it. A disk that does not answer is an
answer, too: the last look stays, and says how old it is.
"""

import asyncio
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scraper.errors import ArchiveError
from scraper.protocol.conditions import Condition
from scraper.service.context import Service
from scraper.service.edge import survive
from scraper.service.run import standings
from scraper.state.overview import Queue
from scraper.state.sources import SourceRecord

KEPT_SECONDS = 10.0  # how long one look is good for
PATIENCE_SECONDS = 5.0  # how long whoever asks waits for a new one


_NOTHING = Queue()


@dataclass(frozen=True, slots=True)
class Glance:
    """How things stood at one moment."""

    at: datetime
    records: Mapping[str, SourceRecord] = field(default_factory=dict)  # of configured sources
    articles: Mapping[str, int] = field(default_factory=dict)  # by status
    queue: Queue = _NOTHING
    disk_free: int = 0  # bytes
    disk_size: int = 0
    archive_trouble: str = ""  # why it cannot be written
    state_trouble: str = ""  # why it cannot be read
    wrong: tuple[Condition, ...] = ()  # what is, as the last look at it found


def look(service: Service) -> Glance:
    """How things stand now; in the disk's thread. Never raises for what a disk does."""
    now = service.now()
    trouble, free, size = _try_archive(service)
    try:
        articles: Counter[str] = Counter()
        for counted in service.state.articles.counts().values():
            articles.update(counted)
        records, queue = standings(service), service.state.overview.queue(now)
        known = service.state.conditions.load().standings.values()
        wrong = tuple(standing.condition for standing in known if standing.holds)
    except ArchiveError as error:
        return Glance(now, {}, {}, _NOTHING, free, size, trouble, str(error))
    return Glance(now, records, articles, queue, free, size, trouble, wrong=wrong)


def _try_archive(service: Service) -> tuple[str, int, int]:
    """Write a file in the archive, and remove it: why that fails; and the disk's bytes."""
    root = service.keeper.settings.root
    try:
        usage = shutil.disk_usage(root)
        with tempfile.NamedTemporaryFile(dir=root / ".scraper", prefix="probe-") as file:
            file.write(b"?")
            os.fsync(file.fileno())
    except OSError as error:
        return f"{root} cannot be written: {error.strerror}", 0, 0
    return "", usage.free, usage.total


class Glances:
    """The latest look; asked in one event loop, which need not be the one that works."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._latest: Glance | None = None
        self._begun = time.monotonic()
        self._taken_at: float | None = None
        self._looking: asyncio.Task[None] | None = None

    async def latest(self) -> tuple[Glance | None, float]:
        """The latest look, None before the first one; and how many seconds old it is."""
        if self._taken_at is None or self._age() >= KEPT_SECONDS:
            if self._looking is None or self._looking.done():
                self._looking = asyncio.create_task(self._look())
            await asyncio.wait({self._looking}, timeout=PATIENCE_SECONDS)
        return self._latest, self._age()

    def _age(self) -> float:
        return time.monotonic() - (self._begun if self._taken_at is None else self._taken_at)

    async def _look(self) -> None:
        found = await survive(self._service.disk.run(look, self._service), "figures of the state")
        if isinstance(found, Glance):
            self._latest, self._taken_at = found, time.monotonic()
