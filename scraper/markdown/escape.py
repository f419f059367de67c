r"""Inline text as CommonMark source: escaped where it would be markup, and nowhere else.

CommonMark 0.31 (§2.4 backslash escapes, §4 what may begin a block, §6 inlines) and GFM tables.
Backslashes, not entities: people read the source. `{{` and `{%` are written `{\{` and `{\%`:
Liquid, which runs before Markdown, no longer sees its opening mark, and CommonMark drops a
backslash before any ASCII punctuation; code has no escapes, so code with braces like these is
written as plain text.
"""

import re
from collections.abc import Callable
from typing import Final, Literal

from scraper.markdown.emphasis import classify, write_emphasis
from scraper.markdown.inert import (
    CODE,
    CODE_END,
    EMPHASIS,
    EMPHASIS_END,
    LINK,
    LINK_END,
    LINK_URL,
    OPAQUE,
    PICTURE,
    PICTURE_END,
    PICTURE_URL,
    STRONG,
    STRONG_END,
    clean,
    is_reserved,
    make_inert,
    make_plain,
    original,
    stand_in,
)

Place = Literal["paragraph", "heading", "cell"]

_PICTURE: Final = re.compile(r"!\[([^\[\]]*)\]\(([^()]*)\)")
_LINK: Final = re.compile(r"\[([^\[\]]*)\]\(([^()]*)\)")
_EMPHASISED_LINK: Final = tuple(
    (re.compile(rf"{start}([ \n]*)\[([^\[\]]*)\](\([^()]*\))([ \n]*){end}"), start, end)
    for start, end in ((EMPHASIS, EMPHASIS_END), (STRONG, STRONG_END), (EMPHASIS, EMPHASIS_END))
)
_SPACES: Final = re.compile(r" {2,}")
_BREAKS: Final = re.compile(r" *\n *")
_LINE_SPACE: Final = re.compile(" ?[\t-\r\x1c-\x1f\x85\u2028\u2029]+ ?")
_LIQUID: Final = re.compile(r"\{[{%]")

_CODE_SPAN: Final = re.compile(f"{CODE}([^{CODE_END}]*){CODE_END}")
_TOKEN: Final = re.compile(
    "|".join(
        [
            f"{CODE}[^{CODE_END}]*{CODE_END}",
            f"{LINK_URL}[^{LINK_END}]*{LINK_END}",
            f"{PICTURE_URL}[^{PICTURE_END}]*{PICTURE_END}",
            f"[{LINK}{PICTURE}]",
            *(f"{stand_in(char)}+" for char in "*_~`"),
            f"[{make_inert(chr(92))}{make_inert('[]<&!{|')}]",
        ]
    )
)
_ENTITY: Final = re.compile(
    f"(?:{stand_in('#')}(?:[xX][0-9a-fA-F]{{1,6}}|[0-9]{{1,7}})|[A-Za-z][A-Za-z0-9]{{1,31}})"
    f"{stand_in(';')}"
)
_LIQUID_SECOND: Final = frozenset(make_inert("{%"))
_TAG_SECOND: Final = frozenset(make_inert("/!?"))

_BLOCK_START: Final = re.compile(
    r"^(?=\#{1,6}(?:\s|$)|>|[-+*](?:\s|$)|=+\ *$|[_\ ]+$|[*\ ]+$|(?=[:|\ ]*-)[-:|\ ]+$)",
    re.MULTILINE | re.VERBOSE,
)
_NUMBER_START: Final = re.compile(r"^(\d{1,9})([.)])(?=\s|$)", re.MULTILINE | re.ASCII)
_HEADING_END: Final = re.compile(r"(?:^|(?<= ))(?=#+$)")

_UNSAFE_IN_URL: Final = re.compile(r"""[\s<>"\\`{|}\x00-\x1f\x7f]""")
_ENTITY_IN_URL: Final = re.compile(r"&(?=#?[A-Za-z0-9]{1,32};)")
_PARENTHESES: Final = re.compile(r"[()]")


def safe_url(url: str) -> str:
    """The URL as a link destination (CommonMark §6.3): it never ends the link, and Liquid skips it.

    Characters that no URL may hold are percent-encoded (RFC 3986 §2.1), parentheses are escaped.
    """
    encoded = _UNSAFE_IN_URL.sub(lambda m: _percent_encode(m[0]), clean(url).strip())
    return _PARENTHESES.sub(r"\\\g<0>", _ENTITY_IN_URL.sub(r"\\&", encoded))


def _percent_encode(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode())


def write_link(text: str, url: str) -> str:
    """`[text](url)` on one line, valid whatever the plain text and the URL hold.

    Spaces inside the text stay as they are, as in the seed's archive.
    """
    inert = make_inert(_LINE_SPACE.sub(" ", clean(text)).strip())
    marked = f"{LINK}{inert}{LINK_URL}{make_inert(safe_url(url))}{LINK_END}"
    # Over a line of hyphens, a `|` that a table reader takes for escaped makes a one-column table.
    return _Writer(marked, "heading").run().replace("\\|", "\\&#124;")


def write_paragraph(text: str) -> str:
    """Plain text as a paragraph; its newlines are hard line breaks."""
    return write_inline(make_inert(clean(text)), "paragraph")


def write_inline(inert: str, place: Place) -> str:
    """CommonMark source for one leaf: what html2text made of inert text, links and pictures.

    Args:
        inert: inline text with stand-ins and marks; its brackets and newlines are html2text's.
        place: a heading has no block starts but may end in `#`; a cell has to escape `|`.
    """
    text = _CODE_SPAN.sub(_keep_code, inert) if CODE in inert else inert
    if "](" in text:
        text = _mark_links(text)
    text = write_emphasis(text)
    text = _SPACES.sub(" ", text.replace(CODE_END + CODE, ""))  # fences must not touch
    return _finish(_Writer(_BREAKS.sub("\n", text).strip(" \n"), place).run(), place)


def _mark_links(text: str) -> str:
    """The text with html2text's pictures and links as marks; emphasis around them goes inside."""
    text = _PICTURE.sub(rf"{PICTURE}\1{PICTURE_URL}\2{PICTURE_END}", text)
    for pattern, start, end in _EMPHASISED_LINK:
        if start in text:
            text = pattern.sub(rf"\1[{start}\2{end}]\3\4", text)
    return _LINK.sub(_mark_link, text)


def _mark_link(match: re.Match[str]) -> str:
    inner, url = match.groups()
    core = write_emphasis(inner).strip(" \n")
    if not core:
        return inner if inner.isspace() else ""
    before = inner[: len(inner) - len(inner.lstrip(" \n"))]
    after = inner[len(inner.rstrip(" \n")) :]
    return f"{before}{LINK}{core}{LINK_URL}{url}{LINK_END}{after}"


def _keep_code(match: re.Match[str]) -> str:
    """A code span; plain text where Liquid would read it; nothing where it is empty."""
    inner = match[1].strip()
    liquid = _LIQUID.search(make_plain(inner))
    return inner if liquid or not inner else f"{CODE}{inner}{CODE_END}"


def _finish(text: str, place: Place) -> str:
    if place == "paragraph":
        text = _NUMBER_START.sub(r"\1\\\2", _BLOCK_START.sub(r"\\", text))
        return text.replace("\n", "  \n")
    return _HEADING_END.sub(r"\\", text) if place == "heading" else text


class _Writer:
    """One pass over a leaf, from stand-ins to characters."""

    def __init__(self, text: str, place: Place) -> None:
        self.text = text
        self.cell = place == "cell"
        self.labels = 0  # link texts and alternative texts that are open
        closing = (stand_in("]"), LINK_URL, PICTURE_URL)
        self.last_closing = max(text.rfind(char) for char in closing)
        self.stars = text.count(stand_in("*")) + text.count("*")
        self.underscores = text.count(stand_in("_"))
        self.backticks = text.count(stand_in("`")) + text.count(CODE)

    def run(self) -> str:
        return make_plain(_TOKEN.sub(self._write, self.text))

    def _write(self, match: re.Match[str]) -> str:
        token = match[0]
        if token[0] in OPAQUE:
            return self._write_mark(token)
        char = original(token[0])
        before = self.text[match.start() - 1 : match.start()]
        after = self.text[match.end() : match.end() + 1]
        if char == "{":
            return "{\\" if after in _LIQUID_SECOND else "{"
        if char in "*_":
            needed = self._could_pair(char, before, after)
        else:
            needed = len(token) > 1 if char == "~" else _RULES[char](self, after, match.end())
        return ("\\" + char if needed else char) * len(token)

    def _write_mark(self, token: str) -> str:
        mark = token[0]
        if mark == CODE:
            return self._write_code(make_plain(token[1:-1]))
        self.labels += 1 if mark in (LINK, PICTURE) else -1
        if mark in (LINK_URL, PICTURE_URL):
            return f"]({make_plain(token[1:-1])})"
        return "[" if mark == LINK else "!["

    def _write_code(self, code: str) -> str:
        longest = max((len(run) for run in re.findall("`+", code)), default=0)
        fence = "`" * (longest + 1)
        pad = " " if code[0] == "`" or code[-1] == "`" else ""
        code = code.replace("|", r"\|") if self.cell else code
        return f"{fence}{pad}{code}{pad}{fence}"

    def _could_pair(self, char: str, before: str, after: str) -> bool:
        """Whether a run of asterisks or underscores may open or close emphasis (§6.2)."""
        kinds = classify(before) + classify(after)
        if kinds == "  " or (char == "_" and kinds == "ww"):
            return False
        return (self.stars if char == "*" else self.underscores) > 1


# Whether a character is markup where it stands, for the characters that what follows decides on.
_RULES: Final[dict[str, Callable[[_Writer, str, int], bool]]] = {
    "\\": lambda _, after, __: not after or after in "\n*" or is_reserved(after),
    "`": lambda writer, _, __: writer.backticks > 1,
    "[": lambda writer, _, end: writer.labels > 0 or end <= writer.last_closing,
    "]": lambda writer, _, __: writer.labels > 0,
    "<": lambda _, after, __: (after.isascii() and after.isalpha()) or after in _TAG_SECOND,
    "&": lambda writer, _, end: _ENTITY.match(writer.text, end) is not None,
    "!": lambda _, after, __: after == LINK,
    "|": lambda writer, _, __: writer.cell,
}
