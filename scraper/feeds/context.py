"""What is known of a list before it is read."""

from dataclasses import dataclass, replace
from datetime import datetime

from scraper.model import Entry, Site
from scraper.protocol.identity import identify
from scraper.protocol.urls import canonical, host, resolve


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


def find_address(base: str, href: str, context: Context) -> Address | None:
    """The article that a link leads to; None where it leads to none of the site's."""
    url = resolve(base, href)
    if url is None:
        return None
    site = context.site
    story = identify(url, site, (*context.trusted_hosts, host(base)))
    if story is None:
        return None
    return Address(canonical(url, site.tracking if site else ()), story.id)


def identified(entry: Entry, base: str, context: Context) -> Entry | None:
    """An entry with its absolute URL and id; None where it is no article of the site's."""
    found = find_address(base, entry.url, context)
    return replace(entry, url=found.url, id=found.id) if found else None
