"""One leaf in the making: the small piece of HTML that html2text is given.

Only `<p>`, `<h1>`–`<h6>`, `<a>`, `<img>` and `<br>` reach html2text as tags; text is inert, and
emphasis and code are marks, because html2text puts spaces around them that Chinese text has not.
"""

from typing import Final

from scraper.markdown.blocks import Leaf, LeafKind
from scraper.markdown.escape import safe_url
from scraper.markdown.inert import (
    CODE,
    CODE_END,
    EMPHASIS,
    EMPHASIS_END,
    LEAF_END,
    STRONG,
    STRONG_END,
    clean,
    make_inert,
    squeeze,
)
from scraper.markdown.scripts import OPENING, table_for

Inline = tuple[str, str]  # how it opens, how it closes

MARKS: Final[dict[str, Inline]] = {
    "strong": (STRONG, STRONG_END),
    "b": (STRONG, STRONG_END),
    "em": (EMPHASIS, EMPHASIS_END),
    "i": (EMPHASIS, EMPHASIS_END),
    "code": (CODE, CODE_END),
}
_INVISIBLE: Final = " \u200b\u2060"


class LeafWriter:
    """Collects text, pictures and marks until the leaf is taken.

    Inline elements that are open then are closed in it and opened again in the next leaf.
    """

    def __init__(self) -> None:
        self.kind: LeafKind = "p"
        self._open: list[Inline] = []
        self._script: dict[int, int] | None = None
        self._reset()

    def _reset(self) -> None:
        self._pieces = [opening for opening, _ in self._open]
        self._has_text = False
        self._has_picture = False
        self._ends_in_picture = False
        self._ends_in_break = False

    @property
    def one_line(self) -> bool:
        """Whether blocks and line breaks inside the leaf are only spaces."""
        return self.kind != "p"

    @property
    def in_code(self) -> bool:
        return MARKS["code"] in self._open

    def add_text(self, raw: str) -> None:
        text = squeeze(clean(raw))
        inert = make_inert(text.translate(self._script) if self._script else text)
        if text.strip(_INVISIBLE):
            self._has_text = True
            self._add(inert, picture=False)
        else:
            self._pieces.append(inert)

    def add_picture(self, url: str, alt: str) -> None:
        text = make_inert(squeeze(clean(alt)).strip())
        self._has_picture = True
        self._add(f'<img src="{make_inert(safe_url(url))}" alt="{text}">', picture=True)

    @property
    def follows_picture(self) -> bool:
        """Whether the last thing that can be seen in the leaf is a picture."""
        return self._ends_in_picture

    @property
    def follows_break(self) -> bool:
        """Whether nothing can be seen behind the last line break."""
        return self._ends_in_break

    def add_break(self) -> None:
        """A hard line break; none at the leaf's start."""
        if self._has_text or self._has_picture:
            self._ends_in_break = True
            self._pieces.append("<br>")

    def _add(self, piece: str, *, picture: bool) -> None:
        self._pieces.append(piece)
        self._ends_in_picture = picture
        self._ends_in_break = False

    def open(self, inline: Inline) -> bool:
        """Open an inline element; False where one of its kind is open or cannot be here."""
        emphasis = inline[0] in (STRONG, EMPHASIS)
        ignored = self.in_code or (emphasis and self.kind == "caption")
        if ignored or any(inline[1] == closing for _, closing in self._open):
            return False
        self._open.append(inline)
        self._pieces.append(inline[0])
        return True

    def close(self) -> None:
        """Close the inline element that was opened last."""
        self._pieces.append(self._open.pop()[1])

    def open_script(self, tag: str, content: str) -> str | None:
        """Begin a super- or subscript; what has to be written behind it, None inside another."""
        if self._script is not None or not content.strip():
            return None
        self._script = table_for(tag, squeeze(content))
        if self._script is not None:
            return ""
        self._script = {}
        self._pieces.append(make_inert(OPENING[tag]))
        return ")"

    def close_script(self, closing: str) -> None:
        self._script = None
        self._pieces.append(make_inert(closing))

    def take(self) -> Leaf | None:
        """The leaf so far, None where there is nothing to see; begins the next paragraph."""
        leaf = self._make() if self._has_text or self._has_picture else None
        self.kind = "p"
        self._reset()
        return leaf

    def _make(self) -> Leaf:
        kind = self.kind if self._has_text or self.kind in ("cell", "caption") else "p"
        closing = [closing for _, closing in reversed(self._open)]
        inner = "".join([*self._pieces, *closing])
        if kind == "caption":
            inner = f"{EMPHASIS}{inner}{EMPHASIS_END}"
        tag = kind if kind.startswith("h") else "p"
        picture = self._has_picture and not self._has_text
        return Leaf(kind, f"<{tag}>{inner}{LEAF_END}</{tag}>", picture)
