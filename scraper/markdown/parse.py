"""HTML to lxml's tree, whatever its size and depth.

libxml2 stops reading at 2,048 open elements and drops the rest of the page, so elements that are
nested deeper than anybody writes lose their tags, not their text, before it sees them.
"""

import re
from typing import Final, cast

from lxml import etree

Element = etree._Element  # noqa: SLF001  # lxml's only name for the type

MAX_DEPTH: Final = 200

_ILLEGAL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
# Elements that nest; a paragraph, an item or a cell left open is closed by the next one.
_NESTING: Final = re.compile(
    r"<(/?)(?:ul|ol|blockquote|table|figure|figcaption|caption|pre|code|a|strong|b|em|i|sup|sub|"
    r"del|s|u|span|font|div|section|article)(?=[\s/>])[^<>]*>",
    re.IGNORECASE,
)


def parse_fragment(html: str) -> Element | None:
    """The root of the fragment's tree; None where it holds nothing at all."""
    parser = etree.HTMLParser(
        encoding="utf-8", huge_tree=True, remove_comments=True, remove_pis=True
    )
    text = _limit_depth(_ILLEGAL.sub("", html))
    if not text.strip():
        return None
    return cast("Element | None", etree.fromstring(text.encode(), parser))


def _limit_depth(html: str) -> str:
    if html.count("<") <= MAX_DEPTH:
        return html
    depth = 0

    def keep(tag: re.Match[str]) -> str:
        nonlocal depth
        closes = tag[1] == "/"
        kept = depth <= MAX_DEPTH if closes else depth < MAX_DEPTH
        depth = max(0, depth - 1) if closes else depth + 1
        return tag[0] if kept else " "

    return _NESTING.sub(keep, html)
