"""Where a page's feeds may be: what it links to, what robots.txt names, where most sites have them.

Only candidates: whether one is a feed is known when it has been read.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from urllib.parse import urlsplit

from lxml import etree

from scraper.feeds.plain import without_illegal
from scraper.model import Feed, Page
from scraper.protocol.charset import decode
from scraper.protocol.urls import canonical, host, resolve

Origin = Literal["itself", "declared", "linked", "robots.txt", "usual"]
PATHS = (  # in the order of how often feeds are there
    "/feed",
    "/rss.xml",
    "/atom.xml",
    "/rss",
    "/feed.xml",
    "/index.xml",
    "/feed.json",
    "/sitemap.xml",
)
LINKS = 3  # of a page, that only look like feeds: more of them are lists of sections
SITEMAPS = 2  # of those that robots.txt names
_TYPE = re.compile(r"application/(?:rss|atom|rdf)\+xml|application/(?:feed\+)?json|text/xml")
_LOOKS = re.compile(
    r"(?:^|[/._-])(?:rss|atom|feeds?)(?:[/._-]|$)|\.(?:rss|rdf|atom)$|/index\.xml$", re.IGNORECASE
)
_COMMENTS = re.compile(r"comments?\b", re.IGNORECASE)
_OEMBED = re.compile(r"oembed|wp-json", re.IGNORECASE)  # JSON beside a page, and no feed
_SITEMAP = re.compile(rb"^[ \t]*sitemap[ \t]*:[ \t]*(\S{1,2000})", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Candidate:
    """An address that may hold a feed, and who says so."""

    url: str
    origin: Origin


def find_links(page: Page) -> tuple[Candidate, ...]:
    """The feeds that a page declares (HTML §4.6.7.1, rel=alternate), then links that look like one.

    Comment feeds come last of their kind.
    """
    text = without_illegal(decode(page.body, page.charset).text)
    root = etree.fromstring(text.encode(), etree.HTMLParser(encoding="utf-8")) if text else None
    if root is None:
        return ()
    base = next(filter(None, (_address(e, page.url) for e in root.iter("base"))), page.url)
    declared = [_address(e, base) for e in root.iter("link") if _declares(e)]
    linked = [_address(e, base) for e in root.iter("a")]
    looks = [url for url in linked if url and _looks_like_feed(url, page.url)]
    known = [Candidate(url, "declared") for url in _ordered(declared)]
    return (*known, *(Candidate(url, "linked") for url in _ordered(looks)[:LINKS]))


def _address(element: etree._Element, base: str) -> str | None:
    href = element.get("href")
    return resolve(base, href) if href else None


def _declares(link: etree._Element) -> bool:
    rels = (link.get("rel") or "").lower().split()
    kind = (link.get("type") or "").lower()
    stated = bool(_TYPE.match(kind)) and not _OEMBED.search(f"{kind} {link.get('href')}")
    return ("alternate" in rels and stated) or "feed" in rels


def _looks_like_feed(url: str, page_url: str) -> bool:
    """Whether a link of the same host has a feed's name in its path."""
    return host(url) == host(page_url) and bool(_LOOKS.search(urlsplit(url).path))


def _ordered(urls: Iterable[str | None]) -> list[str]:
    return sorted(filter(None, urls), key=lambda url: bool(_COMMENTS.search(urlsplit(url).path)))


def find_sitemaps(robots: bytes, url: str) -> tuple[Candidate, ...]:
    """The sitemaps that the robots.txt of a URL names (https://www.sitemaps.org/protocol.html)."""
    named = (found[1].decode("utf-8", "replace") for found in _SITEMAP.finditer(robots))
    addresses = [address for name in named if (address := resolve(url, name))]
    return tuple(Candidate(address, "robots.txt") for address in addresses[:SITEMAPS])


def usual_places(url: str) -> tuple[Candidate, ...]:
    """Where most sites have their feeds."""
    places = (resolve(url, path) for path in PATHS)
    return tuple(Candidate(place, "usual") for place in places if place)


def each_once(candidates: Iterable[Candidate], known: str, limit: int) -> tuple[Candidate, ...]:
    """At most `limit` candidates, the first of each address, without the one already known."""
    seen = {canonical(known)}
    kept = []
    for candidate in candidates:
        address = canonical(candidate.url)
        if address not in seen:
            seen.add(address)
            kept.append(candidate)
    return tuple(kept[:limit])


def same_articles(feed: Feed, others: Sequence[Feed]) -> int | None:
    """The first of the others that shares at least half of the shorter list's articles, if any."""
    ids = {entry.id for entry in feed.entries}
    for number, other in enumerate(others):
        theirs = {entry.id for entry in other.entries}
        if ids and theirs and 2 * len(ids & theirs) >= min(len(ids), len(theirs)):
            return number
    return None
