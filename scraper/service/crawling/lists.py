"""Asks the URLs of a source, and reads the lists that come back; saves nothing."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import assert_never

from scraper.errors import FeedError, PageError
from scraper.feeds.formats import Context
from scraper.feeds.tally import Tally, tally_of
from scraper.feeds.update import children_to_read, unite
from scraper.fetch.fetcher import ACCEPT_FEED, Request
from scraper.fetch.request import own_addresses, own_headers
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
)
from scraper.protocol.identity import identify
from scraper.service.context import Crawl, own_hosts
from scraper.service.crawling import reading as remember
from scraper.service.crawling.reading import Poll, Reading
from scraper.state.resources import Resource

# Of a sitemap index in one poll: at a second each, a minute. The rest is read by the next polls.
MAX_CHILDREN = 60
_LONG_AGO = datetime.min.replace(tzinfo=UTC)

Recall = Callable[[str], Awaitable[Resource | None]]


async def look(crawl: Crawl, source: Source, recall: Recall, *, insist: bool = False) -> Poll:
    """Read all URLs of a source. `recall` gives what was known of a URL.

    With `insist`, those that are gone for good are asked again; so are they where all are gone.
    """
    readings = await _Reader(crawl, source, recall, insist).read_all()
    if not any(reading.asked for reading in readings):
        readings = await _Reader(crawl, source, recall, insist=True).read_all()
    united = unite([(reading.url, reading.feed) for reading in readings if reading.feed])
    complete = all(reading.feed for reading in readings if reading.asked)
    missed = {url: len(ids) for url, ids in united.missed.items()} if complete else None
    return Poll(source, readings, united.entries, missed)


async def glance(crawl: Crawl, source: Source) -> tuple[Reading, ...]:
    """Read each of a source's URLs once, and none of the sitemaps that they name."""

    async def forget(_url: str) -> Resource | None:
        return None

    reader = _Reader(crawl, source, forget, insist=True)
    return tuple(await asyncio.gather(*map(reader.read_alone, source.urls)))


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the URLs of one source."""

    crawl: Crawl
    source: Source
    recall: Recall
    insist: bool

    async def read_all(self) -> tuple[Reading, ...]:
        """What came of the source's own URLs, side by side, and of what they name."""
        groups = await asyncio.gather(*map(self.read, self.source.urls))
        return tuple(reading for group in groups for reading in group)

    async def read_alone(self, url: str) -> Reading:
        """One URL as if it had never been read; what it names is left alone."""
        return await self._ask(remember.remembered(None, self.source, url))

    async def read(self, url: str, lastmod: str | None = None) -> tuple[Reading, ...]:
        """One URL and, for a sitemap index, the sitemaps under it, with what it says of them."""
        known = await self.recall(url)
        if known and known.gone_at and lastmod is None and not self.insist:
            return (Reading(url, known, asked=False),)
        record = remember.remembered(known, self.source, url, lastmod or "")
        reading = await self._ask(record)
        below = reading.resource.children if reading.resource and not reading.failure else ()
        if not below or lastmod is not None:  # an index inside an index is not followed
            return (reading,)
        return (reading, *await self._read_children(below))

    async def _read_children(self, children: tuple[Child, ...]) -> tuple[Reading, ...]:
        known = [await self.recall(child.url) for child in children]
        wanted = choose_children(children, [record for record in known if record])
        groups = await asyncio.gather(*(self.read(child.url, child.lastmod) for child in wanted))
        return tuple(reading for group in groups for reading in group)

    async def _ask(self, record: Resource) -> Reading:
        now = self.crawl.now()
        for start in remember.starts(record, now):
            outcome = await self.crawl.fetcher.fetch(self._request(record, start, now))
            if isinstance(outcome, Page | NotModified):
                moved = remember.follow_move(record, start, outcome.moved_to)
                return await self._understand(outcome, moved)
        return await self._understand(outcome, record)

    def _request(self, record: Resource, start: str, now: datetime) -> Request:
        source = self.source
        return Request(
            url=record.url,
            start=start,
            validators=remember.conditions(record, now),
            validated_url=record.validated_url,
            accept=ACCEPT_FEED,
            purpose="feed",
            headers=own_headers(source, record.url, start),
            allow_addresses=own_addresses(source, record.url, start),
            proxy=source.proxy,
            ca_file=source.ca_file,
        )

    async def _understand(self, outcome: Outcome, record: Resource) -> Reading:
        url, now = record.url, self.crawl.now()
        match outcome:
            case NotModified():
                kept = remember.confirmed(record, outcome, now)
                return Reading(url, kept, fresh_for=outcome.fresh_for)
            case Page():
                return replace(await self._parse(outcome, record), fresh_for=outcome.fresh_for)
            case Gone(status=410):
                return Reading(url, remember.gone(record, now), failure=f"{url}: HTTP 410: gone")
            case Gone():
                return Reading(url, failure=f"{url}: {outcome.reason}: no such page")
            case Refused():
                return Reading(url, failure=f"{url}: {outcome.reason}")
            case Failed():
                return Reading(
                    url,
                    failure=f"{url}: {outcome.reason}",
                    kind="unreachable" if outcome.unreachable else "down",
                    retry_after=outcome.retry_after,
                    unreachable=outcome.unreachable,
                    left_alone=outcome.held,
                )
            case _:
                assert_never(outcome)

    async def _parse(self, page: Page, record: Resource) -> Reading:
        now = self.crawl.now()
        digest = hashlib.sha256(page.body).hexdigest()
        answered = remember.received(record, page, digest, now)
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
            doubted = remember.doubted(record, now)
            return Reading(record.url, doubted, failure=str(error), kind="strange")
        reading = remember.learned(answered, feed, now)
        return replace(reading, first=record.full_at is None, tally=_tally_of(feed, context))


def _tally_of(feed: Feed, context: Context) -> Tally:
    def is_story(entry: Entry) -> bool:
        return identify(entry.url, context.site, context.trusted_hosts) is not None

    return tally_of(feed, is_story)


def choose_children(children: tuple[Child, ...], records: Sequence[Resource]) -> tuple[Child, ...]:
    """The sitemaps of an index to ask for in one poll; the newest first, the rest another time.

    Those that say nothing of their last change take turns. One that is gone is asked for again
    when the index says that it changed.
    """
    known = {record.url: record for record in records}
    wanted = children_to_read(children, {url: r.lastmod_read for url, r in known.items()})
    silent = [child for child in wanted if not child.lastmod and not _is_gone(known, child)]
    silent.sort(key=lambda child: _checked_at(known.get(child.url)))
    return (*(child for child in wanted if child.lastmod), *silent)[:MAX_CHILDREN]


def _is_gone(known: dict[str, Resource], child: Child) -> bool:
    return child.url in known and known[child.url].gone_at is not None


def _checked_at(record: Resource | None) -> datetime:
    return (record.checked_at if record else None) or _LONG_AGO
