"""Processes that parse: what is hostile or slow dies there, not here, and every core is used.

A page that exceeds its time is killed with its worker, a page that exceeds its memory fails with
MemoryError; both end as a PageError that names the URL. The processes come from a fork server, so
that they inherit neither locks nor connections, and start with the parsers already imported.
"""

import asyncio
import contextlib
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from scraper.articles.extract import extract
from scraper.articles.join import join
from scraper.articles.task import Task
from scraper.articles.trace import Trace
from scraper.errors import PageError
from scraper.feeds.formats import Context, parse
from scraper.markdown.body import to_markdown
from scraper.model import Article, Feed, NotArticle, Page

T = TypeVar("T")
PAGE_SECONDS = 30.0
WORKER_BYTES = 2 << 30  # of address space, shared libraries included
PAGES_PER_WORKER = 2000  # then a fresh process: a leak cannot grow for ever


class Workers:
    """A pool of parsing processes; they start with the first piece of work."""

    def __init__(self, count: int | None = None, seconds: float = PAGE_SECONDS) -> None:
        self.count = count or len(os.sched_getaffinity(0))
        self._seconds = seconds
        self._pool: ProcessPool | None = None

    async def parse(self, page: Page, context: Context) -> Feed:
        """The feed of an answer. Raises FeedError, or PageError where the parser gave up."""
        return await self._run(page.url, parse, page, context)

    async def extract(self, task: Task) -> Article | NotArticle:
        """The article of a page, its Markdown included. Raises PageError."""
        return await self._run(task.page.url, read_article, task)

    async def join(self, pages: Sequence[Article]) -> Article:
        """One article of its consecutive pages, its Markdown included. Raises PageError."""
        return await self._run(pages[0].url, join_pages, pages)

    async def _run(self, url: str, work: Callable[..., T], *args: object) -> T:
        future = self._started().schedule(work, args=list(args), timeout=self._seconds)
        try:
            result: T = await asyncio.wrap_future(future)
        except FutureTimeoutError as error:
            message = f"{url}: not parsed within {self._seconds:g} s"
            raise PageError(message) from error
        except ProcessExpired as error:
            raise PageError(f"{url}: the parser died ({error})") from error
        except MemoryError as error:
            raise PageError(f"{url}: needs too much memory to parse") from error
        return result

    def _started(self) -> ProcessPool:
        if self._pool is None or not self._pool.active:
            context = multiprocessing.get_context("forkserver")
            context.set_forkserver_preload([__name__])
            self._pool = ProcessPool(
                max_workers=self.count,
                max_tasks=PAGES_PER_WORKER,
                initializer=limit_process,
                context=context,
            )
        return self._pool

    def close(self) -> None:
        """End the processes; what they have in hand is dropped."""
        if self._pool is not None:
            self._pool.stop()
            self._pool.join()
            self._pool = None


def read_article(task: Task, trace: Trace | None = None) -> Article | NotArticle:
    """Extract a page and render its Markdown: the whole CPU-heavy part of the journey."""
    article = extract(task, trace)
    if isinstance(article, NotArticle):
        return article
    return replace(article, markdown=to_markdown(article.html))


def join_pages(pages: Sequence[Article]) -> Article:
    """Join the pages of an article and render its Markdown."""
    article = join(pages)
    return replace(article, markdown=to_markdown(article.html))


def limit_process() -> None:
    """Bound this process's memory; leave Ctrl-C to the parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with contextlib.suppress(ValueError, OSError):  # a lower limit is in force already
        resource.setrlimit(resource.RLIMIT_AS, (WORKER_BYTES, WORKER_BYTES))
