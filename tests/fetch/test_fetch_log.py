"""Every request that goes out is noted: hops, retries, robots.txt."""

import asyncio
import gzip
import socket
from typing import Any

import pytest

from scraper.fetch.fetcher import Request
from scraper.fetch.records import Records
from scraper.model import Validators
from scraper.protocol.conduct import hash_url
from scraper.protocol.urls import host


def logged(fetch: Any, log: Any, request: Any, **changes: Any) -> list[Any]:
    fetch(request, records=Records(log=log), **{"delay": 0.0, **changes})
    return list(log.records)


def test_a_request_is_noted_without_its_address(server: Any, fetch: Any, log: Any) -> None:
    url = server.answer("/a?token=hush", b"x" * 50, ETag='"1"')
    (record,) = logged(fetch, log, Request(url, purpose="feed"), delay=1.5)
    assert (record.host, record.url) == (host(url), hash_url(url))
    assert "hush" not in repr(record)
    assert (record.purpose, record.status) == ("feed", 200)
    assert (record.is_conditional, record.has_validators) == (False, True)
    assert (record.wire_bytes, record.body_bytes) == (50, 50)
    assert (record.delay, record.gap, record.not_before) == (1500, None, None)


def test_a_conditional_request_and_its_304(server: Any, fetch: Any, log: Any) -> None:
    url = server.on("/a", lambda x: x.send(b"HTTP/1.1 304 N\r\n\r\n"))
    (record,) = logged(fetch, log, Request(url, Validators('"1"')))
    assert (record.status, record.is_conditional, record.has_validators) == (304, True, False)
    assert (record.wire_bytes, record.body_bytes) == (0, 0)


def test_compression_is_measured(server: Any, fetch: Any, log: Any) -> None:
    packed = gzip.compress(b"x" * 10_000)
    url = server.answer("/a", packed, Content_Encoding="gzip")
    (record,) = logged(fetch, log, url)
    assert (record.wire_bytes, record.body_bytes) == (len(packed), 10_000)


def test_what_comes_of_a_body_that_breaks_off_is_counted(server: Any, fetch: Any, log: Any) -> None:
    def truncate(exchange: Any) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        exchange.close()

    (record,) = logged(fetch, log, server.on("/a", truncate), retries=0)
    assert (record.status, record.wire_bytes, record.body_bytes) == (200, 9, 0)


def test_hops_retries_and_robots_are_noted(server: Any, fetch: Any, log: Any) -> None:
    url = server.answer("/a", b"", 301, Location="/b")
    server.on("/b", lambda x: x.reply(200 if x.nth == 2 else 503, b"x"))
    records = logged(fetch, log, url, robots=True)
    seen = [(record.purpose, record.url, record.status) for record in records]
    assert seen == [
        ("robots", hash_url(server.url("/robots.txt")), 404),
        ("page", hash_url(url), 301),
        ("page", hash_url(server.url("/b")), 503),
        ("page", hash_url(server.url("/b")), 200),
    ]
    assert [record.gap is None for record in records] == [True, False, False, False]


def test_a_connection_that_does_not_come_about_is_noted(fetch: Any, log: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    (record,) = logged(fetch, log, f"http://127.0.0.1:{port}/", retries=0)
    assert record.status is None


def test_what_never_went_out_is_not_noted(server: Any, fetch: Any, log: Any) -> None:
    assert logged(fetch, log, server.url("/a"), allow_addresses=()) == []
    assert logged(fetch, log, "ftp://127.0.0.1/") == []
    assert logged(fetch, log, Request(server.url("/a"), headers={"X": "a\nb"})) == []


def test_what_was_given_up_on_the_way_is_noted(server: Any, make_fetcher: Any, log: Any) -> None:
    url = server.on("/a", lambda _: server.closing.wait(5))

    async def go() -> None:
        async with make_fetcher(robots=False, records=Records(log=log)) as fetcher:
            task = asyncio.create_task(fetcher.fetch(Request(url)))
            await asyncio.sleep(0.1)
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task

    asyncio.run(go())
    assert [record.status for record in log.records] == [None]


def test_the_crawl_delay_is_the_delay_in_force(server: Any, make_fetcher: Any, log: Any) -> None:
    # for the next look at robots.txt, too, a day later
    server.answer("/robots.txt", b"User-agent: *\nCrawl-delay: 7\n")
    url = server.answer("/a", b"x")

    async def go() -> None:
        async with make_fetcher(robots=True, records=Records(log=log)) as fetcher:
            await fetcher.fetch(Request(url))
            fetcher._gate._clock.seconds += 90_000
            await fetcher.fetch(Request(url))

    asyncio.run(go())
    assert [(record.purpose, record.delay) for record in log.records] == [
        ("robots", 1000),
        ("page", 7000),
        ("robots", 7000),
        ("page", 7000),
    ]
    assert all(record.gap >= record.delay for record in log.records[1:])
