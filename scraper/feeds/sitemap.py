"""Sitemaps and their indexes (https://www.sitemaps.org/protocol.html), with Google's news fields.

`lastmod` says when a page changed, not when it was published: it is kept for comparison only.
"""

import re

from lxml import etree

from scraper.errors import FeedError
from scraper.feeds.context import Context, keep_articles
from scraper.feeds.moments import read_instant
from scraper.feeds.opening import name_root
from scraper.feeds.plain import plain, without_illegal
from scraper.model import Child, Entry, Feed
from scraper.protocol.urls import resolve

_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")  # the text was decoded already: it is no longer so


def recognises(text: str, media_type: str) -> bool:  # noqa: ARG001  # every format is asked alike
    """A urlset or sitemapindex element at the beginning."""
    return name_root(text) in ("urlset", "sitemapindex")


def parse(text: str, url: str, context: Context) -> Feed:
    """What a sitemap lists. Raises FeedError where it is not well-formed."""
    root = _parse_xml(text, url)
    if _name(root) == "sitemapindex":
        return Feed("sitemapindex", children=_children(root, url))
    rows = [_entry(row, context) for row in root if _name(row) == "url"]
    known = keep_articles(rows, url, url, context)
    return Feed("sitemap", known, ignored=len(rows) - len(known))


def _parse_xml(text: str, url: str) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    body = _DECLARATION.sub("", without_illegal(text).lstrip("\ufeff")).strip()
    try:
        return etree.fromstring(body.encode(), parser)
    except etree.XMLSyntaxError as error:
        raise FeedError(f"{url}: a sitemap that is not well-formed ({error})") from error


def _children(root: etree._Element, url: str) -> tuple[Child, ...]:
    """The sitemaps below; one that names itself would be read for ever."""
    rows = ((_text(row, "loc"), _text(row, "lastmod")) for row in root if _name(row) == "sitemap")
    below = ((resolve(url, loc), lastmod) for loc, lastmod in rows if loc)
    return tuple(Child(child, lastmod) for child, lastmod in below if child and child != url)


def _entry(row: etree._Element, context: Context) -> Entry:
    news = _child(row, "news")
    if news is None:
        return Entry(url=_text(row, "loc"))
    published = read_instant(_text(news, "publication_date"), context.timezone)
    return Entry(url=_text(row, "loc"), title=plain(_text(news, "title")), published=published)


def _name(element: etree._Element) -> str:
    """The local name in lower case; '' for comments and entities."""
    tag = element.tag
    return etree.QName(tag).localname.lower() if isinstance(tag, str) else ""


def _child(row: etree._Element, name: str) -> etree._Element | None:
    return next((element for element in row if _name(element) == name), None)


def _text(row: etree._Element, name: str) -> str:
    element = _child(row, name)
    return "".join(element.itertext()).strip() if element is not None else ""
