"""Fetches wanted articles and archives them, one host's politeness beside another's.

However an article ends (archived, to be tried again, given up), it ends as an event and a row; one
bad story never stops the others.
"""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import zip_longest

from scraper.model import ArticleEvent, ArticleOutcome, Entry, Pending
from scraper.protocol.identity import first_page, identify
from scraper.protocol.politeness import next_attempt, postponed
from scraper.protocol.urls import host
from scraper.service.context import Crawl, Service, archive_errors_alone
from scraper.service.crawling.attempt import Trouble, attempt
from scraper.service.edge import Unexpected, survive
from scraper.service.keeping.compose import Draft

HOSTS_AT_ONCE = 200  # of which each holds a few sockets open, and a few pages in memory


def ask_for(crawl: Crawl, url: str, source: str = "") -> Pending:
    """An article that somebody asked for by its address, as if a list had named it."""
    by = crawl.sources.get(source)
    site = crawl.site_of(by, url)
    story = identify(url, site, (host(url),) if by else ())
    known = story or identify(url, None)
    address = first_page(url, site) if story else url
    return Pending(Entry(address, known.id if known else url), source)


async def drain(
    service: Service, wanted: Iterable[Pending], stop: asyncio.Event, *, insist: bool = False
) -> None:
    """Work on all wanted articles, hosts side by side, until done or told to stop.

    With `insist`, they are archived however they look beside the others of their source. Raises
    ArchiveError where the archive cannot be written: nothing more could be kept.
    """
    queues: dict[str, list[Pending]] = {}
    for pending in wanted:
        queues.setdefault(host(pending.entry.url), []).append(pending)
    hosts = asyncio.Semaphore(HOSTS_AT_ONCE)

    async def visit(queue: list[Pending]) -> None:
        async with hosts:
            await drain_host(service, in_turns(queue), stop, insist=insist)

    with archive_errors_alone():
        async with asyncio.TaskGroup() as group:
            for queue in queues.values():
                group.create_task(visit(queue))


async def drain_host(
    service: Service, queue: list[Pending], stop: asyncio.Event, *, insist: bool = False
) -> None:
    """Work on articles of one host, so many side by side as it may have in hand.

    Raises ArchiveError, in a group.
    """
    line = iter(queue)

    async def work_off() -> None:
        for pending in line:
            if stop.is_set():
                return
            await archive(service, pending, insist=insist)

    async with asyncio.TaskGroup() as group:
        for _ in range(min(service.crawl.in_hand, len(queue))):
            group.create_task(work_off())


def in_turns(queue: Iterable[Pending]) -> list[Pending]:
    """The same articles, their sources by turns: a long list keeps no other source waiting."""
    lines: dict[str, list[Pending]] = {}
    for pending in queue:
        lines.setdefault(pending.source, []).append(pending)
    rounds = zip_longest(*lines.values())
    return [pending for turn in rounds for pending in turn if pending is not None]


async def archive(service: Service, pending: Pending, *, insist: bool = False) -> ArticleEvent:
    """Fetch one article and archive it; one bad story never ends a run. Raises ArchiveError."""
    began = time.monotonic()
    event = await survive(_archive(service, pending, insist=insist), pending.entry.url)
    if isinstance(event, Unexpected):
        trouble = Trouble("failed", event.reason)
        event = await service.disk.run(set_back, service, pending, trouble)
    event = replace(event, seconds=time.monotonic() - began)
    service.emit(event)
    return event


async def _archive(service: Service, pending: Pending, *, insist: bool) -> ArticleEvent:
    source = service.crawl.sources.get(pending.source)
    result = await attempt(service.crawl, pending, source)
    if isinstance(result, Draft):
        return await service.keeper.keep(replace(result, insisted=insist))
    return await service.disk.run(set_back, service, pending, result)


def set_back(service: Service, pending: Pending, trouble: Trouble) -> ArticleEvent:
    """Note why an article is not archived, and when it is tried again; in the disk's thread.

    An attempt counts only where somebody could be asked: not while the host is left alone, nor
    while nobody can be reached.
    """
    entry, articles = pending.entry, service.state.articles
    articles.want([entry], pending.source, service.now())
    if trouble.held or (service.crawl.fetcher.network_down and trouble.kind == "failed"):
        return _postpone(service, pending, trouble)
    due = _due(service, pending, trouble)
    outcome: ArticleOutcome = "deferred"
    if trouble.respected:
        outcome = "skipped"
        articles.skip(entry.id, trouble.reason)
    elif trouble.final or due is None:
        outcome = "failed"
        articles.give_up(entry.id, trouble.reason)
    else:
        articles.defer(entry.id, trouble.reason, due)
    return _event(pending, outcome, trouble.reason, due if outcome == "deferred" else None)


def _due(service: Service, pending: Pending, trouble: Trouble) -> datetime | None:
    now, jitter = service.now(), service.crawl.clock.random()
    wait = trouble.retry_after - now if trouble.retry_after else None
    return next_attempt(pending.attempts + 1, now, trouble.kind, wait, jitter)


def _postpone(service: Service, pending: Pending, trouble: Trouble) -> ArticleEvent:
    now, reason = service.now(), trouble.reason
    if not trouble.held:
        reason = f"the network seems to be down: {reason}"
    wait = trouble.retry_after - now if trouble.retry_after else None
    due = postponed(now, wait, service.crawl.clock.random())
    service.state.articles.postpone(pending.entry.id, reason, due)
    return _event(pending, "deferred", reason, due)


def _event(
    pending: Pending, outcome: ArticleOutcome, reason: str, due: datetime | None
) -> ArticleEvent:
    return ArticleEvent(
        outcome=outcome,
        id=pending.entry.id,
        url=pending.entry.url,
        source=pending.source,
        reason=reason,
        due=due,
    )
