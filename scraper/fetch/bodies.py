"""Decoding a body piece by piece, within a limit: RFC 9110 §8.4 content codings.

A small answer can decode to gigabytes, and half a compressed answer decodes without complaint; so
every coding has a limit on what it may put out, and its end must have been seen.
"""

import zlib
from typing import Protocol

from scraper.errors import FetchError

_MAX_CODINGS = 2  # once by the application and once by a proxy has been seen; more is an attack
_MAX_MEMBERS = 100  # of a gzip file (RFC 1952 §2.2); more would be work without output

_GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS


class _Stage(Protocol):
    def feed(self, data: bytes, room: int) -> bytes:
        """Decode at least one byte more than `room` where there is so much."""

    def is_complete(self) -> bool: ...


class _Gzip:
    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_WINDOW)
        self._members = 1
        self._between = b""  # what follows a member, while too short to tell what it is
        self._fed = False
        self._ended = False

    def feed(self, data: bytes, room: int) -> bytes:
        self._fed = True
        out = bytearray()
        while data and not self._ended:
            if self._stream.eof:
                data = self._next_member(data)
            out += self._stream.decompress(data, room + 1 - len(out)) if data else b""
            if len(out) > room:
                break
            data = self._stream.unused_data if data else b""
        return bytes(out)

    def _next_member(self, data: bytes) -> bytes:
        """The start of another member; nothing where what follows is (or may be) no such thing."""
        data = self._between + data
        self._between = b""
        if len(data) < len(_GZIP_MAGIC) and _GZIP_MAGIC.startswith(data):
            self._between = data
            return b""
        if not data.startswith(_GZIP_MAGIC):
            self._ended = True  # padding, or a broken server's leftovers
            return b""
        self._members += 1
        if self._members > _MAX_MEMBERS:
            raise FetchError(f"gzip body of more than {_MAX_MEMBERS} parts", passing=False)
        self._stream = zlib.decompressobj(_GZIP_WINDOW)
        return data

    def is_complete(self) -> bool:
        return self._stream.eof or not self._fed


class _Deflate:
    """zlib (RFC 1950), as the standard says, or raw deflate (RFC 1951), as some servers send."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._head = b""

    def feed(self, data: bytes, room: int) -> bytes:
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return b""
            data, self._head = self._head, b""
            self._stream = zlib.decompressobj(_deflate_window(data))
        return b"" if self._stream.eof else self._stream.decompress(data, room + 1)

    def is_complete(self) -> bool:
        return self._stream.eof if self._stream else not self._head


def _deflate_window(head: bytes) -> int:
    is_zlib = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0  # RFC 1950 §2.2
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


class BodyDecoder:
    """Takes a body as it arrives and gives it back decoded, once it is complete."""

    def __init__(self, content_encoding: str, max_bytes: int, *, truncate: bool = False) -> None:
        """`truncate`: of a larger body the first `max_bytes` are the answer, not an error.

        Raises FetchError (not passing) for codings that were not asked for.
        """
        self._stages = _stages(content_encoding)
        self._room = [max_bytes] * (len(self._stages) + 1)  # of the wire, then of every stage
        self._max_bytes = max_bytes
        self._truncate = truncate
        self._parts: list[bytes] = []
        self._full = False

    def feed(self, data: bytes) -> bool:
        """Take the next piece; whether more is wanted.

        Raises FetchError: the body is too large (not passing), or is not what its coding says.
        """
        data = self._count(0, data)
        for index, stage in enumerate(self._stages, start=1):
            if not data:
                break
            data = self._count(index, _decode(stage, data, self._room[index]))
        self._parts.append(data)
        return not self._full

    def finish(self) -> bytes:
        """The decoded body. Raises FetchError where the end of a coding is missing."""
        if not self._full and not all(stage.is_complete() for stage in self._stages):
            raise FetchError("the compressed answer ends in the middle")
        return b"".join(self._parts)

    def _count(self, index: int, data: bytes) -> bytes:
        room = self._room[index]
        if len(data) > room:
            if not self._truncate:
                raise FetchError(f"answer larger than {self._max_bytes:,} bytes", passing=False)
            self._full = True
            data = data[:room]
        self._room[index] = room - len(data)
        return data


def _decode(stage: _Stage, data: bytes, room: int) -> bytes:
    try:
        return stage.feed(data, room)
    except zlib.error as error:
        raise FetchError("the answer is not compressed the way it says") from error


def _stages(content_encoding: str) -> list[_Stage]:
    """Decoders in the order of decoding: the last coding that was applied comes first."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > _MAX_CODINGS:
        raise FetchError(f"answer with more than {_MAX_CODINGS} codings", passing=False)
    return [_stage(name) for name in reversed(codings)]


def _stage(name: str) -> _Stage:
    match name:
        case "gzip" | "x-gzip":
            return _Gzip()
        case "deflate":
            return _Deflate()
        case _:
            raise FetchError(f"answer with the unknown coding {name[:40]!a}", passing=False)
