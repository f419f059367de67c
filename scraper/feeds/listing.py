"""Section pages, read through the list selectors of their site's profile.

The profile's generations are tried in order; the first that finds stories is the page's. A page
where none finds any is an error: the site was redesigned, or this is no section page.
"""

import re
from functools import lru_cache
from urllib.parse import urlsplit

from cssselect import HTMLTranslator
from lxml import etree

from scraper.errors import FeedError
from scraper.feeds.context import Context, find_address
from scraper.feeds.moments import read_list_time
from scraper.feeds.plain import plain
from scraper.model import Entry, Feed, ListMarkup

_FEED_PATH = re.compile(r"^/rss|/feeds?\b|\.(?:rss|xml|atom|rdf|json)$", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|div)\b", re.IGNORECASE)


def recognises(text: str, media_type: str) -> bool:
    """Anything that calls itself HTML, or looks like it."""
    return "html" in media_type or bool(_HTML.search(text[:4096]))


def parse(text: str, url: str, context: Context) -> Feed:
    """The stories of a section page. Raises FeedError where it holds no known list."""
    root = _parse_html(text)
    if root is None:
        raise FeedError(f"{url}: an empty HTML page")
    lists = context.site.lists if context.site else ()
    readings = (_read(root, markup, url, context) for markup in lists)
    found = next((feed for feed in readings if feed.entries), None)
    if found is None:
        raise FeedError(_complaint(url, _title(root), context))
    return found


def _complaint(url: str, title: str, context: Context) -> str:
    if _FEED_PATH.search(urlsplit(url).path):
        return f"{url}: HTML where a feed was expected (titled “{title}”); check the address"
    if context.site is None:
        return (
            f"{url}: an HTML page (titled “{title}”), and no site profile says how to read its "
            "list: name a feed, or add a profile in config/sites/"
        )
    return (
        f"{url}: no list that the profile {context.site.name} knows (titled “{title}”): the site "
        "may have been redesigned, or this is no section page"
    )


def _parse_html(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root: etree._Element | None = etree.fromstring(text.encode("utf-8", "replace"), parser)
    return root


def _title(root: etree._Element) -> str:
    return plain("".join(next(root.iter("title"), root).itertext()), markup=False)[:60]


def _read(root: etree._Element, markup: ListMarkup, url: str, context: Context) -> Feed:
    entries: dict[str, Entry] = {}
    ignored = 0
    for item in _select(root, markup.item):
        link = _link(item, markup)
        if link is None:
            continue
        found = find_address(url, link.get("href") or "", context)
        if found is None:
            ignored += 1
            continue
        entries.setdefault(
            found.id,
            Entry(
                url=found.url,
                id=found.id,
                title=_text(item, markup.title) or plain(_whole(link), markup=False),
                published=read_list_time(_text(item, markup.time), context.timezone, context.now),
                summary=_text(item, markup.summary),
            ),
        )
    return Feed("section", tuple(entries.values()), title=_title(root), ignored=ignored)


def _link(item: etree._Element, markup: ListMarkup) -> etree._Element | None:
    if not markup.link:
        return item
    return next(iter(_select(item, markup.link)), None)


def _text(item: etree._Element, selector: str) -> str:
    found = _select(item, selector) if selector else []
    return plain(_whole(found[0]), markup=False) if found else ""


def _whole(element: etree._Element) -> str:
    return "".join(element.itertext())


def _select(root: etree._Element, selector: str) -> list[etree._Element]:
    return list(_compile(selector)(root))


@lru_cache(maxsize=256)
def _compile(selector: str) -> etree.XPath:
    return etree.XPath(HTMLTranslator().css_to_xpath(selector, prefix="descendant::"))
