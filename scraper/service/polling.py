"""Asks a source's URLs what is new, and notes it as work to be done.

What was read and what is wanted are saved in one transaction: a list whose entries were not saved
is never taken for read.
"""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import assert_never

from scraper.errors import FeedError, PageError
from scraper.feeds.formats import Context
from scraper.feeds.update import children_to_read, unite
from scraper.fetch.fetcher import ACCEPT_FEED, Request
from scraper.model import (
    Child,
    Entry,
    Failed,
    Feed,
    Gone,
    NotModified,
    Outcome,
    Page,
    Refused,
    Source,
    SourceEvent,
    Validators,
)
from scraper.protocol.politeness import backoff
from scraper.service.context import Crawl, Service, own_hosts
from scraper.service.edge import Unexpected, survive
from scraper.state.resources import Resource
from scraper.state.sources import SourceRecord

MAX_WAIT = timedelta(hours=6)  # between two polls of a source that keeps failing


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one URL: a new feed, nothing new, or a failure."""

    url: str
    resource: Resource | None = None  # to be saved
    feed: Feed | None = None  # None: unchanged, or failed
    failure: str = ""


@dataclass(frozen=True, slots=True)
class Poll:
    """What came of a whole source."""

    source: Source
    readings: tuple[Reading, ...]
    entries: tuple[Entry, ...]
    missed: Mapping[str, int] | None  # None where not every URL was read anew

    @property
    def failures(self) -> list[str]:
        return [reading.failure for reading in self.readings if reading.failure]

    @property
    def failed(self) -> bool:
        """A source fails when none of its own URLs could be read."""
        own = [reading for reading in self.readings if reading.url in self.source.urls]
        return all(reading.failure for reading in own)


Recall = Callable[[str], Awaitable[Resource | None]]


async def poll(service: Service, source: Source) -> SourceEvent:
    """Poll a source, note what is new, and say what happened."""

    async def recall(url: str) -> Resource | None:
        return await service.disk.run(service.state.resources.get, url)

    found = await survive(look(service.crawl, source, recall), source.name)
    if isinstance(found, Unexpected):
        readings = tuple(Reading(url, failure=f"{url}: {found.reason}") for url in source.urls)
        found = Poll(source, readings, (), None)
    event = await service.disk.run(_save, service, found, service.now())
    service.emit(event)
    return event


async def look(crawl: Crawl, source: Source, recall: Recall) -> Poll:
    """Read all URLs of a source; saves nothing. `recall` gives what was known of a URL."""
    reader = _Reader(crawl, source, recall)
    groups = await asyncio.gather(*(reader.read(url) for url in source.urls))
    readings = tuple(reading for group in groups for reading in group)
    feeds = [(reading.url, reading.feed) for reading in readings if reading.feed]
    united = unite(feeds)
    complete = all(reading.feed for reading in readings)
    missed = {url: len(ids) for url, ids in united.missed.items()} if complete else None
    return Poll(source, readings, united.entries, missed)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the URLs of one source."""

    crawl: Crawl
    source: Source
    recall: Recall

    async def read(self, url: str, lastmod: str | None = None) -> tuple[Reading, ...]:
        """One URL and, for a sitemap index, the sitemaps under it, with what it says of them."""
        known = await self.recall(url)
        outcome = await self.crawl.fetcher.fetch(_request(self.source, url, known))
        record = _record(known, self.source, url, lastmod or "")
        reading = await self._understand(outcome, record)
        below = reading.resource.children if reading.resource else ()
        if not below or lastmod is not None:  # an index inside an index is not followed
            return (reading,)
        return (reading, *await self._read_children(below))

    async def _read_children(self, children: tuple[Child, ...]) -> tuple[Reading, ...]:
        known = [await self.recall(child.url) for child in children]
        read = {record.url: record.lastmod_read for record in known if record}
        wanted = children_to_read(children, read)
        groups = await asyncio.gather(*(self.read(child.url, child.lastmod) for child in wanted))
        return tuple(reading for group in groups for reading in group)

    async def _understand(self, outcome: Outcome, record: Resource) -> Reading:
        match outcome:
            case NotModified():
                return Reading(record.url, replace(record, checked_at=self.crawl.now()))
            case Page():
                return await self._parse(outcome, record)
            case Gone():
                return Reading(record.url, failure=f"{record.url}: {outcome.reason}: no such page")
            case Refused() | Failed():
                return Reading(record.url, failure=f"{record.url}: {outcome.reason}")
            case _:
                assert_never(outcome)

    async def _parse(self, page: Page, record: Resource) -> Reading:
        now = self.crawl.now()
        digest = hashlib.sha256(page.body).hexdigest()
        answered = replace(record, validators=page.validators, digest=digest, checked_at=now)
        if digest == record.digest:
            return Reading(record.url, answered)
        context = Context(
            site=self.crawl.site_of(self.source, record.url),
            timezone=self.source.timezone,
            now=now,
            trusted_hosts=own_hosts(self.source),
        )
        try:
            feed = await self.crawl.workers.parse(page, context)
        except (FeedError, PageError) as error:
            return Reading(record.url, failure=str(error))
        return _learn(answered, feed, now)


def _learn(answered: Resource, feed: Feed, now: datetime) -> Reading:
    """A list that was full and is empty now has not been read: something is wrong with it."""
    if answered.entries and not feed.entries and not feed.children:
        reason = f"lists nothing any more (it listed {answered.entries}): was it redesigned?"
        return Reading(answered.url, failure=f"{answered.url}: {reason}")
    learned = replace(
        answered,
        changed_at=now,
        feed_format=feed.format,
        entries=len(feed.entries),
        children=feed.children,
    )
    return Reading(answered.url, learned, feed)


def _record(known: Resource | None, source: Source, url: str, lastmod: str) -> Resource:
    """What is known of a URL, or a blank record; `lastmod` is what its index says of it now."""
    blank = Resource(
        url=url,
        source=source.name,
        validators=Validators(),
        digest="",
        checked_at=None,
        changed_at=None,
        feed_format="",
        entries=0,
        children=(),
        lastmod_read="",
    )
    return replace(known or blank, lastmod_read=lastmod)


def _request(source: Source, url: str, known: Resource | None) -> Request:
    return Request(
        url=url,
        validators=known.validators if known else Validators(),
        accept=ACCEPT_FEED,
        purpose="feed",
        headers=source.headers,
        allow_addresses=source.allow_addresses,
        proxy=source.proxy,
        ca_file=source.ca_file,
    )


# -- in the disk's thread --------------------------------------------------------------------------


def _save(service: Service, found: Poll, now: datetime) -> SourceEvent:
    state = service.state
    with state.transaction():
        new = state.articles.want(found.entries, found.source.name, now)
        for reading in found.readings:
            if reading.resource:
                state.resources.save(reading.resource)
        before = state.sources.get(found.source.name)
        record = summarise(found, new, before, now)
        state.sources.save(record)
    return SourceEvent(
        name=record.name,
        outcome=record.outcome or "unchanged",
        entries=record.entries,
        new=new,
        reason=record.reason,
        next_check=record.next_poll,
    )


def summarise(found: Poll, new: int, before: SourceRecord | None, now: datetime) -> SourceRecord:
    """A source's record after a poll; pure."""
    failures = (before.failures if before else 0) + 1 if found.failed else 0
    changed = any(reading.feed for reading in found.readings)
    resources = [reading.resource for reading in found.readings if reading.resource]
    return SourceRecord(
        name=found.source.name,
        last_poll=now,
        last_success=now if not found.failed else before.last_success if before else None,
        outcome="failed" if found.failed else "changed" if changed else "unchanged",
        reason="; ".join(found.failures),
        entries=len(found.entries) if changed else max((r.entries for r in resources), default=0),
        new=new,
        next_poll=now + next_wait(found.source.every, failures),
        failures=failures,
        failing_since=((before.failing_since if before else None) or now) if failures else None,
        missed=found.missed if found.missed is not None else before.missed if before else {},
    )


def next_wait(every: timedelta, failures: int) -> timedelta:
    """The time to the next poll: a source that fails is asked less and less often."""
    if not failures:
        return every
    cap = max(every, MAX_WAIT)
    return timedelta(seconds=backoff(failures - 1, every.total_seconds(), cap.total_seconds(), 0))
