"""The daemon's listening server: a few pages, for whoever is let in by the address it listens at.

It lives in a thread and an event loop of its own, so that it answers while the other loop hangs,
and says so. Its bounds make it safe to be reached by strangers: a connection is for one request
(RFC 9112 §9.6), head and answer share one deadline, and of too many connections the oldest gives
way.
"""

import asyncio
import json
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http import HTTPStatus

from scraper.errors import ArchiveError, ConfigurationError
from scraper.service.edge import Unexpected, survive

SECONDS = 10.0  # for a whole exchange, from the connection to the last byte of the answer
MOST_CONNECTIONS = 32  # at once
MOST_HEAD_BYTES = 8192
_METHODS = ("GET", "HEAD")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a page says."""

    status: int
    body: bytes
    media_type: str = "application/json"

    @classmethod
    def of(cls, status: int, facts: Mapping[str, object]) -> "Answer":
        """An answer in JSON."""
        return cls(status, json.dumps(facts, ensure_ascii=False).encode() + b"\n")


Page = Callable[[], Awaitable[Answer]]


class Served:
    """Pages, served where the configuration says; that may change."""

    def __init__(self, pages: Mapping[str, Page]) -> None:
        self._pages = pages
        self._listen = ""
        self._serving = ExitStack()

    def move(self, listen: str) -> None:
        """Serve at "host:port" from now on; nowhere with "". Takes up to half a second.

        Raises ConfigurationError where the address cannot be listened on; then nothing changed.
        """
        if listen == self._listen:
            return
        fresh = ExitStack()
        if listen:
            fresh.enter_context(served(listen, self._pages))
        before, self._serving, self._listen = self._serving, fresh, listen
        before.close()


@contextmanager
def served(listen: str, pages: Mapping[str, Page]) -> Iterator[int]:
    """Serve the pages, by their paths, at "host:port" while the context lasts; gives the port.

    Raises ConfigurationError where the address cannot be listened on.
    """
    listener = _listen(listen)
    server = _Server(listener, pages)
    thread = threading.Thread(target=server.run, name="pages", daemon=True)
    thread.start()
    try:
        yield int(listener.getsockname()[1])
    finally:
        server.stop()
        thread.join()
        listener.close()


def _listen(listen: str) -> socket.socket:
    name, _, port = listen.rpartition(":")
    try:
        return socket.create_server(
            (name.strip("[]"), int(port)),
            family=socket.AF_INET6 if ":" in name else socket.AF_INET,
        )
    except (OSError, ValueError, OverflowError) as error:
        message = f"daemon.listen: cannot listen on {listen!r}: {error}; choose another address"
        raise ConfigurationError(message) from error


class _Server:
    def __init__(self, listener: socket.socket, pages: Mapping[str, Page]) -> None:
        self._listener = listener
        self._pages = pages
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._open: dict[asyncio.Task[None], asyncio.WriteTransport] = {}  # the oldest first

    def run(self) -> None:
        """Serve until told to stop; in a thread of its own."""
        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(self._run())

    def stop(self) -> None:
        """End the thread; from any other."""
        self._loop.call_soon_threadsafe(self._stop.set)

    async def _run(self) -> None:
        server = await asyncio.start_server(
            self._accept, sock=self._listener, limit=MOST_HEAD_BYTES
        )
        async with server:
            await self._stop.wait()
            for task in list(self._open):
                self._let_go(task)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(self._meet(reader, writer))
        if len(self._open) >= MOST_CONNECTIONS:
            self._let_go(next(iter(self._open)))
        self._open[task] = writer.transport
        task.add_done_callback(lambda done: self._open.pop(done, None))

    def _let_go(self, task: asyncio.Task[None]) -> None:
        """End a connection; its task may not even have begun."""
        self._open.pop(task).abort()
        task.cancel()

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, to its end."""
        try:
            async with asyncio.timeout(SECONDS):
                writer.write(await self._respond(reader))
                await writer.drain()
                writer.close()
                await writer.wait_closed()
        except (TimeoutError, OSError, EOFError):
            pass  # it is theirs to ask again
        finally:
            writer.transport.abort()

    async def _respond(self, reader: asyncio.StreamReader) -> bytes:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
        except asyncio.LimitOverrunError:
            return write(Answer.of(431, {"error": "the head of the request is too long"}))
        asked = read_request(head)
        if isinstance(asked, Answer):
            return write(asked)
        method, path = asked
        page = self._pages.get(path)
        if page is None:
            known = {"error": "no such page", "pages": sorted(self._pages)}
            return write(Answer.of(404, known), method)
        return write(await _turned(page, path), method)


async def _turned(page: Page, path: str) -> Answer:
    """A page, or why there is none."""
    try:
        answer = await survive(page(), path)
    except ArchiveError as error:
        return Answer.of(503, {"error": str(error)})
    return Answer.of(500, {"error": answer.reason}) if isinstance(answer, Unexpected) else answer


def read_request(head: bytes) -> tuple[str, str] | Answer:
    """Method and path of a request (RFC 9112 §3), or the answer to one that is none of ours."""
    parts = head.split(b"\r\n", 1)[0].decode("latin-1").split(" ")
    if len(parts) != 3 or not parts[2].startswith("HTTP/1.") or not parts[1].startswith("/"):
        return Answer.of(400, {"error": "expected GET /path HTTP/1.1"})
    if parts[0] not in _METHODS:
        return Answer.of(405, {"error": "only GET and HEAD"})
    return parts[0], parts[1].partition("?")[0]


def write(answer: Answer, method: str = "GET") -> bytes:
    """The bytes of an answer, without a body to HEAD."""
    lines = [
        f"HTTP/1.1 {answer.status} {HTTPStatus(answer.status).phrase}",
        f"Content-Type: {answer.media_type}",
        f"Content-Length: {len(answer.body)}",
        "Cache-Control: no-store",
        "X-Content-Type-Options: nosniff",
        "Connection: close",
    ]
    if answer.status == 405:
        lines.append(f"Allow: {', '.join(_METHODS)}")
    head = "\r\n".join([*lines, "", ""]).encode("latin-1")
    return head if method == "HEAD" else head + answer.body
