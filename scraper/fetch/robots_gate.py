"""Permission before every hop: robots.txt, fetched when needed, once for all who wait for it.

RFC 9309: 4xx means no rules; 5xx or no answer means waiting, never permission.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass, replace
from typing import Any, Never, Protocol

from scraper.errors import FetchError
from scraper.fetch.clock import Clock
from scraper.fetch.failures import HeldError, NotReachedError, RedirectError, UnreachableError
from scraper.fetch.redirects import Rules, Trail, follow
from scraper.fetch.request import Request, allowed_for
from scraper.fetch.translate import printable
from scraper.fetch.wire import Answer, BodyLimit, Budget, Wire
from scraper.model import Failed, FetchSettings, Refused, Validators
from scraper.protocol.freshness import merge, read_validators
from scraper.protocol.robots import MAX_BYTES, Robots, RobotsState, allows, crawl_delay, is_stale
from scraper.protocol.urls import origin

_MAX_REDIRECTS = 5  # RFC 9309 §2.3.1.2
_LONG_BYTES = 50_000
_ACCEPT = "text/plain,*/*;q=0.5"


class RobotsStore(Protocol):
    """Where robots.txt is kept between requests."""

    async def load(self, origin: str) -> Robots | None:
        """What is kept for "https://example.com"; stale or not."""

    async def save(self, robots: Robots) -> None:
        """Keep it, in place of what was kept for its origin."""


class MemoryRobots:
    """Keeps robots.txt for as long as the process lives."""

    def __init__(self) -> None:
        self._kept: dict[str, Robots] = {}

    async def load(self, origin: str) -> Robots | None:
        """What is kept for an origin; stale or not."""
        return self._kept.get(origin)

    async def save(self, robots: Robots) -> None:
        """Keep it, in place of what was kept for its origin."""
        self._kept[robots.origin] = robots


Found = Robots | Failed


@dataclass(slots=True)
class _Flight:
    task: asyncio.Task[Found]
    waiting: int = 0


class _Flights:
    """Work that several wait for, done once; given up when nobody waits any more."""

    def __init__(self) -> None:
        self._flights: dict[Hashable, _Flight] = {}

    async def join(self, key: Hashable, start: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
        flight = self._flights.get(key)
        if flight is None:
            flight = self._flights[key] = _Flight(asyncio.create_task(start()))
        flight.waiting += 1
        try:
            return await asyncio.shield(flight.task)
        finally:
            flight.waiting -= 1
            if not flight.waiting:
                self._flights.pop(key, None)
                await _stop(flight.task)


async def _stop(task: asyncio.Task[Found]) -> None:
    if not task.done():
        task.cancel()
        await asyncio.wait({task})


class RobotsGate:
    """Says of every URL whether it may be fetched, and how far apart requests must be."""

    def __init__(
        self, wire: Wire, settings: FetchSettings, store: RobotsStore, clock: Clock
    ) -> None:
        self._wire = wire
        self._settings = settings
        self._store = store
        self._clock = clock
        self._flights = _Flights()

    async def permit(self, request: Request, url: str) -> float | Refused | Failed:
        """The seconds to keep between two requests to the host of `url`, or why not to ask it."""
        if not self._settings.robots:
            return float(self._settings.delay)
        robots = await self._find(request, url)
        if isinstance(robots, Failed):
            return replace(robots, url=url)
        agent = self._settings.user_agent
        if robots.state == "unreachable":
            why = robots.body.decode("utf-8", errors="replace")
            return Failed(url, printable(_blame(url, why)))
        if not await _judge(robots, url, agent):
            return Refused(url, printable(f"disallowed by {robots.origin}/robots.txt"), robots=True)
        return self._delay(robots)

    def _delay(self, robots: Robots) -> float:
        said = crawl_delay(robots, self._settings.user_agent)
        return float(max(self._settings.delay, said or 0.0))

    async def _find(self, request: Request, url: str) -> Found:
        kept = await self._load(origin(url))
        if kept is not None:
            return kept
        wanted = _request_for(request, url)
        key = (wanted.url, wanted.proxy, wanted.ca_file, wanted.allow_addresses)
        return await self._flights.join(key, lambda: self._fetch(wanted))

    async def _load(self, of: str) -> Robots | None:
        kept = await self._store.load(of)
        return None if kept is None or is_stale(kept, self._clock.now()) else kept

    async def _fetch(self, request: Request) -> Found:
        kept = await self._store.load(origin(request.url))
        if kept and not is_stale(kept, self._clock.now()):  # another's fetch has just ended
            return kept
        found = await self._ask(request, kept)
        if isinstance(found, Robots):
            await self._store.save(found)
        return found

    async def _ask(self, request: Request, stale: Robots | None) -> Found:
        if stale and stale.state == "rules":
            request = replace(request, validators=stale.validators)
        trail = Trail(request.url)
        try:
            answer = await follow(self._wire, request, trail, self._rules())
        except HeldError as error:
            return Failed(trail.url, printable(str(error)), retry_after=error.retry_after)
        except RedirectError:
            return self._robots(request, "allow_all")  # RFC 9309 §2.3.1.2
        except FetchError as error:
            return self._miss(request, trail, error)
        if answer.status == 304 and request.validators and stale and not trail.redirects:
            return self._confirm(stale, answer)
        found = self._read(request, answer)
        # validators speak of the file at its own address only
        return found if trail.redirects else replace(found, validators=_vouching(found, answer))

    def _confirm(self, stale: Robots, answer: Answer) -> Robots:
        validators = merge(stale.validators, read_validators(answer.headers))
        return replace(stale, fetched_at=self._clock.now(), validators=validators)

    def _miss(self, request: Request, trail: Trail, error: FetchError) -> Found:
        """No answer: "unreachable", kept for a while, unless that may be no fault of the site's."""
        why = str(error)
        if isinstance(error, UnreachableError) and not trail.redirects:
            return Failed(trail.url, printable(_blame(request.url, why)), unreachable=True)
        if isinstance(error, NotReachedError) and not trail.redirects:
            return Failed(trail.url, printable(why))
        return self._robots(request, "unreachable", why.encode(errors="replace"))

    def _read(self, request: Request, answer: Answer) -> Robots:
        match answer.status:
            case status if 200 <= status < 300:
                return self._robots(request, "rules", answer.body)
            # 429 is a plea for fewer requests, and no permission to make more
            case status if 400 <= status < 500 and status != 429:
                return self._robots(request, "allow_all")
            case status:
                return self._robots(request, "unreachable", f"HTTP {status}".encode())

    def _robots(self, request: Request, state: RobotsState, body: bytes = b"") -> Robots:
        return Robots(origin(request.url), state, body, self._clock.now())

    def _rules(self) -> Rules[Never]:
        async def permit(url: str) -> float:
            # what was said of the delay holds on, also where the file itself is stale
            kept = await self._store.load(origin(url))
            return self._delay(kept) if kept else float(self._settings.delay)

        budget = Budget(self._settings.timeout, self._settings.retries)
        limit = BodyLimit(MAX_BYTES, truncate=True)
        return Rules(permit, _MAX_REDIRECTS, limit, budget)


def _vouching(found: Robots, answer: Answer) -> Validators:
    return read_validators(answer.headers) if found.state == "rules" else Validators()


def _blame(url: str, why: str) -> str:
    return f"robots.txt of {origin(url)}: {why}"


async def _judge(robots: Robots, url: str, agent: str) -> bool:
    """Whether the file allows a URL; a long one is read beside the event loop: it takes 0.4 s."""
    if len(robots.body) < _LONG_BYTES:
        return allows(robots, url, agent)
    return await asyncio.to_thread(allows, robots, url, agent)


def _request_for(request: Request, url: str) -> Request:
    """How to ask for the robots.txt that `url` is under: by the same way, without its secrets."""
    return Request(
        url=f"{origin(url)}/robots.txt",
        accept=_ACCEPT,
        purpose="robots",
        allow_addresses=allowed_for(request, url),
        proxy=request.proxy,
        ca_file=request.ca_file,
    )
