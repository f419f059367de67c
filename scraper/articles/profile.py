"""An article page read through its site's profile: exact, fast, and kept as data.

The generations of a profile are tried in order; the first whose `detect` and `body` are both found
on the page is used.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache

from scraper.articles.body import Body, Rules, read_body
from scraper.articles.finder import Finder
from scraper.articles.trace import Trace
from scraper.articles.tree import Element, drop_all, text_of
from scraper.site import ArticleMarkup, ChildOrder, Site

_HIDING = re.compile(r"display\s*:\s*none", re.IGNORECASE)
_LAST = 1 << 30  # the place of children that carry none


@dataclass(frozen=True, slots=True)
class Recognised:
    """A page of a known generation, and the element that holds its body."""

    site: Site
    markup: ArticleMarkup
    body: Element


@lru_cache(maxsize=16)
def selectors_of(site: Site) -> tuple[str, ...]:
    """All that a profile may ask of a page."""
    return tuple(_selectors(site))


def _selectors(site: Site) -> Iterator[str]:
    yield from (*site.remove, *site.wall.marks)
    for markup in site.generations:
        yield from (*markup.detect, *markup.body, *markup.headline, *markup.published)
        yield from (*markup.byline, *markup.section, *markup.keywords, *markup.lead)
        yield from (*markup.figures, *markup.captions, *markup.remove, *markup.next_page)


def recognise(finder: Finder, site: Site) -> Recognised | None:
    """The generation of a page and its body; None where no generation fits."""
    for markup in site.generations:
        if finder.first(markup.detect) is not None:
            body = finder.first(markup.body)
            if body is not None:
                return Recognised(site, markup, body)
    return None


def shows_wall(finder: Finder, site: Site, html: str) -> bool:
    """Whether the page carries the marks, or shows the phrases, of a story that is held back."""
    if finder.first(site.wall.marks) is not None:
        return True
    named = [phrase for phrase in site.wall.phrases if phrase in html]
    if not named:
        return False
    shown = text_of(finder.root)  # a phrase in a script is not shown
    return any(phrase in shown for phrase in named)


def drop_hidden(body: Element, trace: Trace | None = None) -> None:
    """Take out what the page does not show: on a locked story it may be the rest of the text."""
    hidden = [
        element
        for element in body.iterdescendants()
        if element.get("hidden") is not None or _HIDING.search(element.get("style") or "")
    ]
    if trace:
        for element in hidden:
            trace.removed(element, "hidden on a locked page")
    drop_all(hidden)


def read_through(
    finder: Finder, known: Recognised, rules: Rules, trace: Trace | None = None
) -> Body:
    """The body of a recognised page; `rules` gives the base URL and the title."""
    body, markup, site = known.body, known.markup, known.site
    outside = [e for e in finder.select(markup.lead) if body not in e.iterancestors()]
    _remove(finder, known, trace)
    if markup.order:
        restore_order(body, markup.order)
    areas = (*outside, body)
    return read_body(
        body,
        Rules(
            base=rules.base,
            placeholders=site.placeholders,
            figures=frozenset(e for area in areas for e in finder.select(markup.figures, area)),
            captions=frozenset(e for area in areas for e in finder.select(markup.captions, area)),
            unwanted=lines_of(site, trace),
            title=rules.title,
        ),
        outside,
    )


def _remove(finder: Finder, known: Recognised, trace: Trace | None) -> None:
    """Drop what the profile names; with a trace one selector at a time, so that it says which."""
    selectors = (*known.site.remove, *known.markup.remove, *known.site.wall.marks)
    for each in [(selector,) for selector in selectors] if trace else [selectors]:
        found = finder.select(each, known.body)
        if trace:
            for unwanted in found:
                trace.removed(unwanted, f"profile: {each[0]}")
        drop_all(found)


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
