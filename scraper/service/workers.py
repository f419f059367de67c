"""Processes that parse: what is hostile or slow dies there, not here, and every core is used.

A page that needs more time or memory than one may have (`limits.py`) is read a second time, plainly
and with the reason; what fails even then ends as a PageError that names the URL. The processes come
from a fork server, so that they inherit neither locks nor connections, and start with the parsers
already imported.
"""

import asyncio
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import TimeoutError as FutureTimeoutError
from dataclasses import replace
from multiprocessing.sharedctypes import Synchronized
from threading import Lock
from typing import TypeVar

from pebble import ProcessExpired, ProcessPool

from scraper.articles.extract import claimed_url, extract
from scraper.articles.join import join
from scraper.articles.plain import read_plain
from scraper.articles.raster import Raster, Unfit, examine
from scraper.articles.task import Task
from scraper.articles.trace import Trace
from scraper.errors import PageError, PageLimitError
from scraper.feeds.discovery import Candidate, find_links
from scraper.feeds.formats import Context, parse
from scraper.markdown.body import to_markdown
from scraper.markdown.escape import write_paragraph
from scraper.model import Article, Feed, NotArticle, Page
from scraper.service.limits import FEED, PAGE, PICTURE, Limits, begin, within
from scraper.service.watching.figures import Figures, Stage

T = TypeVar("T")
WALL_SECONDS = 120.0  # the last resort: CPU time decides, and a loaded machine is slow
PAGES_PER_WORKER = 2000  # then a fresh process: a leak cannot grow for ever


class Workers:
    """A pool of parsing processes; they start with the first piece of work."""

    def __init__(
        self,
        count: int | None = None,
        seconds: float = WALL_SECONDS,
        figures: Figures | None = None,
    ) -> None:
        self.count = count or len(os.sched_getaffinity(0))
        self._seconds = seconds
        self._figures = figures or Figures()
        self._pool: ProcessPool | None = None
        self._starting = Lock()
        self._starts: Synchronized[int] | None = None  # counted by the processes themselves

    @property
    def restarts(self) -> int:
        """How many processes were started in the place of others that had ended."""
        return max(0, self._starts.value - self.count) if self._starts else 0

    async def parse(self, page: Page, context: Context) -> Feed:
        """The feed of an answer. Raises FeedError, or PageError where the parser gave up."""
        try:
            return await self.run(FEED, parse, page, context)
        except PageLimitError as error:
            raise PageError(f"{page.url}: {error}") from error

    async def find_links(self, page: Page) -> tuple[Candidate, ...]:
        """The addresses on a page that may hold feeds; none where it cannot be read."""
        try:
            return await self.run(PAGE, find_links, page)
        except PageLimitError:
            return ()

    async def extract(self, task: Task) -> Article | NotArticle:
        """The article of a page, its Markdown included; plain text where it exceeds its limits.

        Raises PageError where not even that can be had.
        """
        try:
            return await self.run(PAGE, read_article, task)
        except PageLimitError as reason:
            try:
                return await self.run(PAGE, read_text, task, str(reason))
            except PageLimitError as error:
                raise PageError(f"{task.page.url}: {reason}; as plain text: {error}") from error

    async def join(self, pages: Sequence[Article]) -> Article:
        """One article of its consecutive pages, its Markdown included. Raises PageError."""
        try:
            return await self.run(PAGE, join_pages, pages)
        except PageLimitError as error:
            raise PageError(f"{pages[0].url}: joining its pages {error}") from error

    async def claimed_url(self, page: Page) -> str:
        """The address that a page says it is known by; '' where it cannot be read."""
        try:
            return await self.run(PAGE, claimed_url, page)
        except PageLimitError:
            return ""

    async def examine(self, data: bytes) -> Raster | Unfit:
        """Whether received bytes are a picture that can be decoded within its limits."""
        try:
            return await self.run(PICTURE, examine, data)
        except PageLimitError as error:
            return Unfit(str(error))

    async def run(self, limits: Limits, work: Callable[..., T], *args: object) -> T:
        """What the work gives, done in one of the processes. Raises PageLimitError."""
        pool = await self._ready()
        future = pool.schedule(within, args=[limits, work, *args], timeout=self._seconds)
        began = time.monotonic()
        try:
            result: T = await asyncio.wrap_future(future)
        except FutureTimeoutError as error:
            self._figures.worker("killed")
            raise PageLimitError(f"was not read within {self._seconds:g} s") from error
        except ProcessExpired as error:
            self._figures.worker("died")
            raise PageLimitError(f"ended the process that read it ({_how(error)})") from error
        finally:
            stage: Stage = "parse" if limits is FEED else "extract"
            self._figures.stage(stage, time.monotonic() - began)
        return result

    async def _ready(self) -> ProcessPool:
        """The pool; starting it takes a third of a second, in which the event loop would hang."""
        if self._pool is not None and self._pool.active:
            return self._pool
        return await asyncio.to_thread(self._started)

    def _started(self) -> ProcessPool:
        with self._starting:
            if self._pool is None or not self._pool.active:
                self._pool = self._start()
            return self._pool

    def _start(self) -> ProcessPool:
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload([__name__])
        self._starts = self._starts or context.Value("Q", 0)
        pool = ProcessPool(
            max_workers=self.count,
            max_tasks=PAGES_PER_WORKER,
            initializer=_begin_counted,
            initargs=(self._starts,),
            context=context,
        )
        pool.schedule(os.getpid)  # the first piece of work is what starts the processes
        return pool

    def close(self) -> None:
        """End the processes; what they have in hand is dropped."""
        with self._starting:
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


def explain_article(task: Task) -> tuple[Article | NotArticle, Trace]:
    """A page's article, and what was done to get it."""
    trace = Trace()
    return read_article(task, trace), trace


def join_pages(pages: Sequence[Article]) -> Article:
    """Join the pages of an article and render its Markdown."""
    article = join(pages)
    return replace(article, markdown=to_markdown(article.html))


def read_text(task: Task, reason: str) -> Article | NotArticle:
    """The text of a page that cannot be read within its limits, and the same as Markdown."""
    article = read_plain(task, reason)
    if isinstance(article, NotArticle):
        return article
    return replace(article, markdown="\n\n".join(map(write_paragraph, article.text.split("\n"))))


def begin_work() -> None:
    """Make a process a worker: Ctrl-C is the parent's business."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    begin()


def _begin_counted(starts: "Synchronized[int]") -> None:
    with starts.get_lock():
        starts.value += 1
    begin_work()


def _how(error: ProcessExpired) -> str:
    """How a process ended, as the system says it."""
    code = int(error.exitcode)
    return signal.Signals(-code).name if code < 0 else f"exit code {code}"
