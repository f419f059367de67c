"""One hop: a request to one URL and its answer, in its turn, within the deadline, with retries."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import httpx

from scraper.errors import FetchError
from scraper.fetch.bodies import BodyDecoder
from scraper.fetch.clients import Clients, Route
from scraper.fetch.clock import Clock
from scraper.fetch.request import Request, allowed_for, headers_for
from scraper.fetch.translate import translated
from scraper.fetch.turns import Turn, Turns
from scraper.model import FetchSettings
from scraper.protocol.politeness import backoff, parse_retry_after
from scraper.protocol.urls import host, origin

_WITH_BODY = frozenset({200, 203})
_WORTH_RETRYING = frozenset({500, 502, 503, 504})
_BACKOFF_SECONDS = 0.5
_MAX_BACKOFF_SECONDS = 30.0
# The rest of an answer that is not wanted is read up to here, for the connection's sake.
_MAX_DRAIN_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; `body` is decoded, and empty unless the status is 200 or 203."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes = b""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """How many decoded bytes are read; more is an error, or is cut off."""

    max_bytes: int
    truncate: bool = False


class Budget:
    """The seconds and the retries that an exchange has left, for all its hops together.

    Seconds are of the event loop's clock, and count only within `spend`: on the wire.
    """

    def __init__(self, seconds: float, retries: int) -> None:
        self._seconds = seconds
        self._left = seconds
        self._retries = retries
        self.used_retries = 0

    @asynccontextmanager
    async def spend(self) -> AsyncIterator[None]:
        """Raises FetchError (not passing) when the time is over."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.timeout(self._left):
                yield
        except TimeoutError as error:
            message = f"no complete answer within {self._seconds:g} s"
            raise FetchError(message, passing=False) from error
        finally:
            self._left -= loop.time() - start

    def take_retry(self) -> bool:
        """Whether there is one left; it is used up."""
        if self.used_retries >= self._retries or self._left <= 0:
            return False
        self.used_retries += 1
        return True


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of an exchange: `url` is the request's, or where a redirect led."""

    request: Request
    url: str
    delay: float  # seconds since the previous request to the host
    limit: BodyLimit


class Wire:
    """The way to the network: everything that is sent goes through `get`."""

    def __init__(self, settings: FetchSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self._turns = Turns(clock, settings.connections_per_host)
        self._clients = Clients(settings.connections_per_host)

    async def get(self, hop: Hop, budget: Budget) -> Answer:
        """The answer to a hop, tried again within the budget where that may help.

        Raises FetchError: there is no complete answer.
        """
        while True:
            try:
                answer = await self._get_once(hop, budget)
            except FetchError as error:
                if not (error.passing and budget.take_retry()):
                    raise
            else:
                if not (_is_worth_retrying(answer) and budget.take_retry()):
                    return answer
            await self._back_off(budget.used_retries - 1)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._clients.aclose()

    async def _back_off(self, attempt: int) -> None:
        seconds = backoff(attempt, _BACKOFF_SECONDS, _MAX_BACKOFF_SECONDS, self._clock.random())
        await self._clock.sleep(seconds)

    async def _get_once(self, hop: Hop, budget: Budget) -> Answer:
        async with self._turns.turn(host(hop.url), hop.delay) as turn, budget.spend():
            with translated():
                request = self._prepare(hop, turn)
                async with self._clients.client(self._route(hop), request.url) as transport:
                    answer = await _exchange(transport, request, hop)
        return self._heed(answer)

    def _route(self, hop: Hop) -> Route:
        request = hop.request
        blocks = self._settings.allow_addresses + allowed_for(request, hop.url)
        return Route(origin(hop.url), request.proxy, request.ca_file, blocks)

    def _prepare(self, hop: Hop, turn: Turn) -> httpx.Request:
        async def trace(event: str, info: dict[str, Any]) -> None:
            # a proxy is asked with CONNECT first, by a request of its own
            is_sending = event.endswith("send_request_headers.started")
            if is_sending and info["request"].method != b"CONNECT":
                turn.sent()

        headers = headers_for(hop.request, hop.url, self._settings.user_agent)
        return httpx.Request("GET", hop.url, headers=headers, extensions={"trace": trace})

    def _heed(self, answer: Answer) -> Answer:
        """The answer, with what it asked for: to be left alone for a while."""
        value = answer.headers.get("retry-after", "")
        if answer.status != 429 and answer.status < 500:
            return answer
        wait = parse_retry_after(value, self._clock.now())
        if wait is not None:
            self._turns.hold(host(answer.url), wait)
        return Answer(answer.url, answer.status, answer.headers, answer.body, wait)


def _is_worth_retrying(answer: Answer) -> bool:
    return answer.status in _WORTH_RETRYING and answer.retry_after is None


async def _exchange(
    transport: httpx.AsyncHTTPTransport, request: httpx.Request, hop: Hop
) -> Answer:
    response = await transport.handle_async_request(request)
    try:
        body = b""
        if response.status_code in _WITH_BODY:
            body = await _read(response, hop.limit)
        else:
            await _drain(response)
    finally:
        await response.aclose()
    return Answer(hop.url, response.status_code, response.headers, body)


async def _read(response: httpx.Response, limit: BodyLimit) -> bytes:
    coding = response.headers.get("content-encoding", "")
    decoder = BodyDecoder(coding, limit.max_bytes, truncate=limit.truncate)
    async for chunk in response.aiter_raw():
        if not decoder.feed(chunk):
            break
    return decoder.finish()


async def _drain(response: httpx.Response) -> None:
    """Read a short rest, so that the connection can be used again; a long one is not worth it."""
    length = response.headers.get("content-length", "")
    if length.isdecimal() and int(length[:9]) <= _MAX_DRAIN_BYTES:
        async for _ in response.aiter_raw():
            pass
