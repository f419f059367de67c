"""Asks the network, gently: each host's name and certificate, each source's URLs once.

What is fetched goes through the same fetcher as any poll, and keeps to the same rules.
"""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from scraper.errors import FetchError
from scraper.fetch.addresses import parse_blocks
from scraper.fetch.fetcher import Request, RobotsStore
from scraper.fetch.guard import resolve_judged
from scraper.fetch.handshake import shake_hands
from scraper.fetch.names import Names
from scraper.fetch.request import own_addresses
from scraper.model import Capture, FetchSettings, Outcome, Page, Source
from scraper.protocol.robots import Robots, allows, crawl_delay
from scraper.protocol.urls import origin
from scraper.service.context import Crawl, Fetches
from scraper.service.crawling.lists import glance
from scraper.service.crawling.reading import Reading
from scraper.service.diagnosis import network as judge
from scraper.service.diagnosis.check import Check


class Watching:
    """A fetcher whose answers are remembered with their headers, for what these say of the time."""

    def __init__(self, inner: Fetches) -> None:
        self._inner = inner
        self.captures: list[Capture] = []

    @property
    def network_down(self) -> bool:
        """As the fetcher says."""
        return self._inner.network_down

    async def fetch(self, request: Request) -> Outcome:
        """As the fetcher does."""
        outcome = await self._inner.fetch(replace(request, keep=True))
        if isinstance(outcome, Page) and outcome.capture:
            self.captures.append(outcome.capture)
        return outcome


@dataclass(frozen=True, slots=True)
class _Way:
    """A server that sources are polled at, and how it is reached."""

    host: str
    port: int
    is_secure: bool
    ca_file: str
    allowed: tuple[str, ...]


async def probe_network(crawl: Crawl, robots: RobotsStore, settings: FetchSettings) -> list[Check]:
    """Every check of the network; `robots` is the store that the crawl keeps to."""
    watching = Watching(crawl.fetcher)
    crawl = replace(crawl, fetcher=watching)
    sources = list(crawl.sources.values())
    names = Names()
    reached = await asyncio.gather(
        *(_reach(names, way, crawl.now()) for way in _ways(sources, settings))
    )
    glances = await asyncio.gather(*(glance(crawl, source) for source in sources))
    manners = [
        check
        for urls in _by_origin(sources).values()
        if (check := await _manners(urls, robots, settings))
    ]
    read = [_judge_source(*pair) for pair in zip(sources, glances, strict=True)]
    clock = [judge.judge_clock(list(_offsets(watching.captures)))] if sources else []
    return [*(check for checks in reached for check in checks), *clock, *manners, *read]


def _ways(sources: Iterable[Source], settings: FetchSettings) -> list[_Way]:
    """Each server once; those behind a proxy are the proxy's business."""
    ways: dict[tuple[str, int], _Way] = {}
    for source in sources:
        for url in source.urls if not source.proxy else ():
            parts = urlsplit(url)
            is_secure = parts.scheme == "https"
            host, port = parts.hostname or "", parts.port or (443 if is_secure else 80)
            allowed = (*settings.allow_addresses, *own_addresses(source, url))
            way = _Way(host, port, is_secure, source.ca_file, allowed)
            ways.setdefault((host, port), way)
    return list(ways.values())


async def _reach(names: Names, way: _Way, now: datetime) -> list[Check]:
    """The name of a server and, where it has one, its certificate."""
    try:
        addresses = await resolve_judged(names, way.host, way.port, parse_blocks(way.allowed))
    except FetchError as error:
        return [judge.judge_dns(way.host, (), str(error))]
    known = judge.judge_dns(way.host, addresses, "")
    if not way.is_secure:
        return [known]
    try:
        end = await shake_hands(way.host, (addresses[0], way.port), way.ca_file)
    except FetchError as error:
        return [known, judge.judge_certificate(way.host, None, str(error), now)]
    return [known, judge.judge_certificate(way.host, end, "", now)]


def _by_origin(sources: Iterable[Source]) -> Mapping[str, list[str]]:
    """The URLs of all sources, by the robots.txt that they are under."""
    found: dict[str, list[str]] = {}
    for url in (url for source in sources for url in source.urls):
        found.setdefault(origin(url), []).append(url)
    return found


async def _manners(urls: list[str], store: RobotsStore, settings: FetchSettings) -> Check | None:
    """What the robots.txt of these URLs says; None where nobody could be asked for it."""
    host = urlsplit(urls[0]).netloc
    if not settings.robots:
        return judge.judge_ignored_robots(host)
    kept = await store.load(origin(urls[0]))
    if kept is None:
        return None
    found = _read_robots(kept, urls, settings.user_agent)
    return judge.judge_robots(host, found, settings.delay)


def _read_robots(robots: Robots, urls: list[str], agent: str) -> judge.RobotsFound:
    if robots.state == "unreachable":
        return judge.RobotsFound(unreachable=True)
    refused = tuple(url for url in urls if not allows(robots, url, agent))
    return judge.RobotsFound(refused=refused, delay=crawl_delay(robots, agent))


def _judge_source(source: Source, readings: tuple[Reading, ...]) -> Check:
    feeds = [reading.feed for reading in readings if reading.feed]
    found = judge.SourceFound(
        urls=len(readings),
        entries=len({entry.id for feed in feeds for entry in feed.entries}),
        lists=sum(len(feed.children) for feed in feeds),
        failures=tuple(reading.failure for reading in readings if reading.failure),
    )
    return judge.judge_source(source.name, found)


def _offsets(captures: Iterable[Capture]) -> Iterable[timedelta]:
    """How far our clock is ahead of each answer's `Date` (RFC 9110 §6.6.1), without its `Age`.

    A cached answer's date is as old as the cache says (RFC 9111 §5.1); one that says nonsense has
    none.
    """
    for capture in captures:
        headers = {name.lower(): value for name, value in capture.headers}
        age = headers.get("age", "0")
        try:
            told = parsedate_to_datetime(headers.get("date", ""))
            old = timedelta(seconds=int(age))
            yield capture.at - told.replace(tzinfo=told.tzinfo or UTC) - old
        except (ValueError, OverflowError):
            continue
