"""The tree of a body, taken apart into blocks whose leaves html2text can be trusted with.

One walk without recursion. Inline elements that reach across blocks are closed at the end of each
leaf and opened again in the next; captions find their picture; containers deeper than CommonMark
renderers follow (markdown-it stops at 20 levels) lose their frame, never their text.
"""

from collections.abc import Callable
from typing import Final, cast

from lxml import etree

from scraper.markdown.blocks import (
    Block,
    Body,
    Cell,
    Code,
    ItemList,
    Leaf,
    LeafKind,
    Quote,
    Rule,
    Table,
)
from scraper.markdown.escape import safe_url
from scraper.markdown.inert import clean, make_inert
from scraper.markdown.leaf import MARKS, LeafWriter
from scraper.markdown.parse import Element
from scraper.markdown.tables import is_layout, is_too_large, read_span

_MAX_LEVELS: Final = 16  # a quotation is one, a list and its item are two
_LAST_START: Final = 999_000_000  # CommonMark §5.2: at most nine digits
_HEADINGS: Final[dict[str, LeafKind]] = {
    "h1": "h1",
    "h2": "h2",
    "h3": "h3",
    "h4": "h4",
    "h5": "h5",
    "h6": "h6",
}
_INLINE: Final = frozenset({"a", "img", "br", "sup", "sub", *MARKS})
_TRANSPARENT: Final = frozenset({"del", "s", "u", "span", "thead", "tbody", "tfoot"})

Undo = Callable[[], None]


def take_apart(root: Element) -> Body:
    """The blocks of a body, in document order; see `blocks.py`."""
    builder = _Builder()
    walk = etree.iterwalk(root, events=("start", "end"))
    undo: list[Undo] = []
    for event, element in walk:
        if event == "end":
            undo.pop()()
            builder.add_text(element.tail)
            continue
        undo.append(builder.start(element))
        if element.tag == "pre" and not builder.leaf.one_line:
            walk.skip_subtree()
        else:
            builder.add_text(element.text)
    builder.finish_leaf()
    return builder.body


def _nothing() -> None:
    """What the end of many an element does."""


class _Builder:
    """Meets the elements in document order; `start` returns what their end has to do."""

    def __init__(self) -> None:
        self.body = Body()
        self.leaf = LeafWriter()
        self._targets: list[list[Block] | ItemList] = [self.body.blocks]
        self._levels = 0
        self._table: Table | None = None
        self._figures = 0
        self._picture: Leaf | None = None  # the one a caption would belong to
        self._caption: Leaf | None = None  # one that came before its picture

    def add_text(self, text: str | None) -> None:
        if text:
            self.leaf.add_text(text)

    def finish_leaf(self) -> None:
        leaf = self.leaf.take()
        if leaf is not None:
            self.body.leaves.append(leaf)
            self._add(leaf)

    def start(self, element: Element) -> Undo:
        tag = element.tag
        if tag in _INLINE:
            return self._start_inline(element)
        if tag in _TRANSPARENT:
            return _nothing
        if self.leaf.one_line:
            self.leaf.add_text(" ")
            return lambda: self.leaf.add_text(" ")
        return self._start_block(element)

    # -- inline -----------------------------------------------------------------------------------

    def _start_inline(self, element: Element) -> Undo:
        tag = str(element.tag)
        if tag in ("sup", "sub"):
            return self._start_script(element)
        if tag == "img":
            self._add_picture(element)
        elif tag == "br":
            self._add_break()
        else:
            inline = _inline(element)
            if inline and self.leaf.open(inline):
                return self.leaf.close
        return _nothing

    def _start_script(self, element: Element) -> Undo:
        content = "".join(cast("list[str]", list(element.itertext())))
        closing = self.leaf.open_script(str(element.tag), content)
        return _nothing if closing is None else lambda: self.leaf.close_script(closing)

    def _add_picture(self, element: Element) -> None:
        url = element.get("src", "")
        if not _is_web(url):
            return
        if self.leaf.follows_picture and not self.leaf.one_line:
            self.finish_leaf()
        self.leaf.add_picture(url, element.get("alt", ""))

    def _add_break(self) -> None:
        if self.leaf.one_line or self.leaf.in_code:
            self.leaf.add_text(" ")
        elif not self.leaf.follows_break:  # several in a row are one: the paragraph is the page's
            self.leaf.add_break()

    # -- blocks -----------------------------------------------------------------------------------

    def _start_block(self, element: Element) -> Undo:
        self.finish_leaf()
        tag = str(element.tag)
        if tag in _HEADINGS:
            self.leaf.kind = _HEADINGS[tag]
        elif tag in ("figcaption", "caption"):
            self.leaf.kind = "caption"
        undo = {
            "ul": self._start_container,
            "ol": self._start_container,
            "blockquote": self._start_container,
            "li": self._start_item,
            "table": self._start_table,
            "tr": self._start_row,
            "td": self._start_cell,
            "th": self._start_cell,
            "figure": self._start_figure,
            "figcaption": lambda _: self._finish_caption,
            "pre": self._add_code,
            "hr": self._add_rule,
        }.get(tag)
        return undo(element) if undo else self.finish_leaf

    def _add(self, block: Block) -> None:
        target = self._targets[-1]
        if isinstance(target, ItemList):  # not in any item: with the one before
            if not target.items:
                target.items.append([])
            target = target.items[-1]
        target.append(block)
        is_picture = isinstance(block, Leaf) and block.picture
        self._picture = cast("Leaf", block) if is_picture else None
        if self._picture and self._caption:
            self._picture.caption, self._caption, self._picture = self._caption, None, None

    def _start_container(self, element: Element) -> Undo:
        levels = 1 if element.tag == "blockquote" else 2
        if self._levels + levels > _MAX_LEVELS:
            return self.finish_leaf
        block = Quote() if element.tag == "blockquote" else ItemList(_first_number(element))
        self._add(block)
        return self._enter(block.blocks if isinstance(block, Quote) else block, levels)

    def _start_item(self, _: Element) -> Undo:
        target = self._targets[-1]
        if not isinstance(target, ItemList):
            return self.finish_leaf
        target.items.append([])
        return self._enter(target.items[-1], 0)

    def _enter(self, target: list[Block] | ItemList, levels: int) -> Undo:
        self._targets.append(target)
        self._levels += levels

        def leave() -> None:
            self.finish_leaf()
            self._targets.pop()
            self._levels -= levels

        return leave

    def _add_code(self, element: Element) -> Undo:
        text = _preformatted(element)
        if text.strip():
            self._add(Code(text))
        for image in element.iter("img"):
            self._add_picture(image)
        return self.finish_leaf

    def _add_rule(self, _: Element) -> Undo:
        self._add(Rule())
        return _nothing

    # -- figures ----------------------------------------------------------------------------------

    def _start_figure(self, _: Element) -> Undo:
        self._figures += 1
        self._picture = None
        return self._finish_figure

    def _finish_figure(self) -> None:
        self.finish_leaf()
        self._figures -= 1
        if self._caption:
            caption, self._caption = self._caption, None
            self._add(caption)

    def _finish_caption(self) -> None:
        caption = self.leaf.take()
        if caption is None:
            return
        self.body.leaves.append(caption)
        if self._picture:
            self._picture.caption, self._picture = caption, None
        elif self._figures and not self._caption:
            self._caption = caption
        else:
            self._add(caption)

    # -- tables -----------------------------------------------------------------------------------

    def _start_table(self, element: Element) -> Undo:
        if is_layout(element):
            return self.finish_leaf
        self._table = Table()
        return self._finish_table

    def _finish_table(self) -> None:
        self.finish_leaf()
        table, self._table = cast("Table", self._table), None
        if not is_too_large(table.rows):
            self._add(table)
            return
        for cell in (cell for row in table.rows for cell in row):
            cell.leaf.kind = "p"
            self._add(cell.leaf)

    def _start_row(self, _: Element) -> Undo:
        if self._table:
            self._table.rows.append([])
        return self.finish_leaf

    def _start_cell(self, element: Element) -> Undo:
        table = self._table
        if not table:
            return self.finish_leaf
        self.leaf.kind = "cell"
        columns, rows = (read_span(element.get(name)) for name in ("colspan", "rowspan"))

        def finish() -> None:
            leaf = self.leaf.take()
            if leaf:
                self.body.leaves.append(leaf)
            if not table.rows:
                table.rows.append([])
            table.rows[-1].append(Cell(leaf or Leaf("cell", ""), columns, rows))

        return finish


def _is_web(url: str) -> bool:
    return url.strip().lower().startswith(("http://", "https://"))


def _inline(element: Element) -> tuple[str, str] | None:
    """How an inline element opens and closes; None for one that leaves only its content."""
    tag = str(element.tag)
    if tag == "code" and next(element.iter("a", "img"), None) is not None:
        return None  # code holds nothing but characters
    if tag in MARKS:
        return MARKS[tag]
    url = element.get("href", "")
    return (f'<a href="{make_inert(safe_url(url))}">', "</a>") if _is_web(url) else None


def _first_number(element: Element) -> int | None:
    if element.tag == "ul":
        return None
    start = element.get("start", "").strip()
    known = start.isascii() and start.isdigit() and len(start) < 10
    return int(start) if known and int(start) <= _LAST_START else 1


def _preformatted(element: Element) -> str:
    pieces = []
    for event, inner in etree.iterwalk(element, events=("start", "end")):
        if event == "start":
            pieces.append("\n" if inner.tag == "br" else inner.text or "")
        elif inner is not element:
            pieces.append(inner.tail or "")
    return clean("".join(pieces)).replace("\r", "").removeprefix("\n").rstrip()
