"""What is known of an article before its page is read."""

from dataclasses import dataclass

from scraper.model import Entry, Page
from scraper.site import Site


@dataclass(frozen=True, slots=True)
class Task:
    """One page to extract, with what is known of the article beforehand."""

    page: Page
    site: Site | None = None
    timezone: str = "UTC"  # IANA name, of times without an offset
    entry: Entry | None = None
    trusted_hosts: tuple[str, ...] = ()  # hosts that serve the site's articles besides its own
    later: bool = False  # not the article's first page: reached as the continuation of another
