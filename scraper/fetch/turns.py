"""Politeness in force: who may ask a host next, and when.

At most so many requests at once to a host, their starts at least a delay apart, in the order in
which they asked. A start is the moment the request is sent, not the moment a connection is begun:
a slow handshake before one request and none before the next would bring them together at the
server.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

from scraper.fetch.clock import Clock
from scraper.fetch.failures import HeldError
from scraper.protocol.politeness import next_start

# For what the network does to the distance between two requests on their way.
_MARGIN_SECONDS = 0.010
# Longer than this nobody stands in line: the work is put back and done later.
_PATIENCE_SECONDS = 60.0
# Hosts without anybody waiting are forgotten beyond this number.
_MAX_HOSTS = 1000


class _Host:
    """The line before one host; asyncio's locks and semaphores are first come, first served."""

    def __init__(self, connections: int) -> None:
        self.connections = asyncio.Semaphore(connections)
        self.starting = asyncio.Lock()
        self.last_start: float | None = None
        self.not_before = 0.0
        self.users = 0


class Turn:
    """One request's permission to be made; tell it when the request is sent."""

    def __init__(self, host: _Host, clock: Clock) -> None:
        self._host = host
        self._clock = clock
        self._is_starting = True

    def sent(self) -> None:
        """The request is on its way: the delay to the next counts from now on."""
        if self._is_starting:
            self._is_starting = False
            self._host.last_start = self._clock.monotonic()
            self._host.starting.release()


class Turns:
    """The lines before all hosts. A host is a name with its non-default port, in lower case."""

    def __init__(self, clock: Clock, connections_per_host: int) -> None:
        self._clock = clock
        self._connections = connections_per_host
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str, delay: float) -> AsyncIterator[Turn]:
        """Wait for the turn to ask `host`, `delay` seconds after the previous start; hold it.

        Raises HeldError where the host asked for more patience than there is.
        """
        line = self._line(host)
        line.users += 1
        try:
            async with line.connections:
                await self._begin(line, host, delay)
                turn = Turn(line, self._clock)
                try:
                    yield turn
                finally:
                    turn.sent()
        finally:
            line.users -= 1

    def hold(self, host: str, wait: timedelta) -> None:
        """Ask `host` for nothing until `wait` from now (Retry-After)."""
        line = self._line(host)
        line.not_before = max(line.not_before, self._clock.monotonic() + wait.total_seconds())

    async def _begin(self, line: _Host, host: str, delay: float) -> None:
        await line.starting.acquire()
        try:
            await self._wait(line, host, delay)
        except BaseException:  # cancelled or held: the next in line may start
            line.starting.release()
            raise

    async def _wait(self, line: _Host, host: str, delay: float) -> None:
        while True:  # a hold may arrive during the wait
            now = self._clock.monotonic()
            if line.not_before - now > _PATIENCE_SECONDS:
                raise HeldError(host, line.not_before - now)
            start = next_start(line.last_start, delay + _MARGIN_SECONDS, line.not_before, now)
            if start <= now:
                return
            await self._clock.sleep(start - now)

    def _line(self, host: str) -> _Host:
        if host not in self._hosts:
            self._forget_idle()
            self._hosts[host] = _Host(self._connections)
        return self._hosts[host]

    def _forget_idle(self) -> None:
        if len(self._hosts) < _MAX_HOSTS:
            return
        now = self._clock.monotonic()
        for host, line in list(self._hosts.items()):
            recent = line.last_start is not None and now - line.last_start < _PATIENCE_SECONDS
            if not line.users and not recent and line.not_before <= now:
                del self._hosts[host]
