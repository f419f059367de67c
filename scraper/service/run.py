"""Opens a service on one archive, and does the two jobs once: poll sources, drain what is wanted.

These two are the whole interface to whoever schedules them: the command line and the daemon here,
an engine over many machines one day.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import datetime

from scraper.archive.archive import Archive
from scraper.fetch.clock import Clock, SystemClock
from scraper.fetch.fetcher import Fetcher, RobotsStore
from scraper.fetch.posting import Poster
from scraper.fetch.records import Records
from scraper.model import ArchiveSettings, Event, FetchSettings, Pending, Source, SourceEvent
from scraper.protocol.robots import Robots
from scraper.protocol.urls import host
from scraper.service.context import Crawl, Service, archive_errors_alone
from scraper.service.crawling.articles import drain
from scraper.service.crawling.covering import tell_missing
from scraper.service.crawling.filling import cover
from scraper.service.crawling.outlook import is_due
from scraper.service.crawling.picturing import save_pictures
from scraper.service.crawling.polling import poll_all
from scraper.service.crawling.rechecking import recheck
from scraper.service.disk import Disk
from scraper.service.edge import survive
from scraper.service.keeping.keeper import Keeper
from scraper.service.keeping.linking import Linker
from scraper.service.ledger import Ledger
from scraper.service.records import recording
from scraper.service.upkeep.expiring import finish_expiring
from scraper.service.upkeep.forgetting import finish_if_begun
from scraper.service.upkeep.rebuilding import Origins
from scraper.service.upkeep.recovering import bring_in_line, manifest_written_at
from scraper.service.upkeep.tending import tend
from scraper.service.watching.figures import Figures
from scraper.service.workers import Workers
from scraper.site import Site
from scraper.state.database import State, open_state
from scraper.state.sources import SourceRecord
from scraper.version import VERSION

IN_HAND = 16  # articles of one host at work at once, where no delay holds them back


@dataclass(frozen=True, slots=True)
class Plan:
    """What a service is to be opened on."""

    archive: ArchiveSettings
    fetch: FetchSettings
    sources: Mapping[str, Source]
    sites: Mapping[str, Site]


class StoredRobots:
    """robots.txt files kept in state, so that a run from cron does not ask for them every time."""

    def __init__(self, state: State, ledger: Ledger) -> None:
        self._state = state
        self._ledger = ledger

    async def load(self, origin: str) -> Robots | None:
        return await self._ledger.run(self._state.hosts.load_robots, origin)

    async def save(self, robots: Robots) -> None:
        await self._ledger.run(self._state.hosts.save_robots, robots)


@asynccontextmanager
async def crawling(
    plan: Plan,
    robots: RobotsStore | None = None,
    clock: Clock | None = None,
    records: Records | None = None,
    figures: Figures | None = None,
) -> AsyncIterator[Crawl]:
    """What fetches and reads; it writes nothing but what `robots` and `records` keep."""
    clock, workers = clock or SystemClock(), Workers(figures=figures)
    polite = plan.fetch.delay > 0
    records = replace(records or Records(), is_lone=len(_own_hosts(plan)) <= 1)
    try:
        async with Fetcher(plan.fetch, robots, clock, records) as fetcher:
            yield Crawl(
                fetcher=fetcher,
                workers=workers,
                sources=plan.sources,
                sites=plan.sites,
                clock=clock,
                max_bytes=plan.fetch.max_bytes,
                keep_raw=plan.archive.keep_raw,
                in_hand=2 * plan.fetch.connections_per_host if polite else IN_HAND,
            )
    finally:
        workers.close()


@asynccontextmanager
async def opened(
    plan: Plan, emit: Callable[[Event], None], clock: Clock | None = None
) -> AsyncIterator[Service]:
    """A running service; the caller holds the archive's lock. Raises ArchiveError."""
    disk, clock = Disk(), clock or SystemClock()
    figures = Figures(_own_hosts(plan))
    archive = Archive(plan.archive.root, f"news-scraper/{VERSION}")
    state = await disk.run(open_in_line, archive, plan, clock.now())
    ledger = Ledger(state, disk)
    keeper = Keeper(plan.archive, archive, state, disk, figures)
    try:
        async with (
            recording(state, disk, clock, figures) as records,
            crawling(plan, StoredRobots(state, ledger), clock, records, figures) as crawl,
        ):
            told, poster = _counted(figures, emit), Poster(plan.fetch)
            yield Service(crawl, disk, state, ledger, keeper, told, poster, figures)
        await disk.run(tell_missing, archive, state, clock.now())
    finally:
        await ledger.settle()
        await keeper.settle()
        try:
            await disk.run(state.close)
        finally:
            disk.close()


def _own_hosts(plan: Plan) -> set[str]:
    return {host(url) for source in plan.sources.values() for url in source.urls}


def _counted(figures: Figures, emit: Callable[[Event], None]) -> Callable[[Event], None]:
    def tell(event: Event) -> None:
        figures.event(event)
        emit(event)

    return tell


def open_in_line(archive: Archive, plan: Plan, now: datetime) -> State:
    """The state, in line with the files whatever an interrupted run or a user did to either.

    Its notices say what was found. Raises ArchiveError.
    """
    since = manifest_written_at(archive.root)
    found = archive.open()
    state = open_state(archive.root / ".scraper" / "state.sqlite")
    try:
        saving = plan.archive.pictures == "save"
        origins = Origins(plan.sources, plan.sites, plan.archive.revisions, saving)
        finished = finish_if_begun(archive.root, state)
        finish_expiring(archive.root, state)
        in_line = bring_in_line(archive, state, origins, (since, now))
        Linker(plan.archive, archive, state).finish(now)
        state.notices += found + finished + in_line
    except BaseException:
        state.close()
        raise
    return state


async def due_sources(
    service: Service, names: Collection[str], *, everything: bool
) -> list[Source]:
    """The sources of these names (all where none are given) whose time has come.

    One whose URLs are all gone is due only where it is named, or with `everything`.
    """
    chosen = [s for s in service.crawl.sources.values() if not names or s.name in names]
    if everything:
        return chosen
    now = service.now()
    records = await service.disk.run(standings, service)
    due = [s for s in chosen if is_due(records.get(s.name), s, now)]
    return [s for s in due if names or not is_stopped(records.get(s.name))]


async def next_due(service: Service) -> SourceRecord | None:
    """The source whose time comes first; None where none of them has a next poll."""
    records = await service.disk.run(standings, service)
    timed = [record for record in records.values() if record.next_poll]
    return min(timed, key=lambda record: record.next_poll or service.now(), default=None)


def standings(service: Service) -> dict[str, SourceRecord]:
    """What is known of each configured source, by its name; in the disk's thread.

    One that stopped counts as never polled once it is given a URL that is not gone.
    """
    state, sources = service.state, service.crawl.sources
    records = {record.name: record for record in state.sources.all() if record.name in sources}
    for name, record in records.items():
        if is_stopped(record):
            known = map(state.resources.get, sources[name].urls)
            if not all(resource and resource.gone_at for resource in known):
                records[name] = replace(record, stopped_at=None)
    return records


def is_stopped(record: SourceRecord | None) -> bool:
    """Whether all of a source's URLs are gone for good."""
    return record is not None and record.stopped_at is not None


async def run_once(
    service: Service, sources: Iterable[Source], stop: asyncio.Event, *, insist: bool = False
) -> list[SourceEvent]:
    """Poll these sources and archive all that is wanted and due, theirs or left from before.

    What is archived is looked at again after that, as far as its time has come; pictures that are
    to be saved come last. Then the archive is tended.
    With `insist`, URLs that are gone for good are asked again. Raises ArchiveError where the
    archive cannot be written.
    """
    with archive_errors_alone():
        events = await poll_all(service, list(sources), insist=insist)
    await survive(cover(service, stop), "coverage")
    if not stop.is_set():
        await drain(service, await wanted(service), stop)
    if not stop.is_set():
        await recheck(service, stop)
    if not stop.is_set():
        await save_pictures(service, stop)
    if not stop.is_set():
        await tend(service)
    return events


async def wanted(service: Service) -> list[Pending]:
    """The articles whose turn it is."""
    return await service.disk.run(service.state.articles.pending, service.now())
