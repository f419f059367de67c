"""Answers without end, in every part of them: refused at once, and nobody else waits."""

import asyncio
import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scraper.errors import FetchError
from scraper.fetch.fetcher import Request
from scraper.fetch.overhead import Overhead
from scraper.model import Failed, Page

HEAD = b"HTTP/1.1 200 OK\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
HEADERS = "the answer has more than 100 KB of headers"
USELESS = "the answer goes on and on without a body"


def repeat(data: bytes) -> Iterator[bytes]:
    return itertools.repeat(data * (65_536 // len(data) + 1))


ENDLESS: dict[str, tuple[bytes, bytes, str]] = {  # what comes first, what then comes for ever, why
    "one header": (HEAD + b"X: ", b"a", HEADERS),
    "headers": (HEAD, b"X-A: b\r\n", HEADERS),
    "a status line": (b"HTTP/1.1 200 ", b"O", HEADERS),
    "interim answers": (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", USELESS),
    "interim answers with headers": (b"", b"HTTP/1.1 100 Continue\r\nX: y\r\n\r\n", USELESS),
    "extensions of chunks": (CHUNKED, b"1;" + b"x" * 50_000 + b"\r\nx\r\n", USELESS),
    "an extension of one chunk": (CHUNKED + b"1;", b"x", HEADERS),
    "trailers": (CHUNKED + b"1\r\nx\r\n0\r\n", b"X-A: b\r\n", HEADERS),
    "chunks of one byte": (
        CHUNKED,
        b"1\r\nx\r\n",
        "the answer comes in too many, too small pieces",
    ),
    "a chunk": (CHUNKED + b"ffffffff\r\n", b"x", "answer larger than 1,000,000 bytes"),
    "a body without a length": (HEAD + b"\r\n", b"x", "answer larger than 1,000,000 bytes"),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_never_ends_is_refused_at_once(server: Any, fetch: Any, what: str) -> None:
    start, rest, reason = ENDLESS[what]

    def send(exchange: Any) -> None:
        exchange.send(start)
        for data in repeat(rest):
            exchange.send(data)

    begun = time.monotonic()
    outcome = fetch(server.on("/a", send), timeout=20.0, max_bytes=1_000_000)
    assert isinstance(outcome, Failed)
    assert outcome.reason == reason
    assert len(server.requests) == 1  # not tried again
    assert time.monotonic() - begun < 5  # far from the deadline, also on a busy machine


@pytest.mark.alone
def test_nobody_waits_beside_such_answers(
    server: Any, other_server: Any, make_fetcher: Callable[..., Any]
) -> None:
    def send(exchange: Any) -> None:
        for data in repeat(b"HTTP/1.1 103 Early Hints\r\n\r\n"):
            exchange.send(data)

    hostile, healthy = server.on("/a", send), other_server.answer("/a", b"x")

    async def go() -> tuple[Any, float]:
        async with make_fetcher(robots=False, timeout=10.0) as fetcher:
            storm = asyncio.create_task(fetcher.fetch(Request(hostile)))
            start = time.monotonic()
            page = await fetcher.fetch(Request(healthy))
            seconds = time.monotonic() - start
            await storm
            return page, seconds

    page, seconds = asyncio.run(go())
    assert isinstance(page, Page)
    assert seconds < 2


def test_interim_answers_are_read_past(server: Any, fetch: Any) -> None:
    def send(exchange: Any) -> None:
        exchange.send(b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n" * 20)
        exchange.reply(200, b"x")

    assert fetch(server.on("/a", send)).body == b"x"


def test_a_page_in_short_lines_is_no_attack(server: Any, fetch: Any) -> None:
    def send(exchange: Any) -> None:
        exchange.send(CHUNKED + b"15\r\n<li>a short line</li>\r\n" * 20_000 + b"0\r\n\r\n")

    assert len(fetch(server.on("/a", send)).body) == 420_000


def test_every_exchange_on_a_connection_is_counted_for_itself(server: Any, fetch: Any) -> None:
    padded = {"X_Padding": "x" * 60_000}
    server.answer("/last", b"x", **padded)
    for number in range(8):
        target = f"/{number + 1}" if number < 7 else "/last"
        server.answer(f"/{number}", b"", 302, Location=target, **padded)
    assert fetch(server.url("/0")).body == b"x"
    assert server.connections == 1


def test_the_meter_knows_a_body_from_what_is_none() -> None:
    meter = Overhead()
    for _ in range(100):
        meter.receive(65_536)
        meter.accept(60_000)
    meter.receive(5_000_000)
    with pytest.raises(FetchError, match="without a body"):
        meter.receive(2_000_000)


def test_pauses_between_attempts_count_towards_the_deadline(
    server: Any, fetch: Any, clock: Any
) -> None:
    url = server.answer("/a", b"", 503)
    assert fetch(url, retries=10, timeout=6.0, delay=0.0).reason == "HTTP 503"
    pauses = [seconds for seconds in clock.slept if seconds >= 0.2]
    assert len(pauses) == len(server.requests) - 1
    assert 1.0 < sum(pauses) < 6.0
