"""The blocks of an article's body: what the tree is taken apart into.

A leaf is one paragraph, heading, caption or table cell, as the small piece of HTML that html2text
is given; everything around the leaves (lists, quotations, tables, code) is laid out by ourselves,
because html2text loses the indentation of nested blocks.
"""

from dataclasses import dataclass, field
from typing import Literal

LeafKind = Literal["p", "h1", "h2", "h3", "h4", "h5", "h6", "cell", "caption"]


@dataclass(slots=True)
class Leaf:
    """Inline content; `html` goes through html2text, which gives `text`."""

    kind: LeafKind
    html: str
    picture: bool = False  # a picture and nothing else
    caption: "Leaf | None" = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """Preformatted text."""

    text: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break."""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell and how many columns and rows it covers."""

    leaf: Leaf
    columns: int = 1
    rows: int = 1


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells; the first row is the heading."""

    rows: list[list[Cell]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Quote:
    """A quotation."""

    blocks: "list[Block]" = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class ItemList:
    """A list; `start` is the first number, None where it is not numbered."""

    start: int | None
    items: "list[list[Block]]" = field(default_factory=list)


Block = Leaf | Code | Rule | Table | Quote | ItemList


@dataclass(frozen=True, slots=True)
class Body:
    """The blocks of a body, and every leaf among them in document order."""

    blocks: list[Block] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
