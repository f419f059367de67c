"""The inside of a paragraph or cell, as one line of markup."""

import re

_BLOCK_TAG = re.compile(r"</?(?:p|h\d|ul|ol(?: start=\"\d+\")?|li|blockquote|pre|hr)>")


def trim_breaks(markup: str) -> str:
    """Without white space and line breaks at the ends."""
    start, end = 0, len(markup)
    while start < end and (step := _edge(markup, start, end)):
        start += step
    while start < end and (step := _edge_before(markup, start, end)):
        end -= step
    return markup[start:end]


def _edge(markup: str, start: int, end: int) -> int:
    if markup[start] == " ":
        return 1
    return 4 if markup.startswith("<br>", start, end) else 0


def _edge_before(markup: str, start: int, end: int) -> int:
    if markup[end - 1] == " ":
        return 1
    return 4 if markup.endswith("<br>", start, end) else 0


def join_blocks(parts: list[str]) -> str:
    """Blocks of a cell on one line, a break between them."""
    inline = (_BLOCK_TAG.sub("", part) for part in parts)
    return "<br>".join(part for part in inline if part)
