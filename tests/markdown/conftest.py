"""What the tests of Markdown share: a CommonMark renderer, and the text a reader would see."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from markdown_it import MarkdownIt

_BLOCKS = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre table caption tr td th br hr figure "
    "figcaption".split()
)
_SUITES = Path(__file__).resolve().parents[3] / "shared" / "corpus"


def _visible(html: str) -> str:
    if not html.strip():
        return ""
    root: Any = etree.fromstring(
        html.encode(), etree.HTMLParser(encoding="utf-8", remove_comments=True, huge_tree=True)
    )
    pieces: list[str] = []
    for event, element in etree.iterwalk(root, events=("start", "end")):
        pieces.append(" " if element.tag in _BLOCKS else "")
        if event == "start":
            pieces.append(element.get("alt", "") if element.tag == "img" else "")
        pieces.append((element.text if event == "start" else element.tail) or "")
    return re.sub(r"\s+", " ", "".join(pieces)).strip()


@pytest.fixture(scope="session")
def visible() -> Callable[[str], str]:
    """The text of some HTML that a reader would see, alternative texts included, on one line."""
    return _visible


@pytest.fixture(scope="session")
def rendered() -> Callable[[str], str]:
    """CommonMark with GFM tables to HTML; raw HTML in it would come out as HTML."""
    return MarkdownIt("commonmark", {"html": True, "maxNesting": 20}).enable("table").render


@pytest.fixture(scope="session")
def rendered_safely() -> Callable[[str], str]:
    """The same, but raw HTML is shown as text."""
    return MarkdownIt("commonmark", {"html": False}).enable("table").render


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The posts and suites beside the project; skips where they are absent."""
    if not _SUITES.is_dir():
        pytest.skip(f"no corpus beside the project: {_SUITES}")
    return _SUITES
