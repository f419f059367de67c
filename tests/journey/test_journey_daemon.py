"""The daemon: polls again and again, in this process, without the command line."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from scraper.model import ArticleEvent, Entry, Pending, SourceEvent
from scraper.protocol.alarms import AlertSettings
from scraper.service import daemon as daemon_module
from scraper.service.context import Service
from scraper.service.crawling.articles import in_turns
from scraper.service.daemon import Daemon
from scraper.service.watching.alerting import Alarm
from scraper.service.watching.health import Pulse
from tests.fetch.conftest import Server
from tests.journey.journey import Journey
from tests.site_replica import Replica


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what the daemon's own tasks do."""
    while not condition():  # noqa: ASYNC110  # there is no event for "a file has appeared"
        await asyncio.sleep(0.02)


def test_a_story_that_appears_between_polls_is_archived(journey: Journey, replica: Replica) -> None:
    stories = sorted(replica.truth().values(), key=lambda story: story["published_iso"])
    replica.control("clock", now=stories[-2]["published_iso"])
    source = journey.add(replica.url + "/realtime/china")
    journey.sources["china"] = replace(source, every=timedelta(seconds=0.3))
    published = datetime.fromisoformat(stories[-1]["published_iso"])

    async def run(service: Service) -> None:
        daemon = Daemon(service, 5.0, Pulse())
        work = asyncio.create_task(daemon.run())

        async with asyncio.timeout(30):
            await until(lambda: len(journey.polls()) >= 2 and len(journey.files()) == 30)
            later = (published + timedelta(minutes=1)).isoformat()
            await asyncio.to_thread(replica.control, "clock", now=later)
            await until(lambda: len(journey.polls()) >= 5)
            await until(lambda: len(journey.articles("archived")) == 31)
        daemon.stop()
        await work

    journey.with_service(run)
    assert journey.articles("archived")[-1].id == stories[-1]["id"]
    assert len(journey.files()) == 31
    assert all(isinstance(event, ArticleEvent | SourceEvent) for event in journey.events)
    assert {poll.outcome for poll in journey.polls()} == {"changed", "unchanged"}


async def running(service: Service, work: Callable[[], Awaitable[None]]) -> None:
    """Do `work` beside a daemon, and stop it."""
    daemon = Daemon(service, 5.0, Pulse())
    task = asyncio.create_task(daemon.run())
    async with asyncio.timeout(30):
        await work()
    daemon.stop()
    await task


def nothing_listed(journey: Journey, server: Server) -> None:
    server.answer("/feed", b"<rss version='2.0'><channel/></rss>")
    journey.add(server.url("/feed"), name="news", site=None)


def test_a_restart_keeps_to_the_next_poll_of_the_state(journey: Journey, server: Server) -> None:
    nothing_listed(journey, server)
    journey.once()
    journey.add(server.url("/feed?2"), name="never polled", site=None)

    async def run(service: Service) -> None:
        await running(service, lambda: until(lambda: bool(journey.polls())))

    journey.with_service(run)
    assert [poll.name for poll in journey.polls()] == ["never polled"]


def test_a_daemon_is_alive_until_it_is_stopped(journey: Journey, server: Server) -> None:
    nothing_listed(journey, server)
    seen: list[str | None] = []

    async def run(service: Service) -> None:
        async def beat() -> str | None:
            return await service.disk.run(service.state.meta.get, "heartbeat")

        async def work() -> None:
            await until(lambda: bool(journey.polls()))
            seen.append(await beat())

        await running(service, work)
        seen.append(await beat())

    journey.with_service(run)
    alive, stopped = seen
    assert alive
    assert stopped is None


def test_a_source_that_stopped_is_not_asked(journey: Journey, server: Server) -> None:
    server.answer("/feed", status=410)
    journey.add(server.url("/feed"), name="gone", site=None)
    journey.once()
    journey.clock.ahead += timedelta(days=9)
    journey.add(server.url("/feed?2"), name="never polled", site=None)

    async def run(service: Service) -> None:
        await running(service, lambda: until(lambda: bool(journey.polls())))

    journey.with_service(run)
    assert [poll.name for poll in journey.polls()] == ["never polled"]


@pytest.mark.parametrize("days", [-365, 3])
def test_a_clock_that_was_set_or_stood_still_silences_nobody_and_floods_nobody(
    days: int, journey: Journey, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks, look = 0, Daemon._clock_offset

    def counted(daemon: Daemon) -> datetime:
        nonlocal looks
        looks += 1
        return look(daemon)

    monkeypatch.setattr(daemon_module, "CLOCK_CHECK_SECONDS", 0.02)
    monkeypatch.setattr(Daemon, "_clock_offset", counted)
    nothing_listed(journey, server)

    async def run(service: Service) -> None:
        async def work() -> None:
            await until(lambda: len(journey.polls()) == 1)
            journey.clock.ahead += timedelta(days=days)
            await until(lambda: len(journey.polls()) == 2)
            seen = looks
            await until(lambda: looks >= seen + 5)

        await running(service, work)

    journey.with_service(run)
    assert len(journey.polls()) == 2


def hung(server: Server) -> Callable[[object], None]:
    """A route that never answers."""

    def wait(_exchange: object) -> None:
        server.closing.wait(30)

    return wait


def test_a_host_that_is_slow_holds_up_no_other(
    journey: Journey, replica: Replica, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "RETRY_SECONDS", 0.05)
    slow = [Entry(server.url(f"/{number}"), str(number)) for number in range(9)]
    for number in range(9):
        server.on(f"/{number}", hung(server))
    addresses = [f"{replica.url}/no-such-page-{name}" for name in "abc"]

    async def run(service: Service) -> None:
        async def want(*entries: Entry) -> None:
            await service.disk.run(service.state.articles.want, entries, "news", service.now())

        await want(*slow, Entry(addresses[0], addresses[0]))
        daemon = Daemon(service, 0.0, Pulse())
        task = asyncio.create_task(daemon.run())
        async with asyncio.timeout(20):
            for number, address in enumerate(addresses, 1):
                await want(Entry(address, address))
                await until(lambda number=number: len(journey.articles()) == number)  # type: ignore[misc]
        daemon.break_off()
        await task

    journey.with_service(run)
    assert [event.url for event in journey.articles()] == addresses


def test_a_host_is_worked_on_by_turns_until_nothing_is_left(
    journey: Journey, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "TURN", 2)
    listed = [Entry(server.url(f"/{number}"), str(number)) for number in range(7)]

    async def run(service: Service) -> None:
        await service.disk.run(service.state.articles.want, listed, "news", service.now())
        await running(service, lambda: until(lambda: len(journey.articles()) == 7))

    journey.with_service(run)
    assert sorted(event.id for event in journey.articles()) == [str(n) for n in range(7)]


def test_the_sources_of_a_host_take_turns() -> None:
    queue = [Pending(Entry(f"u{n}", f"{n}"), source) for n, source in enumerate("aaaabbc")]
    assert [pending.source for pending in in_turns(queue)] == list("abcabaa")


def test_no_more_hosts_than_there_are_places_are_worked_on_at_once(
    journey: Journey, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once, most, seen = 0, 0, 0

    async def drain_host(_service: Service, queue: list[Pending], _stop: asyncio.Event) -> None:
        nonlocal at_once, most, seen
        at_once += 1
        most, seen = max(most, at_once), seen + len(queue)
        await asyncio.sleep(0.001)
        at_once -= 1

    monkeypatch.setattr(daemon_module, "drain_host", drain_host)
    listed = [Entry(f"http://host{number}.test/", str(number)) for number in range(500)]

    async def run(service: Service) -> None:
        await service.disk.run(service.state.articles.want, listed, "news", service.now())
        await running(service, lambda: until(lambda: seen >= 500))

    journey.with_service(run)
    assert most == daemon_module.DRAINS_AT_ONCE


def test_the_daemon_looks_at_what_is_wrong(
    journey: Journey, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "LOOK_SECONDS", 0.05)
    server.answer("/feed", status=410)
    journey.add(server.url("/feed"), name="gone", site=None)
    kept: list[str] = []

    async def run(service: Service) -> None:
        daemon = Daemon(service, 5.0, Pulse(), Alarm(AlertSettings(disk_low=0), journey.root))
        task = asyncio.create_task(daemon.run())
        async with asyncio.timeout(30):
            while not kept:
                book = await service.disk.run(service.state.conditions.load)
                kept.extend(s.condition.title for s in book.standings.values() if s.told_at)
                await asyncio.sleep(0.02)
        daemon.stop()
        await task

    journey.with_service(run)
    assert kept == ["gone is gone"]
