"""Politeness in force: who may ask a host next, and when.

At most so many requests at once to a host, their starts at least a delay apart, in the order in
which they asked; none while the host is left alone. A start is the moment the request is sent, not
the moment a connection is begun: a slow handshake before one request and none before the next would
bring them together at the server.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from scraper.fetch.clock import Clock
from scraper.fetch.failures import PutBackError
from scraper.fetch.standings import PATIENCE_SECONDS, Standings
from scraper.protocol.politeness import next_start

# For what the network does to the distance between two requests on their way.
_MARGIN_SECONDS = 0.010
# A server that reads a request late, and the next one at once, sees them closer together than they
# were sent. It has read one when it answers: the delay counts from there, up to so much later.
_MAX_LATE_SECONDS = 0.1
# Hosts without anybody waiting are forgotten beyond this number.
_MAX_HOSTS = 1000


class _Host:
    """The line before one host; asyncio's locks and semaphores are first come, first served."""

    def __init__(self, name: str, connections: int, last_start: float | None) -> None:
        self.name = name
        self.connections = asyncio.Semaphore(connections)
        self.starting = asyncio.Lock()
        self.last_start = last_start
        self.last_read = last_start  # by the server; the delay counts from here
        self.users = 0


@dataclass(frozen=True, slots=True)
class Start:
    """The start of a request, and the rules that it had to keep."""

    at: datetime
    gap: float | None  # seconds since the previous start to the host; None: none is known
    not_before: datetime | None  # until when the host asked for no requests, last


class Turn:
    """One request's permission to be made; tell it when the request is sent."""

    def __init__(self, line: _Host, clock: Clock, standings: Standings) -> None:
        self._line = line
        self._clock = clock
        self._standings = standings
        # alone until its end: how it ends says whether anybody may follow
        self._is_trial = standings.is_on_trial(line.name)
        self._is_starting = True
        self._began = 0.0
        self.start: Start | None = None

    def send(self) -> None:
        """The request is on its way: the delay to the next counts from now on.

        Raises PutBackError: it must not be, the host asked for patience since the turn began.
        """
        if self.start is None:
            if self._standings.is_held(self._line.name, self._clock.monotonic()):
                raise PutBackError(f"{self._line.name} asked for no requests just now")
            self.begin()
            if not self._is_trial:
                self._let_next()

    def answer(self) -> None:
        """The server has read the request, now at the latest."""
        if self._line.last_start == self._began:  # nobody else's request was sent since
            now = self._clock.monotonic()
            self._line.last_read = min(now, self._began + _MAX_LATE_SECONDS)

    def close(self) -> None:
        """The request has ended; one that was never sent counts as started now."""
        self.begin()
        self._let_next()

    def begin(self) -> None:
        """The request counts as started, now at the latest."""
        if self.start:
            return
        now, line = self._clock.monotonic(), self._line
        gap = None if line.last_start is None else now - line.last_start
        self.start = Start(self._clock.now(), gap, self._standings.asked_until(line.name))
        self._began = line.last_start = line.last_read = now

    def _let_next(self) -> None:
        if self._is_starting:
            self._is_starting = False
            self._line.starting.release()


class Turns:
    """The lines before all hosts. A host is a name with its non-default port, in lower case."""

    def __init__(self, clock: Clock, connections_per_host: int, standings: Standings) -> None:
        self._clock = clock
        self._connections = connections_per_host
        self._standings = standings
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[Turn]:
        """Wait for the turn to ask `host`, `delay` seconds after the previous start; hold it.

        Raises HeldError where the host is left alone for longer than there is patience.
        """
        await self._standings.load(host)
        line = self._line(host)
        line.users += 1
        try:
            async with line.connections:
                await self._begin(line, delay)
                turn = Turn(line, self._clock, self._standings)
                try:
                    yield turn
                finally:
                    turn.close()
        finally:
            line.users -= 1

    async def _begin(self, line: _Host, delay: float) -> None:
        await line.starting.acquire()
        try:
            await self._wait(line, delay)
        except BaseException:  # cancelled or held: the next in line may start
            line.starting.release()
            raise

    async def _wait(self, line: _Host, delay: float) -> None:
        while True:  # a hold may arrive during the wait
            now = self._clock.monotonic()
            not_before = self._standings.not_before(line.name, now)
            start = next_start(line.last_read, delay + _MARGIN_SECONDS, not_before, now)
            if start <= now:
                return
            await self._clock.sleep(start - now)

    def _line(self, host: str) -> _Host:
        if host not in self._hosts:
            self._forget_idle()
            last_start = self._standings.last_start(host)
            self._hosts[host] = _Host(host, self._connections, last_start)
        return self._hosts[host]

    def _forget_idle(self) -> None:
        if len(self._hosts) < _MAX_HOSTS:
            return
        now = self._clock.monotonic()
        for host, line in list(self._hosts.items()):
            recent = line.last_start is not None and now - line.last_start < PATIENCE_SECONDS
            if not line.users and not recent and not self._standings.is_held(host, now):
                del self._hosts[host]
                self._standings.forget(host)
