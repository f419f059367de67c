"""The pictures of a body: found, shown from the archive's copies, and their links moved."""

from datetime import UTC, datetime
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.markdown.body import to_markdown
from scraper.markdown.document import body_of, read, render, sha256_of_body
from scraper.markdown.pictures import linked, linked_html, moved, pictures_of
from scraper.model import Document

ONE, TWO = "https://img.example/1.jpg?w=700&h=4", "https://img.example/a_(b).png"
COPY = "assets/ab/abcd.jpg"
POST, EARLIER = "_posts/2024/05/x.md", "_revisions/2024/05/x/1.md"
HTML = f'<p>甲<img src="{ONE.replace("&", "&amp;")}" alt="桥 &gt;"></p><p><img src="{TWO}"></p>'


@pytest.mark.parametrize("body", [to_markdown(HTML), f"<div>\n{HTML}\n</div>"])
def test_pictures_are_found_and_linked_in_either_layout(body: str) -> None:
    assert pictures_of(body) == (ONE, TWO)
    shown = linked(body, {ONE: COPY}, POST)
    assert pictures_of(shown) == (TWO,)
    assert shown.count(f"../../../{COPY}") == 1
    assert linked(shown, {ONE: COPY}, POST) == shown
    assert linked(shown, {TWO: COPY}, "x.md").count(f'"{COPY}"' if "<div>" in body else f"({COPY})")


def test_a_fragment_of_html_is_linked_before_it_is_a_body() -> None:
    assert pictures_of(f"<div>{linked_html(HTML, {TWO: COPY}, POST)}") == (ONE,)


@pytest.mark.parametrize(
    "text",
    [
        f"```\n![]({ONE})\n```",
        f"> ````\n> ![]({ONE})\n> ````",
        f"`![]({ONE})`",
        f"``` ` ![]({ONE}) ```",
        f"\\![]({ONE})",
        f"!\\[]({ONE})",
        f"[桥]({ONE})",
        "![](data:image/png;base64,AA)",
        f'<div>\n<p>&lt;img src="{ONE}"&gt; ![]({ONE})</p>\n</div>',
    ],
)
def test_what_only_looks_like_a_picture_is_none(text: str) -> None:
    assert pictures_of(text) == ()
    assert linked(text, {ONE: COPY}, POST) == text


@pytest.mark.parametrize("layout", ["full", "seed"])
def test_a_text_that_moves_keeps_its_pictures_and_moves_back(layout: str) -> None:
    body = f"![]({ONE})\n\n![](../../../{COPY})\n\n正文 ../../../{COPY}"
    extra = {"sha256": sha256_of_body(body)} if layout == "full" else {}
    document = Document(
        "题", datetime(2024, 5, 6, tzinfo=UTC), "a", "https://a/1", (), (), body, extra
    )
    text = render(document)
    there = moved(text, POST, EARLIER)
    assert body_of(there) == body.replace("(../../../assets", "(../../../../assets")
    assert read(there).extra == ({"sha256": sha256_of_body(body_of(there))} if extra else {})
    assert moved(there, EARLIER, POST) == text


def test_a_text_without_copies_or_that_is_no_document_stays() -> None:
    assert moved("x", POST, EARLIER) == "x"
    crlf = f"---\r\ntitle: x\r\n---\r\n![](../../../{COPY})\r\nb"
    assert moved(crlf, POST, EARLIER) == crlf


@given(st.text("甲`!*[]()\\<>&;|~\n ", max_size=30), st.text("甲`!*[]()\\<>&;|~ ", max_size=10))
def test_only_the_picture_is_found_whatever_stands_around_it(text: str, alt: str) -> None:
    html = f'<p>{escape(text)}</p><p>{escape(text)}<img src="{TWO}" alt="{escape(alt)}"></p>'
    assert pictures_of(to_markdown(html)) == (TWO,)
