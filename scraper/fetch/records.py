"""What a fetcher leaves behind and finds again: how hosts stand, and the log of its requests.

Protocols, so that the state can keep both; without one, memory does for as long as the process
lives.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Protocol

from scraper.protocol.breaker import HostRecord
from scraper.protocol.conduct import RequestRecord


class HostStore(Protocol):
    """Where it is kept how hosts stand."""

    async def load(self, host: str) -> HostRecord | None:
        """What was kept of "example.com" or "example.com:8080"."""

    async def save(self, record: HostRecord) -> None:
        """Keep it, in place of what was kept of its host."""


class RequestLog(Protocol):
    """Where every request is noted."""

    def note(self, record: RequestRecord) -> None:
        """Take one request down; returns at once and never fails."""


class MemoryHosts:
    """Keeps how hosts stand for as long as the process lives."""

    def __init__(self, known: Iterable[HostRecord] = ()) -> None:
        self._kept = {record.host: record for record in known}

    async def load(self, host: str) -> HostRecord | None:
        """What was kept of a host."""
        return self._kept.get(host)

    async def save(self, record: HostRecord) -> None:
        """Keep it, in place of what was kept of its host."""
        self._kept[record.host] = record


class NoLog:
    """Forgets every request."""

    def note(self, record: RequestRecord) -> None:
        """Forget it."""


@dataclass(frozen=True, slots=True)
class Records:
    """All that outlives a fetcher, besides robots.txt."""

    hosts: HostStore = field(default_factory=MemoryHosts)
    log: RequestLog = field(default_factory=NoLog)
    is_lone: bool = False  # one host is all there is: see protocol/outage.py
