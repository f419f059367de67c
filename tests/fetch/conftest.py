"""A web server that misbehaves on request, a clock that waits in no time, and a fetch with both."""

import asyncio
import contextlib
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import trustme

from scraper.fetch.fetcher import Fetcher, Request
from scraper.model import FetchSettings, Outcome
from scraper.protocol.conduct import RequestRecord

LOOPBACK = ("127.0.0.0/8", "::1/128")


class FakeClock:
    """Sleeping moves the time and takes none."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.slept: list[float] = []
        self.start = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds - 1000)

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.seconds += seconds
        await asyncio.sleep(0)

    def random(self) -> float:
        return 0.0


@dataclass
class Seen:
    """A request as the server got it."""

    path: str
    headers: dict[str, str]
    connection: int
    at: float


@dataclass
class Exchange:
    """The server's side of a request: write what you like, as badly as you like."""

    seen: Seen
    socket: socket.socket
    nth: int  # of this path, from 1

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self, status: int, body: bytes = b"", **headers: str) -> None:
        lines = {"Content-Length": str(len(body))}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        self.send(f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.socket.detach())  # close() would wait for the file that reads from it


class Noted:
    """A log of requests in memory."""

    def __init__(self) -> None:
        self.records: list[RequestRecord] = []

    def note(self, record: RequestRecord) -> None:
        self.records.append(record)


Route = Callable[[Exchange], None]


@dataclass
class Server:
    """A listener on loopback; a path without a route answers 404."""

    listener: socket.socket
    tls: ssl.SSLContext | None = None
    routes: dict[str, Route] = field(default_factory=dict)
    requests: list[Seen] = field(default_factory=list)
    connections: int = 0
    open: set[socket.socket] = field(default_factory=set)
    closing: threading.Event = field(default_factory=threading.Event)

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    @property
    def origin(self) -> str:
        return f"{'https' if self.tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def paths(self) -> list[str]:
        return [seen.path for seen in self.requests]

    def url(self, path: str) -> str:
        return self.origin + path

    def answer(self, path: str, body: bytes = b"", status: int = 200, **headers: str) -> str:
        return self.on(path, lambda exchange: exchange.reply(status, body, **headers))

    def on(self, path: str, route: Route) -> str:
        self.routes[path] = route
        return self.url(path)

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            number = self.connections
            threading.Thread(target=self._talk, args=(connection, number), daemon=True).start()

    def stop(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self.open):
            with contextlib.suppress(OSError):
                connection.close()

    def _talk(self, connection: socket.socket, number: int) -> None:
        with contextlib.suppress(OSError, ValueError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.tls:
                connection = self.tls.wrap_socket(connection, server_side=True)
            self.open.add(connection)
            stream = connection.makefile("rb")
            while line := stream.readline():
                self._answer(connection, number, line.decode().split()[1], _headers(stream))
        self.open.discard(connection)
        connection.close()

    def _answer(
        self, connection: socket.socket, number: int, path: str, headers: dict[str, str]
    ) -> None:
        seen = Seen(path, headers, number, time.monotonic())
        self.requests.append(seen)
        exchange = Exchange(seen, connection, self.paths.count(path))
        route = self.routes.get(path)
        if route is None:
            exchange.reply(404)
        else:
            route(exchange)


def _headers(stream: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return headers


def _listen(tls: ssl.SSLContext | None = None) -> Iterator[Server]:
    listener = socket.create_server(("127.0.0.1", 0))
    server = Server(listener, tls)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    """A server without robots.txt (404)."""
    yield from _listen()


@pytest.fixture
def other_server() -> Iterator[Server]:
    """Another origin."""
    yield from _listen()


@pytest.fixture(scope="session")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def ca_file(authority: trustme.CA, tmp_path: Path) -> str:
    path = tmp_path / "authority.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def tls_server(authority: trustme.CA) -> Iterator[Server]:
    """With a certificate for 127.0.0.1 of an authority that only `ca_file` knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    yield from _listen(context)


@pytest.fixture
def wrong_tls_server(authority: trustme.CA) -> Iterator[Server]:
    """With a certificate for another name."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("example.org").configure_cert(context)
    yield from _listen(context)


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def log() -> Noted:
    return Noted()


@pytest.fixture
def make_settings() -> Callable[..., FetchSettings]:
    def make(**changes: Any) -> FetchSettings:
        values: dict[str, Any] = {
            "user_agent": "newsbot/1.0 (+https://example.org/bot)",
            "allow_addresses": LOOPBACK,
            "timeout": 5.0,
            **changes,
        }
        return FetchSettings(**values)

    return make


@pytest.fixture
def make_fetcher(clock: FakeClock, make_settings: Any) -> Callable[..., Fetcher]:
    def make(**changes: Any) -> Fetcher:
        store, records = changes.pop("store", None), changes.pop("records", None)
        return Fetcher(make_settings(**changes), store, clock, records)

    return make


@pytest.fixture
def fetch(make_fetcher: Any) -> Callable[..., Outcome]:
    """Fetch one URL or Request; robots.txt is left aside unless asked for."""

    def run(request: Request | str, **changes: Any) -> Outcome:
        async def go() -> Outcome:
            asked = Request(request) if isinstance(request, str) else request
            async with make_fetcher(**{"robots": False, **changes}) as fetcher:
                outcome: Outcome = await fetcher.fetch(asked)
                return outcome

        return asyncio.run(go())

    return run
