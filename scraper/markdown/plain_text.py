"""The text of a document's body, a paragraph a line, as a reader sees it and edits are told of.

The way back from `layout.py`, for the blocks that it writes, and for the bodies of the HTML layout.
It is no CommonMark parser: what others wrote is read as well as its text needs, and never refused.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from lxml import etree

from scraper.markdown.inline_text import inline_text
from scraper.markdown.parse import parse_fragment

_FENCE: Final = re.compile(r"^ {0,3}(`{3,}(?![^`]*`)|~{3,})")
_RULE: Final = re.compile(r"^ {0,3}([-*_])(?: *\1){2,} *$")
_QUOTE: Final = re.compile(r"^ {0,3}> ?")
_ITEM: Final = re.compile(r"^ {0,3}(?:[-+*]|\d{1,9}[.)])(?: +|$)", re.ASCII)
_HEADING: Final = re.compile(r"^ {0,3}#{1,6}(?: +|$)")
_HEADING_END: Final = re.compile(r" +#+ *$")
_DELIMITERS: Final = re.compile(r"^\|(?: *:?-+:? *\|)+ *$")
_PIPE: Final = re.compile(r"(?<!\\)\|")
_CAPTION: Final = re.compile(r"\*(?!\*)(?:[^*\\]|\\.)*\*", re.DOTALL)
_MAX_DEPTH: Final = 200  # as deep as the parser of pages goes; below it markers are text
_BREAKING: Final = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre table caption tr br hr div figure figcaption "
    "section article dl dt dd".split()
)
_SPACING: Final = frozenset(("td", "th"))
_Taker = Callable[[Sequence[str], int], tuple[int, list[str]]]  # the place behind it, its lines
_CAPTIONS: Final = frozenset(("figcaption", "caption"))


def text_of(body: str, *, captions: bool = False) -> str:
    """The text of a body in either layout; without the captions of its pictures, unless told."""
    html = body.lstrip().startswith("<div>")
    lines = _html_lines(body, captions=captions) if html else _blocks(body.split("\n"), captions)
    return "\n".join(line for line in (" ".join(found.split()) for found in lines) if line)


# -- Markdown --------------------------------------------------------------------------------------


def _blocks(lines: Sequence[str], captions: bool, depth: int = 0) -> Iterator[str]:  # noqa: FBT001
    at = 0
    while at < len(lines):
        take = _taker(lines, at, depth)
        at, inner = take(lines, at)
        if take in (_quote, _item):
            yield from _blocks(inner, captions, depth + 1)
        elif take is _paragraph:
            yield from _paragraph_lines("\n".join(inner), captions=captions)
        else:
            yield from inner


def _taker(lines: Sequence[str], at: int, depth: int = 0) -> _Taker:
    """What reads the block that begins at a line."""
    line = lines[at]
    if not line.strip() or _RULE.match(line):
        return _nothing
    if _FENCE.match(line):
        return _code
    if _HEADING.match(line):
        return _heading
    if depth < _MAX_DEPTH and _QUOTE.match(line):
        return _quote
    if depth < _MAX_DEPTH and _ITEM.match(line):
        return _item
    return _table if _is_table(lines, at) else _paragraph


def _nothing(_lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    return at + 1, []


def _code(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    """Up to the closing fence, which is at least as long as the opening one (§4.5)."""
    fence = (_FENCE.match(lines[at]) or [""])[0].strip()
    end = at + 1
    while end < len(lines) and not re.fullmatch(rf" *{re.escape(fence)}+ *", lines[end]):
        end += 1
    return end + 1, [" ".join(lines[at + 1 : end])]


def _heading(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    return at + 1, [inline_text(_HEADING_END.sub("", _HEADING.sub("", lines[at])))]


def _quote(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    end = at
    while end < len(lines) and _QUOTE.match(lines[end]):
        end += 1
    return end, [_QUOTE.sub("", line) for line in lines[at:end]]


def _item(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    """One item: its first line, and what is indented below it as far as its marker is wide."""
    marker = (_ITEM.match(lines[at]) or [""])[0]
    indent = " " * len(marker)
    end = at + 1
    while end < len(lines) and (lines[end].startswith(indent) or not lines[end].strip()):
        end += 1
    return end, [lines[at][len(marker) :], *(line[len(indent) :] for line in lines[at + 1 : end])]


def _is_table(lines: Sequence[str], at: int) -> bool:
    return lines[at].startswith("|") and bool(_DELIMITERS.match("".join(lines[at + 1 : at + 2])))


def _table(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    """The rows of a table, each as a line; the second line of it only counts the columns."""
    end = at + 2
    while end < len(lines) and lines[end].startswith("|"):
        end += 1
    return end, [_row(line) for line in (lines[at], *lines[at + 2 : end])]


def _row(line: str) -> str:
    cells = _PIPE.split(line)
    return " ".join(inline_text(cell.replace("\\|", "|").strip()) for cell in cells)


def _paragraph(lines: Sequence[str], at: int) -> tuple[int, list[str]]:
    end = at + 1
    while end < len(lines) and _taker(lines, end) is _paragraph:
        end += 1
    return end, [line.strip() for line in lines[at:end]]


def _paragraph_lines(source: str, *, captions: bool) -> Iterator[str]:
    """The lines of a paragraph; an emphasised line under nothing but pictures is their caption."""
    first, _, rest = source.partition("\n")
    if "![" in first and _CAPTION.fullmatch(rest) and not inline_text(first).strip():
        yield from inline_text(rest).split("\n") if captions else ()
    else:
        yield from inline_text(source).split("\n")


# -- HTML ------------------------------------------------------------------------------------------


def _html_lines(body: str, *, captions: bool) -> Iterator[str]:
    root = parse_fragment(body)
    if root is not None and not captions:
        etree.strip_elements(root, *_CAPTIONS, with_tail=False)
    pieces: list[str] = []
    steps = () if root is None else etree.iterwalk(root, events=("start", "end"))
    for event, element in steps:
        if element.tag in _BREAKING:
            pieces.append("\n")
        elif element.tag in _SPACING:
            pieces.append(" ")
        text = element.text if event == "start" else element.tail
        pieces.append(" ".join((text or "").split("\n")))
    yield from "".join(pieces).split("\n")
