"""Redirects, followed by hand: every hop is permitted, judged and given its turn like the first."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from urllib.parse import urlsplit

from scraper.errors import FetchError
from scraper.fetch.addresses import BAD_PORTS
from scraper.fetch.failures import NotReachedError, RedirectError
from scraper.fetch.request import Request, without_secrets
from scraper.fetch.translate import clean
from scraper.fetch.wire import Answer, BodyLimit, Budget, Hop, Wire
from scraper.protocol.urls import origin, resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})  # RFC 9110 §15.4; all become GET: we send nothing
_PERMANENT = frozenset({301, 308})

Forbidden = TypeVar("Forbidden")  # the outcomes that may forbid a hop; Never where nothing can


@dataclass(slots=True)
class Trail:
    """How far an exchange came: where it is, and the URLs that redirected it there, in order."""

    url: str
    redirects: list[str] = field(default_factory=list)
    is_permanent: bool = True  # whether all of them were 301 or 308 (RFC 9110 §15.4.2, §15.4.9)

    @property
    def moved_to(self) -> str:
        """Where none but permanent redirects led; "" where there was none, or another one."""
        return self.url if self.redirects and self.is_permanent else ""


@dataclass(frozen=True, slots=True)
class Rules(Generic[Forbidden]):
    """The bounds of one exchange.

    `permit` gives the seconds to keep between two requests to a URL's host, or what forbids it.
    """

    permit: Callable[[str], Awaitable[float | Forbidden]]
    max_redirects: int
    limit: BodyLimit
    budget: Budget


async def follow(
    wire: Wire, request: Request, trail: Trail, rules: Rules[Forbidden]
) -> Answer | Forbidden:
    """The first answer that is no redirect, or the outcome that forbade a hop.

    `trail` is kept up to date, also where this raises. Raises FetchError: there is no answer;
    RedirectError: a loop, or more redirects than the rules allow.
    """
    while True:
        _check_address(trail.url)
        delay = await rules.permit(trail.url)
        if not isinstance(delay, float):
            return delay
        answer = await wire.get(Hop(request, trail.url, delay, rules.limit), rules.budget)
        if answer.status not in _REDIRECTS:
            return answer
        _step(trail, answer, rules.max_redirects)
        if origin(trail.url) != origin(request.url):
            request = without_secrets(request)


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_web, port = parts.scheme in ("http", "https") and bool(parts.hostname), parts.port
    except ValueError:  # a port out of range, half an IPv6 address
        is_web, port = False, None
    if not is_web:
        raise NotReachedError(f"{clean(url)!a} is not an http or https address")
    if port in BAD_PORTS:
        raise NotReachedError(f"{clean(url)!a} names port {port}, where no web server may be asked")


def _step(trail: Trail, answer: Answer, max_redirects: int) -> None:
    location = answer.headers.get("location", "")
    target = resolve(trail.url, location) if location else None
    if target is None:
        where = clean(location) or "nowhere"
        raise FetchError(
            f"HTTP {answer.status} leads to {where!a}, which is not an http or https address",
            passing=False,
        )
    trail.redirects.append(trail.url)
    trail.is_permanent &= answer.status in _PERMANENT
    if target in trail.redirects:
        raise RedirectError("redirects in a loop")
    if len(trail.redirects) > max_redirects:
        raise RedirectError(f"more than {max_redirects} redirects")
    trail.url = target
