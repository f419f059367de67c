"""Every answer and every failure is an outcome with a line for users."""

import asyncio
import gzip
import socket
import time
from datetime import timedelta
from typing import Any

import pytest

from scraper.fetch.fetcher import ACCEPT_FEED, Request
from scraper.model import Failed, Gone, NotModified, Page, Refused, Validators


def test_a_page_carries_what_the_headers_say(server: Any, fetch: Any) -> None:
    url = server.answer(
        "/a",
        b"<p>hello</p>",
        Content_Type='Text/HTML; Charset="GB18030"',
        ETag='W/"7"',
        Last_Modified="Sun, 01 Mar 2026 00:00:00 GMT",
    )
    assert fetch(url) == Page(
        url=url,
        body=b"<p>hello</p>",
        media_type="text/html",
        charset="gb18030",
        validators=Validators('W/"7"', "Sun, 01 Mar 2026 00:00:00 GMT"),
    )


@pytest.mark.parametrize("content_type", ["", "html", "text/", "text/html <b>", "\x01/\x02"])
def test_a_content_type_that_is_none_is_empty(server: Any, fetch: Any, content_type: str) -> None:
    page = fetch(server.answer("/a", b"x", Content_Type=content_type))
    assert (page.media_type, page.charset) == ("", "")


def test_203_is_a_page(server: Any, fetch: Any) -> None:
    assert fetch(server.answer("/a", b"x", 203)).body == b"x"


@pytest.mark.parametrize("status", [404, 410, 451])
def test_gone(server: Any, fetch: Any, status: int) -> None:
    url = server.answer("/a", b"no", status)
    assert fetch(url) == Gone(url, status)


def test_a_status_is_known_although_its_body_never_comes(server: Any, fetch: Any) -> None:
    head = b"HTTP/1.1 %d Whatever\r\nRetry-After: 60\r\nContent-Length: 9\r\n\r\nx"

    def stall(exchange: Any) -> None:
        exchange.send(head % 410)
        server.closing.wait()

    def reset(exchange: Any) -> None:
        exchange.send(head % 429)
        exchange.reset()

    stalled, lost = server.on("/stalls", stall), server.on("/resets", reset)
    assert fetch(stalled) == Gone(stalled, 410)
    assert fetch(lost) == Failed(lost, "HTTP 429", 429, timedelta(seconds=60))
    assert server.paths == ["/stalls", "/resets"]


@pytest.mark.parametrize("status", [401, 403])
def test_refused(server: Any, fetch: Any, status: int) -> None:
    url = server.answer("/a", b"no", status)
    assert fetch(url) == Refused(url, f"HTTP {status}")


@pytest.mark.parametrize("status", [201, 204, 206, 300, 400, 418, 429, 501, 505, 599])
def test_any_other_status_is_a_failure_that_names_it(server: Any, fetch: Any, status: int) -> None:
    url = server.answer("/a", b"", status)
    assert fetch(url) == Failed(url, f"HTTP {status}", status)
    assert len(server.requests) == 1


def test_not_modified_keeps_the_validators_that_the_answer_leaves_out(
    server: Any, fetch: Any
) -> None:
    url = server.on("/a", lambda x: x.send(b'HTTP/1.1 304 N\r\nETag: "new"\r\n\r\n'))
    outcome = fetch(Request(url, Validators('"old"', "Sun, 01 Mar 2026 00:00:00 GMT")))
    assert outcome == NotModified(url, Validators('"new"', "Sun, 01 Mar 2026 00:00:00 GMT"))
    headers = server.requests[0].headers
    assert headers["if-none-match"] == '"old"'
    assert headers["if-modified-since"] == "Sun, 01 Mar 2026 00:00:00 GMT"


def test_a_304_leaves_the_connection_open(server: Any, make_fetcher: Any) -> None:
    url = server.on("/a", lambda x: x.send(b"HTTP/1.1 304 N\r\n\r\n"))

    async def go() -> None:
        async with make_fetcher(robots=False) as fetcher:
            for _ in range(3):
                await fetcher.fetch(Request(url, Validators('"1"')))

    asyncio.run(go())
    assert server.connections == 1


def test_304_to_an_unconditional_request_is_a_failure(server: Any, fetch: Any) -> None:
    url = server.on("/a", lambda x: x.send(b"HTTP/1.1 304 N\r\n\r\n"))
    outcome = fetch(url)
    assert isinstance(outcome, Failed)
    assert outcome.status == 304


def test_the_request_says_who_asks_and_what_can_be_read(server: Any, fetch: Any) -> None:
    fetch(Request(server.answer("/a"), accept=ACCEPT_FEED, referer="https://example.org/"))
    headers = server.requests[0].headers
    assert headers == {
        "host": f"127.0.0.1:{server.port}",
        "user-agent": "newsbot/1.0 (+https://example.org/bot)",
        "accept": ACCEPT_FEED,
        "accept-encoding": "gzip, deflate, br, zstd",
    }


def test_a_referer_is_sent(server: Any, fetch: Any) -> None:
    fetch(Request(server.answer("/a"), referer="http://example.org/story"))
    assert server.requests[0].headers["referer"] == "http://example.org/story"


def test_headers_of_the_request_win_but_for_the_coding(server: Any, fetch: Any) -> None:
    mine = {"User-Agent": "mine", "Accept-Encoding": "compress", "X-Api-Key": "k"}
    fetch(Request(server.answer("/a"), headers=mine))
    headers = server.requests[0].headers
    assert headers["user-agent"] == "mine"
    assert headers["accept-encoding"] == "gzip, deflate, br, zstd"
    assert headers["x-api-key"] == "k"


@pytest.mark.parametrize("value", ["se\r\ncret", "se\x00cret", "seécret"])
def test_a_header_that_cannot_be_written_is_not_quoted(server: Any, fetch: Any, value: str) -> None:
    outcome = fetch(Request(server.answer("/a"), headers={"X-Key": value}))
    assert isinstance(outcome, Failed)
    assert "cret" not in outcome.reason
    assert server.requests == []


def test_secrets_are_not_in_the_request_s_text() -> None:
    request = Request("http://a/", headers={"X-Key": "hush"}, proxy="http://u:hush@proxy/")
    assert "hush" not in repr(request)


def test_cookies_are_not_kept(server: Any, make_fetcher: Any) -> None:
    url = server.answer("/a", b"x", Set_Cookie="id=1")

    async def go() -> None:
        async with make_fetcher(robots=False) as fetcher:
            await fetcher.fetch(Request(url))
            await fetcher.fetch(Request(url))

    asyncio.run(go())
    assert [seen.headers.get("cookie") for seen in server.requests] == [None, None]
    assert {seen.connection for seen in server.requests} == {1}


# -- what goes wrong on the way --------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    ["ftp://127.0.0.1/", "file:///etc/passwd", "//127.0.0.1/", "http://", "http://a:99999/", "",
     "http://[::1/", "http:///path", "javascript:alert(1)", "http://\x00/"],
)  # fmt: skip
def test_only_web_addresses_are_asked(fetch: Any, url: str) -> None:
    outcome = fetch(url, retries=0)
    assert isinstance(outcome, Failed)
    assert outcome.reason.isprintable()


def test_a_name_that_does_not_resolve(fetch: Any) -> None:
    outcome = fetch("http://nowhere.invalid/", retries=0)
    assert outcome.reason == (
        "cannot resolve nowhere.invalid: check the network connection and DNS"
    )


def test_a_name_that_dns_cannot_hold(fetch: Any) -> None:
    assert "cannot resolve" in fetch(f"http://{'a' * 64}.example/", retries=0).reason


def test_connection_refused(fetch: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    outcome = fetch(f"http://127.0.0.1:{port}/", retries=0)
    assert outcome.reason == f"cannot connect to 127.0.0.1:{port}: connection refused"


@pytest.mark.alone
def test_a_dripping_server_meets_the_deadline(server: Any, fetch: Any) -> None:
    def drip(exchange: Any) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n")
        while not server.closing.wait(0.02):
            exchange.send(b"x")

    start = time.monotonic()
    outcome = fetch(server.on("/a", drip), timeout=0.3)
    assert outcome.reason == "no complete answer within 0.3 s"
    assert time.monotonic() - start < 1
    assert len(server.requests) == 1


def test_a_silent_server_meets_the_deadline(server: Any, fetch: Any) -> None:
    url = server.on("/a", lambda _: server.closing.wait(5))
    assert fetch(url, timeout=0.2).reason == "no complete answer within 0.2 s"


def test_the_deadline_is_for_all_hops_together(server: Any, fetch: Any) -> None:
    def hop(exchange: Any) -> None:
        server.closing.wait(0.12)
        exchange.reply(302, Location=f"/{int(exchange.seen.path[1:]) + 1}")

    for number in range(9):
        server.on(f"/{number}", hop)
    assert fetch(server.url("/0"), timeout=0.4).reason == "no complete answer within 0.4 s"
    assert len(server.requests) <= 4


@pytest.mark.parametrize("retries", [0, 2])
def test_a_truncated_body_is_tried_again_and_then_a_failure(
    server: Any, fetch: Any, clock: Any, retries: int
) -> None:
    def truncate(exchange: Any) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly this")
        exchange.close()

    outcome = fetch(server.on("/a", truncate), retries=retries)
    assert outcome.reason == "the connection was closed before the answer was complete"
    assert len(server.requests) == 1 + retries


def test_a_truncated_chunked_body(server: Any, fetch: Any) -> None:
    def truncate(exchange: Any) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n")
        exchange.close()

    assert "closed before" in fetch(server.on("/a", truncate), retries=0).reason


def test_a_reset_is_tried_again(server: Any, fetch: Any) -> None:
    def once(exchange: Any) -> None:
        exchange.reset() if exchange.nth == 1 else exchange.reply(200, b"there")

    assert fetch(server.on("/a", once)).body == b"there"


def test_a_close_without_an_answer_is_tried_again(server: Any, fetch: Any) -> None:
    def once(exchange: Any) -> None:
        exchange.close() if exchange.nth == 1 else exchange.reply(200, b"there")

    assert fetch(server.on("/a", once)).body == b"there"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_server_s_passing_trouble_is_tried_again_after_a_growing_wait(
    server: Any, fetch: Any, clock: Any, status: int
) -> None:
    def third(exchange: Any) -> None:
        exchange.reply(200 if exchange.nth == 3 else status, b"there")

    assert fetch(server.on("/a", third), delay=0.0).body == b"there"
    assert [seconds for seconds in clock.slept if seconds >= 0.1] == [0.5, 1.0]


def test_trouble_that_does_not_pass(server: Any, fetch: Any) -> None:
    url = server.answer("/a", b"", 503)
    assert fetch(url, retries=2) == Failed(url, "HTTP 503", 503)
    assert len(server.requests) == 3


@pytest.mark.parametrize(
    ("value", "seconds"), [("120", 120), ("Sun, 01 Mar 2026 12:05:00 GMT", 300), ("-5", 0)]
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_reported_and_not_retried(
    server: Any, fetch: Any, value: str, seconds: int, status: int
) -> None:
    url = server.answer("/a", b"", status, Retry_After=value)
    assert fetch(url) == Failed(url, f"HTTP {status}", status, timedelta(seconds=seconds))
    assert len(server.requests) == 1


def test_a_short_retry_after_holds_the_host(server: Any, make_fetcher: Any, clock: Any) -> None:
    busy = server.answer("/busy", b"", 429, Retry_After="30")
    free = server.answer("/free", b"x")

    async def go() -> float:
        async with make_fetcher(robots=False) as fetcher:
            await fetcher.fetch(Request(busy))
            before: float = clock.seconds
            assert isinstance(await fetcher.fetch(Request(free)), Page)
            return float(clock.seconds - before)

    assert asyncio.run(go()) == pytest.approx(30)


def test_a_long_retry_after_is_not_waited_for(server: Any, make_fetcher: Any) -> None:
    busy = server.answer("/busy", b"", 503, Retry_After="3600")
    free = server.answer("/free", b"x")

    async def go() -> Any:
        async with make_fetcher(robots=False) as fetcher:
            await fetcher.fetch(Request(busy))
            return await fetcher.fetch(Request(free))

    outcome = asyncio.run(go())
    assert outcome.reason.endswith("asked for no requests for another 3,600 s")
    assert outcome.retry_after == timedelta(hours=1)
    assert server.paths == ["/busy"]


# -- bodies ----------------------------------------------------------------------------------------


def test_a_compressed_body_is_decoded(server: Any, fetch: Any) -> None:
    url = server.answer("/a", gzip.compress(b"hello" * 1000), Content_Encoding="gzip")
    assert fetch(url).body == b"hello" * 1000


def test_half_a_compressed_body_is_no_page(server: Any, fetch: Any) -> None:
    half = gzip.compress(b"hello" * 1000)[:-9]
    url = server.answer("/a", half, Content_Encoding="gzip")
    assert fetch(url, retries=1).reason == "the compressed answer ends in the middle"
    assert len(server.requests) == 2


def test_a_bomb_is_not_unpacked(server: Any, fetch: Any) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    url = server.answer("/a", bomb, Content_Encoding="gzip")
    assert fetch(url, max_bytes=1_000_000).reason == "answer larger than 1,000,000 bytes"
    assert len(server.requests) == 1


def test_an_endless_body_is_cut_off(server: Any, fetch: Any) -> None:
    def endless(exchange: Any) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not server.closing.is_set():
            exchange.send(b"1000\r\n" + bytes(4096) + b"\r\n")

    assert "larger than 100,000" in fetch(server.on("/a", endless), max_bytes=100_000).reason


def test_an_endless_error_page_is_not_read(server: Any, fetch: Any) -> None:
    def endless(exchange: Any) -> None:
        exchange.send(b"HTTP/1.1 404 No\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not server.closing.is_set():
            exchange.send(b"1000\r\n" + bytes(4096) + b"\r\n")

    url = server.on("/a", endless)
    assert fetch(url) == Gone(url, 404)


def test_an_unknown_coding_is_refused(server: Any, fetch: Any) -> None:
    url = server.answer("/a", b"x", Content_Encoding="dcb")
    assert fetch(url).reason == "answer with the unknown coding 'dcb'"
    assert len(server.requests) == 1


def test_a_huge_header_is_refused(server: Any, fetch: Any) -> None:
    url = server.answer("/a", b"x", X_Long="x" * 300_000)
    assert fetch(url, retries=0).reason == "the answer has more than 100 KB of headers"


def test_nonsense_in_place_of_http_does_not_get_into_the_reason(server: Any, fetch: Any) -> None:
    def nonsense(exchange: Any) -> None:
        exchange.send(b"SSH-2.0-\x1b[31mred\r\n\r\n")
        exchange.close()

    reason = fetch(server.on("/a", nonsense), retries=0).reason
    assert reason.isprintable()


# -- cancelling ------------------------------------------------------------------------------------


def test_cancelling_leaves_nothing_behind(server: Any, make_fetcher: Any) -> None:
    slow = server.on("/slow", lambda _: server.closing.wait(5))
    server.on("/robots.txt", lambda x: x.reply(404) if x.nth > 1 else server.closing.wait(5))
    quick = server.answer("/quick", b"x")

    async def go() -> None:
        async with make_fetcher(connections_per_host=1) as fetcher:
            for _ in range(2):  # once while robots.txt is asked for, once while the page is
                task = asyncio.create_task(fetcher.fetch(Request(slow)))
                await asyncio.sleep(0.1)
                task.cancel()
                with pytest.raises(asyncio.CancelledError):
                    await task
                assert asyncio.all_tasks() == {asyncio.current_task()}
            assert isinstance(await fetcher.fetch(Request(quick)), Page)

    asyncio.run(go())
    assert server.paths == ["/robots.txt", "/robots.txt", "/slow", "/quick"]


def test_a_kept_connection_costs_little(server: Any, make_fetcher: Any) -> None:
    url = server.answer("/a", b"x" * 2000)

    async def go() -> float:
        async with make_fetcher(robots=False, delay=0.0) as fetcher:
            await fetcher.fetch(Request(url))
            start = time.thread_time()
            for _ in range(100):
                assert isinstance(await fetcher.fetch(Request(url)), Page)
            return (time.thread_time() - start) / 100

    # 0.6 ms where this was written; the bound only catches a client or a context per request
    assert asyncio.run(go()) < 0.010
    assert server.connections == 1
