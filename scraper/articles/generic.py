"""An article's body on a page whose markup nobody described, by readability-lxml."""

import logging

from lxml import etree

from scraper.articles.tree import Element, parse_html, printable

logging.getLogger("readability.readability").setLevel(logging.CRITICAL)  # its failures are ours


def find_body(html: str) -> Element | None:
    """The part of the page that reads like an article; None where nothing does."""
    from readability import Document  # noqa: PLC0415  # 200 ms, and only for unknown markup
    from readability.readability import Unparseable  # noqa: PLC0415

    try:
        summary = Document(printable(html)).summary(html_partial=True)
    except (Unparseable, etree.LxmlError, ValueError, RecursionError):
        return None
    root = parse_html(summary)
    return None if root is None else next(root.iter("body"), root)
