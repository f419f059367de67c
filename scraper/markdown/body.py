"""An article's body as Markdown: CommonMark 0.31 and GFM tables, without raw HTML.

The tree is taken apart first, html2text writes the leaves (headings, links, pictures, line breaks),
and the blocks are laid out around them. html2text by itself is quadratic on runs of newlines and on
nested lists, fails on odd declarations, lets quoted HTML through as HTML, and puts spaces around
Chinese emphasis; it meets none of that here: a flat row of leaves with inert text.
"""

import re
from typing import Final

from scraper.markdown.blocks import Leaf
from scraper.markdown.escape import Place, write_inline
from scraper.markdown.inert import LEAF_END
from scraper.markdown.layout import lay_out
from scraper.markdown.parse import parse_fragment
from scraper.markdown.take_apart import take_apart

_HEADING: Final = re.compile(r"\s*(#{1,6} )?")


def to_markdown(html: str) -> str:
    """The sanitised body of an article as Markdown, without a newline at its end.

    Args:
        html: a fragment of p, h1–h6, lists, quotations, pre, tables, figures, links, pictures and
            inline formatting; URLs are absolute, links to anything but http(s) become text.

    Never raises for any string, and takes time in proportion to its length.
    """
    root = parse_fragment(html)
    if root is None:
        return ""
    body = take_apart(root)
    _write_leaves(body.leaves)
    return "\n".join(lay_out(body.blocks))


def _write_leaves(leaves: list[Leaf]) -> None:
    answer = _convert("".join(leaf.html for leaf in leaves))
    for leaf, part in zip(leaves, answer.split(LEAF_END), strict=False):
        leaf.text = _write_leaf(leaf, part)


def _write_leaf(leaf: Leaf, part: str) -> str:
    match = _HEADING.match(part)
    hashes = (match and match[1]) or ""
    rest = part[match.end() :] if match else part
    places: dict[str, Place] = {"p": "paragraph", "caption": "paragraph", "cell": "cell"}
    text = write_inline(rest, places.get(leaf.kind, "heading"))
    return hashes + text if text else ""


def _convert(html: str) -> str:
    from html2text import HTML2Text  # noqa: PLC0415  # late: it costs start-up

    converter = HTML2Text(bodywidth=0)
    converter.unicode_snob = True  # keep characters as they are
    converter.use_automatic_links = False  # <URL> is no link to every reader of Markdown
    return str(converter.handle(html))
