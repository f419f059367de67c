"""A host that fails is left alone; when everything fails, the network is down."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from typing import Any

import pytest

from scraper.fetch import guard
from scraper.fetch.fetcher import Request
from scraper.fetch.names import Names
from scraper.fetch.records import MemoryHosts, Records
from scraper.model import Failed, Gone, Outcome, Page, Refused
from scraper.protocol.breaker import HostRecord
from scraper.protocol.urls import host


def closed_port(address: str = "127.0.0.1") -> str:
    with socket.create_server((address, 0)) as listener:
        return f"http://{address}:{listener.getsockname()[1]}/"


async def ask(fetcher: Any, url: str, times: int) -> list[Outcome]:
    return [await fetcher.fetch(Request(url)) for _ in range(times)]


def asking(make_fetcher: Any, url: str, times: int, **changes: Any) -> list[Outcome]:
    """Ask for a URL so many times, without robots.txt and without retries."""

    async def go() -> list[Outcome]:
        async with make_fetcher(**{"robots": False, "retries": 0, **changes}) as fetcher:
            return await ask(fetcher, url, times)

    return asyncio.run(go())


# -- the breaker -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [500, 503, 429])
def test_after_five_failures_in_a_row_a_host_is_left_alone(
    server: Any, make_fetcher: Any, status: int
) -> None:
    url = server.answer("/a", b"", status)
    *failures, held = asking(make_fetcher, url, 6)
    assert failures == [Failed(url, f"HTTP {status}", status)] * 5
    assert isinstance(held, Failed)
    assert held.held
    assert held.retry_after == timedelta(seconds=60)
    assert held.reason == (
        f"{host(url)} failed 5 times in a row (HTTP {status}): it is left alone for another 60 s"
    )
    assert len(server.requests) == 5


def test_one_trial_closes_it(server: Any, make_fetcher: Any, clock: Any) -> None:
    url = server.on("/a", lambda x: x.reply(200 if x.nth > 6 else 500, b"there"))

    async def go() -> None:
        async with make_fetcher(robots=False, retries=0) as fetcher:
            await ask(fetcher, url, 5)
            clock.seconds += 60
            trial, held = await ask(fetcher, url, 2)
            assert isinstance(trial, Failed)
            assert trial.status == 500
            assert isinstance(held, Failed)
            assert held.retry_after == timedelta(seconds=120)
            clock.seconds += 119
            assert [outcome.held for outcome in await ask(fetcher, url, 1)] == [True]  # type: ignore[union-attr]
            clock.seconds += 1
            assert all(isinstance(outcome, Page) for outcome in await ask(fetcher, url, 2))

    asyncio.run(go())


@pytest.mark.parametrize(("status", "asked"), [(200, 8), (500, 6)])
def test_nobody_follows_before_the_trial_has_ended(
    server: Any, make_fetcher: Any, clock: Any, status: int, asked: int
) -> None:
    seen_during_trial = []

    def answer(exchange: Any) -> None:
        if exchange.nth == 6:
            server.closing.wait(0.2)
            seen_during_trial.append(len(server.requests))
        exchange.reply(status if exchange.nth > 5 else 500)

    url = server.on("/a", answer)

    async def go() -> None:
        async with make_fetcher(robots=False, retries=0, delay=0.0) as fetcher:
            await ask(fetcher, url, 5)
            clock.seconds += 60
            await asyncio.gather(*(fetcher.fetch(Request(url)) for _ in range(3)))

    asyncio.run(go())
    assert seen_during_trial == [6]
    assert len(server.requests) == asked


def test_what_fails_without_an_answer_counts(server: Any, make_fetcher: Any) -> None:
    def trouble(exchange: Any) -> None:
        match exchange.nth % 3:
            case 0:
                exchange.reset()
            case 1:
                exchange.close()
            case _:
                exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")
                exchange.close()

    url = server.on("/a", trouble)
    outcomes = asking(make_fetcher, url, 6)
    assert [outcome.held for outcome in outcomes if isinstance(outcome, Failed)] == [
        *[False] * 5,
        True,
    ]


def test_time_outs_count(server: Any, make_fetcher: Any) -> None:
    url = server.on("/a", lambda _: server.closing.wait(5))
    outcomes = asking(make_fetcher, url, 6, timeout=0.05)
    assert isinstance(outcomes[-1], Failed)
    assert "failed 5 times in a row (no complete answer within 0.05 s)" in outcomes[-1].reason


@pytest.mark.parametrize(
    ("status", "kind"), [(404, Gone), (410, Gone), (403, Refused), (400, Failed), (304, Failed)]
)
def test_an_unwelcome_answer_is_an_answer(
    server: Any, make_fetcher: Any, status: int, kind: type
) -> None:
    url = server.answer("/a", b"", status)
    outcomes = asking(make_fetcher, url, 8)
    assert all(isinstance(outcome, kind) for outcome in outcomes)
    assert len(server.requests) == 8


@pytest.mark.parametrize("bad", [b"\x1f\x8bnonsense", b"x" * 2000])
def test_a_body_that_cannot_be_used_is_no_failure_of_the_host(
    server: Any, make_fetcher: Any, bad: bytes
) -> None:
    url = server.answer("/a", bad, Content_Encoding="x-rot13")
    asking(make_fetcher, url, 8, max_bytes=1000)
    assert len(server.requests) == 8


def test_what_robots_forbids_is_no_failure(server: Any, make_fetcher: Any) -> None:
    server.answer("/robots.txt", b"User-agent: *\nDisallow: /a\n")
    outcomes = asking(make_fetcher, server.url("/a"), 8, robots=True)
    assert all(isinstance(outcome, Refused) for outcome in outcomes)


def test_what_we_may_not_reach_is_no_failure_of_the_host(server: Any, make_fetcher: Any) -> None:
    outcomes = asking(make_fetcher, server.url("/a"), 8, allow_addresses=())
    assert not any(outcome.held for outcome in outcomes if isinstance(outcome, Failed))


def test_a_host_fails_for_itself_alone(server: Any, other_server: Any, make_fetcher: Any) -> None:
    bad, good = server.answer("/a", b"", 500), other_server.answer("/a", b"x")

    async def go() -> None:
        async with make_fetcher(robots=False, retries=0) as fetcher:
            await ask(fetcher, bad, 6)
            assert isinstance(await fetcher.fetch(Request(good)), Page)

    asyncio.run(go())


# -- retries ---------------------------------------------------------------------------------------


def test_a_retry_keeps_the_delay_and_a_longer_back_off(
    server: Any, make_fetcher: Any, log: Any
) -> None:
    url = server.on("/a", lambda x: x.reply(200 if x.nth == 5 else 503))
    asking(make_fetcher, url, 1, retries=4, delay=1.5, timeout=60, records=Records(log=log))
    gaps = [record.gap for record in log.records]
    assert gaps[0] is None
    assert all(gap is not None and gap >= 1500 for gap in gaps[1:])  # back-off alone: 0.5, 1, 2, 4
    assert gaps[1:] == sorted(gaps[1:])
    assert gaps[-1] >= 4000


def test_a_fast_error_shortens_no_delay(server: Any, make_fetcher: Any, log: Any) -> None:
    dead = closed_port()
    asking(make_fetcher, dead, 4, delay=2.0, records=Records(log=log))
    assert [record.status for record in log.records] == [None] * 4
    assert min(record.gap for record in log.records[1:]) >= 2000


def test_retries_end_where_the_host_is_left_alone(server: Any, make_fetcher: Any) -> None:
    url = server.answer("/a", b"", 503)
    (outcome,) = asking(make_fetcher, url, 1, retries=9, timeout=60)
    assert outcome == Failed(url, "HTTP 503", 503)  # which says more than that it is held
    assert len(server.requests) == 5


# -- Retry-After -----------------------------------------------------------------------------------


def test_a_wait_outlives_the_process(server: Any, make_fetcher: Any, clock: Any) -> None:
    url = server.answer("/a", b"", 429, Retry_After="7200")
    records = Records(MemoryHosts())
    asking(make_fetcher, url, 1, records=records)
    clock.seconds += 3600
    (held,) = asking(make_fetcher, url, 1, records=records)
    assert isinstance(held, Failed)
    assert held.reason == f"{host(url)} asked for no requests for another 3,600 s"
    assert held.retry_after == timedelta(hours=1)
    clock.seconds += 3600
    asking(make_fetcher, url, 1, records=records)
    assert len(server.requests) == 2


@pytest.mark.parametrize("days", [-400, -1, 1, 400])
def test_setting_the_clock_does_not_cut_a_wait_short(
    server: Any, make_fetcher: Any, clock: Any, days: int
) -> None:
    url = server.answer("/a", b"", 503, Retry_After="3600")

    async def go() -> None:
        async with make_fetcher(robots=False, retries=0) as fetcher:
            await ask(fetcher, url, 1)
            clock.start += timedelta(days=days)
            clock.seconds += 3500
            (held,) = await ask(fetcher, url, 1)
            assert isinstance(held, Failed)
            assert held.retry_after == timedelta(seconds=100)

    asyncio.run(go())
    assert len(server.requests) == 1


def test_a_clock_that_was_set_back_silences_nobody_for_long(
    server: Any, make_fetcher: Any, clock: Any
) -> None:
    url = server.answer("/a", b"", 429, Retry_After="7200")
    records = Records(MemoryHosts())
    asking(make_fetcher, url, 1, records=records)
    clock.start -= timedelta(days=400)
    (held,) = asking(make_fetcher, url, 1, records=records)
    assert isinstance(held, Failed)
    assert held.retry_after == timedelta(days=1)
    clock.seconds += 86_400  # every later process reads the time that was put right
    asking(make_fetcher, url, 1, records=records)
    assert len(server.requests) == 2


def test_a_date_is_read_by_the_clock_of_its_server(server: Any, fetch: Any) -> None:
    url = server.answer(
        "/a",
        b"",
        503,
        Date="Thu, 01 Jan 2015 00:00:00 GMT",
        Retry_After="Thu, 01 Jan 2015 00:02:00 GMT",
    )
    assert fetch(url).retry_after == timedelta(minutes=2)


def test_those_who_were_told_the_same_do_not_come_back_together(
    server: Any, fetch: Any, clock: Any
) -> None:
    url = server.answer("/a", b"", 503, Retry_After="100")
    clock.random = lambda: 0.5
    assert fetch(url).retry_after == timedelta(seconds=105)


def test_a_request_on_its_way_turns_back_when_the_host_asks_for_patience(
    server: Any, make_fetcher: Any, clock: Any, log: Any, monkeypatch: Any
) -> None:
    # the second request has its turn and looks up the name, when the first is answered 429
    answered, resolve = asyncio.Event(), guard._resolve
    server.on("/busy", lambda x: x.reply(429, Retry_After="30"))
    server.answer("/next", b"x")
    looks = 0

    async def slow(names: Names, name: str, port: int) -> list[str]:
        nonlocal looks
        looks += 1
        if looks == 2:
            await answered.wait()
        return await resolve(names, name, port)

    monkeypatch.setattr(guard, "_resolve", slow)

    async def go() -> Outcome:
        async with make_fetcher(robots=False, delay=0.0, records=Records(log=log)) as fetcher:
            busy = asyncio.create_task(fetcher.fetch(Request(server.url("/busy"))))
            following = asyncio.create_task(fetcher.fetch(Request(server.url("/next"))))
            await busy
            answered.set()
            outcome: Outcome = await following
            return outcome

    before = clock.seconds
    assert isinstance(asyncio.run(go()), Page)
    assert clock.seconds - before >= 30
    assert server.paths == ["/busy", "/next"]
    first, second = log.records
    assert first.at + timedelta(seconds=30) <= second.not_before <= second.at


# -- the network -----------------------------------------------------------------------------------


def test_when_nobody_can_be_reached_nobody_is_blamed(
    server: Any, make_fetcher: Any, clock: Any
) -> None:
    store = MemoryHosts()
    one, two = closed_port("127.0.0.1"), closed_port("127.0.0.2")
    there = server.answer("/a", b"x")

    async def go() -> None:
        async with make_fetcher(robots=False, retries=0, records=Records(store)) as fetcher:
            await ask(fetcher, one, 6)
            assert not fetcher.network_down
            await ask(fetcher, two, 1)
            assert fetcher.network_down
            outcomes = await ask(fetcher, one, 6) + await ask(fetcher, two, 6)
            assert not any(outcome.held for outcome in outcomes if isinstance(outcome, Failed))
            for url in (one, two):
                record = await store.load(host(url))
                assert record is None or record.is_blank
            await ask(fetcher, there, 1)
            assert not fetcher.network_down
            held = (await ask(fetcher, one, 6))[-1]  # now it is the host's own fault
            assert isinstance(held, Failed)
            assert held.held

    asyncio.run(go())


def test_without_a_network_nothing_is_tried_over_and_over(make_fetcher: Any, log: Any) -> None:
    async def go() -> None:
        async with make_fetcher(robots=False, retries=3, records=Records(log=log)) as fetcher:
            await ask(fetcher, closed_port("127.0.0.1"), 1)
            await ask(fetcher, closed_port("127.0.0.2"), 1)

    asyncio.run(go())
    assert len(log.records) == 4 + 1


@pytest.mark.parametrize(("is_lone", "down"), [(True, True), (False, False)])
def test_where_one_host_is_all_there_is_a_name_that_does_not_resolve_is_the_network_s(
    make_fetcher: Any, *, is_lone: bool, down: bool
) -> None:
    async def go() -> bool:
        records = Records(is_lone=is_lone)
        async with make_fetcher(robots=False, retries=0, records=records) as fetcher:
            await ask(fetcher, "http://nowhere.invalid/", 1)
            return bool(fetcher.network_down)

    assert asyncio.run(go()) is down


def test_where_one_host_is_all_there_is_a_refusal_is_its_own(make_fetcher: Any) -> None:
    outcomes = asking(make_fetcher, closed_port(), 6, records=Records(is_lone=True))
    assert isinstance(outcomes[-1], Failed)
    assert outcomes[-1].held


@pytest.fixture
def deaf() -> Iterator[str]:
    """A listener whose queue is full: it never completes a connection."""
    with closing(socket.create_server(("127.0.0.1", 0), backlog=0)) as listener:
        port = listener.getsockname()[1]
        waiting = []
        for _ in range(3):
            client = socket.socket()
            client.setblocking(False)  # noqa: FBT003 - as the library has it
            client.connect_ex(("127.0.0.1", port))
            waiting.append(client)
        yield f"http://127.0.0.1:{port}/"
        for client in waiting:
            client.close()


@pytest.mark.parametrize("robots", [True, False])
def test_not_a_byte_of_an_answer(deaf: str, make_fetcher: Any, *, robots: bool) -> None:
    for url in ("http://nowhere.invalid/", closed_port(), deaf):
        (outcome,) = asking(make_fetcher, url, 1, robots=robots, timeout=0.3)
        assert isinstance(outcome, Failed)
        assert outcome.unreachable, url
        assert outcome.url == url
        assert outcome.reason.startswith("robots.txt of ") is robots


def test_some_bytes_of_an_answer(server: Any, make_fetcher: Any) -> None:
    server.on("/reset", lambda x: x.reset())
    server.on("/silent", lambda _: server.closing.wait(5))
    server.answer("/moved", b"", 302, Location=closed_port())
    server.answer("/broken", b"", 500)
    for path in ("/reset", "/silent", "/moved", "/broken"):
        (outcome,) = asking(make_fetcher, server.url(path), 1, timeout=0.2)
        assert isinstance(outcome, Failed)
        assert not outcome.unreachable, path


def test_a_host_that_cannot_be_reached_has_no_robots_kept(make_fetcher: Any) -> None:
    # it may be our network, and would silence the host for minutes after that is back
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"

    async def go() -> None:
        async with make_fetcher(robots=True, retries=0) as fetcher:
            await ask(fetcher, url, 2)
            assert await fetcher._gate._store.load(f"http://127.0.0.1:{port}") is None

    asyncio.run(go())


# -- earlier processes -----------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "waited"), [(0.2, 0.81), (60.0, 0.0), (-3600.0, 1.01)])
def test_the_delay_holds_between_processes(
    server: Any, make_fetcher: Any, clock: Any, age: float, waited: float
) -> None:
    url = server.answer("/a", b"x")
    asked_at = clock.now() - timedelta(seconds=age)
    records = Records(MemoryHosts([HostRecord(host(url), asked_at=asked_at)]))
    before = clock.seconds
    asking(make_fetcher, url, 1, delay=1.0, records=records)
    assert clock.seconds - before == pytest.approx(waited)
