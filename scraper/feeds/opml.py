"""Subscription lists (OPML 2.0, http://opml.org/spec2.opml), read forgivingly and written strictly.

A list may come from anybody: it is read from its root element on, so that nothing that it declares
is expanded, and no deeper than libxml2 goes of itself.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from lxml import etree

from scraper.errors import FeedError
from scraper.feeds.mending import mend
from scraper.feeds.plain import plain, without_illegal
from scraper.protocol.charset import decode
from scraper.protocol.urls import canonical, resolve

MAX_BYTES = 10_000_000
DEPTH = 8  # of categories that are kept, from the innermost out
_OURS = "urn:news-scraper:opml"  # a namespace of our own, as OPML 2.0 has extensions marked
_NAME = f"{{{_OURS}}}name"
_ROOT = re.compile(r"<(?:\w+:)?opml\b", re.IGNORECASE)
_FEED_SCHEME = re.compile(r"^feed:(?=https?:)|^feed:(?=//)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Subscription:
    """One feed of a list. `name` is that of a source of this program, where it wrote the list."""

    url: str
    title: str = ""  # plain text
    category: tuple[str, ...] = ()  # from the outermost in
    name: str = ""


@dataclass(frozen=True, slots=True)
class Subscriptions:
    """The feeds of a list, each once, and what was taken for a feed's address and is none."""

    feeds: tuple[Subscription, ...]
    wrong: tuple[str, ...] = ()


def read_opml(body: bytes, file: str) -> Subscriptions:
    """The feeds of an OPML file. Raises FeedError where it is none, too large or lists nothing."""
    if len(body) > MAX_BYTES:
        raise FeedError(f"{file}: larger than {MAX_BYTES // 1_000_000} MB; split the list")
    root = _parse(decode(body).text, file)
    feeds: dict[str, Subscription] = {}
    wrong = []
    for outline in root.iter(etree.Element):
        attributes = {str(name).lower(): str(value) for name, value in outline.items()}
        given = attributes.get("xmlurl", "").strip()
        url = resolve("", _FEED_SCHEME.sub(_http, given)) if given else None
        if url:
            feeds.setdefault(canonical(url), _subscription(outline, url, attributes))
        elif given:
            wrong.append(plain(given, markup=False)[:200])
    if not feeds and not wrong:
        raise FeedError(f"{file}: OPML that lists no feeds (no outline has an xmlUrl)")
    return Subscriptions(tuple(feeds.values()), tuple(wrong))


def _http(found: re.Match[str]) -> str:
    """What stands for "feed:": nothing before a scheme, "http:" before a host."""
    return "http:" if found.string[found.end() :].startswith("//") else ""


def _parse(text: str, file: str) -> etree._Element:
    found = _ROOT.search(text)
    if found is None:
        raise FeedError(f"{file}: no OPML (it begins {text.strip()[:40]!r})")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, encoding="utf-8"
    )
    try:
        return etree.fromstring(mend(without_illegal(text[found.start() :])).encode(), parser)
    except etree.XMLSyntaxError as error:
        raise FeedError(f"{file}: OPML that is not well-formed ({error.msg})") from error


def _subscription(outline: etree._Element, url: str, attributes: dict[str, str]) -> Subscription:
    title = _label(attributes)
    above = [_label({str(k).lower(): str(v) for k, v in o.items()}) for o in _outlines(outline)]
    name = attributes.get(_NAME.lower(), "")
    return Subscription(url, title, tuple(filter(None, reversed(above))), name)


def _outlines(outline: etree._Element) -> Iterator[etree._Element]:
    above = (element for element in outline.iterancestors() if element.tag == outline.tag)
    return islice(above, DEPTH)


def _label(attributes: dict[str, str]) -> str:
    return plain(attributes.get("title") or attributes.get("text") or "", markup=False)


def write_opml(title: str, feeds: Iterable[Subscription]) -> str:
    """The feeds as an OPML 2.0 file, which `read_opml` reads back to the same; no categories."""
    root = etree.Element("opml", {"version": "2.0"}, nsmap={"scraper": _OURS})
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _line(title)
    body = etree.SubElement(root, "body")
    for feed in feeds:
        label = _line(feed.title)
        attributes = {"type": "rss", "text": label, "title": label, "xmlUrl": feed.url}
        outline = etree.SubElement(body, "outline", attributes)
        if feed.name:
            outline.set(_NAME, feed.name)
    written = etree.tostring(root, encoding="utf-8", xml_declaration=True, pretty_print=True)
    return written.decode("utf-8")


def _line(text: str) -> str:
    return plain(text, markup=False)
