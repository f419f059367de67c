"""Politeness over whole runs: hosts that fail, networks that are down, and the log of it all."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from scraper.fetch.clock import SystemClock
from scraper.model import ArticleEvent
from scraper.protocol.conduct import Report, RequestRecord, review
from scraper.service import records
from scraper.service.context import Service
from scraper.service.crawling.articles import archive, ask_for
from scraper.state.database import open_state
from tests.journey.journey import Journey
from tests.site_replica import Replica


@pytest.fixture
def failing() -> Iterator[Any]:
    """A server that answers 503, to whatever it is asked but for robots.txt."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server: Any = self.server
            is_robots = self.path == "/robots.txt"
            server.asked += [] if is_robots else [self.path]
            self.send_response(404 if is_robots else server.status)
            for name, value in () if is_robots else server.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked, server.status, server.headers = [], 503, {}
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


def ask(journey: Journey, *urls: str) -> list[ArticleEvent]:
    """Ask for these pages in one process, one after the other."""

    async def work(service: Service) -> None:
        for url in urls:
            await archive(service, ask_for(service.crawl, url))

    journey.with_service(work)
    return journey.articles()


def requests(journey: Journey) -> list[RequestRecord]:
    path = journey.root / ".scraper" / "state.sqlite"
    with closing(open_state(path, read_only=True)) as state:
        return list(state.requests.all())


def attempts(journey: Journey) -> dict[str, int]:
    path = journey.root / ".scraper" / "state.sqlite"
    with closing(open_state(path, read_only=True)) as state:
        return {record.url: record.attempts for record in state.articles.troubled()}


def report(journey: Journey) -> Report:
    return review(requests(journey), {}, journey.clock.now() - timedelta(days=1))


def test_articles_of_a_host_that_is_left_alone_are_put_off_without_an_attempt(
    journey: Journey, failing: Any
) -> None:
    urls = [f"{failing.url}/{number}.html" for number in range(8)]
    events = ask(journey, *urls)
    assert [event.outcome for event in events] == ["deferred"] * 8
    assert len(failing.asked) == 5
    assert "failed 5 times in a row (HTTP 503): it is left alone" in events[-1].reason
    assert sorted(attempts(journey).values()) == [0, 0, 0, 1, 1, 1, 1, 1]


def test_a_wait_is_kept_from_one_run_to_the_next(journey: Journey, failing: Any) -> None:
    failing.headers = {"Retry-After": "3600"}
    ask(journey, f"{failing.url}/1.html")
    journey.clock.ahead += timedelta(minutes=30)
    (event,) = ask(journey, f"{failing.url}/2.html")
    assert "asked for no requests for another 1,8" in event.reason
    assert event.due
    assert event.due - journey.clock.now() > timedelta(minutes=29)
    assert failing.asked == ["/1.html"]
    assert attempts(journey)[f"{failing.url}/2.html"] == 0
    journey.clock.ahead += timedelta(minutes=30)
    ask(journey, f"{failing.url}/2.html")
    assert failing.asked == ["/1.html", "/2.html"]
    assert report(journey).total.retry_after_breaches == 0


def test_while_the_network_is_down_no_article_is_given_up(journey: Journey) -> None:
    urls = []
    for address in ("127.0.0.1", "127.0.0.2"):
        with socket.create_server((address, 0)) as listener:
            urls.append(f"http://{address}:{listener.getsockname()[1]}/1.html")
    for _ in range(3):
        _, second, third = ask(journey, *urls, urls[0])
        for event in (second, third):
            assert event.outcome == "deferred"
            assert event.reason.startswith("the network seems to be down: ")
            assert event.due
            assert event.due - journey.clock.now() <= timedelta(minutes=2)
    assert attempts(journey)[urls[1]] == 0


def test_the_log_has_every_request_and_nothing_else(journey: Journey, replica: Replica) -> None:
    replica.forget_requests()
    journey.add(replica.url + "/realtime/china")
    journey.once()
    journey.once()
    noted, seen = requests(journey), replica.requests()
    assert len(noted) == len(seen)
    assert sorted(record.status or 0 for record in noted) == sorted(r["status"] for r in seen)
    assert {record.purpose for record in noted} == {"robots", "feed", "page"}
    found = report(journey)
    assert found.score == 100
    assert (found.total.repeated, found.total.unchanged) == (1, 1)
    assert found.total.saved_by_304 > 0


def test_the_server_sees_no_shorter_gap_and_no_more_connections(
    replica: Replica, tmp_path: Path
) -> None:
    # in real time, with a short delay; the system may wake the replica late for one request
    replica.forget_requests()
    journey = Journey(tmp_path / "archive", clock=SystemClock())  # type: ignore[arg-type]  # waits
    journey.fetching = {"delay": 0.1}
    journey.add(replica.url + "/realtime/china")
    journey.once()
    seen = replica.control("requests")
    assert len(seen["requests"]) == 32
    assert seen["min_gap_seconds"] >= 0.1 - 0.05
    assert seen["max_concurrent"] <= 2
    assert report(journey).total.delay_breaches == 0


def test_the_log_is_written_while_the_program_runs(
    journey: Journey, failing: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "FLUSH_SECONDS", 0.01)

    async def work(service: Service) -> None:
        await archive(service, ask_for(service.crawl, f"{failing.url}/1.html"))
        for _ in range(500):
            if await service.disk.run(lambda: list(service.state.requests.all())):
                return
            await asyncio.sleep(0.01)
        raise AssertionError("nothing was written")

    journey.with_service(work)
