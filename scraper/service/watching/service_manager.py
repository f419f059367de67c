"""Tells the service manager how the daemon is doing, as systemd's sd_notify(3) describes it.

A message is one datagram to the socket that $NOTIFY_SOCKET names. Where nobody set that, or nobody
listens any more, nothing is said: a daemon does not fail for want of an audience.
"""

import socket
import time
from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import Literal, Self, assert_never

from scraper.state.sources import SourceRecord

Phase = Literal["starting", "ready", "waiting", "reloading", "stopping"]

_SEND_SECONDS = 1.0  # the longest that a manager whose queue is full may hold the event loop


class Notifier:
    """The daemon's words to its manager; silent where there is none.

    `interval` is how many seconds may lie between two calls of `alive`: half of what the manager
    waits for, as sd_watchdog_enabled(3) advises. None where it does not watch.
    """

    def __init__(self, address: str = "", interval: float | None = None) -> None:
        self._address = address
        self.interval = interval

    @classmethod
    def of(cls, environ: Mapping[str, str], pid: int) -> Self:
        """The notifier that the environment asks for; `pid` is this process's own."""
        return cls(read_address(environ), read_interval(environ, pid))

    @property
    def listened_to(self) -> bool:
        """Whether there is a manager at all."""
        return bool(self._address)

    def announce(self, phase: Phase) -> None:
        """What the daemon is at now; "waiting" is for an archive that cannot be written."""
        match phase:
            case "starting":
                self.status("opening the archive")
            case "ready":
                self.ready()
            case "waiting":  # perhaps after a reload, which ends with being ready
                self.ready()
                self.status("waiting until the archive can be written")
            case "reloading":
                self.reloading()
            case "stopping":
                self.stopping()
            case _:
                assert_never(phase)

    def ready(self) -> None:
        """The archive is open and the schedule runs; said again after `reloading`."""
        self._send("READY=1")

    def status(self, text: str) -> None:
        """One line for people who ask the manager."""
        self._send(f"STATUS={' '.join(text.split())}")

    def alive(self) -> None:
        """Both the event loop and the scheduler live: to be called by a job of the scheduler."""
        if self.interval is not None:
            self._send("WATCHDOG=1")

    def reloading(self) -> None:
        """The configuration is read anew, until `ready` is said."""
        now = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
        self._send(f"RELOADING=1\nMONOTONIC_USEC={now}")

    def stopping(self) -> None:
        """No new work is begun; what is in hand is being finished."""
        self._send("STOPPING=1")

    def _send(self, message: str) -> None:
        if not self._address:
            return
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
            channel.settimeout(_SEND_SECONDS)
            channel.sendto(message.encode(errors="replace"), self._address)


def read_address(environ: Mapping[str, str]) -> str:
    """The socket's address: a path, or an abstract name behind a NUL (unix(7)); "" for none.

    Addresses of other kinds ("vsock:…", for whole virtual machines) count as none.
    """
    name = environ.get("NOTIFY_SOCKET", "")
    if name.startswith("@"):
        return f"\0{name[1:]}"
    return name if name.startswith("/") else ""


def read_interval(environ: Mapping[str, str], pid: int) -> float | None:
    """Half of $WATCHDOG_USEC, in seconds; None where no watch is kept on the process `pid`."""
    microseconds = environ.get("WATCHDOG_USEC", "")
    is_meant = environ.get("WATCHDOG_PID", str(pid)) == str(pid)
    if not (is_meant and microseconds.isascii() and microseconds.isdecimal()):
        return None
    return int(microseconds) / 2_000_000 or None


def status_line(sources: int, records: Collection[SourceRecord]) -> str:
    """How many sources are polled, how many of them fail, and when a poll last succeeded."""
    failing = sum(record.outcome == "failed" for record in records)
    successes = [record.last_success for record in records if record.last_success]
    last = f"last success {max(successes):%Y-%m-%d %H:%M}Z" if successes else "no success yet"
    counted = f"{sources} source{'s' * (sources != 1)}"
    return f"{counted}, {failing} failing; {last}" if failing else f"{counted}; {last}"
