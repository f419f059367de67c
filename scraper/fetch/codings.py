"""The content codings of RFC 9110 §8.4 that are understood, each decoded within a limit.

gzip (RFC 1952), deflate (RFC 1950, and RFC 1951 as some servers send), br (RFC 7932) and zstd
(RFC 8878). None puts out more than it is asked for, nor needs more memory for it than its window:
at most 16 MB (br), 8 MB (zstd, RFC 9659), 32 KB (the others). Each knows whether its end was seen.
"""

import sys
import zlib
from collections.abc import Mapping
from types import MappingProxyType
from typing import Protocol

import brotli

from scraper.errors import FetchError

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

_MAX_PARTS = 100  # gzip members, zstd frames (both may follow each other); more is work for nothing

_GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP_WINDOW = 16 + zlib.MAX_WBITS
_ZSTD_WINDOW_LOG = 23  # 8 MB, RFC 9659 §3
_ZSTD_OPTIONS: Mapping[int, int] = {zstd.DecompressionParameter.window_log_max: _ZSTD_WINDOW_LOG}
# brotli stops only at the end of a block of its output, each larger than the last: small draughts.
_BROTLI_DRAUGHT_BYTES = 65_536


class Coding(Protocol):
    """One coding of one body, decoded piece by piece."""

    def feed(self, data: bytes, room: int) -> bytes:
        """Decode at least one byte more than `room` where there is so much.

        Raises FetchError, or one of ERRORS where the data are not of this coding.
        """

    def is_complete(self) -> bool:
        """Whether the end was seen, or nothing came at all."""


class Gzip:
    """Members of a gzip file, one after the other; what follows the last one is left aside."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_GZIP_WINDOW)
        self._members = 1
        self._between = b""  # what follows a member, while too short to tell what it is
        self._fed = False
        self._ended = False

    def feed(self, data: bytes, room: int) -> bytes:
        """Decode at least one byte more than `room` where there is so much."""
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
        if self._members > _MAX_PARTS:
            raise FetchError(f"gzip body of more than {_MAX_PARTS} parts", passing=False)
        self._stream = zlib.decompressobj(_GZIP_WINDOW)
        return data

    def is_complete(self) -> bool:
        """Whether the end was seen, or nothing came at all."""
        return self._stream.eof or not self._fed


class Deflate:
    """zlib (RFC 1950), as the standard says, or raw deflate (RFC 1951), as some servers send."""

    def __init__(self) -> None:
        self._stream: zlib._Decompress | None = None
        self._head = b""

    def feed(self, data: bytes, room: int) -> bytes:
        """Decode at least one byte more than `room` where there is so much."""
        if self._stream is None:
            self._head += data
            if len(self._head) < 2:
                return b""
            data, self._head = self._head, b""
            self._stream = zlib.decompressobj(_deflate_window(data))
        return b"" if self._stream.eof else self._stream.decompress(data, room + 1)

    def is_complete(self) -> bool:
        """Whether the end was seen, or nothing came at all."""
        return self._stream.eof if self._stream else not self._head


def _deflate_window(head: bytes) -> int:
    is_zlib = head[0] & 0x0F == 8 and int.from_bytes(head[:2], "big") % 31 == 0  # RFC 1950 §2.2
    return zlib.MAX_WBITS if is_zlib else -zlib.MAX_WBITS


class Brotli:
    """A brotli stream, with which the body ends."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._fed = False

    def feed(self, data: bytes, room: int) -> bytes:
        """Decode at least one byte more than `room` where there is so much."""
        if self._fed and self._stream.is_finished():
            raise brotli.error("data after the end")
        self._fed = True
        out = bytearray(self._draw(data))
        while len(out) <= room and not self._stream.is_finished():
            more = self._draw(b"")
            if not more:
                break
            out += more
        return bytes(out)

    def _draw(self, data: bytes) -> bytes:
        drawn: bytes = self._stream.process(data, output_buffer_limit=_BROTLI_DRAUGHT_BYTES)
        return drawn

    def is_complete(self) -> bool:
        """Whether the end was seen, or nothing came at all."""
        return not self._fed or self._stream.is_finished()


class Zstd:
    """Frames of zstd, one after the other, and nothing else (RFC 8878 §3)."""

    def __init__(self) -> None:
        self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)
        self._frames = 1
        self._fed = False

    def feed(self, data: bytes, room: int) -> bytes:
        """Decode at least one byte more than `room` where there is so much."""
        self._fed = True
        out = bytearray()
        while data and len(out) <= room:
            if self._stream.eof:
                self._begin_frame()
            out += self._stream.decompress(data, room + 1 - len(out))
            data = self._stream.unused_data
        return bytes(out)

    def _begin_frame(self) -> None:
        self._frames += 1
        if self._frames > _MAX_PARTS:
            raise FetchError(f"zstd body of more than {_MAX_PARTS} parts", passing=False)
        self._stream = zstd.ZstdDecompressor(options=_ZSTD_OPTIONS)

    def is_complete(self) -> bool:
        """Whether the end was seen, or nothing came at all."""
        return not self._fed or self._stream.eof


CODINGS: Mapping[str, type[Coding]] = MappingProxyType(
    {
        "gzip": Gzip,
        "x-gzip": Gzip,
        "deflate": Deflate,
        "br": Brotli,
        "zstd": Zstd,
    }
)
ACCEPTED = "gzip, deflate, br, zstd"  # as Accept-Encoding says it
# What their libraries raise where data are not of their coding.
ERRORS = (zlib.error, brotli.error, zstd.ZstdError)
