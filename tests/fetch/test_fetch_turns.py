"""One host's requests: so many at once, so far apart, first come first served."""

import asyncio
import itertools
import time
from typing import Any

import pytest

from scraper.fetch import turns as turns_module
from scraper.fetch.clock import SystemClock
from scraper.fetch.failures import HeldError
from scraper.fetch.fetcher import Fetcher, Request
from scraper.fetch.records import MemoryHosts
from scraper.fetch.standings import Standings
from scraper.fetch.turns import Turns
from scraper.protocol.breaker import Heard


def make_turns(clock: Any, connections: int, store: MemoryHosts | None = None) -> Turns:
    return Turns(clock, connections, Standings(clock, store or MemoryHosts()))


def starts(clock: Any, turns: Turns, hosts: list[str], delay: float = 1.0) -> list[float]:
    """When each of these turns began, in the order in which they were asked for."""

    async def one(host: str) -> float:
        async with turns.turn(host, delay):
            return float(clock.seconds)

    async def go() -> list[float]:
        return await asyncio.gather(*(one(host) for host in hosts))

    return asyncio.run(go())


def test_starts_are_a_delay_apart_and_in_order(clock: Any) -> None:
    begun = starts(clock, make_turns(clock, 2), ["a"] * 4)
    assert begun == sorted(begun)
    gaps = [after - before for before, after in itertools.pairwise(begun)]
    assert gaps == pytest.approx([1.01] * 3)


def test_hosts_do_not_wait_for_each_other(clock: Any) -> None:
    assert len(set(starts(clock, make_turns(clock, 2), ["a", "b", "a:8080"]))) == 1


@pytest.mark.parametrize(("is_sent", "expected"), [(True, 2), (False, 1)])
def test_so_many_at_once(clock: Any, *, is_sent: bool, expected: int) -> None:
    # and none begins before the request of the one before it was sent
    turns = make_turns(clock, 2)
    inside, most = 0, 0

    async def one() -> None:
        nonlocal inside, most
        async with turns.turn("a", 0.0) as turn:
            if is_sent:
                turn.send()
            inside += 1
            most = max(most, inside)
            await asyncio.sleep(0.001)
            inside -= 1

    async def go() -> None:
        await asyncio.gather(*(one() for _ in range(6)))

    asyncio.run(go())
    assert most == expected


def test_the_delay_counts_from_the_sending(clock: Any) -> None:
    turns = make_turns(clock, 2)

    async def slow() -> None:
        async with turns.turn("a", 1.0) as turn:
            await asyncio.sleep(0)
            clock.seconds += 5  # a slow handshake
            turn.send()

    async def next_one() -> float:
        async with turns.turn("a", 1.0):
            return float(clock.seconds)

    async def go() -> float:
        _, begun = await asyncio.gather(slow(), next_one())
        return begun

    begun = clock.seconds
    assert asyncio.run(go()) - begun == pytest.approx(6.01)


def test_a_hold_during_the_wait_counts(clock: Any) -> None:
    turns = make_turns(clock, 1)

    async def go() -> float:
        async with turns.turn("a", 1.0):
            waiting = asyncio.create_task(_enter(turns, clock))
            await asyncio.sleep(0)
            await turns._standings.hear("a", Heard(wait=20))
            await turns._standings.hear("a", Heard(wait=10))  # the longer one stays
        return await waiting

    before = clock.seconds
    assert asyncio.run(go()) - before == pytest.approx(20)


@pytest.mark.parametrize(("late", "gap"), [(0.0, 1.01), (0.06, 1.07), (5.0, 5.0)])
def test_the_delay_counts_from_when_the_server_has_read_the_request(
    clock: Any, late: float, gap: float
) -> None:
    # which it may do late; but one that takes its time to answer has read it long before
    turns = make_turns(clock, 2)

    async def go() -> float:
        async with turns.turn("a", 1.0) as turn:
            turn.send()
            begun = clock.seconds
            clock.seconds += late
            turn.answer()
        return await _enter(turns, clock) - float(begun)

    assert asyncio.run(go()) == pytest.approx(gap)


def test_a_late_answer_moves_the_delay_of_those_who_wait_already(clock: Any) -> None:
    turns = make_turns(clock, 2)

    async def go() -> float:
        async with turns.turn("a", 1.0) as turn:
            turn.send()
            begun = float(clock.seconds)
            waiting = asyncio.create_task(_enter(turns, clock))
            await asyncio.sleep(0)
            clock.seconds = begun + 0.3
            turn.answer()
        return await waiting - begun

    assert asyncio.run(go()) >= 1.11


async def _enter(turns: Turns, clock: Any) -> float:
    async with turns.turn("a", 1.0):
        return float(clock.seconds)


def test_nobody_stands_in_line_for_long(clock: Any) -> None:
    turns = make_turns(clock, 1)

    async def go() -> None:
        await turns._standings.hear("a", Heard(wait=90))
        with pytest.raises(HeldError, match="another 90 s"):
            await _enter(turns, clock)
        clock.seconds += 40
        assert await _enter(turns, clock) == pytest.approx(1090)

    asyncio.run(go())


def test_one_who_gives_up_waiting_moves_nobody(clock: Any) -> None:
    turns = make_turns(clock, 1)

    async def go() -> float:
        async with turns.turn("a", 1.0):
            pass
        begun = float(clock.seconds)
        hang = asyncio.Event()

        async def never(_: float) -> None:
            await hang.wait()

        clock.sleep, usual = never, clock.sleep
        waiting = asyncio.create_task(_enter(turns, clock))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        clock.sleep = usual
        return await _enter(turns, clock) - begun

    assert asyncio.run(go()) == pytest.approx(1.01)


def test_hosts_of_long_ago_are_forgotten(clock: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr(turns_module, "_MAX_HOSTS", 3)
    turns = make_turns(clock, 1)
    starts(clock, turns, ["a", "b", "c"])
    asyncio.run(turns._standings.hear("b", Heard(wait=3600)))
    clock.seconds += 100
    starts(clock, turns, ["d"])
    assert set(turns._hosts) == {"b", "d"}


def test_the_server_sees_the_delay(server: Any, make_settings: Any) -> None:
    # in real time; a busy machine may wake the server late for one request and not for the next
    urls = [server.answer(f"/{number}", b"x") for number in range(4)]
    settings = make_settings(delay=0.15, robots=False)

    async def go() -> None:
        async with Fetcher(settings) as fetcher:
            await asyncio.gather(*(fetcher.fetch(Request(url)) for url in urls))

    asyncio.run(go())
    gaps = [b.at - a.at for a, b in itertools.pairwise(server.requests)]
    assert min(gaps) >= 0.15 - 0.1
    assert sum(gaps) >= 3 * 0.15 - 0.1
    assert server.paths == [f"/{number}" for number in range(4)]


def test_waiting_for_a_turn_is_not_on_the_deadline(server: Any, make_settings: Any) -> None:
    url = server.answer("/a", b"x")
    settings = make_settings(delay=0.15, timeout=0.1, robots=False)

    async def go() -> list[Any]:
        async with Fetcher(settings) as fetcher:
            return await asyncio.gather(*(fetcher.fetch(Request(url)) for _ in range(3)))

    assert [outcome.body for outcome in asyncio.run(go())] == [b"x"] * 3


def test_the_system_s_clock() -> None:
    clock = SystemClock()
    before = clock.monotonic()
    asyncio.run(clock.sleep(0.01))
    assert clock.monotonic() - before >= 0.009
    assert abs(clock.now().timestamp() - time.time()) < 5
    assert 0 <= clock.random() < 1
