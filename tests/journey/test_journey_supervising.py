"""The daemon through disks that refuse, and from one configuration to the next."""

import asyncio
import json
import logging
import socket
import time
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.errors import ArchiveError, ConfigurationError, Mistake
from scraper.model import DaemonSettings
from scraper.service import supervising
from scraper.service.supervising import Outside, Setup, Supervisor
from scraper.service.watching.health import Pulse
from scraper.service.watching.service_manager import Phase
from tests.fetch.conftest import Server
from tests.journey.journey import Journey, MovableClock
from tests.journey.test_journey_daemon import hung, nothing_listed, until
from tests.site_replica import Replica

SECTION = "/realtime/china"


class PatientClock(MovableClock):
    """Notes for how long somebody would have waited; that takes no time, or never ends."""

    def __init__(self) -> None:
        super().__init__()
        self.pauses: list[float] = []
        self.most = 10_000  # the pause that never ends

    async def sleep(self, seconds: float) -> None:
        if seconds >= supervising.FIRST_PAUSE:  # the others are a host's
            self.pauses.append(seconds)
            while len(self.pauses) >= self.most:  # noqa: ASYNC110  # a test says when it is over
                await asyncio.sleep(0.001)
        await asyncio.sleep(0.001)


@dataclass
class Watch:
    """A supervised daemon, and what it tells."""

    journey: Journey
    clock: PatientClock = field(default_factory=PatientClock)
    pulse: Pulse = field(default_factory=Pulse)
    phases: list[Phase] = field(default_factory=list)
    listen: str = ""
    wrong: ConfigurationError | None = None
    root: Path | None = None

    def setup(self) -> Setup:
        if self.wrong:
            raise self.wrong
        plan = replace(self.journey.plan(), sources=dict(self.journey.sources))
        if self.root:
            plan = replace(plan, archive=replace(plan.archive, root=self.root))
        return Setup(plan, DaemonSettings(listen=self.listen, drain=5.0))

    def during(self, work: Callable[[Supervisor], Awaitable[None]]) -> None:
        """Do `work` beside it, and stop it."""

        async def run() -> None:
            self.phases.clear()
            outside = Outside(
                self.setup, self.journey.events.append, self.phases.append, self.clock
            )
            supervisor = Supervisor(self.setup(), outside, self.pulse)
            running = asyncio.create_task(supervisor.run())
            try:
                async with asyncio.timeout(30):
                    await until(lambda: running.done() or bool(self.phases))
                    await work(supervisor)
            finally:
                supervisor.stop()
                await running

        asyncio.run(run())


@pytest.fixture
def watch(journey: Journey) -> Watch:
    return Watch(journey)


def block(journey: Journey) -> Callable[[], None]:
    """Put a file where a folder is needed: no text can be written; gives what undoes it."""
    folder, away = journey.root / "_posts", journey.root / "away"
    folder.rename(away)
    folder.touch()

    def undo() -> None:
        folder.unlink()
        away.rename(folder)

    return undo


def test_an_archive_that_cannot_be_written_is_waited_for_and_nothing_is_lost(
    watch: Watch, replica: Replica, caplog: pytest.LogCaptureFixture
) -> None:
    journey = watch.journey
    journey.add(replica.url + SECTION)
    watch.clock.most = 8
    caplog.set_level(logging.INFO, "scraper")

    async def work(_supervisor: Supervisor) -> None:
        await until(lambda: len(journey.articles("archived")) > 3)
        undo = block(journey)
        await until(lambda: watch.pulse.trouble is not None)
        assert watch.pulse.phase == "waiting"
        await until(lambda: len(watch.clock.pauses) == 8)
        assert watch.pulse.age_seconds() < 20
        undo()
        watch.clock.most += 1
        await until(lambda: len(journey.files()) == 30)
        assert (watch.pulse.trouble, watch.pulse.phase) == (None, "ready")

    watch.during(work)
    assert watch.clock.pauses == [5, 10, 20, 40, 80, 160, 300, 300]
    assert watch.phases == ["ready", "waiting", "ready", "stopping"]
    assert {event.outcome for event in journey.articles()} == {"archived"}
    (trouble,) = (r.message for r in caplog.records if r.levelno == logging.ERROR)
    assert str(journey.root / "_posts") in trouble
    assert "move it away; the daemon waits until the archive can be written again" in trouble
    assert [r.message for r in caplog.records if "can be written again, work" in r.message] == [
        f"the archive can be written again, work goes on: 1 sources, archive {journey.root}"
    ]


def test_a_stop_during_the_wait_ends_it_at_once(watch: Watch, replica: Replica) -> None:
    watch.journey.add(replica.url + SECTION)
    watch.clock.most = 1

    async def work(_supervisor: Supervisor) -> None:
        await until(lambda: len(watch.journey.articles("archived")) > 3)
        block(watch.journey)
        await until(lambda: len(watch.clock.pauses) == 1)

    watch.during(work)
    assert watch.clock.pauses == [5]
    assert watch.phases == ["ready", "waiting", "stopping"]


def test_a_reload_ends_a_pause(watch: Watch, replica: Replica) -> None:
    watch.journey.add(replica.url + SECTION)
    watch.clock.most = 1

    async def work(supervisor: Supervisor) -> None:
        await until(lambda: len(watch.journey.articles("archived")) > 3)
        undo = block(watch.journey)
        await until(lambda: len(watch.clock.pauses) == 1)
        supervisor.reload()
        await until(lambda: len(watch.clock.pauses) == 2)
        undo()
        supervisor.reload()
        await until(lambda: len(watch.journey.files()) == 30)

    watch.during(work)
    assert watch.clock.pauses == [5, 10]


def test_an_archive_that_cannot_be_opened_at_the_start_is_told_to_who_starts_it(
    watch: Watch, server: Server
) -> None:
    nothing_listed(watch.journey, server)
    watch.journey.once()
    block(watch.journey)
    with pytest.raises(ArchiveError, match="_posts"):
        watch.during(lambda _supervisor: asyncio.sleep(0))


def test_a_new_configuration_is_taken_over_and_floods_nobody(
    watch: Watch, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    journey = watch.journey
    nothing_listed(journey, server)
    caplog.set_level(logging.INFO, "scraper")

    async def work(supervisor: Supervisor) -> None:
        await until(lambda: len(journey.polls()) == 1)
        journey.add(server.url("/feed?2"), name="second", site=None)
        supervisor.reload()
        await until(lambda: len(journey.polls()) == 2)
        del journey.sources["news"]
        journey.clock.ahead += timedelta(days=1)
        watch.clock.ahead += timedelta(days=1)
        supervisor.reload()
        await until(lambda: len(journey.polls()) == 3)

    watch.during(work)
    assert [poll.name for poll in journey.polls()] == ["news", "second", "second"]
    assert watch.phases == ["ready", *("reloading", "ready") * 2, "stopping"]
    told = [r.message for r in caplog.records if "daemon reloaded" in r.message]
    assert told == [
        f"daemon reloaded: {number} sources, archive {journey.root}" for number in (2, 1)
    ]


def test_a_wrong_configuration_is_told_in_full_and_the_one_before_stays(
    watch: Watch, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    nothing_listed(watch.journey, server)
    mistakes = tuple(Mistake("a.toml", key, "5", "a duration") for key in ("one", "two"))

    async def work(supervisor: Supervisor) -> None:
        await until(lambda: len(watch.journey.polls()) == 1)
        watch.wrong = ConfigurationError("the configuration is not usable:", mistakes)
        supervisor.reload()
        await until(lambda: watch.phases[1:] == ["reloading", "ready"])
        watch.wrong = None
        watch.journey.add(server.url("/feed?2"), name="second", site=None)
        supervisor.reload()
        await until(lambda: len(watch.journey.polls()) == 2)

    watch.during(work)
    assert [r.message for r in caplog.records if r.levelno == logging.ERROR] == [
        "the configuration is not usable:",
        "a.toml: one: found 5, expected a duration",
        "a.toml: two: found 5, expected a duration",
        "not reloaded: the daemon goes on by the configuration before",
    ]


def test_another_archive_needs_a_restart(
    watch: Watch, server: Server, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    nothing_listed(watch.journey, server)

    async def work(supervisor: Supervisor) -> None:
        watch.root = tmp_path / "elsewhere"
        supervisor.reload()
        await until(lambda: watch.phases[-2:] == ["reloading", "ready"])

    watch.during(work)
    assert "restart the daemon for that" in caplog.text
    assert not (tmp_path / "elsewhere").exists()


def alive_at(address: str) -> bool:
    with urllib.request.urlopen(f"http://{address}/healthz", timeout=5) as answer:
        return bool(json.load(answer)["alive"])


def test_the_health_page_moves_and_one_that_cannot_leaves_it_where_it_is(
    watch: Watch, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    nothing_listed(watch.journey, server)
    watch.listen, other = free_addresses(2)

    async def work(supervisor: Supervisor) -> None:
        first = watch.listen
        assert await asyncio.to_thread(alive_at, first)
        watch.listen = other
        supervisor.reload()
        await until(lambda: watch.phases == ["ready", "reloading", "ready"])
        assert await asyncio.to_thread(alive_at, other)
        with pytest.raises(OSError, match="refused"):
            await asyncio.to_thread(alive_at, first)
        watch.listen = server.url("").split("/")[2]  # somebody else's
        supervisor.reload()
        await until(lambda: watch.phases[3:] == ["reloading", "ready"])
        assert await asyncio.to_thread(alive_at, other)

    watch.during(work)
    assert "cannot listen on" in caplog.text


def free_addresses(count: int) -> list[str]:
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    addresses = [f"127.0.0.1:{one.getsockname()[1]}" for one in sockets]
    for one in sockets:
        one.close()
    return addresses


def test_a_second_stop_puts_back_what_is_in_hand(watch: Watch, server: Server) -> None:
    server.on("/feed", hung(server))
    watch.journey.add(server.url("/feed"), site=None)
    begun = time.monotonic()

    async def work(supervisor: Supervisor) -> None:
        await until(lambda: "/feed" in server.paths)
        supervisor.stop()
        supervisor.stop()

    watch.during(work)
    assert time.monotonic() - begun < 5
    assert watch.journey.events == []
