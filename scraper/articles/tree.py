"""One lxml tree a page, and the questions that are asked of it.

Selectors are CSS (Selectors Level 4 as far as cssselect goes), compiled once a process.
"""

import re
from collections.abc import Iterable
from copy import deepcopy
from functools import lru_cache
from itertools import islice
from typing import cast

from cssselect import HTMLTranslator
from lxml import etree

from scraper.articles.depth import flatten

Element = etree._Element  # noqa: SLF001  # lxml's only name for the type

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_CONTROL_BYTES = bytes({*range(0x20), 0x7F} - {*b"\t\n\r"})
_NONCHARACTERS = ("\ufffe", "\uffff")
# Tags longer than any that people write, though pages keep pictures and data in attributes.
LONG_TAG = 16384  # bytes
_LONG_TAG = re.compile(rb"<[a-zA-Z][^<>]{%d,}" % LONG_TAG)
_ATTRIBUTE = re.compile(rb"""[^\s=]+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s]*))?""")
MAX_ATTRIBUTES = 1000  # of such a tag: libxml2 compares each with all before it
HIDDEN = ("script", "style", "template", "noscript")  # their characters are no text of the page


def parse_html(text: str, utf8: bytes = b"") -> Element | None:
    """The page's root element; None where the text holds no markup and no characters at all.

    `utf8` are the text's bytes, where they are at hand.
    """
    if any(mark in text for mark in _NONCHARACTERS):
        text, utf8 = printable(text), b""
    raw = (utf8 or text.encode("utf-8", "replace")).translate(None, _CONTROL_BYTES)
    if not raw.strip():
        return None
    if _may_hold_long_tag(raw):
        raw = _LONG_TAG.sub(_with_few_attributes, raw)
    root, complete = _parse(raw)
    return root if complete else _parse(flatten(raw))[0]


def _parse(raw: bytes) -> tuple[Element | None, bool]:
    """The root, and whether the page was not too deep to be read to its end."""
    parser = etree.HTMLParser(
        encoding="utf-8",
        remove_comments=True,
        remove_pis=True,
        collect_ids=False,  # nobody asks libxml2 for them
        huge_tree=True,  # else what lies deeper than 256 elements would be lost without a word
    )
    root = cast("Element | None", etree.fromstring(raw, parser))
    last = parser.error_log.last_error
    return root, last is None or last.type != etree.ErrorTypes.ERR_RESOURCE_LIMIT


def _may_hold_long_tag(raw: bytes) -> bool:
    """Whether any tag goes on for half of a long tag's length: looked at in strides.

    A stride without a bracket stands in a tag if the last bracket before it opens one.
    """
    stride, inside = LONG_TAG // 2, False
    for n in range(0, len(raw), stride):
        opening, closing = raw.rfind(b"<", n, n + stride), raw.rfind(b">", n, n + stride)
        if opening != closing:
            inside = opening > closing
        elif inside:
            return True
    return False


def _with_few_attributes(tag: re.Match[bytes]) -> bytes:
    attributes = islice(_ATTRIBUTE.finditer(tag[0]), MAX_ATTRIBUTES + 1)
    last = next(islice(attributes, MAX_ATTRIBUTES, None), None)
    return tag[0][: last.start()] if last else tag[0]


def printable(text: str) -> str:
    """The text without the characters that no XML, YAML or UTF-8 file may hold."""
    return _ILLEGAL.sub("", text)


@lru_cache(maxsize=1024)
def _compile(selectors: tuple[str, ...]) -> etree.XPath:
    translate = HTMLTranslator().css_to_xpath
    return etree.XPath(" | ".join(translate(s, prefix="descendant::") for s in selectors))


def select(root: Element, selectors: Iterable[str]) -> list[Element]:
    """The descendants that any of the CSS selectors matches, in document order."""
    wanted = tuple(selectors)
    return cast("list[Element]", _compile(wanted)(root)) if wanted else []


def first(root: Element, selectors: Iterable[str]) -> Element | None:
    """The first match of the first selector that matches anything."""
    for selector in selectors:
        found = select(root, (selector,))
        if found:
            return found[0]
    return None


def squeeze(text: str) -> str:
    """The text with every run of white space as one space, trimmed; NBSP and U+3000 are white."""
    return " ".join(text.split())


def text_of(element: Element | None) -> str:
    """All visible character data of an element on one line; '' for None."""
    if element is None:
        return ""
    if next(element.iter(*HIDDEN), None) is not None:
        element = deepcopy(element)
        etree.strip_elements(element, *HIDDEN, with_tail=False)
    return squeeze("".join(element.itertext()))


def drop(element: Element) -> None:
    """Take an element out of its tree; the text behind it stays."""
    drop_all((element,))


def drop_all(elements: Iterable[Element]) -> None:
    """Take elements, in document order, out of their tree; the text behind them stays.

    Neighbours are taken out together: joining the text behind each to that before it, one by one,
    is quadratic in their number.
    """
    place: tuple[Element, Element | None] | None = None
    texts: list[str] = []
    for element in elements:
        parent, before = element.getparent(), element.getprevious()
        if parent is None:
            continue
        if place != (parent, before):
            _append_text(place, texts)
            place, texts = (parent, before), []
        texts.append(element.tail or "")
        parent.remove(element)  # the text behind it goes with it
    _append_text(place, texts)


def _append_text(place: tuple[Element, Element | None] | None, texts: list[str]) -> None:
    text = "".join(texts)
    if place is None or not text:
        return
    parent, before = place
    if before is None:
        parent.text = (parent.text or "") + text
    else:
        before.tail = (before.tail or "") + text
