"""A redline for a terminal: red and struck through what was cut, green what was put.

Where there is no colour, as in a pipe or with NO_COLOR (https://no-color.org), brackets say the
same: `[-cut-]` and `{+put+}`, as wdiff(1) writes them.
"""

import os
import sys
from collections.abc import Iterator, Sequence

import click

from scraper.cli.logs import one_line
from scraper.edits.align import Piece
from scraper.edits.compare import Comparison
from scraper.markdown.redline import GAP, describe, shown


def in_colour() -> bool:
    """Whether standard output is a terminal that shows colours."""
    return sys.stdout.isatty() and not os.environ.get("NO_COLOR")


def as_text(comparison: Comparison, *, colour: bool) -> str:
    """The headline, the kinds of edit, and the changed paragraphs with their neighbours."""
    return "\n".join(_lines(comparison, colour=colour))


def _lines(comparison: Comparison, *, colour: bool) -> Iterator[str]:
    yield _marked(comparison.headline, colour=colour)
    yield f"{describe(comparison.old)} → {describe(comparison.new)}"
    yield ", ".join(comparison.kinds) or "no difference in the text"
    for paragraph in shown(comparison.paragraphs):
        yield ""
        yield _marked(paragraph.pieces, colour=colour) if paragraph else GAP


def _marked(pieces: Sequence[Piece], *, colour: bool) -> str:
    return "".join(_piece(piece, colour=colour) for piece in pieces)


def _piece(piece: Piece, *, colour: bool) -> str:
    text = one_line(f"{piece.text}|")[:-1]  # white space at its end stays
    match piece.op:
        case "cut":
            return click.style(text, fg="red", strikethrough=True) if colour else f"[-{text}-]"
        case "put":
            return click.style(text, fg="green") if colour else f"{{+{text}+}}"
        case _:
            return text
