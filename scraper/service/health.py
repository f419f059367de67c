"""A page that says whether the daemon is alive: what a container's health check asks for.

It answers from its own thread and judges the event loop by the time of its last sign of life, so
that a loop that hangs is seen as what it is.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from scraper.errors import ConfigurationError

Phase = Literal["starting", "ready", "waiting", "reloading", "stopping"]

ALIVE_SECONDS = 60.0  # without a sign of life for longer, the event loop hangs


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the archive cannot be written, and since when."""

    reason: str
    since: datetime


class Pulse:
    """The event loop's last sign of life, by the monotonic clock, and what the daemon is at.

    Written by the event loop and read by the thread of the health page.
    """

    def __init__(self) -> None:
        self._last = time.monotonic()
        self.phase: Phase = "starting"
        self.trouble: Trouble | None = None

    def beat(self) -> None:
        self._last = time.monotonic()

    def age_seconds(self) -> float:
        return time.monotonic() - self._last


class HealthPage:
    """The page, served where the configuration says; that may change."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._listen = ""
        self._served = ExitStack()

    def move(self, listen: str) -> None:
        """Serve at "host:port" from now on; nowhere with "". Takes up to half a second.

        Raises ConfigurationError where the address cannot be listened on; then nothing changed.
        """
        if listen == self._listen:
            return
        fresh = ExitStack()
        if listen:
            fresh.enter_context(served(listen, self._pulse))
        before, self._served, self._listen = self._served, fresh, listen
        before.close()


@contextmanager
def served(listen: str, pulse: Pulse) -> Iterator[int]:
    """Serve /healthz at "host:port" while the context lasts; gives the port.

    Raises ConfigurationError where the address cannot be listened on.
    """
    name, _, port = listen.rpartition(":")
    try:
        server = ThreadingHTTPServer((name.strip("[]"), int(port)), _handler(pulse))
    except (OSError, ValueError, OverflowError) as error:
        message = f"daemon.listen: cannot listen on {listen!r}: {error}; choose another address"
        raise ConfigurationError(message) from error
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield int(server.server_address[1])
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(pulse: Pulse) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        timeout = 10

        def do_GET(self) -> None:
            known = self.path == "/healthz"
            alive = pulse.age_seconds() < ALIVE_SECONDS
            status = (200 if alive else 503) if known else 404
            body = json.dumps({"alive": alive} if known else {"error": "no such page"}).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_args: object) -> None:
            """Probes are no news."""

    return Handler
