"""Test data of others, where it lies beside the project: CommonMark, XSS, naughty strings."""

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import escape
from pathlib import Path

import nh3
import yaml

from scraper.articles.figure import figure_markup
from scraper.articles.tree import printable
from scraper.markdown.body import to_markdown
from scraper.markdown.document import read, render
from scraper.model import Document, Picture

Render = Callable[[str], str]

NOON = datetime(2021, 11, 13, 12, tzinfo=UTC)
UNHOLDABLE = re.compile("[\x00-\x1f\x7f-\x9f\u200b\u2060\ufeff\ufffe\uffff]")
TAGS = frozenset(
    "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code table caption thead tbody tr th td a img "
    "figure figcaption strong b em i sup sub del s br hr".split()
)


def sanitise(html: str) -> str:
    return nh3.clean(
        html,
        tags=set(TAGS),
        attributes={"a": {"href"}, "img": {"src", "alt"}, "ol": {"start"}},
        link_rel=None,
        url_relative=("rewrite_with_base", "https://example.org/"),
    )


def test_the_text_of_every_commonmark_example_survives(
    corpus: Path, rendered: Render, visible: Render
) -> None:
    examples = json.loads((corpus / "suites/commonmark/commonmark.json").read_text())
    pages = {example["example"]: sanitise(example["html"]) for example in examples}
    lost = [n for n, html in pages.items() if visible(rendered(to_markdown(html))) != visible(html)]
    assert not lost


def test_xss_vectors_come_out_as_text(
    corpus: Path, rendered: Render, rendered_safely: Render
) -> None:
    vectors = (corpus / "suites/h5sc/vectors.txt").read_text(errors="replace").split("\n")
    for vector in vectors:
        for html in (vector, sanitise(vector), f"<p>{escape(vector)}</p>"):
            markdown = to_markdown(html)
            assert rendered(markdown) == rendered_safely(markdown)


def test_naughty_strings_are_read_as_they_were_written(
    corpus: Path, rendered: Render, visible: Render
) -> None:
    strings = json.loads((corpus / "suites/blns/blns.json").read_text())
    for text in strings:
        html = sanitise(f"<p>{escape(text)}</p>")
        shown, meant = visible(rendered(to_markdown(html))), visible(html)
        assert UNHOLDABLE.sub("", shown) == UNHOLDABLE.sub("", meant).strip()


def test_bodies_of_real_posts_keep_their_text(
    corpus: Path, rendered: Render, visible: Render
) -> None:
    for post in sorted((corpus / "zaobao-posts").iterdir())[::20]:
        html = sanitise(post.read_text().split("\n------\n", 1)[1])
        assert visible(rendered(to_markdown(html))) == visible(html.replace("\u200b", ""))


def meant(text: str) -> str:
    """A naughty string as one line, without the characters that no document may hold."""
    return " ".join(UNHOLDABLE.sub(" ", printable(text)).split())


def test_naughty_titles_and_bylines_are_read_back_as_they_were_meant(corpus: Path) -> None:
    strings = json.loads((corpus / "suites/blns/blns.json").read_text())
    for text in filter(None, map(meant, strings)):
        document = Document(text, NOON, text, "https://a.example/1", (text,), (text,), "正文。")
        assert read(render(document)) == document
        loaded = yaml.safe_load(render(document).split("\n---\n", 1)[0].removeprefix("---\n"))
        assert (loaded["title"], str(loaded["author"])) == (text, text)


def test_naughty_captions_and_alternative_texts_are_shown_as_they_were_meant(
    corpus: Path, rendered: Render, visible: Render
) -> None:
    strings = json.loads((corpus / "suites/blns/blns.json").read_text())
    for text in filter(None, map(meant, strings)):
        picture = figure_markup(Picture("https://a.example/1.jpg", caption=text, alt="灯笼"))
        assert visible(rendered(to_markdown(picture))) == f"灯笼 {text}"
