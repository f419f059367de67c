"""Emphasis that CommonMark recognises where it stands, or none.

CommonMark 0.31 §6.2: a delimiter run opens or closes emphasis by what stands on its two sides, and
Chinese text has no spaces to help it. Marks are placed where both the current rule (symbols count
as punctuation) and that of 0.30 (they do not) recognise them; edge punctuation is moved outside for
that, and marks that cannot be placed are left out, so that no asterisk is ever printed.
"""

import re
import unicodedata
from bisect import bisect_left
from typing import Final

from scraper.markdown.inert import (
    EMPHASIS,
    EMPHASIS_END,
    OPAQUE,
    STRONG,
    STRONG_END,
    is_reserved,
)

Span = tuple[int, int]

_MARKS: Final = re.compile(f"([{STRONG}{STRONG_END}{EMPHASIS}{EMPHASIS_END}])")
_BLANK: Final = frozenset(" \n\t")


def classify(char: str) -> str:
    """What CommonMark takes a character (or "", the edge of a line) for.

    Returns " " for white space, "p" for punctuation, "s" for a symbol that was no punctuation
    before CommonMark 0.31, "w" for everything else. Asterisks and stand-ins are punctuation.
    """
    if not char or char in _BLANK:
        return " "
    if is_reserved(char):
        return "p"
    category = unicodedata.category(char)
    if category == "Zs":
        return " "
    if char.isascii():
        return "w" if char.isalnum() else "p"
    return {"P": "p", "S": "s"}.get(category[0], "w")


def write_emphasis(text: str) -> str:
    """The inline text with its emphasis marks as asterisks, where they will be recognised.

    Marks of one kind are not nested. Where spans of different kinds touch or cross, the weaker one
    is lost. Linear in the length of the text, but for the sorting of the marks.
    """
    if not _MARKS.search(text):
        return text
    plain, strong, emphasis = _read_marks(text)
    strong = _tighten_all(plain, strong)
    emphasis = [e for e in _tighten_all(plain, emphasis) if not _conflicts(e, strong)]
    return _insert(plain, strong, emphasis)


def _read_marks(text: str) -> tuple[str, list[Span], list[Span]]:
    pieces = _MARKS.split(text)
    strong, emphasis = _Spans(), _Spans()
    position = 0
    for piece, mark in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        position += len(piece)
        if mark in (STRONG, STRONG_END):
            strong.meet(position, opens=mark == STRONG)
        elif mark:
            emphasis.meet(position, opens=mark == EMPHASIS)
    return "".join(pieces[::2]), strong.found, emphasis.found


class _Spans:
    """Where one kind of emphasis reaches; spans that touch are one."""

    def __init__(self) -> None:
        self.found: list[Span] = []
        self._start = 0

    def meet(self, position: int, *, opens: bool) -> None:
        if not opens:
            self.found.append((self._start, position))
            return
        touches = self.found and self.found[-1][1] == position
        self._start = self.found.pop()[0] if touches else position


def _tighten_all(text: str, spans: list[Span]) -> list[Span]:
    return [tight for span in spans if (tight := _tighten(text, *span))]


def _tighten(text: str, start: int, end: int) -> Span | None:
    while start < end and not _opens(text[start - 1 : start], text[start]):
        if text[start] in OPAQUE:
            return None
        start += 1
    while start < end and not _closes(text[end - 1], text[end : end + 1]):
        if text[end - 1] in OPAQUE:
            return None
        end -= 1
    return (start, end) if start < end else None


def _opens(before: str, after: str) -> bool:
    """Left-flanking, CommonMark §6.2."""
    kind = classify(after)
    return kind == "w" or (kind != " " and classify(before) in " p")


def _closes(before: str, after: str) -> bool:
    """Right-flanking: the mirror image."""
    return _opens(after, before)


def _conflicts(span: Span, others: list[Span]) -> bool:
    """Whether a span crosses, touches or shares one edge with one of the others.

    Those are sorted and apart. `***` that is not one span of both kinds would leave a run behind
    that pairs with whatever follows (§6.2 rules 9 and 10 count a run's original length).
    """
    start, end = span
    first, last = bisect_left(others, (start, 0)), bisect_left(others, (end, 0))
    near = {*others[max(first - 1, 0) : first + 1], *others[max(last - 1, 0) : last + 1]}
    return any(
        other != span
        and (
            other[0] in span
            or other[1] in span
            or other[0] < start < other[1] < end
            or start < other[0] < end < other[1]
        )
        for other in near
    )


def _insert(text: str, strong: list[Span], emphasis: list[Span]) -> str:
    marks = [(at, "**") for span in strong for at in span]
    marks += [(at, "*") for span in emphasis for at in span]
    pieces = []
    done = 0
    for at, stars in sorted(marks):
        pieces += [text[done:at], stars]
        done = at
    return "".join([*pieces, text[done:]])
