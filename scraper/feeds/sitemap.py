"""Sitemaps and their indexes (https://www.sitemaps.org/protocol.html), with Google's news fields.

`lastmod` says when a page changed, not when it was published: it is kept for comparison only.
"""

import re
from collections.abc import Iterator

from lxml import etree

from scraper.errors import FeedError
from scraper.feeds.context import Context, identified
from scraper.feeds.moments import read_instant
from scraper.feeds.plain import plain
from scraper.model import Child, Entry, Feed
from scraper.protocol.urls import resolve

_ROOT = re.compile(r"<(?:\w+:)?(urlset|sitemapindex)\b", re.IGNORECASE)
HEAD = 4096


def recognises(text: str, media_type: str) -> bool:  # noqa: ARG001  # every format is asked alike
    """A urlset or sitemapindex element near the beginning."""
    return bool(_ROOT.search(text[:HEAD])) and "<html" not in text[:HEAD].lower()


def parse(text: str, url: str, context: Context) -> Feed:
    """What a sitemap lists. Raises FeedError where it is not well-formed."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        root = etree.fromstring(_without_declaration(text).encode(), parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FeedError(f"{url}: a sitemap that is not well-formed ({error})") from error
    if _name(root) == "sitemapindex":
        below = ((resolve(url, _text(row, "loc")), _text(row, "lastmod")) for row in root)
        return Feed("sitemapindex", children=tuple(Child(loc, mod) for loc, mod in below if loc))
    rows = [_entry(row, context) for row in _rows(root)]
    known = [found for entry in rows if (found := identified(entry, url, context))]
    return Feed("sitemap", tuple(known), ignored=len(rows) - len(known))


def _without_declaration(text: str) -> str:
    """The text was decoded already: what it says of its encoding no longer holds."""
    return re.sub(r"^\s*<\?xml[^>]*\?>", "", text.lstrip("\ufeff"), count=1)


def _rows(root: etree._Element) -> Iterator[etree._Element]:
    return (row for row in root if _name(row) == "url")


def _name(element: etree._Element) -> str:
    tag = element.tag
    return etree.QName(tag).localname.lower() if isinstance(tag, str) else ""


def _text(row: etree._Element, name: str) -> str:
    found = (element for element in row.iter() if _name(element) == name)
    element = next(found, None)
    return (element.text or "").strip() if element is not None else ""


def _entry(row: etree._Element, context: Context) -> Entry:
    return Entry(
        url=_text(row, "loc"),
        title=plain(_text(row, "title")),
        published=read_instant(_text(row, "publication_date"), context.timezone),
    )
