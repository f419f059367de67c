"""Decoding a body piece by piece, within a limit: RFC 9110 §8.4 content codings.

A small answer can decode to gigabytes, and half a compressed answer decodes without complaint; so
every coding has a limit on what it may put out, and its end must have been seen.
"""

from scraper.errors import FetchError
from scraper.fetch.codings import CODINGS, ERRORS, Coding

_MAX_CODINGS = 2  # once by the application and once by a proxy has been seen; more is an attack


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


def _decode(stage: Coding, data: bytes, room: int) -> bytes:
    try:
        return stage.feed(data, room)
    except ERRORS as error:
        raise FetchError("the answer is not compressed the way it says") from error


def _stages(content_encoding: str) -> list[Coding]:
    """Decoders in the order of decoding: the last coding that was applied comes first."""
    names = [name.strip().lower() for name in content_encoding.split(",")]
    codings = [name for name in names if name not in ("", "identity")]
    if len(codings) > _MAX_CODINGS:
        raise FetchError(f"answer with more than {_MAX_CODINGS} codings", passing=False)
    return [_stage(name) for name in reversed(codings)]


def _stage(name: str) -> Coding:
    if name not in CODINGS:
        raise FetchError(f"answer with the unknown coding {name[:40]!a}", passing=False)
    return CODINGS[name]()
