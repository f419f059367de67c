"""One page in a process of its own, for a command that has only one to read.

A pool's fork server takes as long to start as a hundred pages to read; a child forked from a
process without threads starts at once, and what kills it leaves the command alive to say so.
"""

import contextlib
import multiprocessing
from collections.abc import Callable
from multiprocessing.connection import Connection
from typing import TypeVar

from scraper.articles.extract import claimed_url
from scraper.articles.task import Task
from scraper.articles.trace import Trace
from scraper.errors import PageError, PageLimitError
from scraper.model import Article, NotArticle, Page
from scraper.service.limits import PAGE, within
from scraper.service.workers import (
    WALL_SECONDS,
    begin_work,
    explain_article,
    read_article,
    read_text,
)

T = TypeVar("T")


def read_apart(task: Task) -> Article | NotArticle:
    """The article of a page, its Markdown included; plain text where it exceeds its limits.

    Raises PageError where not even that can be had.
    """
    try:
        return apart(read_article, task)
    except PageLimitError as reason:
        return _text_apart(task, reason)


def explain_apart(task: Task) -> tuple[Article | NotArticle, Trace]:
    """The same, and what was done. Raises PageError."""
    try:
        return apart(explain_article, task)
    except PageLimitError as reason:
        return _text_apart(task, reason), Trace([f"{reason}: read its plain text"])


def _text_apart(task: Task, reason: PageLimitError) -> Article | NotArticle:
    try:
        return apart(read_text, task, str(reason))
    except PageLimitError as error:
        raise PageError(f"{reason}; as plain text: {error}") from error


def claimed_apart(page: Page) -> str:
    """The address that a page says it is known by; '' where it cannot be read."""
    try:
        return apart(claimed_url, page)
    except PageLimitError:
        return ""


def apart(work: Callable[..., T], *arguments: object) -> T:
    """What the work gives in a child, within a page's limits. Raises what it raises."""
    context = multiprocessing.get_context("fork")
    receiving, sending = context.Pipe(duplex=False)
    child = context.Process(target=_work, args=(sending, work, arguments), daemon=True)
    child.start()
    sending.close()  # so that a child that dies is an end of file here
    try:
        answer = receiving.recv() if receiving.poll(WALL_SECONDS) else None
    except EOFError:
        answer = None
    finally:
        child.kill()
        child.join()
        receiving.close()
    if answer is None:
        raise PageLimitError(f"ended the process that read it (exit code {child.exitcode})")
    failure, result = answer
    if failure:
        raise failure
    return result  # type: ignore[no-any-return]


def _work(sending: Connection, work: Callable[..., T], arguments: tuple[object, ...]) -> None:
    begin_work()
    answer: tuple[Exception | None, T | None] = (None, None)
    try:
        answer = (None, within(PAGE, work, *arguments))
    except Exception as error:  # noqa: BLE001  # raised again where it can be handled
        answer = (error, None)
    with contextlib.suppress(BrokenPipeError):  # nobody waits any more
        sending.send(answer)
