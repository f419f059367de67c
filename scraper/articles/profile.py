"""An article page read through its site's profile: exact, fast, and kept as data.

The generations of a profile are tried in order; the first whose `detect` and `body` are both found
on the page is used.
"""

import base64
import binascii
import re
from collections.abc import Callable
from functools import lru_cache

from scraper.articles.body import Body, Rules, read_body
from scraper.articles.trace import Trace
from scraper.articles.tree import Element, drop, first, select, text_of
from scraper.model import ArticleMarkup, ChildOrder, Site

_HIDING = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LAST = 1 << 30  # the place of children that carry none


def recognise(root: Element, site: Site) -> tuple[ArticleMarkup, Element] | None:
    """The generation of a page and its body; None where no generation fits."""
    for markup in site.generations:
        if select(root, markup.detect):
            body = first(root, markup.body)
            if body is not None:
                return markup, body
    return None


def shows_wall(root: Element, site: Site, html: str) -> bool:
    """Whether the page carries the marks, or shows the phrases, of a story that is held back."""
    if select(root, site.wall.marks):
        return True
    named = [phrase for phrase in site.wall.phrases if phrase in html]
    if not named:
        return False
    shown = text_of(root)  # a phrase in a script is not shown
    return any(phrase in shown for phrase in named)


def drop_hidden(body: Element, trace: Trace | None = None) -> None:
    """Take out what the page does not show: on a locked story it may be the rest of the text."""
    for element in list(body.iterdescendants()):
        if element.get("hidden") is not None or _HIDING.search(element.get("style") or ""):
            if trace:
                trace.removed(element, "hidden on a locked page")
            drop(element)


def read_through(
    body: Element, markup: ArticleMarkup, site: Site, rules: Rules, trace: Trace | None = None
) -> Body:
    """The body of a recognised page; `rules` gives the base URL and the title."""
    root = body.getroottree().getroot()
    outside = [e for e in select(root, markup.lead) if body not in e.iterancestors()]
    _remove(body, markup, site, trace)
    if markup.order:
        restore_order(body, markup.order)
    areas = (*outside, body)
    return read_body(
        body,
        Rules(
            base=rules.base,
            placeholders=site.placeholders,
            figures=frozenset(e for area in areas for e in select(area, markup.figures)),
            captions=frozenset(e for area in areas for e in select(area, markup.captions)),
            unwanted=lines_of(site, trace),
            title=rules.title,
        ),
        outside,
    )


def _remove(body: Element, markup: ArticleMarkup, site: Site, trace: Trace | None) -> None:
    """Drop what the profile names; with a trace one selector at a time, so that it says which."""
    selectors = (*site.remove, *markup.remove, *site.wall.marks)
    for each in [(selector,) for selector in selectors] if trace else [selectors]:
        for unwanted in select(body, each):
            if trace:
                trace.removed(unwanted, f"profile: {each[0]}")
            drop(unwanted)


def lines_of(site: Site, trace: Trace | None = None) -> Callable[[str], bool]:
    """A question to a line of text: whether it is one that the site puts into all its articles."""

    def unwanted(text: str) -> bool:
        found = is_boilerplate(text, site)
        if found and trace:
            trace.removed_line(text, f"a line of {site.name}'s own")
        return found

    return unwanted


def is_boilerplate(text: str, site: Site) -> bool:
    """Whether a paragraph is none of the article's: the site's own lines, or the wall's."""
    pattern = _pattern((*site.boilerplate, *map(re.escape, site.wall.phrases)))
    return bool(pattern and pattern.search(text))


@lru_cache(maxsize=64)
def _pattern(expressions: tuple[str, ...]) -> re.Pattern[str] | None:
    return re.compile("|".join(f"(?:{e})" for e in expressions)) if expressions else None


def restore_order(body: Element, order: ChildOrder) -> None:
    """Put the children of a body in the order that the page's own script would give them."""
    children = sorted(body, key=lambda child: _place(child, order))
    body[:] = children


def _place(child: Element, order: ChildOrder) -> int:
    mark = (child.get(order.attribute) or "")[order.skip :]
    try:
        text = mark if order.encoding == "decimal" else base64.b32decode(mark).decode("ascii")
        return int(text)
    except (binascii.Error, ValueError):
        return _LAST
