"""Two versions of an article, and how one became the other: by sentence, each sorted by kind."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from scraper.edits.align import Piece, mark, pair_up
from scraper.edits.kinds import Kind, kinds_of, says_correction
from scraper.edits.words import bare, sentences_of


@dataclass(frozen=True, slots=True)
class Version:
    """One text of an article: `text` has a paragraph a line."""

    number: int
    title: str
    text: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """One changed sentence or paragraph, marked; `paragraph` counts from 1, 0 is the headline."""

    kinds: tuple[Kind, ...]
    paragraph: int
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of both versions in one: what was cut, put, and stayed."""

    number: int  # in the new version, where it is there; else where it was
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The changes in reading order, and the whole text with its marks."""

    old: Version
    new: Version
    changes: tuple[Change, ...]
    headline: tuple[Piece, ...]
    paragraphs: tuple[Paragraph, ...]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """All kinds of edit that there are, in the order in which they are first met."""
        return tuple(dict.fromkeys(kind for change in self.changes for kind in change.kinds))


def compare(old: Version, new: Version) -> Comparison:
    """How one version became the other; white space is not compared."""
    headline = mark(_squeezed(old.title), _squeezed(new.title))
    changes = list(_headline_change(headline))
    paragraphs: list[Paragraph] = []
    number = 0
    for before, after in pair_up(_paragraphs(old.text), _paragraphs(new.text)):
        number += after is not None
        place = max(number, 1)
        found = tuple(_changes(before, after, place))
        changes += found
        paragraphs.append(Paragraph(place, _whole(before, after)))
    return Comparison(old, new, tuple(changes), headline, tuple(paragraphs))


def _headline_change(pieces: tuple[Piece, ...]) -> Iterator[Change]:
    if any(piece.op != "same" for piece in pieces):
        yield Change(("headline",), 0, pieces)


def _changes(before: str | None, after: str | None, number: int) -> Iterator[Change]:
    if after is None:
        yield Change(("removed paragraph",), number, (Piece("cut", before or ""),))
    elif before is None:
        kind: Kind = "correction" if says_correction(after) else "added paragraph"
        yield Change((kind,), number, (Piece("put", after),))
    elif bare(before) == bare(after):
        if before != after:
            yield Change(("punctuation",), number, mark(before, after))
    else:
        for old, new in pair_up(sentences_of(before), sentences_of(after)):
            if old != new:
                pieces = mark(old or "", new or "")
                yield Change(kinds_of(pieces), number, pieces)


def _whole(before: str | None, after: str | None) -> tuple[Piece, ...]:
    return mark(before or "", after or "")


def _paragraphs(text: str) -> list[str]:
    return [line for line in map(_squeezed, text.split("\n")) if line]


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def is_same(old: Version, new: Version) -> bool:
    """Whether two versions say the same to the letter, white space aside."""
    return _paragraphs(old.text) == _paragraphs(new.text) and bare(old.title) == bare(new.title)
