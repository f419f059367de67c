"""What is known of a list before it is read."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from scraper.feeds.moments import believable
from scraper.model import Entry
from scraper.protocol.identity import first_page, identify
from scraper.protocol.urls import canonical, host, resolve
from scraper.site import Site


@dataclass(frozen=True, slots=True)
class Context:
    """The profile, time zone (IANA name) and clock that a list is read with."""

    site: Site | None
    timezone: str
    now: datetime
    trusted_hosts: tuple[str, ...] = ()  # hosts that serve the site's articles besides its own


@dataclass(frozen=True, slots=True)
class Address:
    """Where an entry leads, and which article that is."""

    url: str
    id: str


def find_address(href: str, base: str, page_url: str, context: Context) -> Address | None:
    """The article that a link leads to; None where it leads to none of the site's.

    `base` resolves what is relative. Trusted are the hosts of the context and the one that the
    list came from, never one that the list merely names.
    """
    url = resolve(base, href) if href.strip() else None
    if url is None:
        return None
    site = context.site
    story = identify(url, site, (*context.trusted_hosts, host(page_url)))
    if story is None:
        return None
    address = first_page(url, site)
    return Address(canonical(address, site.tracking if site else ()), story.id)


def keep_articles(
    entries: Iterable[Entry], base: str, page_url: str, context: Context
) -> tuple[Entry, ...]:
    """The entries that are articles of the site, each once, with its absolute URL and its id.

    An article's identity is its address: ids that a feed changes or gives twice mean nothing.
    """
    kept: dict[str, Entry] = {}
    for entry in entries:
        at = find_address(entry.url, base, page_url, context)
        if at and at.id not in kept:
            published = believable(entry.published, context.now)
            kept[at.id] = replace(entry, url=at.url, id=at.id, published=published)
    return tuple(kept.values())
