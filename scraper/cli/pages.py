"""Saved pages, as `extract` is given them."""

import gzip
import zlib

from scraper.articles.task import Task
from scraper.cli.session import Session
from scraper.errors import ConfigurationError
from scraper.model import Page
from scraper.protocol.identity import choose_site
from scraper.site import Site

_GZIP = b"\x1f\x8b"


def read_page(body: bytes, url: str) -> Page:
    """A page from the bytes of a file, unpacked where they are gzipped.

    Raises ConfigurationError for a damaged gzip file.
    """
    if body.startswith(_GZIP):
        try:
            body = gzip.decompress(body)
        except (EOFError, OSError, zlib.error) as error:
            raise ConfigurationError(f"a damaged gzip file: {error}") from error
    return Page(url, body, "text/html")


def task_for(session: Session, page: Page, site_name: str | None, address: str) -> Task:
    """What to extract, through the named profile or that of the address's host.

    Raises ConfigurationError where no profile has that name.
    """
    sites = session.configuration.sites
    if site_name and site_name not in sites:
        known = ", ".join(sorted(sites))
        raise ConfigurationError(f"no site profile named {site_name!r}; there are: {known}")
    site: Site | None = sites.get(site_name) if site_name else None
    if site is None:
        site = choose_site(address, sites.values()) if address else None
    return Task(page, site, site.timezone if site else "UTC")
