"""One hop: a request to one URL and its answer, in its turn, within the deadline, with retries."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx

from scraper.errors import FetchError
from scraper.fetch.bodies import BodyDecoder
from scraper.fetch.clients import Clients, Route
from scraper.fetch.clock import Clock
from scraper.fetch.failures import DeadlineError, HeldError, NotReachedError, PutBackError
from scraper.fetch.meter import Meter
from scraper.fetch.overhead import OVERHEAD
from scraper.fetch.records import Records
from scraper.fetch.request import Request, allowed_for, headers_for
from scraper.fetch.standings import Standings
from scraper.fetch.translate import translated
from scraper.fetch.turns import Turn, Turns
from scraper.model import FetchSettings
from scraper.protocol.breaker import Heard
from scraper.protocol.politeness import backoff, parse_date, parse_retry_after, spread
from scraper.protocol.urls import host, origin

_WITH_BODY = frozenset({200, 203})
_WITHOUT_BODY = frozenset({204, 304})  # RFC 9110 §6.4.1
_WORTH_RETRYING = frozenset({500, 502, 503, 504})
_BACKOFF_SECONDS = 0.5
_MAX_BACKOFF_SECONDS = 30.0
# The rest of an answer that is not wanted is read up to here, for the connection's sake.
_MAX_DRAIN_BYTES = 65_536
_MAX_DRAIN_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said; `body` is decoded, and empty unless the status is 200 or 203."""

    url: str
    status: int
    headers: httpx.Headers
    body: bytes = b""
    retry_after: timedelta | None = None
    payload: bytes = b""  # the body in its coding, where the request keeps it


@dataclass(frozen=True, slots=True)
class BodyLimit:
    """How many decoded bytes are read; more is an error, or is cut off."""

    max_bytes: int
    truncate: bool = False


class Budget:
    """The seconds and the retries that an exchange has left, for all its hops together.

    Seconds are of the event loop's clock, and count within `spend`, on the wire, and between two
    attempts; not while standing in line.
    """

    def __init__(self, seconds: float, retries: int) -> None:
        self._seconds = seconds
        self._left = seconds
        self._retries = retries
        self.used_retries = 0

    @asynccontextmanager
    async def spend(self) -> AsyncIterator[None]:
        """Raises DeadlineError when the time is over."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        try:
            async with asyncio.timeout(self._left):
                yield
        except TimeoutError as error:
            raise DeadlineError(f"no complete answer within {self._seconds:g} s") from error
        finally:
            self._left -= loop.time() - start

    def take_retry(self, pause: float) -> bool:
        """Whether there is one left, and time for it after `pause` seconds; both are used up."""
        if self.used_retries >= self._retries or self._left <= pause:
            return False
        self.used_retries += 1
        self._left -= pause
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

    def __init__(self, settings: FetchSettings, clock: Clock, records: Records) -> None:
        self._settings = settings
        self._clock = clock
        self._log = records.log
        self._standings = Standings(clock, records.hosts, is_lone=records.is_lone)
        self._turns = Turns(clock, settings.connections_per_host, self._standings)
        self._clients = Clients(settings.connections_per_host)

    @property
    def network_down(self) -> bool:
        """Whether nobody can be reached, which is no host's fault."""
        return self._standings.network_down

    async def get(self, hop: Hop, budget: Budget) -> Answer:
        """The answer to a hop, tried again within the budget where that may help.

        Every try waits for its turn like any other request, after a pause that grows.

        Raises FetchError: there is no complete answer. HeldError: nothing was asked.
        """
        result = await self._try(hop, budget)
        while _is_worth_retrying(result) and not self.network_down:
            pause = self._back_off(budget.used_retries)
            if not budget.take_retry(pause):
                break
            await self._clock.sleep(pause)
            again = await self._try(hop, budget)
            if isinstance(again, HeldError):
                break  # what came of it before says more
            result = again
        if isinstance(result, FetchError):
            raise result
        return result

    async def aclose(self) -> None:
        """Close every connection."""
        await self._clients.aclose()

    def _back_off(self, attempt: int) -> float:
        return backoff(attempt, _BACKOFF_SECONDS, _MAX_BACKOFF_SECONDS, self._clock.random())

    async def _try(self, hop: Hop, budget: Budget) -> Answer | FetchError:
        while True:
            try:
                result = await self._take_turn(hop, budget)
            except HeldError as error:
                return error
            if not isinstance(result, PutBackError):
                return result

    async def _take_turn(self, hop: Hop, budget: Budget) -> Answer | FetchError:
        name = host(hop.url)
        async with self._turns.turn(name, hop.delay) as turn:
            meter = Meter(hop.request, hop.url, hop.delay)
            result: Answer | FetchError | None = None
            try:
                result = await self._ask(hop, budget, turn, meter)
                if isinstance(result, Answer):
                    await self._standings.hear(name, _heard(result))
                elif not isinstance(result, NotReachedError):  # which says nothing of the host
                    turn.begin()
                    await self._standings.hear(name, meter.blame(result), meter.reach(result))
            finally:
                if turn.start and not isinstance(result, NotReachedError):
                    self._log.note(meter.record(turn.start))
        return result

    async def _ask(self, hop: Hop, budget: Budget, turn: Turn, meter: Meter) -> Answer | FetchError:
        try:
            async with budget.spend():
                with translated():
                    request = self._prepare(hop, turn, meter)
                    async with self._clients.client(self._route(hop), request.url) as transport:
                        answer = await _exchange(transport, request, hop, meter)
        except FetchError as error:
            return meter.explain(error)
        return self._heed(answer)

    def _route(self, hop: Hop) -> Route:
        request = hop.request
        blocks = self._settings.allow_addresses + allowed_for(request, hop.url)
        return Route(origin(hop.url), request.proxy, request.ca_file, blocks)

    def _prepare(self, hop: Hop, turn: Turn, meter: Meter) -> httpx.Request:
        async def trace(event: str, info: dict[str, Any]) -> None:
            # a proxy is asked with CONNECT first, by a request of its own
            if event.endswith("connect_tcp.complete"):
                meter.connect()
            elif event.endswith("send_request_headers.started"):
                meter.connect()
                if info["request"].method != b"CONNECT":
                    turn.send()
            elif event.endswith("receive_response_headers.complete") and turn.start:
                turn.answer()

        headers = headers_for(hop.request, hop.url, self._settings.user_agent)
        request = httpx.Request("GET", hop.url, headers=headers, extensions={"trace": trace})
        meter.write(request.headers)
        return request

    def _heed(self, answer: Answer) -> Answer:
        """The answer, with the time for which it asked to be left alone, spread a little.

        A date is read by the clock of the server that wrote it, where its answer tells the time.
        """
        if answer.status != 429 and answer.status < 500:
            return answer
        now = parse_date(answer.headers.get("date", "")) or self._clock.now()
        wait = parse_retry_after(answer.headers.get("retry-after", ""), now)
        if wait is None:
            return answer
        return replace(answer, retry_after=spread(wait, self._clock.random()))


def _heard(answer: Answer) -> Heard:
    """What an answer says of its host: 5xx is trouble, 429 only where it names no time."""
    wait = answer.retry_after.total_seconds() if answer.retry_after else 0.0
    is_trouble = answer.status >= 500 or (answer.status == 429 and not wait)
    return Heard(failed=is_trouble, wait=wait, reason=f"HTTP {answer.status}")


def _is_worth_retrying(result: Answer | FetchError) -> bool:
    if isinstance(result, FetchError):
        return result.passing
    return result.status in _WORTH_RETRYING and result.retry_after is None


async def _exchange(
    transport: httpx.AsyncHTTPTransport, request: httpx.Request, hop: Hop, meter: Meter
) -> Answer:
    OVERHEAD.set(meter.overhead)
    response = await transport.handle_async_request(request)
    meter.answer(response.status_code, response.headers)
    try:
        body, received = b"", list[bytes]()
        if response.status_code in _WITH_BODY:
            body = await _read(response, hop, meter, received)
        else:
            await _drain(response, meter)
    finally:
        await response.aclose()
    status, payload = response.status_code, b"".join(received)
    return Answer(hop.url, status, response.headers, body, payload=payload)


async def _read(response: httpx.Response, hop: Hop, meter: Meter, received: list[bytes]) -> bytes:
    """The decoded body; what came of it goes to `received` as well where the request keeps it."""
    coding, limit = response.headers.get("content-encoding", ""), hop.limit
    decoder = BodyDecoder(coding, limit.max_bytes, truncate=limit.truncate)
    async for chunk in response.aiter_raw():
        meter.take(len(chunk))
        if hop.request.keep:
            received.append(chunk)
        if not decoder.feed(chunk):
            break
    body = decoder.finish()
    meter.body_bytes = len(body)
    return body


async def _drain(response: httpx.Response, meter: Meter) -> None:
    """Read a short rest, so that the connection can be used again; a long one is not worth it.

    Nor is one that does not come: the status is known by then, and with it perhaps a Retry-After.
    """
    length = response.headers.get("content-length", "")
    is_short = length.isdecimal() and int(length[:9]) <= _MAX_DRAIN_BYTES
    if is_short or response.status_code in _WITHOUT_BODY:
        with contextlib.suppress(TimeoutError, httpx.HTTPError):
            async with asyncio.timeout(_MAX_DRAIN_SECONDS):
                async for chunk in response.aiter_raw():
                    meter.take(len(chunk))
