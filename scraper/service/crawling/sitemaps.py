"""Looks for the stories of a time in a site's sitemaps; decides nothing about what is found.

Only what stands in a source's section and in that time is its own: a sitemap lists the whole site.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import assert_never
from zoneinfo import ZoneInfo

from scraper.errors import FeedError, PageError
from scraper.feeds.discovery import find_sitemaps
from scraper.feeds.formats import Context
from scraper.fetch.fetcher import ACCEPT_FEED, Request
from scraper.fetch.request import own_addresses
from scraper.model import Entry, Failed, Feed, Gone, NotModified, Page, Refused, Source
from scraper.protocol.gaps import Span, belongs, section_of, usual_sections
from scraper.protocol.identity import identify
from scraper.protocol.urls import host, origin
from scraper.service.context import Crawl, Service, own_hosts
from scraper.site import Site
from scraper.state.database import State

KNOWN = 200  # articles of a source whose sections are looked at
NO_SECTION = "the section of the source is not known: its lists name no path that its stories have"


@dataclass(frozen=True, slots=True)
class Dated:
    """A story that a sitemap lists, with the start of its day where that is all that is known."""

    entry: Entry
    day: datetime | None = None

    @property
    def at(self) -> datetime | None:
        return self.entry.published or self.day


@dataclass(frozen=True, slots=True)
class Unread:
    """A sitemap that could not be read; final: nor will it be."""

    reason: str
    final: bool


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for: the stories of a source's sections, of a span of time."""

    source: Source
    site: Site | None
    span: Span
    own: tuple[str, ...]  # paths below which its stories stand
    others: tuple[str, ...]  # the same of other sources
    hosts: frozenset[str]  # where they are

    def choose(self, feed: Feed) -> list[Dated]:
        """The stories of a list that are looked for, the newest first."""
        dated = [self._dated(entry) for entry in feed.entries if self._is_own(entry)]
        found = [one for one in dated if one]
        return sorted(found, key=lambda one: one.at or self.span.begins, reverse=True)

    def _is_own(self, entry: Entry) -> bool:
        return host(entry.url) in self.hosts and belongs(entry.url, self.own, self.others)

    def _dated(self, entry: Entry) -> Dated | None:
        """The entry where it is of the span: by its instant, else by the day in its URL."""
        if entry.published:
            return Dated(entry) if self.span.holds(entry.published) else None
        story = identify(entry.url, self.site, (host(entry.url),))
        zone = self.site.timezone if self.site else self.source.timezone
        if story is None or story.day is None or not self.span.touches(story.day, zone):
            return None
        return Dated(entry, _start(story.day, zone))


def _start(day: date, timezone: str) -> datetime:
    return datetime.combine(day, time(), ZoneInfo(timezone))


async def read_sitemap(crawl: Crawl, source: Source, url: str) -> Feed | Unread:
    """What a sitemap lists, in one request."""
    request = Request(
        url,
        accept=ACCEPT_FEED,
        purpose="feed",
        allow_addresses=own_addresses(source, url),
        proxy=source.proxy,
        ca_file=source.ca_file,
    )
    outcome = await crawl.fetcher.fetch(request)
    match outcome:
        case Page():
            return await _parse(crawl, source, outcome)
        case Failed():
            return Unread(f"{url}: {outcome.reason}", final=False)
        case Gone() | Refused():
            return Unread(f"{url}: {outcome.reason}", final=True)
        case NotModified():
            return Unread(f"{url}: HTTP 304 to a request without conditions", final=True)
        case _:
            assert_never(outcome)


async def _parse(crawl: Crawl, source: Source, page: Page) -> Feed | Unread:
    site = crawl.site_of(source, page.url)
    context = Context(site, source.timezone, crawl.now(), own_hosts(source))
    try:
        return await crawl.workers.parse(page, context)
    except (FeedError, PageError) as error:
        return Unread(str(error), final=True)


# -- in the disk's thread --------------------------------------------------------------------------


def search_for(service: Service, source: Source, span: Span) -> Search:
    """What to look for of a source; without `own` where its section is not known."""
    sources, state = service.crawl.sources.values(), service.state
    site = service.crawl.site_of(source, source.urls[0])
    others = [path for s in sources if s.name != source.name for path in _pages(state, s)]
    known = state.coverage.addresses(source.name, KNOWN)
    hosts = {*own_hosts(source), *(site.hosts if site else ()), *map(host, known)}
    own = _sections(_pages(state, source), known)
    return Search(source, site, span, own, tuple(others), frozenset(hosts))


def _sections(pages: tuple[str, ...], known: Sequence[str]) -> tuple[str, ...]:
    """The paths of section pages; where none of the known stories stands there, the usual ones."""
    if pages and (not known or any(belongs(url, pages, ()) for url in known)):
        return pages
    return usual_sections(known)


def _pages(state: State, source: Source) -> tuple[str, ...]:
    """The paths of what are section pages, or may be, among a source's URLs."""
    found: list[str] = []
    for url in source.urls:
        resource = state.resources.get(url)
        if resource is None or resource.feed_format in ("section", ""):
            found += [url, *([resource.moved_to] if resource and resource.moved_to else [])]
    return tuple(filter(None, map(section_of, found)))


def known_sitemaps(service: Service, source: Source) -> Sequence[str]:
    """Where a source's site has its sitemaps: as its profile says, or robots.txt, or usual."""
    site = service.crawl.site_of(source, source.urls[0])
    if site and site.sitemaps:
        return site.sitemaps
    places = dict.fromkeys(origin(url) for url in source.urls)
    named: list[str] = []
    for place in places:
        robots = service.state.hosts.load_robots(place)
        body = robots.body if robots and robots.state == "rules" else b""
        named += [candidate.url for candidate in find_sitemaps(body, place)]
    return list(dict.fromkeys(named)) or [f"{place}/sitemap.xml" for place in places]
