"""How an article looks in figures, to be compared with the others of its source.

Cheap, and of the finished article alone, so that it may be taken of every one: about 50 µs.
"""

import re
import zlib
from dataclasses import dataclass
from datetime import datetime

from scraper.model import Article

MOST_LINES = 100  # of an article that are kept: enough for any list of stories
FACTS = ("byline", "instant", "description", "keywords")  # that a page's markup gives, or does not
_LENGTH_BITS = 16
_LONGEST = (1 << _LENGTH_BITS) - 1
_LINK = re.compile(r"<a [^>]*>(.*?)</a>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


@dataclass(frozen=True, slots=True)
class Measure:
    """The figures of one article. Shares are from 0 to 1, of the text's characters."""

    generation: str  # the rule that won: Article.method
    locked: bool
    characters: int  # without line breaks
    paragraphs: int
    linked: float  # the share inside links
    pictures: int
    filled: frozenset[str]  # those of FACTS that are known
    shared: float = 0.0  # the share in lines that stand in many other articles of the source


@dataclass(frozen=True, slots=True)
class Noted:
    """A measure that was taken of an article, and what came of it."""

    article: str  # its id
    measure: Measure
    at: datetime
    lines: frozenset[int] = frozenset()  # of the latest articles only
    unlike: str = ""  # why it was put into quarantine; "" where it was not


def measure_of(article: Article) -> Measure:
    """The figures of an article; what it shares with others is not known from it alone."""
    breaks = article.text.count("\n")
    characters = len(article.text) - breaks
    return Measure(
        generation=article.method,
        locked=article.paywalled,
        characters=characters,
        paragraphs=breaks + 1 if characters else 0,
        linked=min(1.0, _linked(article.html) / characters) if characters else 0.0,
        pictures=len(article.images),
        filled=frozenset(_filled(article)),
    )


def _linked(html: str) -> int:
    """Characters inside links; the markup is our own."""
    return sum(len(_TAG.sub("", inner)) for inner in _LINK.findall(html))


def _filled(article: Article) -> list[str]:
    known = {
        "byline": article.byline,
        "instant": article.published and article.precision == "instant",
        "description": article.description,
        "keywords": article.keywords,
    }
    return [name for name in FACTS if known[name]]


# -- lines -----------------------------------------------------------------------------------------


def lines_of(article: Article) -> frozenset[int]:
    """The article's paragraphs, each as a number: a checksum of 32 bits, and its length in 16.

    Two different ones of a source share a number once in 10^9; it takes several to matter.
    """
    lines = article.text.split("\n")[:MOST_LINES] if article.text else []
    return frozenset(map(_number, lines))


def _number(line: str) -> int:
    return zlib.crc32(line.encode(errors="replace")) << _LENGTH_BITS | min(len(line), _LONGEST)


def length_of(line: int) -> int:
    """The characters of a line, up to 65,535."""
    return line & _LONGEST
