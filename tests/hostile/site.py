"""A site on loopback that misbehaves in one way, written down to the byte.

Every way is a function that is handed the server's side of a request, or of a bare connection, and
writes what it likes. What the program asked for, and when, is kept.
"""

import contextlib
import os
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

DRIP_SECONDS = 0.1  # between two bytes: each restarts a time-out that watches single reads only


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    path: str
    headers: dict[str, str]
    at: float  # monotonic seconds


@dataclass
class Visit:
    """The server's side of a connection, after a request or before the first one."""

    site: "Site"
    socket: socket.socket
    seen: Seen
    nth: int  # request for this path, from 1

    @property
    def origin(self) -> str:
        return self.site.origin

    @property
    def good(self) -> bytes:
        """What a well-behaved site would have for an answer."""
        return self.site.good

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def reply(self, status: int = 200, body: bytes = b"", **headers: str) -> None:
        """A whole answer; a header that is given as "" is left out."""
        lines = {"Content-Type": self.site.media_type, "Content-Length": str(len(body))}
        lines |= {name.replace("_", "-"): value for name, value in headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items() if value)
        self.send(f"HTTP/1.1 {status} Whatever\r\n{head}\r\n".encode() + body)

    def begin(self, *lines: str) -> None:
        """The head of an answer 200, with these lines."""
        head = [f"Content-Type: {self.site.media_type}", *lines]
        self.send(
            ("HTTP/1.1 200 OK\r\n" + "".join(f"{line}\r\n" for line in head) + "\r\n").encode()
        )

    def drip(self, data: bytes) -> None:
        for number in data:
            self.send(bytes([number]))
            self.wait(DRIP_SECONDS)

    def send_for_ever(self, data: bytes) -> None:
        """Ends with the connection: the other side has had enough."""
        while not self.site.closing.is_set():
            self.send(data)

    def wait(self, seconds: float | None = None) -> None:
        self.site.closing.wait(seconds)

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()

    def reset(self) -> None:
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        os.close(self.socket.detach())


Act = Callable[[Visit], None]


def not_found(visit: Visit) -> None:
    visit.reply(404)


@dataclass
class Site:
    """A listener; `on_connection` comes before all requests, a path without a route is a 404."""

    listener: socket.socket
    good: bytes = b""
    media_type: str = "text/html; charset=utf-8"
    tls: ssl.SSLContext | None = None
    scheme: str = "http"
    routes: dict[str, Act] = field(default_factory=dict)
    on_connection: Act | None = None
    requests: list[Seen] = field(default_factory=list)
    first_contact: float = 0.0  # monotonic seconds
    closing: threading.Event = field(default_factory=threading.Event)
    port: int = 0
    _open: set[socket.socket] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.port = int(self.listener.getsockname()[1])

    @property
    def origin(self) -> str:
        return f"{self.scheme}://127.0.0.1:{self.port}"

    @property
    def kind(self) -> str:
        """The media type without its charset."""
        return self.media_type.partition(";")[0]

    def asked_for(self, path: str) -> list[Seen]:
        return [seen for seen in list(self.requests) if seen.path == path]

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.first_contact = self.first_contact or time.monotonic()
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def stop(self) -> None:
        self.closing.set()
        with contextlib.suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        for connection in list(self._open):
            with contextlib.suppress(OSError):
                connection.close()

    def _talk(self, connection: socket.socket) -> None:
        self._open.add(connection)
        with contextlib.suppress(OSError, ValueError), connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if self.on_connection:
                self.on_connection(Visit(self, connection, Seen("", {}, time.monotonic()), 1))
            secure = self.tls.wrap_socket(connection, server_side=True) if self.tls else connection
            self._open.add(secure)
            with secure, secure.makefile("rb") as stream:
                while line := stream.readline():
                    self._answer(secure, line.decode("latin-1").split()[1], _headers(stream))

    def _answer(self, connection: socket.socket, path: str, headers: dict[str, str]) -> None:
        seen = Seen(path, headers, time.monotonic())
        self.requests.append(seen)
        visit = Visit(self, connection, seen, len(self.asked_for(path)))
        self.routes.get(path, not_found)(visit)


def _headers(stream: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    while (line := stream.readline().strip()) != b"":
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.lower()] = value.strip()
    return headers


@contextlib.contextmanager
def listening(site: Site) -> Iterator[Site]:
    """The site, serving."""
    thread = threading.Thread(target=site.serve, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        site.stop()
        thread.join()


def new_listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0))
