"""Names are looked up within the deadline, and one that hangs delays nobody else."""

import asyncio
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from scraper.fetch.fetcher import Request
from scraper.fetch.names import Names
from scraper.model import Failed, Page

Answers = list[Any]
STUCK = """
import asyncio, socket, threading
from scraper.fetch.fetcher import Fetcher, Request
from scraper.model import FetchSettings

socket.getaddrinfo = lambda *_, **__: threading.Event().wait()

async def main():
    async with Fetcher(FetchSettings("t/1", timeout=0.2, retries=0, robots=False)) as fetcher:
        print((await fetcher.fetch(Request("http://slow.example/"))).reason)

asyncio.run(main())
"""


class Resolver:
    """Stands for the system's: names that begin with "slow" hang until the test is over."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.over = threading.Event()
        self.held = threading.Event()

    def getaddrinfo(self, host: str, port: int, **_: Any) -> Answers:
        self.asked.append(host)
        if host.startswith("slow"):
            self.over.wait(20)
        if host.startswith("held"):
            self.held.wait(20)
        if host.startswith("none"):
            raise socket.gaierror(socket.EAI_NONAME, "unknown")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    resolver = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver.getaddrinfo)
    yield resolver
    resolver.over.set()
    resolver.held.set()


@pytest.mark.alone
def test_a_name_that_hangs_ends_at_the_deadline(resolver: Resolver, fetch: Any) -> None:
    start = time.monotonic()
    outcome = fetch("http://slow.example/", timeout=0.3, retries=3)
    assert outcome.reason == "no complete answer within 0.3 s"
    assert time.monotonic() - start < 1.0


@pytest.mark.alone
def test_names_that_hang_delay_no_other(
    resolver: Resolver, server: Any, make_fetcher: Callable[..., Any]
) -> None:
    server.answer("/a", b"x")

    async def go() -> tuple[list[Any], float]:
        async with make_fetcher(robots=False, timeout=2.0, retries=0) as fetcher:
            slow = [Request(f"http://slow{number}.example/") for number in range(40)]
            tasks = [asyncio.create_task(fetcher.fetch(request)) for request in slow]
            await asyncio.sleep(0)
            start = time.monotonic()
            page = await fetcher.fetch(Request(f"http://news.example:{server.port}/a"))
            seconds = time.monotonic() - start
            return [page, *await asyncio.gather(*tasks)], seconds

    (page, *others), seconds = asyncio.run(go())
    assert isinstance(page, Page)
    assert seconds < 1.0
    assert all(isinstance(other, Failed) for other in others)


def test_a_name_is_looked_up_once_for_all_who_ask(resolver: Resolver) -> None:
    async def go() -> list[list[str]]:
        names = Names(2)
        asked = ("a.example", "b.example", "a.example", "b.example")
        return await asyncio.gather(*(names.look_up(host, 80) for host in asked))

    assert asyncio.run(go()) == [["127.0.0.1"]] * 4
    assert sorted(resolver.asked) == ["a.example", "b.example"]


def test_two_who_waited_for_a_thread_share_it(resolver: Resolver) -> None:
    async def go() -> None:
        names = Names(2)
        asked = ("slow1.example", "slow2.example", "held.example", "held.example")
        tasks = [asyncio.create_task(names.look_up(host, 80)) for host in asked]
        await asyncio.sleep(0)
        resolver.over.set()
        await asyncio.gather(*tasks[:2])
        for _ in range(5):  # both have their turn now, and the name is still being looked up
            await asyncio.sleep(0)
        resolver.held.set()
        await asyncio.gather(*tasks)

    asyncio.run(go())
    assert sorted(resolver.asked) == ["held.example", "slow1.example", "slow2.example"]


def test_whoever_gives_up_leaves_the_line(resolver: Resolver) -> None:
    async def go() -> list[str]:
        names = Names(1)
        stuck = asyncio.create_task(names.look_up("slow.example", 80))
        await asyncio.sleep(0)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(names.look_up("b.example", 80), 0.05)
        resolver.over.set()
        await stuck
        return await names.look_up("c.example", 80)

    assert asyncio.run(go()) == ["127.0.0.1"]
    assert resolver.asked == ["slow.example", "c.example"]


def test_what_cannot_be_resolved_is_raised_for_each_who_asks(resolver: Resolver) -> None:
    async def go() -> list[Any]:
        names = Names()
        asked = (names.look_up("none.example", 80) for _ in range(2))
        return await asyncio.gather(*asked, return_exceptions=True)

    assert [type(found) for found in asyncio.run(go())] == [socket.gaierror] * 2
    assert resolver.asked == ["none.example"]


def test_an_answer_after_the_end_of_the_loop_is_dropped(resolver: Resolver) -> None:
    async def go() -> None:
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(Names().look_up("slow.example", 80), 0.05)

    asyncio.run(go())
    (thread,) = [one for one in threading.enumerate() if one.name == "resolve"]
    resolver.over.set()
    thread.join(5)
    assert not thread.is_alive()


def test_a_name_that_hangs_does_not_keep_the_program_from_ending() -> None:
    done = subprocess.run(
        [sys.executable, "-c", STUCK], capture_output=True, text=True, timeout=20, check=True
    )
    assert (done.stdout, done.stderr) == ("no complete answer within 0.2 s\n", "")
