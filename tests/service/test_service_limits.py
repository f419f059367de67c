"""Limits of time and memory, and what is made of a page that needs more: real processes."""

import asyncio
import itertools
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator

import pytest
from lxml import etree

from scraper.articles.task import Task
from scraper.articles.tree import parse_html
from scraper.errors import PageError, PageLimitError
from scraper.model import Article, Page
from scraper.service.apart import apart, read_apart
from scraper.service.limits import Limits, within
from scraper.service.workers import Workers
from tests.hostile_pages import page

ROOMY = Limits(5.0, 512)
URL = "https://e.example/1"
TOO_LARGE = Task(Page(URL, page("<i>x</i>" * 1_200_000).encode()))


def spin() -> None:
    for _ in itertools.count():
        pass


def spin_in_c() -> None:
    sum(itertools.repeat(0))


def die() -> None:
    """As the kernel does it where the machine's memory is exhausted."""
    os.kill(os.getpid(), signal.SIGKILL)


def recurse() -> None:
    recurse()


@pytest.fixture
def workers() -> Iterator[Workers]:
    pool = Workers(1, seconds=20)
    yield pool
    pool.close()


def test_work_that_computes_too_long_is_ended_and_says_so() -> None:
    with pytest.raises(PageLimitError, match=r"needed more than 0\.2 s"):
        within(Limits(0.2, 512), spin)


def test_waiting_is_no_computing() -> None:
    began = time.monotonic()
    within(Limits(0.05, 512), time.sleep, 0.2)
    assert time.monotonic() - began >= 0.2


def test_work_that_takes_too_much_memory_is_ended_and_says_so() -> None:
    with pytest.raises(PageLimitError, match="needed more than 50 MB"):
        within(Limits(5, 50), bytearray, 100_000_000)


def test_a_parser_without_memory_is_ended_and_says_so() -> None:
    with pytest.raises(PageLimitError, match="needed more than 50 MB"):
        within(Limits(5, 50), parse_html, "<p>word <b>x</b></p>" * 400_000)


def test_what_a_parser_refuses_is_named() -> None:
    with pytest.raises(PageLimitError, match=r"could not be parsed .*tag mismatch"):
        within(ROOMY, etree.fromstring, "<a></b>")


def test_work_that_nests_too_deeply_is_ended_and_says_so() -> None:
    with pytest.raises(PageLimitError, match="nested too deeply"):
        within(ROOMY, recurse)


def test_limits_are_lifted_afterwards() -> None:
    before = [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU)]
    handler = signal.getsignal(signal.SIGPROF)
    assert within(Limits(1, 50), len, "abc") == 3
    after = [resource.getrlimit(kind) for kind in (resource.RLIMIT_AS, resource.RLIMIT_CPU)]
    assert (after, signal.getsignal(signal.SIGPROF)) == (before, handler)
    assert signal.getitimer(signal.ITIMER_PROF) == (0.0, 0.0)


def test_other_errors_pass() -> None:
    with pytest.raises(ZeroDivisionError):
        within(ROOMY, lambda: 1 // 0)


@pytest.mark.parametrize(
    ("limits", "work", "arguments", "message"),
    [
        (Limits(0.3, 512), spin, (), r"needed more than 0\.3 s"),
        (Limits(0.3, 512), spin_in_c, (), "SIGXCPU"),
        (ROOMY, bytearray, (1 << 30,), "needed more than 512 MB"),
        (ROOMY, os._exit, (3,), "exit code 3"),
        (ROOMY, die, (), "SIGKILL"),
        (ROOMY, time.sleep, (60,), "not read within 1 s"),
    ],
)
def test_a_worker_survives_its_work_or_is_replaced(
    limits: Limits, work: Callable[..., None], arguments: tuple[int, ...], message: str
) -> None:
    async def run(workers: Workers) -> int:
        with pytest.raises(PageLimitError, match=message):
            await workers.run(limits, work, *arguments)
        return await workers.run(limits, abs, -7)

    seconds = 1 if work is time.sleep else 20
    workers = Workers(1, seconds=seconds)
    try:
        assert asyncio.run(run(workers)) == 7
    finally:
        workers.close()


def test_a_page_that_is_too_large_is_read_plainly_by_a_worker(workers: Workers) -> None:
    article = asyncio.run(workers.extract(TOO_LARGE))
    assert isinstance(article, Article)
    assert article.method == "plain"
    assert "512 MB" in article.doubt
    assert article.markdown.startswith("The bridge\n\nThe council said on Monday")


def test_a_page_that_is_too_large_is_read_plainly_in_a_child() -> None:
    article = read_apart(TOO_LARGE)
    assert isinstance(article, Article)
    assert article.method == "plain"
    assert article.doubt.startswith("needed more than")


def test_an_address_is_no_reason_to_read_a_page_that_is_too_large(workers: Workers) -> None:
    head = f"<link rel=canonical href={URL}>"
    small, large = (page("<i>x</i>" * n, head).encode() for n in (1, 2_000_000))
    assert asyncio.run(workers.claimed_url(Page("", small))) == URL
    assert asyncio.run(workers.claimed_url(Page("", large))) == ""


def test_a_child_that_dies_is_an_error_of_its_page() -> None:
    with pytest.raises(PageError, match="exit code 3"):
        apart(os._exit, 3)


def test_an_error_in_a_child_is_raised_here() -> None:
    with pytest.raises(ValueError, match="invalid literal"):
        apart(int, "x")
