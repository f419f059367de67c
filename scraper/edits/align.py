"""Which passage of a text became which of the next one, and what in it was cut and put.

Runs that are equal stay together (as in diff(1)); between them passages are paired in their order
by how much they share, since an editor rewrites a sentence in its place more often than elsewhere.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Literal

from scraper.edits.words import tokens_of

Op = Literal["same", "cut", "put"]
ALIKE = 0.4  # the share of their tokens that two passages have in common when one became the other
LONGEST = 4000  # tokens: longer passages are compared as wholes, since the work grows with a square
FEW = 2  # tokens: a remnant this short between two changes is no common ground


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a passage: in both texts, in the old one only, or in the new one only."""

    op: Op
    text: str


Pair = tuple[str | None, str | None]  # a passage before and after; None: it was not there


def pair_up(old: Sequence[str], new: Sequence[str]) -> list[Pair]:
    """Every passage of both texts once, in reading order, with what it became."""
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    pairs: list[Pair] = []
    for op, i, j, k, m in matcher.get_opcodes():
        if op == "equal":
            pairs += zip(old[i:j], new[k:m], strict=True)
        else:
            pairs += _pair_alike(old[i:j], new[k:m])
    return pairs


def _pair_alike(old: Sequence[str], new: Sequence[str]) -> Iterator[Pair]:
    """Pair what is alike, in order, so that the sum of the likenesses is greatest."""
    chosen = _best_pairs(old, new)
    bounds = [(-1, -1), *chosen, (len(old), len(new))]
    for (i, k), (j, m) in pairwise(bounds):
        yield from ((passage, None) for passage in old[i + 1 : j])
        yield from ((None, passage) for passage in new[k + 1 : m])
        if j < len(old):
            yield old[j], new[m]


def _best_pairs(old: Sequence[str], new: Sequence[str]) -> list[tuple[int, int]]:
    """The places of the pairs: the heaviest common subsequence, weighed by likeness."""
    bags = [Counter(tokens_of(text)) for text in old], [Counter(tokens_of(text)) for text in new]
    weights = [[_likeness(a, b) for b in bags[1]] for a in bags[0]]
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for i in range(len(old) - 1, -1, -1):
        for k in range(len(new) - 1, -1, -1):
            taken = weights[i][k] + best[i + 1][k + 1] if weights[i][k] else 0.0
            best[i][k] = max(best[i + 1][k], best[i][k + 1], taken)
    return list(_walk(weights, best))


def _walk(weights: list[list[float]], best: list[list[float]]) -> Iterator[tuple[int, int]]:
    i = k = 0
    while i < len(best) - 1 and k < len(best[0]) - 1:
        if weights[i][k] and best[i][k] == weights[i][k] + best[i + 1][k + 1]:
            yield i, k
            i, k = i + 1, k + 1
        elif best[i][k] == best[i + 1][k]:
            i += 1
        else:
            k += 1


def _likeness(a: Counter[str], b: Counter[str]) -> float:
    """The share of tokens in common (Dice's coefficient); 0 where it is too small to count."""
    total = a.total() + b.total()
    shared = 2 * (a & b).total() / total if total else 0.0
    return shared if shared >= ALIKE else 0.0


def mark(old: str, new: str) -> tuple[Piece, ...]:
    """What was cut from a passage and put into it, with what stayed between."""
    before, after = tokens_of(old), tokens_of(new)
    if max(len(before), len(after)) > LONGEST:
        return _pieces([("cut", old), ("put", new)])
    steps: list[tuple[Op, str]] = []
    for op, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if op == "equal":
            steps.append(("same", "".join(before[i:j])))
        else:
            steps += [("cut", "".join(before[i:j])), ("put", "".join(after[k:m]))]
    return _pieces(_without_remnants(steps))


def _without_remnants(steps: list[tuple[Op, str]]) -> list[tuple[Op, str]]:
    """Take short common remnants between two replacements for parts of one replacement."""
    kept: list[tuple[Op, str]] = []
    for place, (op, text) in enumerate(steps):
        inner = 0 < place < len(steps) - 1
        if op == "same" and inner and _is_remnant(text, steps[place - 1][1], steps[place + 1][1]):
            kept += [("cut", text), ("put", text)]
        else:
            kept.append((op, text))
    return kept


def _is_remnant(text: str, before: str, after: str) -> bool:
    """A character or two by chance between a put and a cut that both say something."""
    return len(tokens_of(text)) < FEW and bool(before) and bool(after) and not text.isspace()


def _pieces(steps: Sequence[tuple[Op, str]]) -> tuple[Piece, ...]:
    """Steps as pieces: of neighbouring changes all cuts first, then all puts; none is empty."""
    pieces: list[Piece] = []
    cut = put = ""
    for op, text in [*steps, ("same", "")]:
        if op == "cut":
            cut += text
        elif op == "put":
            put += text
        else:
            pieces += [Piece("cut", cut), Piece("put", put), Piece("same", text)]
            cut = put = ""
    return tuple(piece for piece in pieces if piece.text)


def text_of(pieces: Sequence[Piece], without: Op) -> str:
    """One side of a marked passage: without the cuts it is the new one."""
    return "".join(piece.text for piece in pieces if piece.op != without)
