"""A comparison of two versions as a redline that people read: in Markdown and in HTML.

What was cut stands in `<del>`, what was put in `<ins>`, as HTML means them (§4.7): CommonMark lets
these through, and emphasis would not be recognised beside Chinese punctuation.
"""

import html
import re
from collections.abc import Iterable, Iterator, Sequence

from scraper.edits.align import Piece
from scraper.edits.compare import Change, Comparison, Paragraph, Version

_SPECIAL = re.compile(r"[\\`*_\[\]<>&~|{}#$]")
_OPENING = re.compile(r"^(\s*)(\d{1,9}(?=[.)])|(?=[-+=]))")  # what would begin a list or a heading
_ELEMENTS = {"cut": "del", "put": "ins"}
NEIGHBOURS = 1  # unchanged paragraphs that are shown beside a changed one
GAP = "…"


def as_markdown(comparison: Comparison) -> str:
    """The redline as CommonMark, with a list of the changes by kind before it."""
    lines = [f"# {_line(comparison.headline)}", _versions(comparison)]
    lines += ["\n".join(f"- {_summary(change)}" for change in comparison.changes)]
    lines += [_line(p.pieces) if p else GAP for p in shown(comparison.paragraphs)]
    return "\n\n".join(filter(None, lines)) + "\n"


def as_html(comparison: Comparison) -> str:
    """The redline as a fragment of HTML without styles, scripts or addresses."""
    changes = "".join(f"<li>{_tagged_summary(change)}</li>" for change in comparison.changes)
    body = "".join(
        f"<p>{_tagged(p.pieces)}</p>" if p else f"<p>{GAP}</p>"
        for p in shown(comparison.paragraphs)
    )
    head = f"<h1>{_tagged(comparison.headline)}</h1><p>{_versions(comparison)}</p>"
    return f"<article>{head}<ul>{changes}</ul>{body}</article>\n"


def shown(paragraphs: Sequence[Paragraph]) -> Iterator[Paragraph | None]:
    """The changed paragraphs with their neighbours; None where others are left out."""
    changed = [n for n, p in enumerate(paragraphs) if is_changed(p.pieces)]
    near = {n + step for n in changed for step in range(-NEIGHBOURS, NEIGHBOURS + 1)}
    skipped = False
    for n, paragraph in enumerate(paragraphs):
        if n not in near:
            skipped = True
            continue
        if skipped:
            yield None
        skipped = False
        yield paragraph
    if skipped and changed:
        yield None


def is_changed(pieces: Iterable[Piece]) -> bool:
    """Whether anything was cut or put."""
    return any(piece.op != "same" for piece in pieces)


def describe(version: Version) -> str:
    """A version as people call it: "2 (2021-11-13 12:00Z)"."""
    when = f" ({version.at:%Y-%m-%d %H:%M}Z)" if version.at else ""
    return f"{version.number}{when}"


def _versions(comparison: Comparison) -> str:
    return f"{describe(comparison.old)} → {describe(comparison.new)}"


def _summary(change: Change) -> str:
    return f"{', '.join(change.kinds)}: {_line(_trimmed(change.pieces))}"


def _tagged_summary(change: Change) -> str:
    return f"{html.escape(', '.join(change.kinds))}: {_tagged(_trimmed(change.pieces))}"


def _trimmed(pieces: Sequence[Piece], width: int = 12) -> tuple[Piece, ...]:
    """A passage cut down to its changes and a few characters beside them."""
    last = len(pieces) - 1
    return tuple(
        piece if piece.op != "same" else Piece("same", _shorten(piece.text, n, last, width))
        for n, piece in enumerate(pieces)
    )


def _shorten(text: str, place: int, last: int, width: int) -> str:
    head = "" if place == 0 else text[:width]
    tail = "" if place == last else text[-width:]
    return text if len(text) <= len(head) + len(tail) else f"{head}{GAP}{tail}"


def _line(pieces: Sequence[Piece]) -> str:
    text = "".join(_marked(piece, _escape(piece.text)) for piece in pieces)
    return _OPENING.sub(lambda found: f"{found[1]}{found[2]}\\", text)


def _tagged(pieces: Sequence[Piece]) -> str:
    return "".join(_marked(piece, html.escape(piece.text, quote=False)) for piece in pieces)


def _marked(piece: Piece, text: str) -> str:
    element = _ELEMENTS.get(piece.op)
    return f"<{element}>{text}</{element}>" if element else text


def _escape(text: str) -> str:
    return _SPECIAL.sub(r"\\\g<0>", text)
