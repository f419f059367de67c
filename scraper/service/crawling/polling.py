"""Asks a source's URLs what is new, and notes it as work to be done.

What was read and what is wanted are saved in one transaction: a list whose entries were not saved
is never taken for read.
"""

import asyncio
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from scraper.feeds.flood import LIMIT, Past, Sifted, sift
from scraper.feeds.tally import strange
from scraper.model import Entry, Source, SourceEvent
from scraper.protocol import staleness
from scraper.protocol.urls import host
from scraper.service.context import Service
from scraper.service.crawling.filling import note_gap
from scraper.service.crawling.lists import look
from scraper.service.crawling.outlook import Circumstances, Taken, new_notices, summarise
from scraper.service.crawling.reading import Poll, Reading, unfinished
from scraper.service.edge import Unexpected, survive
from scraper.state.database import State
from scraper.state.resources import Resource
from scraper.state.sources import SourceRecord

__all__ = ["Poll", "Reading", "look", "poll", "poll_all"]

HOSTS_AT_ONCE = 200  # each may hold a few sockets open; systems allow 1,024 a process
MAX_NEW = 1000  # entries of one poll that are wanted at once; the next poll takes the rest


async def poll_all(
    service: Service, sources: Sequence[Source], *, insist: bool = False
) -> list[SourceEvent]:
    """Poll many sources, hosts side by side: one that is slow keeps nobody else waiting.

    Raises ArchiveError, in a group.
    """
    hosts = asyncio.Semaphore(HOSTS_AT_ONCE)
    lines: dict[str, list[Source]] = {}
    for source in sources:
        lines.setdefault(host(source.urls[0]), []).append(source)

    async def work_off(line: Iterator[Source]) -> list[SourceEvent]:
        return [await poll(service, source, insist=insist) for source in line]

    async def visit(queue: list[Source]) -> list[SourceEvent]:
        line, workers = iter(queue), min(service.crawl.in_hand, len(queue))
        async with hosts, asyncio.TaskGroup() as group:
            tasks = [group.create_task(work_off(line)) for _ in range(workers)]
        return [event for task in tasks for event in task.result()]

    async with asyncio.TaskGroup() as group:
        visits = [group.create_task(visit(queue)) for queue in lines.values()]
    return [event for task in visits for event in task.result()]


async def poll(service: Service, source: Source, *, insist: bool = False) -> SourceEvent:
    """Poll a source, note what is new, and say what happened. Raises ArchiveError.

    URLs that are gone for good are asked again with `insist`, or where there are no others.
    """

    async def recall(url: str) -> Resource | None:
        return await service.ledger.run(service.state.resources.get, url)

    began = time.monotonic()
    found = await survive(look(service.crawl, source, recall, insist=insist), source.name)
    if isinstance(found, Unexpected):
        readings = tuple(Reading(url, failure=f"{url}: {found.reason}") for url in source.urls)
        found = Poll(source, readings, (), None)
    crawl = service.crawl
    when = Circumstances(crawl.now(), crawl.clock.random(), crawl.fetcher.network_down)
    event = await service.ledger.run(save, service.state, found, when)
    event = replace(event, seconds=time.monotonic() - began)
    service.emit(event)
    return event


# -- in the disk's thread --------------------------------------------------------------------------


def save(state: State, found: Poll, when: Circumstances) -> SourceEvent:
    """Keep what came of a poll, all of it or nothing. Raises ArchiveError."""
    with state.transaction():
        before = state.sources.get(found.source.name)
        found, taken = _take(state, found, before, when.now)
        for reading in found.readings:
            if reading.resource:
                state.resources.save(reading.resource)
        _note_lists(state, found, when.now)
        taken = replace(taken, strange=state.tallies.strange_of(found.source.name))
        record = summarise(found, taken, before, when)
        gaps = note_gap(state, found, taken, before, when.now)
        state.sources.save(record)
    return SourceEvent(
        name=record.name,
        outcome=record.outcome or "unchanged",
        entries=record.entries,
        new=record.new,
        reason=record.reason,
        next_check=record.next_poll,
        notice="\n".join([*new_notices(before, record), *gaps]),
    )


def _note_lists(state: State, found: Poll, now: datetime) -> None:
    """Keep how the source's own lists look beside their earlier readings."""
    for reading in found.own:
        if reading.feed and reading.tally and not reading.feed.children:
            where = (found.source.name, reading.url)
            odd = strange(reading.tally, state.tallies.past(*where))
            state.tallies.add(where, reading.tally, odd, now)


def _take(
    state: State, found: Poll, before: SourceRecord | None, now: datetime
) -> tuple[Poll, Taken]:
    """Note the new entries: the plausible as wanted, up to MAX_NEW, a flood as held back."""
    name = found.source.name
    earlier = before.held if before else 0
    if not found.entries:
        return found, Taken(held=state.articles.held(name) if earlier else 0)
    known = state.articles.statuses(entry.id for entry in found.entries)
    new = [entry for entry in found.entries if entry.id not in known]
    first = {e.id for r in found.readings if r.first and r.feed for e in r.feed.entries}
    again = [entry for entry in new if entry.id not in first]
    sifted = _sift(state, found, again, before, now)
    held = {entry.id for entry in sifted.held}
    plausible = [entry for entry in new if entry.id not in held]
    state.articles.want(plausible[:MAX_NEW], name, now)
    if held:
        _hold(state, found, sifted, now)
    appeared = tuple(entry.published for entry in sifted.plausible)
    kept = state.articles.held(name) if held or earlier else 0
    listed = state.articles.appearances((entry.id for entry in found.entries), staleness.GRAIN)
    taken = Taken(min(len(plausible), MAX_NEW), kept, appeared, listed)
    return _without(found, {entry.id for entry in plausible[MAX_NEW:]}), taken


def _sift(
    state: State, found: Poll, new: list[Entry], before: SourceRecord | None, now: datetime
) -> Sifted:
    """What is plausible of entries that are new in lists that were read before."""
    if len(new) <= LIMIT or before is None:
        return Sifted(tuple(new))
    name = found.source.name
    titles = state.articles.titles(name, (entry.title for entry in new))
    past = Past(before.last_success, state.articles.newest(name), titles)
    return sift(new, len(found.entries), past, now)


def _hold(state: State, found: Poll, sifted: Sifted, now: datetime) -> None:
    """Hold a flood back, in the place of an earlier one: ids that change for ever fill no disk."""
    name = found.source.name
    state.articles.hold(sifted.held, name, now)
    state.articles.drop_held(name, [entry.id for entry in found.entries])


def _without(found: Poll, left: set[str]) -> Poll:
    """The poll, with the readings marked whose entries were not all taken."""
    if not left:
        return found
    readings = tuple(
        unfinished(reading)
        if reading.feed and any(entry.id in left for entry in reading.feed.entries)
        else reading
        for reading in found.readings
    )
    return replace(found, readings=readings)
