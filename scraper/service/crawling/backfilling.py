"""Fills a time by hand: what a site's sitemaps list of a source and is missing, archived now.

Politeness alone sets the pace. Run again, it goes on with what is still missing.
"""

import asyncio
from collections import Counter, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scraper.model import Pending, Source
from scraper.protocol.gaps import Span, choose_sitemaps
from scraper.service.context import Service
from scraper.service.crawling.sitemaps import (
    NO_SECTION,
    Dated,
    Unread,
    known_sitemaps,
    read_sitemap,
    search_for,
)
from scraper.service.run import wanted
from scraper.state.articles import ArticleRecord

MAX_SITEMAPS = 600  # of one index: fifty years of months


@dataclass(frozen=True, slots=True)
class Found:
    """What is missing of a time, and what is not."""

    new: tuple[Dated, ...]  # that nobody knew of, the newest first
    waiting: tuple[ArticleRecord, ...]  # known, and not archived yet
    lost: tuple[ArticleRecord, ...]  # known, and not archived for a reason
    archived: int  # of those that the sitemaps list
    sitemaps: int  # that were read
    troubles: tuple[str, ...]  # each names a sitemap that could not be read


def span_of(first: date, last: date, timezone: str, now: datetime) -> Span:
    """All of the days from `first` to `last` by a time zone (IANA name), up to now."""
    zone = ZoneInfo(timezone)
    after = datetime.combine(last + timedelta(days=1), time(), zone)
    ends = min(after - timedelta(milliseconds=1), now)
    return Span(datetime.combine(first, time(), zone), ends)


async def look_up(
    service: Service,
    source: Source,
    span: Span,
    stop: asyncio.Event,
    advance: Callable[[int], None],
) -> Found:
    """Read the sitemaps of a time; `advance` is told of each. Writes nothing."""
    search = await service.disk.run(search_for, service, source, span)
    places = await service.disk.run(known_sitemaps, service, source) if search.own else ()
    todo = deque((url, False) for url in places)
    listed: dict[str, Dated] = {}
    troubles = [] if search.own else [NO_SECTION]
    read = 0
    while todo and not stop.is_set():
        url, is_below = todo.popleft()
        feed = await read_sitemap(service.crawl, source, url)
        advance(1)
        if isinstance(feed, Unread):
            troubles.append(feed.reason)
            continue
        read += 1
        listed |= {one.entry.id: one for one in search.choose(feed)}
        below = choose_sitemaps(feed.children, span, service.now(), MAX_SITEMAPS)
        todo.extend((child.url, True) for child in below if not is_below)
    return await service.disk.run(_compare, service, source, span, listed, (read, troubles))


def _compare(
    service: Service,
    source: Source,
    span: Span,
    listed: Mapping[str, Dated],
    read: tuple[int, list[str]],
) -> Found:
    """What is known of what was listed, in the disk's thread."""
    known = service.state.articles.statuses(listed)
    new = [one for one in listed.values() if one.entry.id not in known]
    new.sort(key=lambda one: one.at or span.begins, reverse=True)
    missing = service.state.coverage.missing(source.name, span.begins, span.ends)
    return Found(
        new=tuple(new),
        waiting=tuple(record for record in missing if record.status == "pending"),
        lost=tuple(record for record in missing if record.status != "pending"),
        archived=Counter(known.values())["archived"],
        sitemaps=read[0],
        troubles=tuple(read[1]),
    )


async def want(
    service: Service, source: Source, span: Span, found: Found, limit: int | None
) -> list[Pending]:
    """Make what is missing of a span wanted now, at most `limit` articles; gives these."""
    chosen = await service.disk.run(_want, service, source, found, limit)
    if not found.troubles and limit is None:
        await service.disk.run(service.state.gaps.close, source.name, span.begins, span.ends)
    return [pending for pending in await wanted(service) if pending.entry.id in chosen]


def _want(service: Service, source: Source, found: Found, limit: int | None) -> set[str]:
    state, now = service.state, service.now()
    new = found.new[:limit]
    rest = None if limit is None else limit - len(new)
    waiting = [record.id for record in found.waiting[:rest]]
    with state.transaction():
        state.articles.want([one.entry for one in new], source.name, now)
        state.coverage.date((one.entry.id, one.day) for one in new if one.day)
        state.articles.retry(waiting, now)
    return {*(one.entry.id for one in new), *waiting}
