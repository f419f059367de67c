"""Blocks as lines: list markers, quotation marks, fences and the empty lines between.

CommonMark 0.31 §5 (container blocks) and §4.5 (fenced code). Every block begins on a line of its
own behind an empty one; only the items of a list that holds nothing but short items stand close.
"""

import re
from typing import Final

from scraper.markdown.blocks import Block, Code, ItemList, Leaf, Quote, Rule, Table
from scraper.markdown.escape import write_paragraph
from scraper.markdown.tables import fill_grid, write_table

_LIQUID: Final = re.compile(r"\{[{%]")
_FENCE: Final = re.compile("`{3,}")
# What may stand right behind a paragraph's line (§5.3: a list that starts with 1 and not empty).
_INTERRUPTING: Final = re.compile(r"(?:[-+]|1[.)]) +\S")
_INDENT: Final = re.compile(r"^[ \t]+", re.MULTILINE)


def lay_out(blocks: list[Block]) -> list[str]:
    """The lines of some blocks, without an empty line at either end."""
    lines: list[str] = []
    alternate = False
    previous: Block | None = None
    for block in blocks:
        alternate = _is_same_list(previous, block) and not alternate
        written = _write_block(block, alternate=alternate)
        if written:
            lines += [*([""] if lines else []), *written]
            previous = block
    return lines


def _is_same_list(previous: Block | None, block: Block) -> bool:
    """Whether a reader would take two lists for one; another marker keeps them apart (§5.3)."""
    return (
        isinstance(previous, ItemList)
        and isinstance(block, ItemList)
        and (previous.start is None) == (block.start is None)
    )


def _write_block(block: Block, *, alternate: bool) -> list[str]:
    match block:
        case Leaf():
            return _write_leaf(block)
        case Code():
            return _write_code(block.text)
        case Rule():
            return ["* * *"]
        case Table():
            grid = fill_grid(block.rows)
            return write_table(grid) if grid else []
        case Quote():
            return [f"> {line}" if line else ">" for line in lay_out(block.blocks)]
        case _:
            return _write_list(block, alternate=alternate)


def _write_leaf(leaf: Leaf) -> list[str]:
    caption = _write_leaf(leaf.caption) if leaf.caption else []
    return [*(leaf.text.split("\n") if leaf.text else []), *caption]


def _write_code(text: str) -> list[str]:
    if _LIQUID.search(text):  # code has no escapes, and Liquid must not see these
        lines = write_paragraph(_INDENT.sub(_keep_indent, text)).split("\n")
        return [line if line.strip() else "" for line in lines]
    longest = max((len(run) for run in _FENCE.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return [fence, *text.split("\n"), fence]


def _keep_indent(match: re.Match[str]) -> str:
    return match[0].expandtabs(4).replace(" ", "\N{NO-BREAK SPACE}")


def _write_list(block: ItemList, *, alternate: bool) -> list[str]:
    items = [_write_item(item) for item in block.items]
    close = all(is_close for _, is_close in items)
    lines: list[str] = []
    for number, (item, _) in enumerate(items, block.start or 0):
        if item or block.start is not None:
            marker = _marker(None if block.start is None else number, alternate=alternate)
            lines += [""] if lines and not close else []
            lines += _hang(item, marker)
    return lines


def _marker(number: int | None, *, alternate: bool) -> str:
    if number is None:
        return "+ " if alternate else "- "
    return f"{number}) " if alternate else f"{number}. "


def _hang(lines: list[str], marker: str) -> list[str]:
    if not lines:
        return [marker.rstrip()]
    indent = " " * len(marker)
    return [marker + lines[0], *(indent + line if line else "" for line in lines[1:])]


def _write_item(item: list[Block]) -> tuple[list[str], bool]:
    """An item's lines, and whether the next item may follow without an empty line."""
    lines = lay_out(item)
    match item:
        case [] | [Leaf(kind="p")]:
            return lines, True
        case [Leaf(kind="p") as leaf, ItemList()]:
            gap = len(_write_leaf(leaf))
            if _INTERRUPTING.match("\n".join(lines[gap + 1 : gap + 2])):
                del lines[gap]
                return lines, True
    return lines, False
