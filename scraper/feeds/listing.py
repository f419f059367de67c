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
from scraper.feeds.context import Address, Context, find_address
from scraper.feeds.moments import read_list_time
from scraper.feeds.plain import plain, without_illegal
from scraper.model import Entry, Feed
from scraper.protocol.urls import resolve
from scraper.site import ListMarkup

_FEED_PATH = re.compile(r"^/rss|/feeds?\b|\.(?:rss|xml|atom|rdf|json)$", re.IGNORECASE)
_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|div)\b", re.IGNORECASE)


def recognises(text: str, media_type: str) -> bool:
    """Anything that calls itself HTML, or looks like it."""
    return "html" in media_type or bool(_HTML.search(text[:4096]))


def parse(text: str, url: str, context: Context) -> Feed:
    """The stories of a section page. Raises FeedError where it holds no known list."""
    root = _parse_html(text)
    if root is None:
        raise FeedError(f"{url}: an empty HTML page; a feed or section page was expected")
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
    if not context.site.lists:
        return (
            f"{url}: an HTML page (titled “{title}”), and the profile {context.site.name} has no "
            "lists: name a feed, or add [[lists]] to config/sites/"
            f"{context.site.name}.toml"
        )
    return (
        f"{url}: no list that the profile {context.site.name} knows (titled “{title}”): the site "
        "may have been redesigned, or this is no section page; see sources check"
    )


def _parse_html(text: str) -> etree._Element | None:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    root: etree._Element | None = etree.fromstring(without_illegal(text).encode(), parser)
    return root


def _title(root: etree._Element) -> str:
    title = next(root.iter("title"), None)
    return "" if title is None else plain(_whole(title), markup=False)[:60]


def _read(root: etree._Element, markup: ListMarkup, url: str, context: Context) -> Feed:
    entries: dict[str, Entry] = {}
    ignored = 0
    base = _base(root, url)
    for item in _select(root, markup.item):
        links = _links(item, markup)
        led = ((find_address(link.get("href") or "", base, url, context), link) for link in links)
        entry = next((_entry(item, link, markup, at, context) for at, link in led if at), None)
        if entry:
            entries.setdefault(entry.id, entry)
        else:
            ignored += bool(links)
    return Feed("section", tuple(entries.values()), title=_title(root), ignored=ignored)


def _name(link: etree._Element) -> str:
    return plain(_whole(link), markup=False) or plain(link.get("title") or "", markup=False)


def _base(root: etree._Element, url: str) -> str:
    stated = next((base.get("href") for base in root.iter("base")), None)
    return (resolve(url, stated) if stated else None) or url


def _entry(
    item: etree._Element,
    link: etree._Element,
    markup: ListMarkup,
    address: Address,
    context: Context,
) -> Entry:
    found = _select(item, markup.time) if markup.time else []
    times = (_whole(element) for element in found)
    instants = (read_list_time(text, context.timezone, context.now) for text in times)
    return Entry(
        url=address.url,
        id=address.id,
        title=_text(item, markup.title) or _name(link),
        published=next(filter(None, instants), None),
        summary=_text(item, markup.summary),
    )


def _links(item: etree._Element, markup: ListMarkup) -> list[etree._Element]:
    return _select(item, markup.link) if markup.link else [item]


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
