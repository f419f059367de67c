"""A page that says whether the daemon is alive: what a container's health check asks for.

It answers from its own thread and judges the event loop by the time of its last sign of life, so
that a loop that hangs is seen as what it is.
"""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from scraper.errors import ConfigurationError

ALIVE_SECONDS = 60.0  # without a sign of life for longer, the event loop hangs


class Pulse:
    """The event loop's last sign of life, by the monotonic clock."""

    def __init__(self) -> None:
        self._last = time.monotonic()

    def beat(self) -> None:
        self._last = time.monotonic()

    def age_seconds(self) -> float:
        return time.monotonic() - self._last


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
