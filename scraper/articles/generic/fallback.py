"""The last resort where no paragraph reads like prose: what readability-lxml makes of the page."""

import logging

from lxml import etree

from scraper.articles.tree import Element, parse_html, printable

logging.getLogger("readability.readability").setLevel(logging.CRITICAL)  # its failures are ours


def find_by_readability(html: str) -> Element | None:
    """The part of the page that it takes for the article; None where it finds none."""
    from readability import Document  # noqa: PLC0415  # 200 ms, and hardly ever needed
    from readability.readability import Unparseable  # noqa: PLC0415

    try:
        summary = Document(printable(html)).summary(html_partial=True)
    except (Unparseable, etree.LxmlError, ValueError, RecursionError):
        return None
    root = parse_html(summary)
    return None if root is None else next(root.iter("body"), root)
