"""Opens a service on one archive, and does the two jobs once: poll sources, drain what is wanted.

These two are the whole interface to whoever schedules them: the command line and the daemon here,
an engine over many machines one day.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from scraper.archive.store import Store
from scraper.fetch.clock import Clock, SystemClock
from scraper.fetch.fetcher import Fetcher, RobotsStore
from scraper.fetch.records import Records
from scraper.model import (
    ArchiveSettings,
    Event,
    FetchSettings,
    Pending,
    Site,
    Source,
    SourceEvent,
)
from scraper.protocol.robots import Robots
from scraper.protocol.urls import host
from scraper.service.articles import drain
from scraper.service.context import Crawl, Service, archive_errors_alone
from scraper.service.disk import Disk
from scraper.service.keeper import Keeper
from scraper.service.ledger import recording
from scraper.service.polling import MAX_WAIT, poll
from scraper.service.workers import Workers
from scraper.state.database import State, open_state

IN_HAND = 16  # articles of one host at work at once, where no delay holds them back
DUE_SHARE = 10  # a source is due within a tenth of its interval: cron never runs to the second


@dataclass(frozen=True, slots=True)
class Plan:
    """What a service is to be opened on."""

    archive: ArchiveSettings
    fetch: FetchSettings
    sources: Mapping[str, Source]
    sites: Mapping[str, Site]


class StoredRobots:
    """robots.txt files kept in state, so that a run from cron does not ask for them every time."""

    def __init__(self, state: State, disk: Disk) -> None:
        self._state = state
        self._disk = disk

    async def load(self, origin: str) -> Robots | None:
        return await self._disk.run(self._state.hosts.load_robots, origin)

    async def save(self, robots: Robots) -> None:
        await self._disk.run(self._state.hosts.save_robots, robots)


@asynccontextmanager
async def crawling(
    plan: Plan,
    robots: RobotsStore | None = None,
    clock: Clock | None = None,
    records: Records | None = None,
) -> AsyncIterator[Crawl]:
    """What fetches and reads; it writes nothing but what `robots` and `records` keep."""
    clock, workers = clock or SystemClock(), Workers()
    polite = plan.fetch.delay > 0
    hosts = {host(url) for source in plan.sources.values() for url in source.urls}
    records = replace(records or Records(), is_lone=len(hosts) <= 1)
    try:
        async with Fetcher(plan.fetch, robots, clock, records) as fetcher:
            yield Crawl(
                fetcher=fetcher,
                workers=workers,
                sources=plan.sources,
                sites=plan.sites,
                clock=clock,
                in_hand=2 * plan.fetch.connections_per_host if polite else IN_HAND,
            )
    finally:
        workers.close()


@asynccontextmanager
async def opened(
    plan: Plan, emit: Callable[[Event], None], clock: Clock | None = None
) -> AsyncIterator[Service]:
    """A running service; the caller holds the archive's lock. Raises ArchiveError."""
    disk, store, clock = Disk(), Store(plan.archive.root), clock or SystemClock()
    state = await disk.run(_open_state, store, plan.archive)
    try:
        async with (
            recording(state, disk, clock) as records,
            crawling(plan, StoredRobots(state, disk), clock, records) as crawl,
        ):
            keeper = Keeper(plan.archive, store, state, disk)
            yield Service(crawl, disk, state, keeper, emit)
    finally:
        await disk.run(state.close)
        disk.close()


def _open_state(store: Store, settings: ArchiveSettings) -> State:
    store.check_writable()
    store.sweep()
    return open_state(settings.root / ".scraper" / "state.sqlite")


async def due_sources(
    service: Service, names: Collection[str], *, everything: bool
) -> list[Source]:
    """The sources of these names (all where none are given) whose time has come."""
    chosen = [s for s in service.crawl.sources.values() if not names or s.name in names]
    if everything:
        return chosen
    now = service.now()
    nexts = await service.disk.run(_next_polls, service)
    return [s for s in chosen if is_due(nexts.get(s.name), s, now)]


def _next_polls(service: Service) -> dict[str, datetime | None]:
    return {record.name: record.next_poll for record in service.state.sources.all()}


def is_due(next_poll: datetime | None, source: Source, now: datetime) -> bool:
    """Whether a source's time has come, within a tenth of its interval.

    A next poll that lies further ahead than any interval reaches comes from a clock that was wrong.
    """
    if next_poll is None or next_poll - now > max(source.every, MAX_WAIT):
        return True
    return now >= next_poll - source.every / DUE_SHARE


async def run_once(
    service: Service, sources: Iterable[Source], stop: asyncio.Event
) -> list[SourceEvent]:
    """Poll these sources and archive all that is wanted and due, theirs or left from before.

    Raises ArchiveError where the archive cannot be written.
    """
    with archive_errors_alone():
        async with asyncio.TaskGroup() as group:
            polls = [group.create_task(poll(service, source)) for source in sources]
    if not stop.is_set():
        await drain(service, await wanted(service), stop)
    return [task.result() for task in polls]


async def wanted(service: Service) -> list[Pending]:
    """The articles whose turn it is."""
    return await service.disk.run(service.state.articles.pending, service.now())
