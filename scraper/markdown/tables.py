"""Tables: GFM's pipes (GitHub Flavored Markdown Spec §4.10), or no table at all.

GFM has no merged cells: the first place of a cell that covers several holds the text, the others
stay empty, so that columns line up. The grid is filled as HTML says (§4.9.12, forming a table).
"""

from itertools import islice
from typing import Final

from scraper.markdown.blocks import Cell
from scraper.markdown.parse import Element

_MAX_SPAN: Final = 50  # more columns than that are a mistake, or an attack
_MAX_PLACES: Final = 100_000


def is_layout(table: Element) -> bool:
    """Whether a table only arranges a page: it holds another table, or one cell at most."""
    cells = islice(table.iter("td", "th"), 2)
    return table.find(".//table") is not None or len(list(cells)) < 2


def read_span(value: str | None) -> int:
    """A `colspan` or `rowspan` attribute; 1 for anything that is no sensible number."""
    digits = (value or "").strip()
    known = digits.isascii() and digits.isdigit() and len(digits) < 5
    return min(max(int(digits), 1), _MAX_SPAN) if known else 1


def is_too_large(rows: list[list[Cell]]) -> bool:
    """Whether a table would be out of all proportion once it is filled up."""
    area = sum(cell.columns * cell.rows for row in rows for cell in row)
    if area > _MAX_PLACES:
        return True
    return len(rows) * max((len(row) for row in _place_all(rows)), default=0) > _MAX_PLACES


def fill_grid(rows: list[list[Cell]]) -> list[list[str]]:
    """The cells' texts, every row as long as the longest; rows of nothing are left out."""
    grid = _place_all(rows)
    width = max((len(row) for row in grid), default=0)
    return [row + [""] * (width - len(row)) for row in grid if any(row)]


def _place_all(rows: list[list[Cell]]) -> list[list[str]]:
    covered: dict[int, int] = {}  # column → rows that a cell above still reaches down
    return [_place(row, covered) for row in rows]


def _place(row: list[Cell], covered: dict[int, int]) -> list[str]:
    placed: list[str] = []
    down = {column: rows - 1 for column, rows in covered.items() if rows > 1}
    for cell in row:
        while len(placed) in covered:
            placed.append("")
        if cell.rows > 1:
            down.update((len(placed) + n, cell.rows - 1) for n in range(cell.columns))
        placed += [cell.leaf.text, *[""] * (cell.columns - 1)]
    covered.clear()
    covered.update(down)
    return placed


def write_table(grid: list[list[str]]) -> list[str]:
    """The lines of a table; the first row is its heading."""
    lines = ["| " + " | ".join(row) + " |" for row in grid]
    return [lines[0], "|" + " --- |" * len(grid[0]), *lines[1:]]
