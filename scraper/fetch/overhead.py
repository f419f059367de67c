"""What an answer costs besides its body, within a limit.

A server may send interim answers (1xx, RFC 9110 §15.2) and extensions of chunks (RFC 9112 §7.1.1)
for as long as it likes, and a body byte by byte: each is read, understood and dropped again, which
keeps the processor busy and everybody else waiting until the deadline.
"""

import ssl
from contextvars import ContextVar
from typing import Any

from httpcore import AsyncNetworkStream

from scraper.errors import FetchError

# Besides as many bytes as the body has itself. The head of an answer has at most 100 KB, by h11.
_MOST_OVERHEAD_BYTES = 262_144
_MANY_PIECES = 10_000
_LEAST_PIECE_BYTES = 16  # on average, of a body in many pieces: a line is longer


class Overhead:
    """Counts one exchange: what was received, and what of it was body."""

    def __init__(self) -> None:
        self._received = 0
        self._body = 0
        self._pieces = 0

    def receive(self, count: int) -> None:
        """Bytes came from the server. Raises FetchError where they are no use."""
        self._received += count
        if self._received > 2 * self._body + _MOST_OVERHEAD_BYTES:
            raise FetchError("the answer goes on and on without a body", passing=False)

    def accept(self, count: int) -> None:
        """Bytes were a piece of the body. Raises FetchError where the pieces are too small."""
        self._body += count
        self._pieces += 1
        if self._pieces > _MANY_PIECES and self._body < self._pieces * _LEAST_PIECE_BYTES:
            raise FetchError("the answer comes in too many, too small pieces", passing=False)


# The overhead of the exchange at hand: connections are kept and used by one exchange after another.
OVERHEAD: ContextVar[Overhead] = ContextVar("overhead")


class MeteredStream(AsyncNetworkStream):
    """A connection whose incoming bytes are counted by the exchange at hand."""

    def __init__(self, inner: AsyncNetworkStream) -> None:
        self._inner = inner

    async def read(
        self,
        max_bytes: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> bytes:
        """The next bytes, none at the end. Raises FetchError where they are no use."""
        data = await self._inner.read(max_bytes, timeout)
        OVERHEAD.get(Overhead()).receive(len(data))
        return data

    async def write(
        self,
        buffer: bytes,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> None:
        """Send bytes."""
        await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        """Close the connection."""
        await self._inner.aclose()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
    ) -> AsyncNetworkStream:
        """The same connection, encrypted from now on."""
        return MeteredStream(await self._inner.start_tls(ssl_context, server_hostname, timeout))

    def get_extra_info(self, info: str) -> Any:
        """What is known of the connection beneath."""
        return self._inner.get_extra_info(info)
