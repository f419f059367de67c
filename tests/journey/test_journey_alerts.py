"""Troubles of real sources, told to real targets: each once, and its end."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest

from scraper.protocol.alarms import AlertSettings
from scraper.service.context import Service
from scraper.service.crawling.polling import poll_all
from scraper.service.run import due_sources, run_once
from scraper.service.watching import alerting
from scraper.service.watching.alerting import Alarm
from scraper.service.watching.gathering import Told
from tests.fetch.conftest import Server
from tests.journey.journey import Journey
from tests.targets import Target, webhook

EVERY = timedelta(minutes=10)
EMPTY = b"<rss version='2.0'><channel/></rss>"


def feed(*dates: datetime) -> bytes:
    """A feed with an article of each of these dates; its addresses answer 404."""
    items = "".join(
        f"<item><title>t{date:%d%H}</title><link>/a/{date:%Y%m%d%H}</link>"
        f"<pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
        for date in dates
    )
    return f"<rss version='2.0'><channel>{items}</channel></rss>".encode()


@dataclass
class Watched:
    """A source at a server that is polled when it is due, and what is told of it."""

    journey: Journey
    server: Server
    target: Target
    settings: dict[str, Any] = field(default_factory=dict)

    def alarm(self, *more: Target) -> Alarm:
        to = tuple(target.url for target in (self.target, *more))
        settings = {"disk_low": 0, "coverage_below": 0.0} | self.settings  # its articles answer 404
        return Alarm(AlertSettings(to=to, **settings), self.journey.root)

    async def runs(self, service: Service, alarm: Alarm, hours: float, step: timedelta) -> None:
        """Poll what is due and look, every `step`, as cron does."""
        end = self.journey.clock.ahead + timedelta(hours=hours)
        while self.journey.clock.ahead < end:
            due = await due_sources(service, (), everything=False)
            await poll_all(service, due)
            await alarm.look(service)
            self.journey.clock.ahead += step

    def run(self, *spells: tuple[Callable[[], object], float], step: timedelta = EVERY) -> None:
        """Make something so and watch it for so many hours, one spell after the other."""

        async def work(service: Service) -> None:
            alarm = self.alarm()
            for begin, hours in spells:
                begin()
                await self.runs(service, alarm, hours, step)

        self.journey.with_service(work)

    @property
    def titles(self) -> list[str]:
        return [title.removeprefix("news-scraper: ") for title, _ in self.target.got]

    def answer(self, body: bytes, status: int = 200, kind: str = "text/xml") -> Callable[[], str]:
        return lambda: self.server.answer("/feed", body, status, Content_Type=kind)


@pytest.fixture
def watched(journey: Journey, server: Server) -> Iterator[Watched]:
    journey.add(server.url("/feed"), name="news", site=None)
    with webhook() as target:
        yield Watched(journey, server, target)


def some(watched: Watched) -> bytes:
    return feed(watched.journey.clock.now())


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"", 500, "cannot be polled"),
        (EMPTY, 200, "lists nothing any more"),
        (b"<!DOCTYPE html><html><body>Welcome</body></html>", 200, "gives something else"),
    ],
)
def test_a_source_in_trouble_is_told_once_and_so_is_its_recovery(
    body: bytes, status: int, words: str, watched: Watched
) -> None:
    good, bad = watched.answer(some(watched)), watched.answer(body, status)
    watched.run((good, 0.5), (bad, 1), (good, 2))
    begun, over = watched.titles
    assert begun.startswith(f"news {words}")
    assert over.startswith(f"over: news {words}")


def test_it_is_told_within_two_intervals(watched: Watched) -> None:
    good, bad = watched.answer(some(watched)), watched.answer(b"", 500)
    watched.run((good, 0.5), (bad, 0.3))
    assert watched.titles == ["news cannot be polled"]


def test_a_single_failure_is_not_told(watched: Watched) -> None:
    good, bad = watched.answer(some(watched)), watched.answer(b"", 500)
    watched.run((good, 0.5), (bad, 0.1), (good, 1), (bad, 0.1), (good, 1))
    assert watched.titles == []


def test_a_list_that_has_gone_stale_is_told_once_and_so_is_its_recovery(watched: Watched) -> None:
    start = watched.journey.clock.now() - timedelta(days=10)
    hourly = [start + timedelta(hours=number) for number in range(240)]
    old = feed(*hourly)

    def news() -> None:
        watched.answer(feed(*hourly, watched.journey.clock.now()))()

    watched.run((watched.answer(old), 20), step=timedelta(hours=2))
    assert watched.titles == []
    step = timedelta(hours=4)
    watched.run((watched.answer(old), 20), (news, 12), step=step)
    assert watched.titles == ["news lists nothing new", "over: news lists nothing new"]


def test_a_wall_is_told_once_and_so_is_its_end(watched: Watched) -> None:
    hours = [watched.journey.clock.now() - timedelta(hours=number) for number in range(6)]
    watched.answer(feed(*hours))()

    async def work(service: Service) -> None:
        alarm = watched.alarm()
        await run_once(service, list(watched.journey.sources.values()), asyncio.Event())
        await watched.runs(service, alarm, 0.5, EVERY)
        await service.disk.run(service.state.articles.retry, None, service.now())
        for _ in range(3):
            watched.journey.clock.ahead += EVERY
            await alarm.look(service)

    watched.journey.with_service(work)
    wall = "news: most of its new articles cannot be archived"
    assert watched.titles == [wall, f"over: {wall}"]
    assert "HTTP 404" in watched.target.got[0][1]


def test_a_restart_tells_nothing_again_and_forgets_no_end(watched: Watched) -> None:
    good, bad = watched.answer(some(watched)), watched.answer(b"", 500)
    watched.run((good, 0.5), (bad, 1))
    watched.run((bad, 1))
    watched.run((good, 2))
    assert watched.titles == ["news cannot be polled", "over: news cannot be polled"]


def test_several_troubles_of_a_moment_are_one_message(watched: Watched, server: Server) -> None:
    server.answer("/other", status=404)
    watched.journey.add(server.url("/other"), name="other", site=None)
    watched.run((watched.answer(b"", 404), 1))
    ((title, body),) = watched.target.got
    assert title == "news-scraper: 2 troubles"
    assert [line.split(",")[0] for line in body.splitlines()] == [
        "New:",
        "- news cannot be polled",
        "- other cannot be polled",
    ]


def of_one_host(watched: Watched, status: int) -> None:
    """Two sources of one host that answer so."""
    for name in ("one", "two"):
        watched.server.answer(f"/{name}", some(watched), status, Content_Type="text/xml")
        if name not in watched.journey.sources:
            watched.journey.add(watched.server.url(f"/{name}"), name=name, site=None)
    watched.journey.sources.pop("news", None)


def test_a_host_that_is_down_is_one_trouble_of_all_its_sources(watched: Watched) -> None:
    watched.run((lambda: of_one_host(watched, 200), 0.1), (lambda: of_one_host(watched, 500), 0.5))
    watched.run((lambda: of_one_host(watched, 200), 1.5))
    down = f"127.0.0.1:{watched.server.port} is down"
    assert watched.titles == [down, f"over: {down}"]


def test_one_source_that_fails_at_a_host_that_answers_is_told_by_itself(watched: Watched) -> None:
    def one_fails() -> None:
        of_one_host(watched, 200)
        watched.server.answer("/two", status=500)

    watched.run((lambda: of_one_host(watched, 200), 0.1), (one_fails, 0.5))
    watched.run((lambda: of_one_host(watched, 200), 1))
    assert watched.titles == ["two cannot be polled", "over: two cannot be polled"]


def test_a_target_that_cannot_be_reached_gets_everything_later_and_nothing_twice(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    good, bad = watched.answer(some(watched)), watched.answer(b"", 500)

    def refuse() -> None:
        watched.target.status = 503
        bad()

    def accept() -> None:
        watched.target.status = 200

    with webhook() as other:

        async def work(service: Service) -> None:
            for begin, hours in ((good, 0.5), (refuse, 2), (good, 2)):
                begin()
                await watched.runs(service, watched.alarm(other), hours, EVERY)
            assert watched.target.got == []
            titles = [title.removeprefix("news-scraper: ") for title, _ in other.got]
            assert titles == ["news cannot be polled", "over: news cannot be polled"]
            accept()
            await watched.runs(service, watched.alarm(other), 3, EVERY)

        watched.journey.with_service(work)
        assert len(other.got) == 2
    ((title, body),) = watched.target.got
    assert title == "news-scraper: over: news cannot be polled (2 messages)"
    assert body.index("New:") < body.index("Over:")
    assert "alert not accepted by alerts.to[0] (json)" in caplog.text
    assert "t0ken" not in caplog.text


def test_without_a_target_the_log_and_the_state_tell(
    watched: Watched, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("INFO", "scraper")
    good, bad = watched.answer(some(watched)), watched.answer(b"", 500)
    kept: list[str] = []

    async def work(service: Service) -> None:
        alarm = Alarm(AlertSettings(disk_low=0, coverage_below=0.0), watched.journey.root)
        for begin, hours in ((good, 0.5), (bad, 1)):
            begin()
            await watched.runs(service, alarm, hours, EVERY)
        kept.extend(service.state.conditions.load().standings)
        good()
        await watched.runs(service, alarm, 2, EVERY)

    watched.journey.with_service(work)
    assert kept == ["source:news:failing"]
    told = [(r.levelname, r.message) for r in caplog.records if r.name == alerting.__name__]
    assert [level for level, _ in told] == ["WARNING", "INFO"]
    assert told[0][1].startswith("news cannot be polled, since ")
    assert told[1][1].startswith("over: news cannot be polled (it lasted ")


def test_an_archive_that_cannot_be_written_is_told_from_memory(watched: Watched) -> None:
    alarm = watched.alarm()
    clock = watched.journey.clock

    async def lost() -> None:
        for _ in range(5):
            await alarm.tell_of_loss("/archive: disk full", clock.now())
            clock.ahead += timedelta(minutes=1)

    asyncio.run(lost())
    assert watched.titles == ["the archive cannot be written"]
    assert "/archive: disk full" in watched.target.got[0][1]

    async def again(service: Service) -> None:
        watched.answer(some(watched))()
        await watched.runs(service, alarm, 0.5, timedelta(minutes=5))

    watched.journey.with_service(again)
    assert watched.titles[1:] == ["over: the archive cannot be written"]


def test_what_lasts_meanwhile_is_not_taken_to_be_over(watched: Watched) -> None:
    alarm, clock = watched.alarm(), watched.journey.clock

    async def work(service: Service) -> None:
        watched.answer(b"", 500)()
        await watched.runs(service, alarm, 1, EVERY)
        for _ in range(30):
            await alarm.tell_of_loss("disk full", clock.now())
            clock.ahead += timedelta(minutes=1)

    watched.journey.with_service(work)
    assert watched.titles == ["news cannot be polled", "the archive cannot be written"]


def test_what_an_earlier_run_told_is_known_though_the_archive_was_lost_first(
    watched: Watched,
) -> None:
    bad, clock = watched.answer(b"", 500), watched.journey.clock
    watched.run((bad, 1))

    async def work(service: Service) -> None:
        alarm = watched.alarm()
        for _ in range(3):
            await alarm.tell_of_loss("disk full", clock.now())
            clock.ahead += timedelta(minutes=1)
        await watched.runs(service, alarm, 1, EVERY)

    watched.journey.with_service(work)
    lost = "the archive cannot be written"
    assert watched.titles == ["news cannot be polled", lost, f"over: {lost}"]


def test_new_settings_are_taken_over_and_nothing_is_told_again(watched: Watched) -> None:
    with webhook() as other:

        async def work(service: Service) -> None:
            alarm = watched.alarm()
            watched.answer(b"", 500)()
            await watched.runs(service, alarm, 1, EVERY)
            alarm.configure(AlertSettings(to=(other.url,), disk_low=0, coverage_below=0.0))
            await watched.runs(service, alarm, 1, EVERY)
            watched.answer(some(watched))()
            await watched.runs(service, alarm, 3, EVERY)

        watched.journey.with_service(work)
    assert watched.titles == ["news cannot be polled"]
    assert [title for title, _ in other.got] == ["news-scraper: over: news cannot be polled"]


def test_what_only_the_caller_knows_is_told(watched: Watched) -> None:
    watched.answer(some(watched))()
    told = Told(unwritable="/archive: read-only")

    async def work(service: Service) -> None:
        alarm = watched.alarm()
        for _ in range(2):
            await alarm.look(service, told)

    watched.journey.with_service(work)
    assert watched.titles == ["the archive cannot be written"]


def test_a_target_that_does_not_answer_holds_nothing_up(
    watched: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("scraper.service.watching.notifying.SECONDS", 0.2)
    watched.target.hold.clear()
    waits: list[Awaitable[None]] = []

    async def work(service: Service) -> None:
        alarm = watched.alarm()
        await alarm.look(service, Told(unwritable="x"))
        first = asyncio.create_task(alarm.look(service, Told(unwritable="x")))
        waits.append(first)
        async with asyncio.timeout(20):
            while not alarm._looking.locked():  # noqa: ASYNC110
                await asyncio.sleep(0)  # there is no event for "it has begun"
            await alarm.look(service)  # does not queue behind it
            assert not first.done()
            watched.target.hold.set()
            await first

    watched.journey.with_service(work)
    assert len(waits) == 1


def test_a_source_without_a_network_is_not_to_blame(journey: Journey, server: Server) -> None:
    with webhook() as target:
        watched, port = Watched(journey, server, target), server.port
        server.stop()
        for number in (2, 3):
            journey.add(f"http://127.0.0.{number}:{port}/feed", name=f"s{number}", site=None)

        async def work(service: Service) -> None:
            await watched.runs(service, watched.alarm(), 2, EVERY)

        journey.with_service(work)
    assert watched.titles == ["no site can be reached"]
