"""The versions of an archived article as texts that can be compared, and what became of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Literal

from scraper.archive.manifest import Event
from scraper.archive.versions import Held
from scraper.articles.extract import count_words
from scraper.edits.compare import Comparison, Version, compare
from scraper.edits.kinds import Kind
from scraper.errors import UnknownArticleError
from scraper.markdown.plain_text import text_of

Turn = Literal["withdrawn", "returned"]


@dataclass(frozen=True, slots=True)
class Step:
    """One version in an article's history, and how it differs from the one before."""

    held: Held
    words: int
    kinds: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Sighting:
    """The site took the article away, or put it back."""

    turn: Turn
    at: datetime


def history_of(versions: Sequence[Held], events: Sequence[Event]) -> list[Step | Sighting]:
    """The versions in their order, with the withdrawals and returns between them."""
    turns = [Sighting(event.event, event.at) for event in events if _is_turn(event)]  # type: ignore[arg-type]  # just looked
    told: list[Step | Sighting] = []
    for step in _steps(versions):
        at = step.held.at
        while turns and at and turns[0].at < at:
            told.append(turns.pop(0))
        told.append(step)
    return told + turns


def compare_versions(versions: Sequence[Held], numbers: tuple[int, int] | None) -> Comparison:
    """How one version became another; by default the last two.

    Raises UnknownArticleError: there is only one, or none of that number.
    """
    if numbers is None and len(versions) == 1:
        raise UnknownArticleError(
            f"{versions[0].path} has one version only: no edit of it was seen so far"
        )
    old, new = numbers or (len(versions) - 1, len(versions))
    for number in (old, new):
        if not 1 <= number <= len(versions):
            raise UnknownArticleError(
                f"{versions[-1].path} has no version {number}; it has 1 to {len(versions)}"
            )
    return compare(text_version(versions[old - 1]), text_version(versions[new - 1]))


def text_version(held: Held) -> Version:
    """A version as what it says."""
    return Version(held.number, held.document.title, text_of(held.document.body), held.at)


def _is_turn(event: Event) -> bool:
    return event.event in ("withdrawn", "returned")


def _steps(versions: Sequence[Held]) -> Iterator[Step]:
    texts = [text_version(held) for held in versions]
    kinds = [(), *(compare(old, new).kinds for old, new in pairwise(texts))]
    for held, text, found in zip(versions, texts, kinds, strict=True):
        yield Step(held, count_words(text.text), found)
