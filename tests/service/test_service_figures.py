"""Figures count what happens, under a bounded number of labels."""

import asyncio
import os
import signal
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from pebble import ProcessPool

from scraper.errors import PageLimitError
from scraper.model import ArticleEvent, SourceEvent
from scraper.protocol.conduct import RequestRecord
from scraper.service.context import Service
from scraper.service.limits import PAGE
from scraper.service.run import run_once
from scraper.service.watching.figures import MOST_SOURCES, OTHERS, Figures, Tally, status_label
from scraper.service.workers import Workers
from tests.fetch.conftest import Server
from tests.journey.journey import Journey

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def request(host: str, status: int | None = 200, milliseconds: int = 40) -> RequestRecord:
    return RequestRecord(
        at=NOW,
        host=host,
        url="hash",
        purpose="page",
        status=status,
        is_conditional=False,
        has_validators=False,
        wire_bytes=700,
        body_bytes=2000,
        milliseconds=milliseconds,
        delay=0,
        gap=None,
        not_before=None,
    )


def test_events_are_counted_by_source_and_outcome() -> None:
    figures = Figures()
    figures.event(SourceEvent("china", "changed"))
    figures.event(SourceEvent("china", "unchanged"))
    figures.event(SourceEvent("china", "unchanged"))
    figures.event(ArticleEvent("archived", "a", "https://a/", source="china"))
    figures.event(ArticleEvent("failed", "b", "https://b/"))
    read = figures.read()
    assert read.polls == {("china", "changed"): 1, ("china", "unchanged"): 2}
    assert read.articles == {("china", "archived"): 1, ("none", "failed"): 1}


def test_sources_beyond_the_bound_share_a_label() -> None:
    figures = Figures()
    for number in range(MOST_SOURCES + 200):
        figures.event(SourceEvent(f"s{number}", "unchanged"))
    polls = figures.read().polls
    assert len(polls) == MOST_SOURCES + 1
    assert polls[OTHERS, "unchanged"] == 200
    figures.event(SourceEvent("s0", "unchanged"))
    assert figures.read().polls["s0", "unchanged"] == 2


@pytest.mark.parametrize(
    ("status", "label"),
    [(200, "200"), (304, "304"), (418, "4xx"), (599, "5xx"), (206, "2xx"), (None, "none")],
)
def test_a_status_is_one_of_few(status: int | None, label: str) -> None:
    assert status_label(status) == label


def test_requests_are_counted_by_kind_of_host_never_by_its_name() -> None:
    figures = Figures(["news.example"])
    for host in ("news.example", "cdn1.example", "cdn2.example"):
        figures.request(request(host))
    read = figures.read()
    assert read.requests == {("page", "source", "200"): 1, ("page", "other", "200"): 2}
    assert read.received_bytes == {("page",): 2100}
    assert read.stages["fetch"].number == 3


def test_a_histogram_counts_up_to_its_bounds() -> None:
    tally = Tally((1.0, 2.0))
    for value in (0.5, 1.0, 1.5, 2.0, 9.0):
        tally.observe(value)
    assert tally.read().counts == (2, 2, 1)
    assert tally.read().total == 14.0


def test_what_was_published_long_ago_was_not_late() -> None:
    figures = Figures()
    for late in (timedelta(minutes=5), timedelta(days=800), None):
        figures.event(ArticleEvent("archived", "a", "https://a/", late=late))
    assert figures.read().lag.number == 1
    assert figures.read().lag.total == 300.0


def test_a_run_counts_every_stage(journey: Journey, server: Server) -> None:
    story = server.url("/2026/03/01/bridge")
    published = "Sun, 01 Mar 2026 12:00:00 GMT"
    item = f"<item><title>Bridge</title><link>{story}</link><pubDate>{published}</pubDate></item>"
    server.answer("/feed", f"<rss version='2.0'><channel>{item}</channel></rss>".encode())
    text = "<p>The council said that the old bridge will be repaired in the spring.</p>" * 20
    page = f"<html><head><title>Bridge</title></head><body><article>{text}</article></body></html>"
    server.answer("/2026/03/01/bridge", page.encode(), Content_Type="text/html")
    journey.add(server.url("/feed"), name="news", site=None)
    services: list[Service] = []

    async def run(service: Service) -> None:
        services.append(service)
        await run_once(service, journey.sources.values(), asyncio.Event())

    journey.with_service(run)
    read = services[0].figures.read()
    assert read.polls == {("news", "changed"): 1}
    assert read.articles == {("news", "archived"): 1}
    assert read.stages.keys() == {"fetch", "parse", "extract", "write"}
    assert read.requests["page", "source", "200"] == 1
    assert read.lag.number <= 1  # more than a week later by the system's clock, it is backlog
    (article,) = journey.articles("archived")
    assert article.seconds is not None
    assert article.seconds > 0
    assert article.late is not None
    assert journey.polls()[0].seconds is not None


class Watched(Workers):
    """Workers that note which threads start them."""

    def __init__(self) -> None:
        super().__init__(1)
        self.threads: list[threading.Thread] = []

    def _start(self) -> ProcessPool:
        self.threads.append(threading.current_thread())
        return super()._start()


def test_processes_are_started_once_and_not_in_the_event_loop() -> None:
    async def run(workers: Workers) -> None:
        await asyncio.gather(*(workers.run(PAGE, os.getpid) for _ in range(5)))

    with closing(Watched()) as workers:
        asyncio.run(run(workers))
    (thread,) = workers.threads
    assert thread is not threading.main_thread()


def end_itself() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_processes_that_end_are_counted_and_replaced() -> None:
    figures = Figures()

    async def run() -> int:
        with closing(Workers(1, figures=figures)) as workers:
            with pytest.raises(PageLimitError):
                await workers.run(PAGE, end_itself)
            await workers.run(PAGE, os.getpid)
            return workers.restarts

    assert asyncio.run(run()) == 1
    assert figures.read().workers == {("died",): 1}
