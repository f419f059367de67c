"""Keeps the daemon at work: through disks that are full, and from one configuration to the next.

What ends a run, a disk that is full, read-only or failing, ends no daemon: the service is closed,
the archive is tried again after pauses that grow, and the service is opened anew; all that was
wanted is in its state. A new configuration is taken over in the same way. The archive's lock is the
caller's, and held throughout.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from scraper.archive.store import Store
from scraper.errors import ArchiveError, ConfigurationError
from scraper.fetch.clock import Clock, SystemClock
from scraper.model import DaemonSettings, Event
from scraper.protocol.alarms import AlertSettings
from scraper.service.daemon import Daemon
from scraper.service.edge import survive
from scraper.service.run import Plan, opened
from scraper.service.watching.alerting import Alarm
from scraper.service.watching.health import Health, Pulse, Trouble
from scraper.service.watching.listening import Served
from scraper.service.watching.looplag import measured
from scraper.service.watching.service_manager import Phase

FIRST_PAUSE = 5.0  # seconds, before the archive is tried again; each is twice the one before
LONGEST_PAUSE = 300.0
ROOM = 1 << 20  # bytes that a disk must take: with less, the next article would fill it again
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Setup:
    """What one configuration says."""

    plan: Plan
    daemon: DaemonSettings
    alerts: AlertSettings = field(default_factory=AlertSettings)


def _tell_nobody(_phase: Phase) -> None:
    pass


@dataclass(frozen=True, slots=True)
class Outside:
    """Whom the daemon asks and tells."""

    reread: Callable[[], Setup]  # the configuration as it is now; raises ConfigurationError
    emit: Callable[[Event], None]
    announce: Callable[[Phase], None] = _tell_nobody  # at each change, from the event loop
    clock: Clock = field(default_factory=SystemClock)
    alarm: Alarm | None = None


class Supervisor:
    """Runs one daemon after the other until it is stopped."""

    def __init__(self, setup: Setup, outside: Outside, pulse: Pulse) -> None:
        self._setup = setup
        self._outside = outside
        self._pulse = pulse
        self._health = Health(pulse)
        self._pages = Served(self._health.pages)
        self._daemon: Daemon | None = None  # while there is one
        self._stopping = False
        self._awake = asyncio.Event()  # set: no pause is waited for
        self._hung_up = asyncio.Event()
        self._pause = FIRST_PAUSE
        self._well_since: float | None = None  # by the monotonic clock; None: never yet

    def stop(self) -> None:
        """End when the work in hand is done; a second call ends at once what is in hand."""
        if self._daemon:
            if self._stopping:
                self._daemon.break_off()
            self._daemon.stop()
        if not self._stopping:
            self._stopping = True
            self._enter("stopping")
        self._awake.set()

    def reload(self) -> None:
        """Read the configuration anew, and work by it from then on if nothing is wrong with it."""
        self._hung_up.set()

    async def run(self) -> None:
        """Work until stopped.

        Raises ArchiveError where the archive cannot be opened at the start: who has just started
        it is there to read so; ConfigurationError where the health page cannot be served.
        """
        self._pulse.manager.announce("starting")
        with beside(self._keep_beating()), beside(self._follow()):
            try:
                await asyncio.to_thread(self._pages.move, self._setup.daemon.listen)
                while not self._stopping:
                    await self._try()
            finally:
                await asyncio.to_thread(self._pages.move, "")

    # -- through trouble ---------------------------------------------------------------------------

    async def _try(self) -> None:
        try:
            await self._work()
        except ArchiveError as error:
            if self._well_since is None:
                raise
            if self._stopping:
                _log.error("%s", error)
            else:
                await self._outlast(error)

    async def _work(self) -> None:
        """Open the service and run the daemon on it, until it ends or there is another setup."""
        setup = self._setup
        outside = self._outside
        async with (
            opened(setup.plan, outside.emit, outside.clock) as service,
            measured(service.figures),
        ):
            self._health.attend(service)
            for notice in service.state.notices:
                _log.warning("%s", notice)
            daemon = Daemon(service, setup.daemon.drain, self._pulse, outside.alarm)
            await daemon.beat()  # the first that is written
            if self._stopping or setup is not self._setup:
                return
            self._be_well(setup)
            self._daemon = daemon
            try:
                await daemon.run()
            finally:
                self._daemon = None

    def _be_well(self, setup: Setup) -> None:
        at = f"{len(setup.plan.sources)} sources, archive {setup.plan.archive.root}"
        if self._pulse.trouble:
            _log.warning("the archive can be written again, work goes on: %s", at)
        else:
            _log.info("daemon %s: %s", "started" if self._well_since is None else "reloaded", at)
        self._pulse.trouble = None
        self._well_since = self._outside.clock.monotonic()
        self._enter("ready")

    async def _outlast(self, error: ArchiveError) -> None:
        """Wait until the archive can be written again, or something else is to be done."""
        self._take_down(error)
        while True:
            if self._outside.alarm:
                now = self._outside.clock.now()
                await survive(self._outside.alarm.tell_of_loss(str(error), now), "alerts")
            await self._rest()
            if self._stopping or await self._is_writable():
                return

    def _take_down(self, error: ArchiveError) -> None:
        """Say what is wrong, once, however often it is tried; start with a short pause."""
        clock = self._outside.clock
        if self._pulse.trouble is None:
            was_well = clock.monotonic() - (self._well_since or 0.0)
            if was_well > LONGEST_PAUSE:
                self._pause = FIRST_PAUSE
            _log.error("%s; the daemon waits until the archive can be written again", error)
            self._pulse.trouble = Trouble(str(error), clock.now())
            self._enter("waiting")

    async def _rest(self) -> None:
        self._awake.clear()
        pause, self._pause = self._pause, min(2 * self._pause, LONGEST_PAUSE)
        with beside(self._outside.clock.sleep(pause)) as slept, beside(self._awake.wait()) as woken:
            await asyncio.wait([slept, woken], return_when=asyncio.FIRST_COMPLETED)

    async def _is_writable(self) -> bool:
        store = Store(self._setup.plan.archive.root)
        try:
            await asyncio.to_thread(store.check_writable, ROOM)
        except ArchiveError:
            return False
        return True

    # -- from one configuration to the next --------------------------------------------------------

    async def _follow(self) -> None:
        while True:
            await self._hung_up.wait()
            self._hung_up.clear()
            await survive(self._reload(), "reload")

    async def _reload(self) -> None:
        before = self._pulse.phase
        self._enter("reloading")
        try:
            setup = await asyncio.to_thread(self._outside.reread)
            self._refuse_other_root(setup)
            await asyncio.to_thread(self._pages.move, setup.daemon.listen)
        except ConfigurationError as error:
            for line in str(error).splitlines():
                _log.error("%s", line.strip())
            _log.error("not reloaded: the daemon goes on by the configuration before")
            self._enter(before)
            return
        self._setup = setup
        if self._outside.alarm:
            self._outside.alarm.configure(setup.alerts)
        self._awake.set()
        if self._daemon:
            self._daemon.stop()
        elif self._pulse.trouble:
            self._enter("waiting")

    def _refuse_other_root(self, setup: Setup) -> None:
        root, other = self._setup.plan.archive.root, setup.plan.archive.root
        if root != other:
            message = f"archive.root is {other} now, and was {root}: restart the daemon for that"
            raise ConfigurationError(message)

    # -- signs of life -----------------------------------------------------------------------------

    def _enter(self, phase: Phase) -> None:
        """Every change of what the daemon is at."""
        if not self._stopping or phase == "stopping":
            self._pulse.phase = phase
            self._pulse.manager.announce(phase)
            self._outside.announce(phase)

    async def _keep_beating(self) -> None:
        """Beat while there is no daemon that does: a state that is being rebuilt takes its time."""
        while True:
            if self._daemon is None:
                self._pulse.beat()
            await asyncio.sleep(self._pulse.seconds)


@contextmanager
def beside(work: Coroutine[Any, Any, Any]) -> Iterator[asyncio.Task[Any]]:
    """Something that is done meanwhile, and is of no interest any more after that."""
    task = asyncio.ensure_future(work)
    try:
        yield task
    finally:
        task.cancel()
