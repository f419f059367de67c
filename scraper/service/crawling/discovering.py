"""Finds the feeds of a site, in few requests: each candidate is really read, none is believed.

A server may answer 200 with a page for any address; what is no feed is told with its reason.
"""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import assert_never

from scraper.errors import FeedError, PageError
from scraper.feeds.discovery import (
    Candidate,
    Origin,
    each_once,
    find_sitemaps,
    usual_places,
)
from scraper.feeds.formats import Context
from scraper.fetch.fetcher import ACCEPT_FEED, ACCEPT_PAGE, Request, RobotsStore
from scraper.model import Failed, Feed, Gone, NotModified, Page, Refused
from scraper.protocol.urls import canonical, host, origin
from scraper.service.context import Crawl
from scraper.site import Site

REQUESTS = 8  # besides the page itself and robots.txt
_SYNDICATION = frozenset("rss rdf atom json".split())


@dataclass(frozen=True, slots=True)
class Found:
    """A list that was read, at the address it has after redirects."""

    url: str
    feed: Feed
    origin: Origin


@dataclass(frozen=True, slots=True)
class NotFound:
    """A candidate that is no list, or could not be had; `reason` names its URL."""

    url: str
    reason: str
    origin: Origin


@dataclass(frozen=True, slots=True)
class Search:
    """What a search is made with."""

    crawl: Crawl
    robots: RobotsStore  # the one that the crawl keeps to
    site: Site | None = None  # whose profile reads section pages; None: chosen by host


async def discover(search: Search, url: str) -> AsyncIterator[Found | NotFound]:
    """What is known of the URL itself, then of every candidate, as each is read.

    The search ends with the URL where that cannot be had or is a feed; else there are up to eight
    more requests, one after the other.
    """
    page = await _fetch(search, Candidate(url, "itself"), ACCEPT_PAGE)
    if isinstance(page, NotFound):
        yield page
        return
    itself = await _read(search, page, "itself")
    yield itself
    if isinstance(itself, Found) and itself.feed.format in _SYNDICATION:
        return
    seen = {canonical(page.url)}
    for candidate in await _candidates(search, page):
        answer = await _fetch(search, candidate, ACCEPT_FEED)
        if isinstance(answer, NotFound):
            yield answer
        elif canonical(answer.url) not in seen:  # redirected to one that was read before
            seen.add(canonical(answer.url))
            yield await _read(search, answer, candidate.origin)


async def _candidates(search: Search, page: Page) -> tuple[Candidate, ...]:
    kept = await search.robots.load(origin(page.url))
    named = find_sitemaps(kept.body, page.url) if kept and kept.state == "rules" else ()
    links = await search.crawl.workers.find_links(page)
    return each_once((*links, *named, *usual_places(page.url)), page.url, REQUESTS)


async def _fetch(search: Search, candidate: Candidate, accept: str) -> Page | NotFound:
    outcome = await search.crawl.fetcher.fetch(Request(candidate.url, accept=accept))
    match outcome:
        case Page():
            return outcome
        case Gone() | Refused() | Failed():
            reason = f"{candidate.url}: {outcome.reason}"
        case NotModified():
            reason = f"{candidate.url}: HTTP 304"
        case _:
            assert_never(outcome)
    return NotFound(candidate.url, reason, candidate.origin)


async def _read(search: Search, page: Page, found_by: Origin) -> Found | NotFound:
    crawl = search.crawl
    site = search.site or crawl.site_of(None, page.url)
    zone = site.timezone if site else "UTC"
    context = Context(site, zone, crawl.now(), trusted_hosts=(host(page.url),))
    try:
        feed = await crawl.workers.parse(page, context)
    except (FeedError, PageError) as error:
        return NotFound(page.url, str(error), found_by)
    return Found(page.url, feed, found_by)
