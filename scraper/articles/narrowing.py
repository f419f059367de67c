"""A profile narrowed to what one page can match at all.

A selector that names a class or id costs a walk over the whole tree; that a page has no such class
is known from one list of all its classes. Most selectors of a profile belong to other generations,
so most walks are spared.
"""

import re
from dataclasses import replace
from functools import lru_cache

from lxml import etree

from scraper.articles.tree import Element
from scraper.model import ArticleMarkup, Site

_CLASSES = etree.XPath("//@class", smart_strings=False)
_IDS = etree.XPath("//@id", smart_strings=False)
_QUOTED = re.compile(r"\[[^\]]*\]|'[^']*'|\"[^\"]*\"")
_NAMED = re.compile(r"[.#](-?[A-Za-z_][\w-]*)")


def narrow(site: Site, root: Element) -> Site:
    """The profile without the selectors that cannot match this page."""
    classes = {token for value in set(_CLASSES(root)) for token in str(value).split()}
    words = frozenset(classes.union(map(str, _IDS(root))))
    generations = (_narrow_markup(markup, words) for markup in site.generations)
    return replace(
        site,
        generations=tuple(m for m in generations if m.detect and m.body),
        remove=_possible(site.remove, words),
        wall=replace(site.wall, marks=_possible(site.wall.marks, words)),
    )


def _narrow_markup(markup: ArticleMarkup, words: frozenset[str]) -> ArticleMarkup:
    detect, body = _possible(markup.detect, words), _possible(markup.body, words)
    if not (detect and body):
        return replace(markup, detect=(), body=())
    return replace(
        markup,
        detect=detect,
        body=body,
        headline=_possible(markup.headline, words),
        published=_possible(markup.published, words),
        byline=_possible(markup.byline, words),
        section=_possible(markup.section, words),
        keywords=_possible(markup.keywords, words),
        lead=_possible(markup.lead, words),
        figures=_possible(markup.figures, words),
        captions=_possible(markup.captions, words),
        remove=_possible(markup.remove, words),
    )


def _possible(selectors: tuple[str, ...], words: frozenset[str]) -> tuple[str, ...]:
    return tuple(selector for selector in selectors if needed_words(selector) <= words)


@lru_cache(maxsize=2048)
def needed_words(selector: str) -> frozenset[str]:
    """The classes and ids without which a selector matches nothing; empty where unsure."""
    bare = _QUOTED.sub("", selector)
    if "," in bare or ":not(" in bare or ":is(" in bare or "\\" in bare:
        return frozenset()
    return frozenset(_NAMED.findall(bare))
