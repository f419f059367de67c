"""robots.txt is asked before every hop, and its answer respected."""

import asyncio
import threading
from datetime import timedelta
from typing import Any

import pytest

from scraper.fetch import robots_gate
from scraper.fetch.fetcher import MemoryRobots, Request
from scraper.model import Failed, Page, Refused
from scraper.protocol.robots import Robots, allows


def with_robots(fetch: Any, request: Any, **changes: Any) -> Any:
    return fetch(request, robots=True, **{"delay": 0.0, "retries": 0, **changes})


def test_what_is_disallowed_is_not_asked_for(server: Any, fetch: Any) -> None:
    robots = server.answer("/robots.txt", b"User-agent: newsbot\nDisallow: /private\n")
    url = server.answer("/private/a", b"x")
    assert with_robots(fetch, url) == Refused(url, f"disallowed by {robots}", robots=True)
    assert server.paths == ["/robots.txt"]
    assert isinstance(with_robots(fetch, server.answer("/open", b"x")), Page)


def test_robots_can_be_left_aside(server: Any, fetch: Any) -> None:
    server.answer("/robots.txt", b"User-agent: *\nDisallow: /\n")
    assert isinstance(fetch(server.answer("/a", b"x"), robots=False), Page)
    assert server.paths == ["/a"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_no_robots_means_no_rules(server: Any, fetch: Any, status: int) -> None:
    server.answer("/robots.txt", b"User-agent: *\nDisallow: /\n", status)
    assert isinstance(with_robots(fetch, server.answer("/a", b"x")), Page)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_robots_that_fails_is_waited_for(server: Any, fetch: Any, status: int) -> None:
    server.answer("/robots.txt", b"", status)
    url = server.answer("/a", b"x")
    assert with_robots(fetch, url) == Failed(url, f"robots.txt of {server.origin}: HTTP {status}")
    assert server.paths == ["/robots.txt"]


def test_a_robots_that_never_ends_is_waited_for(server: Any, fetch: Any) -> None:
    server.on("/robots.txt", lambda _: server.closing.wait(5))
    reason = with_robots(fetch, server.answer("/a", b"x"), timeout=0.2).reason
    assert reason == f"robots.txt of {server.origin}: no complete answer within 0.2 s"


def test_a_server_that_is_not_there_has_no_robots_either(fetch: Any) -> None:
    reason = with_robots(fetch, "http://nowhere.invalid/").reason
    assert reason.startswith("robots.txt of http://nowhere.invalid: cannot resolve")


def test_a_forbidden_address_is_not_blamed_on_robots(server: Any, fetch: Any) -> None:
    store = MemoryRobots()
    outcome = with_robots(fetch, server.answer("/a"), allow_addresses=(), store=store)
    assert outcome.reason.startswith("127.0.0.1 is not on the public internet")
    assert asyncio.run(store.load(server.origin)) is None
    assert server.connections == 0


def test_robots_follows_five_redirects(server: Any, other_server: Any, fetch: Any) -> None:
    server.answer("/robots.txt", b"", 301, Location=other_server.url("/1"))
    for number in range(1, 5):
        other_server.answer(f"/{number}", b"", 301, Location=f"/{number + 1}")
    other_server.answer("/5", b"User-agent: *\nDisallow: /\n")
    assert isinstance(with_robots(fetch, server.answer("/a", b"x")), Refused)


def test_a_robots_that_redirects_for_ever_is_none(server: Any, fetch: Any) -> None:
    server.answer("/robots.txt", b"", 301, Location="/robots.txt")
    assert isinstance(with_robots(fetch, server.answer("/a", b"x")), Page)


def test_a_robots_that_redirects_to_a_forbidden_address(server: Any, fetch: Any) -> None:
    server.answer("/robots.txt", b"", 301, Location="http://10.1.2.3/")
    reason = with_robots(fetch, server.answer("/a", b"x")).reason
    assert reason.startswith(f"robots.txt of {server.origin}: 10.1.2.3 is not on the public")


def test_of_a_huge_robots_the_beginning_counts(server: Any, fetch: Any) -> None:
    padding = b"# nothing\n" * 60_000
    server.answer("/robots.txt", b"User-agent: *\nDisallow: /a\n" + padding + b"Disallow: /b\n")
    assert isinstance(with_robots(fetch, server.answer("/a", b"x")), Refused)
    assert isinstance(with_robots(fetch, server.answer("/b", b"x")), Page)


def test_every_hop_is_asked_about(server: Any, other_server: Any, fetch: Any) -> None:
    url = server.answer("/a", b"", 302, Location=other_server.url("/private"))
    other_server.answer("/private", b"x")
    robots = other_server.answer("/robots.txt", b"User-agent: *\nDisallow: /private\n")
    assert with_robots(fetch, url) == Refused(
        other_server.url("/private"), f"disallowed by {robots}", robots=True
    )
    assert other_server.paths == ["/robots.txt"]


def test_secrets_are_not_for_robots(server: Any, fetch: Any) -> None:
    server.answer("/robots.txt", b"")
    with_robots(fetch, Request(server.answer("/a", b"x"), headers={"X-Api-Key": "k"}))
    assert [seen.headers.get("x-api-key") for seen in server.requests] == [None, "k"]


def test_many_requests_share_one_robots(server: Any, make_fetcher: Any) -> None:
    server.answer("/robots.txt", b"")
    urls = [server.answer(f"/{number}", b"x") for number in range(5)]

    async def go() -> None:
        async with make_fetcher(delay=0.0) as fetcher:
            await asyncio.gather(*(fetcher.fetch(Request(url)) for url in urls))

    asyncio.run(go())
    assert server.paths.count("/robots.txt") == 1
    assert len(server.paths) == 6


def test_one_who_gives_up_does_not_take_robots_from_the_others(
    server: Any, make_fetcher: Any
) -> None:
    def slow(exchange: Any) -> None:
        server.closing.wait(0.2)
        exchange.reply(404)

    server.on("/robots.txt", slow)
    url = server.answer("/a", b"x")

    async def go() -> None:
        async with make_fetcher() as fetcher:
            first = asyncio.create_task(fetcher.fetch(Request(url)))
            second = asyncio.create_task(fetcher.fetch(Request(url)))
            await asyncio.sleep(0.05)
            first.cancel()
            assert isinstance(await second, Page)

    asyncio.run(go())
    assert server.paths.count("/robots.txt") == 1


def test_robots_is_kept_for_a_day(server: Any, make_fetcher: Any, clock: Any) -> None:
    server.answer("/robots.txt", b"")
    url = server.answer("/a", b"x")

    async def go() -> None:
        async with make_fetcher() as fetcher:
            await fetcher.fetch(Request(url))
            clock.seconds += 86_000
            await fetcher.fetch(Request(url))
            assert server.paths.count("/robots.txt") == 1
            clock.seconds += 1000
            await fetcher.fetch(Request(url))

    asyncio.run(go())
    assert server.paths.count("/robots.txt") == 2


def test_the_next_look_at_robots_is_conditional(server: Any, make_fetcher: Any, clock: Any) -> None:
    def robots(exchange: Any) -> None:
        if exchange.nth == 2:
            exchange.send(b'HTTP/1.1 304 N\r\nETag: "2"\r\n\r\n')
        else:
            exchange.reply(200, b"User-agent: *\nDisallow: /a\n", ETag='"1"')

    server.on("/robots.txt", robots)

    async def go() -> None:
        async with make_fetcher() as fetcher:
            for _ in range(4):
                assert isinstance(await fetcher.fetch(Request(server.url("/a"))), Refused)
                clock.seconds += 50_000  # every second time the file is stale

    asyncio.run(go())
    asked = [seen.headers.get("if-none-match") for seen in server.requests]
    assert asked == [None, '"1"']
    asyncio.run(go())  # nothing is known in another process without a store
    assert server.requests[2].headers.get("if-none-match") is None


def test_validators_of_a_robots_that_moved_are_not_sent(
    server: Any, make_fetcher: Any, clock: Any
) -> None:
    server.answer("/robots.txt", b"", 301, Location="/r")
    server.answer("/r", b"User-agent: *\nDisallow: /a\n", ETag='"1"')

    async def go() -> None:
        async with make_fetcher() as fetcher:
            for _ in range(2):
                assert isinstance(await fetcher.fetch(Request(server.url("/a"))), Refused)
                clock.seconds += 90_000

    asyncio.run(go())
    assert [seen.headers.get("if-none-match") for seen in server.requests] == [None] * 4


def test_a_304_to_nothing_is_no_robots(server: Any, fetch: Any) -> None:
    server.on("/robots.txt", lambda x: x.send(b"HTTP/1.1 304 N\r\n\r\n"))
    assert "HTTP 304" in with_robots(fetch, server.answer("/a", b"x")).reason


def test_what_is_kept_is_used(server: Any, fetch: Any, clock: Any) -> None:
    store = MemoryRobots()
    kept = Robots(server.origin, "unreachable", b"HTTP 500", clock.now())
    asyncio.run(store.save(kept))
    url = server.answer("/a", b"x")
    assert "HTTP 500" in with_robots(fetch, url, store=store).reason
    clock.seconds += timedelta(minutes=5).total_seconds()
    assert isinstance(with_robots(fetch, url, store=store), Page)


def test_a_robots_that_another_fetched_meanwhile_is_used(
    server: Any, fetch: Any, clock: Any
) -> None:
    class Late(MemoryRobots):
        """Finds what was kept at the second look only."""

        looks = 0

        async def load(self, origin: str) -> Robots | None:
            self.looks += 1
            return await super().load(origin) if self.looks > 1 else None

    store = Late()
    asyncio.run(store.save(Robots(server.origin, "allow_all", b"", clock.now())))
    assert isinstance(with_robots(fetch, server.answer("/a", b"x"), store=store), Page)
    assert server.paths == ["/a"]


def test_a_robots_that_asks_for_patience_is_an_outcome(server: Any, make_fetcher: Any) -> None:
    busy = server.answer("/busy", b"", 429, Retry_After="600")

    async def go() -> Any:
        async with make_fetcher(robots=True, retries=0) as fetcher:
            server.answer("/robots.txt", b"", 503, Retry_After="600")
            first = await fetcher.fetch(Request(busy))
            assert "HTTP 503" in first.reason
            fetcher._gate._store._kept.clear()
            return await fetcher.fetch(Request(busy))

    outcome = asyncio.run(go())
    assert outcome.retry_after == timedelta(seconds=600)
    assert server.paths == ["/robots.txt"]


@pytest.mark.parametrize(("said", "gap"), [("7", 7.01), ("0.5", 1.01), ("9999", 60.01)])
def test_a_crawl_delay_only_lengthens(
    server: Any, make_fetcher: Any, clock: Any, said: str, gap: float
) -> None:
    server.answer("/robots.txt", f"User-agent: *\nCrawl-delay: {said}\n".encode())
    url = server.answer("/a", b"x")

    async def go() -> float:
        async with make_fetcher(delay=1.0) as fetcher:
            await fetcher.fetch(Request(url))
            before: float = clock.seconds
            await fetcher.fetch(Request(url))
            return float(clock.seconds - before)

    assert asyncio.run(go()) == pytest.approx(gap)


@pytest.mark.parametrize(("rules", "beside"), [(5000, True), (10, False)])
def test_a_long_file_is_read_beside_the_event_loop(
    server: Any, fetch: Any, monkeypatch: pytest.MonkeyPatch, *, rules: int, beside: bool
) -> None:
    lines = b"".join(b"Disallow: /%d/*/x$\n" % number for number in range(rules))
    server.answer("/robots.txt", b"User-agent: *\n" + lines + b"Disallow: /a\n")
    threads: list[threading.Thread] = []

    def watched(robots: Robots, url: str, agent: str) -> bool:
        threads.append(threading.current_thread())
        return allows(robots, url, agent)

    monkeypatch.setattr(robots_gate, "allows", watched)
    assert isinstance(with_robots(fetch, server.url("/a")), Refused)
    assert (threads[0] is not threading.main_thread()) is beside
