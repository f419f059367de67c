"""What became of one request: measured for the log, judged for what it says of its host.

Bytes are those of the body, as transferred and as decoded; an answer that breaks off counts as far
as it came.
"""

import asyncio
from collections.abc import Mapping

from scraper.errors import FetchError
from scraper.fetch.failures import DeadlineError, UnreachableError
from scraper.fetch.overhead import Overhead
from scraper.fetch.request import Request
from scraper.fetch.translate import printable
from scraper.fetch.turns import Start
from scraper.protocol.breaker import Heard
from scraper.protocol.conduct import RequestRecord, hash_url
from scraper.protocol.freshness import read_validators
from scraper.protocol.outage import Reach
from scraper.protocol.urls import host

_CONDITIONS = ("if-none-match", "if-modified-since")  # RFC 9110 §13.1, those that are sent here


class Meter:
    """Follows one request from its turn to the end of its answer."""

    def __init__(self, request: Request, url: str, delay: float) -> None:
        self._request = request
        self._url = url
        self._delay = delay
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()
        self._is_conditional = False
        self._has_validators = False
        self._is_connected = False
        self._status: int | None = None
        self.overhead = Overhead()
        self.wire_bytes = 0
        self.body_bytes = 0

    # -- what happens ------------------------------------------------------------------------------

    def write(self, headers: Mapping[str, str]) -> None:
        """These headers are to be sent."""
        self._is_conditional = any(name in headers for name in _CONDITIONS)

    def connect(self) -> None:
        """There is a connection."""
        self._is_connected = True

    def answer(self, status: int, headers: Mapping[str, str]) -> None:
        """The head of an answer is here."""
        self._status = status
        self._has_validators = bool(read_validators(headers))

    def take(self, count: int) -> None:
        """Bytes were a piece of the body. Raises FetchError where the pieces are too small."""
        self.wire_bytes += count
        self.overhead.accept(count)

    # -- what it means -----------------------------------------------------------------------------

    def explain(self, error: FetchError) -> FetchError:
        """The error, as unreachable where the time was over before there was a connection."""
        if isinstance(error, DeadlineError) and not self._is_connected:
            return UnreachableError(str(error), passing=False)
        return error

    def blame(self, error: FetchError) -> Heard:
        """What an error says of the host: a bad answer is one all the same."""
        is_trouble = error.passing or isinstance(error, DeadlineError) or self._status is None
        return Heard(failed=is_trouble, reason=printable(str(error)))

    def reach(self, error: FetchError) -> Reach:
        """How far the request came that ended in an error."""
        if self._status is not None:
            return "answered"
        if isinstance(error, UnreachableError):
            return "local" if error.is_local else "silent"
        return "broken"

    def record(self, start: Start) -> RequestRecord:
        """The line of the log."""
        return RequestRecord(
            at=start.at,
            host=host(self._url),
            url=hash_url(self._url),
            purpose=self._request.purpose,
            status=self._status,
            is_conditional=self._is_conditional,
            has_validators=self._has_validators,
            wire_bytes=self.wire_bytes,
            body_bytes=self.body_bytes,
            milliseconds=_milliseconds(self._clock() - self._began),
            delay=_milliseconds(self._delay),
            gap=None if start.gap is None else _milliseconds(start.gap),
            not_before=start.not_before,
        )


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
