"""Consecutive pages of an article to the one article that they are.

What a later page repeats is left out: pictures shown before, and at its beginning the headline and
the introduction.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain

from lxml import etree

from scraper.articles.extract import count_words
from scraper.articles.markup import sanitise
from scraper.articles.tree import Element, drop, parse_html
from scraper.model import Article, Picture

NEAR = 4  # paragraphs: how far the next repeated one may stand behind the last, as page 1 has them


def join(pages: Sequence[Article]) -> Article:
    """One article of several pages in their order, at least one; its Markdown is not written.

    The facts are those of the first page; modified is the latest, and it is locked if any page is.
    """
    first = pages[0]
    opening = (first.title, *_lines(first))
    pictures = {picture.url: picture for picture in first.images}
    parts = [_Part(first.html, _lines(first))]
    for page in pages[1:]:
        parts.append(_without_repeats(page, opening, frozenset(pictures)))
        pictures |= {p.url: _fuller(pictures.get(p.url, p), p) for p in page.images}
    text = "\n".join(chain.from_iterable(part.lines for part in parts))
    return replace(
        first,
        text=text,
        html="".join(part.html for part in parts),
        markdown="",
        images=tuple(pictures.values()),
        words=count_words(text),
        modified=max(filter(None, (page.modified for page in pages)), default=None),
        paywalled=any(page.paywalled for page in pages),
        continues="",
        doubt=next(filter(None, (page.doubt for page in pages)), ""),
    )


def _lines(page: Article) -> tuple[str, ...]:
    return tuple(page.text.split("\n")) if page.text else ()


def _fuller(known: Picture, again: Picture) -> Picture:
    return known if known.caption or not again.caption else again


@dataclass(frozen=True, slots=True)
class _Part:
    """What a page contributes."""

    html: str
    lines: tuple[str, ...]


def _without_repeats(page: Article, opening: Sequence[str], shown: frozenset[str]) -> _Part:
    """A later page without the pictures that were shown and without the repeated opening."""
    lines = _lines(page)
    root = parse_html(page.html)
    if root is None:
        return _Part(page.html, lines)
    body = next(root.iter("body"), root)
    pictures = _drop_pictures(body, shown)
    repeated = _drop_opening(body, lines, opening)
    if not pictures and not repeated:
        return _Part(page.html, lines)
    inner = (etree.tostring(child, encoding="unicode", method="html") for child in body)
    return _Part(sanitise("".join(inner)), lines[repeated:])


def _drop_pictures(body: Element, shown: frozenset[str]) -> int:
    figures = [f for f in body.iter("figure") if any(i.get("src") in shown for i in f.iter("img"))]
    for figure in figures:
        drop(figure)
    return len(figures)


def _drop_opening(body: Element, lines: Sequence[str], opening: Sequence[str]) -> int:
    """Drop the leading paragraphs that repeat the opening in its order; how many they were."""
    wanted, place, dropped = [_squashed(line) for line in opening], 0, 0
    blocks = [block for block in body if block.tag != "figure"]
    for block, line in zip(blocks, map(_squashed, lines), strict=False):
        near = wanted[place : place + NEAR]
        # an embedded player's link is a paragraph, too, and no line of the text
        if line not in near or line != _squashed("".join(block.itertext())):
            break
        place += near.index(line) + 1
        drop(block)
        dropped += 1
    return dropped


def _squashed(text: str) -> str:
    """A line by its characters alone: a line break is a space in a text, and nothing in a tree."""
    return "".join(text.split())
