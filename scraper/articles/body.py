"""From the element that holds an article's body to clean HTML, text and pictures, in one walk.

Only what the walk knows is written: paragraphs, headings, lists, quotations, tables, links,
emphasis, pictures with their captions, and links in place of embedded players. The result holds no
attribute but addresses and table spans, so no style, script or handler of the page survives; nh3
goes over it once more, since this is what browsers will be shown for decades.
"""

import html
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from urllib.parse import urlsplit

from lxml import etree

from scraper.articles import pictures
from scraper.articles.figure import Figure, figure_markup
from scraper.articles.inline import join_blocks, trim_breaks
from scraper.articles.markup import BLOCKS, EMBEDS, HEADINGS, INLINE, SKIPPED, sanitise
from scraper.articles.tree import Element, squeeze, text_of
from scraper.model import Picture
from scraper.protocol.urls import resolve

MAX_DIGITS = 9  # of a list's first number, as in CommonMark
MAX_DEPTH = 50  # deeper than any article; the text below is kept, its markup is not


@dataclass(frozen=True, slots=True)
class Body:
    """A clean body: sanitised HTML, text with a paragraph a line (captions left out), pictures."""

    html: str
    text: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a page's profile says of its body."""

    base: str  # URL that relative addresses are resolved against
    placeholders: Sequence[str] = ()
    figures: Collection[Element] = frozenset()
    captions: Collection[Element] = frozenset()
    unwanted: Callable[[str], bool] = lambda _paragraph: False
    title: str = ""  # a heading that repeats it is left out


def read_body(root: Element, rules: Rules, lead: Iterable[Element] = ()) -> Body:
    """Walk the pictures outside the body, then the body."""
    writer = _Writer(rules)
    for element in lead:
        if next(_inner(element, "img"), None) is not None:
            etree.strip_elements(element, *SKIPPED, with_tail=False)
            writer.write_figure(element)
    etree.strip_elements(root, *SKIPPED, with_tail=False)
    writer.write_children(root)
    writer.close_paragraph()
    return Body(sanitise("".join(writer.html)), "\n".join(writer.lines), writer.found_pictures())


class _Writer:
    """Writes HTML and text side by side; a paragraph is open while inline content arrives."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.html: list[str] = []
        self.lines: list[str] = []
        self._run: list[str] = []  # the open paragraph's HTML
        self._words: list[str] = []  # and its text
        self._bare = False  # the next paragraph stands directly in a list item or cell
        self._figure: Figure | None = None
        self._pictures: dict[str, tuple[int, Picture]] = {}  # by URL: place in html, picture
        self._latest = ""  # URL of the picture written last, while nothing followed it
        self._depth = 0

    def found_pictures(self) -> tuple[Picture, ...]:
        return tuple(picture for _, picture in self._pictures.values())

    # -- walking -----------------------------------------------------------------------------------

    def write_children(self, element: Element) -> None:
        self._write_text(element.text)
        for child in element:
            self.write(child)
            self._write_text(child.tail)

    def write(self, element: Element) -> None:
        if self._depth >= MAX_DEPTH:
            self._write_text("".join(element.itertext()))
            return
        self._depth += 1
        self._dispatch(str(element.tag), element)
        self._depth -= 1

    def _dispatch(self, tag: str, element: Element) -> None:
        if element in self.rules.captions or tag == "figcaption":
            self._write_caption(element)
        elif element in self.rules.figures or tag == "figure":
            self.write_figure(element)
        elif tag in INLINE or tag == "a":
            self._write_inline(tag, element)
        elif tag == "img":
            self._write_image(element)
        elif tag in EMBEDS:
            self._write_embed(element)
        else:
            self._write_block(tag, element)

    def _write_block(self, tag: str, element: Element) -> None:
        handler = _HANDLERS.get(tag)
        if handler:
            handler(self, element)
        elif tag in BLOCKS:
            self.close_paragraph()
            self.write_children(element)
            self.close_paragraph()
        else:
            self.write_children(element)

    # -- text and inline content -------------------------------------------------------------------

    def _write_text(self, text: str | None) -> None:
        if not text:
            return
        if self._figure is not None:
            self._figure.loose.append(text)
            return
        self._run.append(html.escape(text, quote=False))
        self._words.append(text)

    def write_break(self, _element: Element) -> None:
        self._run.append("<br>")
        self._words.append(" ")

    def _write_inline(self, tag: str, element: Element) -> None:
        opening = self._opening(tag, element)
        if not opening or self._figure is not None or _holds_block(element):
            self.write_children(element)
            return
        self._run.append(opening)
        self.write_children(element)
        self._run.append(f"</{INLINE.get(tag, tag)}>")

    def _opening(self, tag: str, element: Element) -> str:
        if tag != "a":
            return f"<{INLINE[tag]}>"
        href = element.get("href")
        url = resolve(self.rules.base, href) if href else None
        return f'<a href="{html.escape(url)}">' if url and text_of(element) else ""

    def close_paragraph(self, tag: str = "p") -> None:
        """End the open paragraph, if it says anything."""
        if not self._words:
            self._run.clear()
            return
        text = squeeze("".join(self._words))
        markup = "".join(self._run) if text else ""
        self._run.clear()
        self._words.clear()
        if not text or self.rules.unwanted(text):
            return
        markup = trim_breaks(squeeze(markup))
        self.lines.append(text)
        self._emit(markup if self._bare and tag == "p" else f"<{tag}>{markup}</{tag}>")
        self._bare = False

    def _emit(self, markup: str) -> None:
        self.html.append(markup)
        self._latest = ""

    # -- blocks ------------------------------------------------------------------------------------

    def write_heading(self, element: Element) -> None:
        self.close_paragraph()
        if text_of(element) == self.rules.title:
            return
        self.write_children(element)
        self.close_paragraph(str(element.tag))

    def write_quotation(self, element: Element) -> None:
        write = partial(self.write_children, element)
        self._write_wrapped("<blockquote>", "</blockquote>", write)

    def write_list(self, element: Element) -> None:
        tag = "ol" if element.tag == "ol" else "ul"
        start = element.get("start") or ""
        countable = tag == "ol" and start.isdecimal() and len(start) <= MAX_DIGITS
        number = f' start="{int(start)}"' if countable else ""
        self._write_wrapped(f"<{tag}{number}>", f"</{tag}>", partial(self._write_items, element))

    def _write_items(self, element: Element) -> None:
        """The items of a list; what stands between them becomes items, too."""
        self._write_item(partial(self._write_text, element.text))
        for child in element:
            inner = self.write_children if child.tag == "li" else self.write
            self._write_item(partial(inner, child))
            self._write_item(partial(self._write_text, child.tail))

    def _write_item(self, write: Callable[[], None]) -> None:
        self._write_wrapped("<li>", "</li>", write, bare=True)

    def _write_wrapped(
        self, opening: str, closing: str, write: Callable[[], None], *, bare: bool = False
    ) -> None:
        """Put what `write` writes between two tags; nothing where it writes nothing."""
        self.close_paragraph()
        start = len(self.html)
        self._emit(opening)
        self._bare = bare
        write()
        self.close_paragraph()
        self._bare = False
        if len(self.html) == start + 1:
            self.html.pop()
        else:
            self._emit(closing)

    def write_preformatted(self, element: Element) -> None:
        self.close_paragraph()
        for line_break in element.iter("br"):
            line_break.tail = "\n" + (line_break.tail or "")
        text = "".join(element.itertext()).strip("\n")
        if text.strip():
            self.lines.append(squeeze(text))
            self._emit(f"<pre>{html.escape(text, quote=False)}</pre>")

    def write_rule(self, _element: Element) -> None:
        self.close_paragraph()
        if self.html and self.html[-1] != "<hr>":
            self._emit("<hr>")

    # -- tables ------------------------------------------------------------------------------------

    def write_table(self, element: Element) -> None:
        self.close_paragraph()
        rows = [row for row in element.iter("tr") if _table_of(row) is element]
        cells = [[cell for cell in row if cell.tag in ("td", "th")] for row in rows]
        if max(map(len, cells), default=0) < 2 or next(_inner(element, "table"), None) is not None:
            self.write_children(element)  # a table for the layout's sake
            self.close_paragraph()
            return
        self._write_rows(element, cells)

    def _write_rows(self, element: Element, rows: list[list[Element]]) -> None:
        found: list[Picture] = []
        parts: list[str] = []
        for row in rows:
            parts += ["<tr>", *(self._cell(cell, found) for cell in row), "</tr>"]
        caption = text_of(next(_inner(element, "caption"), None))
        title = f"<caption>{html.escape(caption, quote=False)}</caption>" if caption else ""
        self._emit(f"<table>{title}{''.join(parts)}</table>")
        for picture in found:
            self._write_picture(picture)

    def _cell(self, cell: Element, found: list[Picture]) -> str:
        """A cell's inline content; its pictures go behind the table."""
        writer = _Writer(replace(self.rules, title=""))
        writer._depth = self._depth
        writer.write_children(cell)
        writer.close_paragraph()
        found += writer.found_pictures()
        self.lines += writer.lines
        inner = [part for part in writer.html if not part.startswith("<figure>")]
        spans = "".join(
            f' {name}="{value}"'
            for name in ("colspan", "rowspan")
            if (value := cell.get(name) or "").isdecimal() and value != "1"
        )
        return f"<{cell.tag!s}{spans}>{join_blocks(inner)}</{cell.tag!s}>"

    # -- pictures and players ----------------------------------------------------------------------

    def write_figure(self, element: Element) -> None:
        if self._figure is not None or next(_inner(element, "img"), None) is None:
            self.close_paragraph()
            self._latest = ""  # its caption belongs to no picture
            self.write_children(element)
            self.close_paragraph()
            return
        self.close_paragraph()
        self._figure = figure = Figure()
        self._write_self_or_children(element)
        self._figure = None
        for picture in figure.finished():
            self._write_picture(picture)

    def _write_self_or_children(self, element: Element) -> None:
        if element.tag == "img":
            self._write_image(element)
        else:
            self.write_children(element)

    def _write_caption(self, element: Element) -> None:
        text = text_of(element)
        if self._figure is not None:
            self._figure.add_caption(text)
            return
        self.close_paragraph()
        if not text:
            return
        if self._latest:  # a caption beside its picture rather than around it
            place, picture = self._pictures[self._latest]
            self._pictures[self._latest] = (place, replace(picture, caption=text))
            self.html[place] = figure_markup(replace(picture, caption=text))
        else:
            self._emit(f"<p><em>{html.escape(text, quote=False)}</em></p>")

    def _write_image(self, element: Element) -> None:
        url = pictures.source_of(element, self.rules.base, self.rules.placeholders)
        if not url:
            return
        caption = pictures.caption_of(element)
        picture = Picture(url, alt=pictures.alt_of(element, caption))
        if self._figure is not None:
            self._figure.add(picture, caption)
            return
        self.close_paragraph()
        self._write_picture(replace(picture, caption=caption))

    def _write_picture(self, picture: Picture) -> None:
        if picture.alt == picture.caption:
            picture = replace(picture, alt="")
        place, known = self._pictures.get(picture.url, (len(self.html), None))
        if known is None:
            self._emit(figure_markup(picture))
            self._pictures[picture.url] = (place, picture)
            self._latest = picture.url
        elif picture.caption and not known.caption:
            self._pictures[picture.url] = (place, replace(known, caption=picture.caption))
            self.html[place] = figure_markup(replace(known, caption=picture.caption))

    def _write_embed(self, element: Element) -> None:
        """A player becomes a link that names it. It is no text of the article."""
        self.close_paragraph()
        address = _embedded_address(element) if self._figure is None else ""
        url = resolve(self.rules.base, address) if address else None
        if url:
            label = squeeze(element.get("title") or "") or urlsplit(url).hostname or url
            link = f'<a href="{html.escape(url)}">{html.escape(label, quote=False)}</a>'
            self._emit(f"<p>{link}</p>")


_HANDLERS: dict[str, Callable[[_Writer, Element], None]] = {
    "br": _Writer.write_break,
    "blockquote": _Writer.write_quotation,
    "ul": _Writer.write_list,
    "ol": _Writer.write_list,
    "pre": _Writer.write_preformatted,
    "hr": _Writer.write_rule,
    "table": _Writer.write_table,
    **dict.fromkeys(HEADINGS, _Writer.write_heading),
}


def _inner(element: Element, tag: str) -> Iterator[Element]:
    return iter([found for found in element.iter(tag) if found is not element or tag == "img"])


def _holds_block(element: Element) -> bool:
    return any(child.tag in BLOCKS for child in element.iterdescendants())


def _table_of(row: Element) -> Element | None:
    return next(row.iterancestors("table"), None)


def _embedded_address(element: Element) -> str:
    names = ("src", "data-src", "data")
    direct = next((value for name in names if (value := element.get(name))), "")
    inner = (address for source in element.iter("source") if (address := source.get("src")))
    return direct or next(inner, "")
