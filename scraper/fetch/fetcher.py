"""Fetching, as the rest of the program sees it: a Request in, an Outcome out.

Whatever the network or a server does is an outcome; what the operator gets wrong about a source
(a proxy, a certificate file) is one too, and says so.
"""

from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from types import TracebackType
from typing import Self

from scraper.errors import FetchError
from scraper.fetch.answers import classify
from scraper.fetch.clock import Clock, SystemClock
from scraper.fetch.failures import HeldError, UnreachableError
from scraper.fetch.records import Records
from scraper.fetch.redirects import Rules, Trail, follow
from scraper.fetch.request import (
    ACCEPT_FEED,
    ACCEPT_PAGE,
    ACCEPT_PICTURE,
    Request,
    headers_for,
    validators_for,
    without_secrets,
)
from scraper.fetch.robots_gate import MemoryRobots, RobotsGate, RobotsStore
from scraper.fetch.translate import printable
from scraper.fetch.wire import Answer, BodyLimit, Budget, Wire
from scraper.model import Capture, Failed, FetchSettings, Outcome, Page, Refused
from scraper.protocol.urls import host

__all__ = [
    "ACCEPT_FEED",
    "ACCEPT_PAGE",
    "ACCEPT_PICTURE",
    "Fetcher",
    "MemoryRobots",
    "Request",
    "RobotsStore",
]

_MAX_REDIRECTS = 10


class Fetcher:
    """Fetches politely: robots.txt, one host's requests apart, public addresses only, bounded.

    An async context manager: leaving it closes every connection.
    """

    def __init__(
        self,
        settings: FetchSettings,
        robots: RobotsStore | None = None,
        clock: Clock | None = None,
        records: Records | None = None,
    ) -> None:
        clock = self._clock = clock or SystemClock()
        self._settings = settings
        self._wire = Wire(settings, clock, records or Records())
        self._gate = RobotsGate(self._wire, settings, robots or MemoryRobots(), clock)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._wire.aclose()

    @property
    def network_down(self) -> bool:
        """Whether nobody can be reached, so that no failure is anybody's fault but the network's.

        Taken back by the next answer, from anywhere.
        """
        return self._wire.network_down

    async def fetch(self, request: Request) -> Outcome:
        """GET `request.url`, redirects followed; the outcome's URL is the one it happened at.

        Never raises for what the network or a server does. Cancelling it closes its connection.
        """
        trail = Trail(request.start or request.url)
        try:
            answer = await follow(self._wire, request, trail, self._rules(request))
        except HeldError as error:
            return Failed(trail.url, printable(str(error)), retry_after=error.retry_after)
        except FetchError as error:
            unreachable = isinstance(error, UnreachableError) and not trail.redirects
            lasting = not error.passing
            return Failed(
                trail.url, printable(str(error)), unreachable=unreachable, lasting=lasting
            )
        if not isinstance(answer, Answer):
            return answer
        now = self._clock.now()
        outcome = classify(answer, trail, validators_for(request, trail.url), now)
        if request.keep and isinstance(outcome, Page):
            return replace(outcome, capture=self._capture(request, answer, now))
        return outcome

    def _capture(self, request: Request, answer: Answer, now: datetime) -> Capture:
        """The exchange that gave a page, without the secrets of its request."""
        asked = headers_for(without_secrets(request), answer.url, self._settings.user_agent)
        return Capture(
            url=answer.url,
            at=now,
            request=(("host", host(answer.url)), *asked.items()),
            status=answer.status,
            reason=HTTPStatus(answer.status).phrase,
            headers=tuple(answer.headers.multi_items()),
            payload=answer.payload,
        )

    def _rules(self, request: Request) -> Rules[Refused | Failed]:
        async def permit(url: str) -> float | Refused | Failed:
            return await self._gate.permit(request, url)

        settings = self._settings
        budget = Budget(settings.timeout, settings.retries)
        limit = BodyLimit(request.max_bytes or settings.max_bytes)
        return Rules(permit, _MAX_REDIRECTS, limit, budget)
