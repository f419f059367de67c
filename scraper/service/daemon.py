"""Polls every source on its schedule and drains what is wanted, until told to stop.

APScheduler holds the schedule, in UTC: for each source one job, its next poll, made anew from what
the last one decided. However late it is, it is run once: a machine that slept catches up, and the
default grace of one second would skip it. The next times come from state: a restart neither floods
nor forgets.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial

from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger
from apscheduler.triggers.interval import IntervalTrigger

from scraper.errors import ArchiveError
from scraper.model import Pending, Source
from scraper.protocol.urls import host
from scraper.service.context import Service, archive_errors_alone
from scraper.service.crawling.articles import drain_host, in_turns
from scraper.service.crawling.filling import cover
from scraper.service.crawling.outlook import is_due
from scraper.service.crawling.picturing import save_pictures
from scraper.service.crawling.polling import HOSTS_AT_ONCE, poll
from scraper.service.crawling.rechecking import recheck
from scraper.service.edge import survive
from scraper.service.run import is_stopped, standings
from scraper.service.upkeep.tending import tend
from scraper.service.watching.alerting import Alarm
from scraper.service.watching.health import Pulse
from scraper.service.watching.service_manager import status_line

Work = Callable[[], Awaitable[None]]
CLOCK_CHECK_SECONDS = 30.0
CLOCK_TOLERANCE = timedelta(minutes=1)  # what time servers correct in passing
RETRY_SECONDS = 30.0  # how often deferred articles are looked for
TEND_SECONDS = 3600.0  # how often it is seen whether a day is over, and what that asks for
PICTURE_SECONDS = 60.0  # how often pictures are looked for that are to be saved
LOOK_SECONDS = 60.0  # how often what is wrong is looked at
COVER_SECONDS = 60.0  # how often gaps between polls are filled, and what is missing is told
RECHECK_SECONDS = 60.0  # how often archived articles are, whose turn it is to be looked at again
DRAINS_AT_ONCE = 100  # hosts; with as many polls beside them, a process may have the sockets open
PLANNED_AT_ONCE = 50  # sources; then whoever else has work gets a turn
TURN = 100  # articles of a host; then what was listed meanwhile is put in line with the rest


class Daemon:
    """Runs a service until `stop` is called; then the work in hand is finished or put back."""

    def __init__(
        self, service: Service, drain_seconds: float, pulse: Pulse, alarm: Alarm | None = None
    ) -> None:
        self._service = service
        self._drain_seconds = drain_seconds
        self._pulse = pulse
        self._alarm = alarm
        self._stop = asyncio.Event()
        self._work: set[asyncio.Task[None]] = set()
        self._polling: set[str] = set()  # sources that are being polled
        self._hosts: set[str] = set()  # hosts that are being drained
        self._passed_over: set[str] = set()  # those of them that have more to give by now
        self._polls = asyncio.Semaphore(HOSTS_AT_ONCE)
        self._drains = asyncio.Semaphore(DRAINS_AT_ONCE)
        self._rechecking = self._picturing = False
        self._covering = asyncio.Lock()
        self._failure: ArchiveError | None = None
        self._scheduler = AsyncIOScheduler(
            timezone=UTC,
            executors={"default": AsyncIOExecutor()},
            job_defaults={"coalesce": True, "max_instances": 1},
        )

    def stop(self) -> None:
        """Take no new work; what is in hand may end."""
        self._stop.set()

    def break_off(self) -> None:
        """Take no new work, and put back at once what is in hand."""
        self._stop.set()
        for task in self._work:
            task.cancel()

    async def run(self) -> None:
        """Work until stopped. Raises ArchiveError where the archive can no longer be written."""
        self._scheduler.start(paused=True)
        try:
            await self._schedule()
            self._scheduler.resume()
            self._pulse.is_working = True
            await self._watch_clock()
        finally:
            self._pulse.is_working = False
            self._scheduler.shutdown(wait=False)
            await self._finish()
            await self._sign_off()
        if self._failure:
            raise self._failure

    # -- the schedule ------------------------------------------------------------------------------

    async def _schedule(self) -> None:
        now = self._service.now()
        records = await self._service.disk.run(standings, self._service)
        for number, source in enumerate(self._service.crawl.sources.values()):
            if not number % PLANNED_AT_ONCE:
                await asyncio.sleep(0)  # a thousand plans take half a second
            if source.name in self._polling:
                continue  # it plans its next poll itself
            record = records.get(source.name)
            if record is None or not is_stopped(record):
                at = record.next_poll if record and not is_due(record, source, now) else None
                self._plan(source, at)
        self._repeat(self._drain, RETRY_SECONDS)
        self._repeat(self._recheck, RECHECK_SECONDS)
        self._repeat(self._save_pictures, PICTURE_SECONDS)
        self._repeat(self._cover, COVER_SECONDS)
        self._repeat(self._tend, TEND_SECONDS)
        self._repeat(self._look, LOOK_SECONDS)
        self._repeat(self.beat, self._pulse.seconds)

    async def _watch_clock(self) -> None:
        """Until stopped, plan everything anew when the clock was set: nobody waits for a wrong one.

        The scheduler sleeps until a time of day. Set back by a year, it would sleep for a year.
        """
        offset = self._clock_offset()
        while not self._stop.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stop.wait(), CLOCK_CHECK_SECONDS)
            moved = abs(self._clock_offset() - offset)
            if moved > CLOCK_TOLERANCE and not self._stop.is_set():
                offset = self._clock_offset()
                await self._schedule()

    def _clock_offset(self) -> datetime:
        return self._service.now() - timedelta(seconds=self._service.crawl.clock.monotonic())

    def _plan(self, source: Source, at: datetime | None) -> None:
        """The next poll of a source, at a moment of the service's clock; None for at once."""
        now = self._service.now()
        wait = max((at or now) - now, timedelta(0))
        trigger = DateTrigger(datetime.now(UTC) + wait, timezone=UTC)
        work = partial(self._poll, source)
        self._scheduler.add_job(
            self._guarded,
            trigger,
            args=(work,),
            id=f"poll {source.name}",
            replace_existing=True,
            misfire_grace_time=None,
        )

    def _repeat(self, work: Work, seconds: float) -> None:
        self._scheduler.add_job(
            self._guarded,
            IntervalTrigger(seconds=seconds, timezone=UTC),
            args=(work,),
            id=work.__name__,
            replace_existing=True,
            next_run_time=datetime.now(UTC),
            misfire_grace_time=None,
        )

    async def _guarded(self, work: Work) -> None:
        """Begin one piece of work: whatever it raises, the daemon goes on or ends cleanly."""
        self._begin(work)

    def _begin(self, work: Work) -> None:
        if self._stop.is_set():
            return
        task = asyncio.ensure_future(self._survive(work))
        self._work.add(task)
        task.add_done_callback(self._work.discard)

    async def _survive(self, work: Work) -> None:
        try:
            await survive(work(), "daemon")
        except ArchiveError as error:  # nothing that is fetched now could be kept
            self._failure = self._failure or error
            self._stop.set()

    # -- the work ----------------------------------------------------------------------------------

    async def _poll(self, source: Source) -> None:
        """Poll a source and plan its next poll, whatever came of this one."""
        self._polling.add(source.name)
        following: datetime | None = self._service.now() + source.every
        new = 0
        try:
            async with self._polls:
                event = await poll(self._service, source)
            following, new = event.next_check, event.new
        finally:
            self._polling.discard(source.name)
            if following and not self._stop.is_set():
                self._plan(source, following)
        if new:
            await self._drain()

    async def _drain(self) -> None:
        """Work on what is wanted, each host by itself; those that are worked on already go on."""
        busy = set(self._hosts)  # before what is wanted is read: some of it may be in hand
        queues: dict[str, list[Pending]] = {}
        service = self._service
        due = service.state.articles.pending_by_turns
        for pending in await service.disk.run(due, service.now(), TURN):
            queues.setdefault(host(pending.entry.url), []).append(pending)
        for name, queue in queues.items():
            if name in busy or name in self._hosts:
                self._passed_over.add(name)
            elif not self._stop.is_set():
                self._hosts.add(name)
                self._begin(partial(self._drain_host, name, in_turns(queue)))

    async def _drain_host(self, name: str, queue: list[Pending]) -> None:
        """A turn of a host: one that has much to give holds up neither others nor what is new."""
        try:
            async with self._drains:
                with archive_errors_alone():
                    await drain_host(self._service, queue[:TURN], self._stop)
        finally:
            self._hosts.discard(name)
        has_more = len(queue) >= TURN or name in self._passed_over
        self._passed_over.discard(name)
        if has_more and not self._stop.is_set():
            await self._drain()

    async def _recheck(self) -> None:
        """Look at archived articles again, at every host that has nothing new to give."""
        if self._rechecking:
            return
        self._rechecking = True
        try:
            await recheck(self._service, self._stop, self._hosts.__contains__)
        finally:
            self._rechecking = False

    async def _save_pictures(self) -> None:
        """Fetch the pictures that are wanted, at every host that has nothing new to give."""
        if self._picturing:
            return
        self._picturing = True
        try:
            await save_pictures(self._service, self._stop, self._hosts.__contains__)
        finally:
            self._picturing = False

    async def _cover(self) -> None:
        """Fill gaps between polls, one at a time, and tell what is missing."""
        if not self._covering.locked():
            async with self._covering:
                await cover(self._service, self._stop)

    async def _tend(self) -> None:
        """Do what the archive needs once a day, soon after its time."""
        await tend(self._service)

    async def beat(self) -> None:
        """Leave a sign of life: for the pages, `scraper health` and the service manager.

        Raises ArchiveError.
        """
        self._pulse.beat()
        now = self._service.now().isoformat()
        await self._service.disk.run(self._service.state.meta.set, "heartbeat", now)
        manager = self._pulse.manager
        if manager.listened_to:
            records = await self._service.disk.run(standings, self._service)
            manager.status(status_line(len(self._service.crawl.sources), records.values()))

    async def _look(self) -> None:
        """Tell what is wrong, and what is over."""
        if self._alarm:
            await self._alarm.look(self._service)

    async def _finish(self) -> None:
        """Let the work in hand end; what takes too long stays wanted for the next start.

        Where the archive cannot be written, nothing is waited for: it could not be kept.
        """
        if self._work and not self._failure:
            await asyncio.wait(self._work, timeout=self._drain_seconds)
        for task in self._work:
            task.cancel()
        await asyncio.gather(*self._work, return_exceptions=True)

    async def _sign_off(self) -> None:
        """Take the sign of life back: from now on, nobody is alive here."""
        with suppress(ArchiveError):  # it ends for that very reason, and fades by itself
            await self._service.disk.run(self._service.state.meta.drop, "heartbeat")
