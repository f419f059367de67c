"""Fetches the pictures of archived articles, and keeps them: once each, by the hash of their bytes.

They come after the articles, one at a time at a host: a picture never delays an article, nor makes
one fail. What cannot be had is asked for again later, and at last given up with the reason.
"""

import asyncio
from collections.abc import Callable, Collection, Iterable
from functools import partial
from typing import assert_never

from scraper.archive.archive import Change
from scraper.archive.raw import Kept
from scraper.archive.warc import Earlier, payload_digest, sha256
from scraper.articles.raster import Raster, Unfit
from scraper.fetch.fetcher import ACCEPT_PICTURE, Request
from scraper.markdown.pictures import ASSETS
from scraper.model import Capture, Failed, NotModified, Page
from scraper.protocol.politeness import next_attempt, postponed
from scraper.protocol.urls import host
from scraper.service.context import Service, archive_errors_alone
from scraper.service.crawling.attempt import Trouble, judged
from scraper.service.edge import Unexpected, survive
from scraper.state.pictures import WantedPicture
from scraper.state.records import RawRecord

ROUND = 100  # pictures; then the articles that show them are linked to them

IsBusy = Callable[[str], bool]


def _never(_host: str) -> bool:
    return False


async def save_pictures(
    service: Service,
    stop: asyncio.Event,
    is_busy: IsBusy = _never,
    *,
    articles: Collection[str] | None = None,
) -> None:
    """Fetch the pictures whose turn it is until none is left, and link their articles to them.

    Of these articles only, unless None. Where `is_busy` says that a host has new articles to give,
    the rest of its turn waits. Raises ArchiveError where the archive cannot be written.
    """
    if service.keeper.settings.pictures != "save":
        return
    relink = service.keeper.linker.relink
    await service.disk.run(relink, service.now())  # what an interrupted run left
    asked: set[str] = set()
    while not stop.is_set():
        due = await service.disk.run(service.state.pictures.due, service.now(), ROUND, articles)
        due = [wanted for wanted in due if wanted.url not in asked]
        if not due:
            return
        asked |= {wanted.url for wanted in due}
        with archive_errors_alone():
            await _fetch_all(service, due, stop, is_busy)
        await service.disk.run(relink, service.now())


async def _fetch_all(
    service: Service, due: Iterable[WantedPicture], stop: asyncio.Event, is_busy: IsBusy
) -> None:
    queues: dict[str, list[WantedPicture]] = {}
    for wanted in due:
        queues.setdefault(host(wanted.url), []).append(wanted)
    async with asyncio.TaskGroup() as group:
        for name, queue in queues.items():
            group.create_task(_at_host(service, queue, stop, partial(is_busy, name)))


async def _at_host(
    service: Service,
    queue: Iterable[WantedPicture],
    stop: asyncio.Event,
    is_busy: Callable[[], bool],
) -> None:
    for wanted in queue:
        if stop.is_set() or is_busy():
            return
        trouble = await survive(_save(service, wanted), wanted.url)
        if isinstance(trouble, Unexpected):
            trouble = Trouble("rejected", trouble.reason)
        if trouble:
            await service.disk.run(set_back, service, wanted, trouble)


async def _save(service: Service, wanted: WantedPicture) -> Trouble | None:
    """Fetch one picture and keep it; or why it is not kept."""
    article = await service.disk.run(service.state.articles.get, wanted.article)
    source = service.crawl.sources.get(article.source) if article else None
    request = Request(
        url=wanted.url,
        accept=ACCEPT_PICTURE,
        proxy=source.proxy if source else "",
        ca_file=source.ca_file if source else "",
        referer=article.url if article else "",  # sites show their pictures on their pages only
        purpose="picture",
        keep=service.crawl.keep_raw,
        max_bytes=service.keeper.settings.picture_max_bytes,
    )
    outcome = await service.crawl.fetcher.fetch(request)
    if isinstance(outcome, Failed) and outcome.lasting:
        return Trouble("rejected", outcome.reason, final=True)
    page = judged(outcome, service.now())
    match page:
        case Page():
            return await _examine(service, wanted, page)
        case NotModified():
            return Trouble("failed", "304 to a request without conditions")
        case Trouble():
            return page
        case _:
            assert_never(page)


async def _examine(service: Service, wanted: WantedPicture, page: Page) -> Trouble | None:
    found = await service.crawl.workers.examine(page.body)
    match found:
        case Raster():
            await service.disk.run(_keep, service, wanted, page, found.extension)
            return None
        case Unfit():
            kind = f" ({page.media_type})" if page.media_type else ""
            return Trouble("refused", f"what came{kind} {found.reason}")
        case _:
            assert_never(found)


# -- in the disk's thread --------------------------------------------------------------------------


def asset_path(digest: str, extension: str) -> str:
    """Where a picture with this SHA-256 is kept."""
    return f"{ASSETS}/{digest[:2]}/{digest}.{extension}"


def _keep(service: Service, wanted: WantedPicture, page: Page, extension: str) -> None:
    """Keep the bytes as they came, with the exchange, a line in the manifest, and last the row."""
    state, digest = service.state, sha256(page.body)
    path, now = asset_path(digest, extension), service.now()
    change = Change(
        "picture",
        wanted.article,
        files=((path, page.body),),
        kept=tuple(_kept(service, wanted, page.capture)) if page.capture else (),
        about={"url": wanted.url},
    )
    (done,) = service.keeper.archive.commit([change], now)
    with state.transaction():
        state.pictures.save(wanted.url, wanted.article, path, digest)
        state.records.add(
            RawRecord(
                wanted.article,
                kept.capture.url,
                kept.capture.at,
                fact.kind,
                fact.file,
                fact.offset,
                fact.length,
                payload_digest(kept.capture.payload),
            )
            for kept, fact in zip(change.kept, done.records, strict=True)
        )


def _kept(service: Service, wanted: WantedPicture, capture: Capture) -> Iterable[Kept]:
    known = service.state.records.with_payload(capture.url, payload_digest(capture.payload))
    yield Kept(capture, wanted.article, Earlier(known.url, known.at) if known else None)


def set_back(service: Service, wanted: WantedPicture, trouble: Trouble) -> None:
    """Note why a picture is not kept, and when it is asked for again, as with an article."""
    pictures = service.state.pictures
    now, jitter = service.now(), service.crawl.clock.random()
    wait = trouble.retry_after - now if trouble.retry_after else None
    if trouble.held or (service.crawl.fetcher.network_down and trouble.kind == "failed"):
        soon = postponed(now, wait, jitter)
        pictures.put_off(wanted.url, trouble.reason, soon, attempts=wanted.attempts)
        return
    attempts = wanted.attempts + 1
    due = next_attempt(attempts, now, trouble.kind, wait, jitter)
    if trouble.final or trouble.respected or due is None:
        pictures.give_up(wanted.url, trouble.reason)
    else:
        pictures.put_off(wanted.url, trouble.reason, due, attempts=attempts)
