"""What an answer is, found out from the answer: feed, sitemap or section page.

The list is explicit and tried in order. HTML that holds no known list is an error, never an empty
feed: that is how a redesign is noticed.
"""

import gzip
import io
import zlib
from typing import Protocol

from scraper.errors import FeedError
from scraper.feeds import jsonfeed, listing, sitemap, syndication
from scraper.feeds.context import Context
from scraper.model import Feed, Page
from scraper.protocol.charset import decode

__all__ = ["Context", "parse"]

_GZIP = b"\x1f\x8b"
UNPACKED_BYTES = 50_000_000  # of a gzipped sitemap: the limit of sitemaps.org for the plain one


class Format(Protocol):
    """A module that reads one kind of list from its text."""

    def recognises(self, text: str, media_type: str) -> bool:
        """Whether the text is of this kind."""

    def parse(self, text: str, url: str, context: Context) -> Feed:
        """What the text lists. Raises FeedError."""


FORMATS: tuple[Format, ...] = (jsonfeed, sitemap, syndication, listing)


def parse(page: Page, context: Context) -> Feed:
    """What an answer lists. Raises FeedError naming the URL and what was found instead."""
    text = decode(_unpacked(page), page.charset).text
    if not text.strip():
        raise FeedError(f"{page.url}: the answer is empty; a feed or section page was expected")
    for known in FORMATS:
        if known.recognises(text, page.media_type):
            return known.parse(text, page.url, context)
    kind = page.media_type or "an unnamed type"
    raise FeedError(
        f"{page.url}: neither feed, sitemap nor section page ({kind}, beginning "
        f"{text.strip()[:40]!r}); check the address"
    )


def _unpacked(page: Page) -> bytes:
    """The body, unpacked where it is a gzip file, as sitemaps may be (RFC 1952)."""
    if not page.body.startswith(_GZIP):
        return page.body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(page.body)) as file:
            body = file.read(UNPACKED_BYTES + 1)
    except EOFError as error:
        raise FeedError(f"{page.url}: the gzip file ends too early; try again later") from error
    except (OSError, zlib.error) as error:
        raise FeedError(f"{page.url}: a damaged gzip file ({error}); try again later") from error
    if len(body) > UNPACKED_BYTES:
        limit = UNPACKED_BYTES // 1_000_000
        raise FeedError(f"{page.url}: a gzip file of more than {limit} MB; name a shorter list")
    return body
