"""Looks at archived articles again: for edits, withdrawals and returns.

They come after what is new: one at a time at a host, and none while new articles wait there. Most
answers are 304; then only the next check moves.
"""

import asyncio
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import assert_never

from scraper.model import ArticleEvent, Entry, NotModified, Pending
from scraper.protocol.urls import host
from scraper.service.context import Service, archive_errors_alone
from scraper.service.crawling.attempt import Known, Trouble, look_again
from scraper.service.edge import Unexpected, survive
from scraper.service.keeping.compose import Draft
from scraper.state.articles import ArticleRecord

IsBusy = Callable[[str], bool]


def _never(_host: str) -> bool:
    return False


async def recheck(service: Service, stop: asyncio.Event, is_busy: IsBusy = _never) -> None:
    """Look at all articles whose turn it is, hosts side by side, until done or told to stop.

    Where `is_busy` says that a host has new articles to give, the rest of its turn waits. Raises
    ArchiveError where the archive cannot be written.
    """
    settings = service.keeper.settings.revisions
    if not settings.enabled:
        return
    due = await service.disk.run(service.state.checks.due, service.now(), settings.budget)
    queues: dict[str, list[str]] = {}
    for article_id, url in due:
        queues.setdefault(host(url), []).append(article_id)
    with archive_errors_alone():
        async with asyncio.TaskGroup() as group:
            for name, ids in queues.items():
                group.create_task(_at_host(service, ids, stop, partial(is_busy, name)))


async def _at_host(
    service: Service, ids: Iterable[str], stop: asyncio.Event, is_busy: Callable[[], bool]
) -> None:
    for article_id in ids:
        if stop.is_set() or is_busy():
            return
        record = await service.disk.run(service.state.articles.get, article_id)
        if record is not None and record.status == "archived":
            await _look_at(service, record)


async def _look_at(service: Service, record: ArticleRecord) -> None:
    """One look; whatever nobody foresaw ends it alone."""
    began = time.monotonic()
    event = await survive(_look(service, record), record.url)
    if isinstance(event, Unexpected):
        await _unanswered(service, record, Trouble("rejected", event.reason))
    elif event and (event.outcome != "unchanged" or event.reason):
        service.emit(replace(event, seconds=time.monotonic() - began))


async def _look(service: Service, record: ArticleRecord) -> ArticleEvent | None:
    watch = await service.disk.run(service.state.checks.get, record.id)
    source = service.crawl.sources.get(record.source)
    entry = Entry(record.url, record.id, record.title, record.published)
    known = Known(record.validators, watch.validated_url)
    result = await look_again(service.crawl, Pending(entry, record.source), source, known)
    match result:
        case NotModified():
            work = service.keeper.marker.present
            return await service.disk.run(work, record, result.validators, service.now())
        case Draft() if result.article.id != record.id:
            other = f"the page is {result.article.id or 'nothing known'}, not {record.id}"
            await _unanswered(service, record, Trouble("rejected", other))
            return None
        case Draft():
            return await service.keeper.keep(result)
        case Trouble():
            if result.absent:
                work_missing = service.keeper.marker.missing
                reason = result.reason
                return await service.disk.run(work_missing, record, reason, service.now())
            await _unanswered(service, record, result)
            return None
        case _:
            assert_never(result)


async def _unanswered(service: Service, record: ArticleRecord, trouble: Trouble) -> None:
    marker, now = service.keeper.marker, service.now()
    asked = trouble.retry_after - now if trouble.retry_after else None
    if trouble.held or (service.crawl.fetcher.network_down and trouble.kind == "failed"):
        await service.disk.run(marker.postpone, record, now, asked)
        return
    refused = trouble.kind != "failed"
    await service.disk.run(marker.unanswered, record, now, asked, refused=refused)
