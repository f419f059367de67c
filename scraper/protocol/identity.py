"""Which article a URL means, from the URL alone.

A site's profile names its stories by an id in the path; elsewhere the canonical URL is the
identity, and the id is its hash.
"""

import hashlib
import re
from collections.abc import Collection, Iterable
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

from scraper.model import Story
from scraper.protocol.urls import canonical, host
from scraper.site import Site

ID_DIGITS = 16  # hexadecimal, of SHA-256: no collision among 10^8 articles, likely (birthday bound)
_DATED = re.compile(r"(?<!\d)((?:19|20)\d{2})([-/]?)(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?!\d)")


def identify(url: str, site: Site | None, trusted_hosts: Collection[str] = ()) -> Story | None:
    """The story of a URL; None where it is no story of the site, or no URL.

    `trusted_hosts` serve the site's stories besides its own hosts (as `urls.host` writes them). All
    pages of a story are that story; its URL is the first page's.
    """
    if site is None:
        return _by_address(url)
    name = host(url)
    if not name or (name not in site.hosts and name not in trusted_hosts):
        return None
    path = urlsplit(canonical(url)).path
    found = _pattern(site.story).search(path)
    named = found.groupdict() if found else {}
    if not found or not named.get("id"):
        return None
    path = _without_page(found)
    section = path.strip("/").rpartition("/")[0]
    return Story(named["id"], site.canonical + path, _day(named.get("date") or ""), section)


def first_page(url: str, site: Site | None) -> str:
    """The address of the page that an article begins at, where `url` is that of a later one.

    Known where the site's profile says what of a story's path is the page (group `page`).
    """
    if site is None:
        return url
    parts = urlsplit(canonical(url))
    found = _pattern(site.story).search(parts.path)
    return urlunsplit(parts._replace(path=_without_page(found))) if found else url


def choose_site(url: str, sites: Iterable[Site]) -> Site | None:
    """The first site that a URL's host belongs to."""
    name = host(url)
    return next((site for site in sites if name in site.hosts), None)


def _without_page(found: re.Match[str]) -> str:
    """A story's path without what names one of its later pages."""
    if not found.groupdict().get("page"):
        return found.string
    return found.string[: found.start("page")] + found.string[found.end("page") :]


@lru_cache(maxsize=64)
def _pattern(story: str) -> re.Pattern[str]:
    return re.compile(story)


def _by_address(url: str) -> Story | None:
    try:
        address = canonical(url)
    except ValueError:
        return None
    digest = hashlib.sha256(address.encode()).hexdigest()[:ID_DIGITS]
    found = _DATED.search(urlsplit(address).path)
    return Story(digest, address, _day(f"{found[1]}{found[3]}{found[4]}") if found else None)


def _day(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
