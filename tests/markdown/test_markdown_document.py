"""Documents as files: the seed's layout, any YAML reader, and back again."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import frontmatter
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.errors import DocumentError
from scraper.markdown.document import body_of, read, render, sha256_of_body, tidy
from scraper.model import Document

Render = Callable[[str], str]

DOCUMENT = Document(
    title="港口“重开”",
    published=datetime(2021, 11, 13, 12, 0, tzinfo=UTC),
    author="联合早报",
    url="https://www.example.com/realtime/story20211113-1",
    tags=("联合早报",),
    categories=("联合早报", "a, b"),
    body="第一段。\n\n第二段。",
)
SEED_LAYOUT = """---
layout: post
title: "港口“重开”"
date: 2021-11-13T12:00:00.000Z
author: 联合早报
from: https://www.example.com/realtime/story20211113-1
tags: [ 联合早报 ]
categories: [ 联合早报, "a, b" ]
---
<!--1636804800000-->
[港口“重开”](https://www.example.com/realtime/story20211113-1)
------

第一段。

第二段。
"""
EXTRA: dict[str, object] = {
    "story_id": "story20211113-1",
    "paywalled": True,
    "withdrawn": False,
    "revision": 3,
    "last_modified_at": datetime(2021, 11, 14, 1, 2, 3, 456000, UTC),
    "keywords": ["港口", "no", "[x]"],
    "section": None,
    "description": "",
    "empty": [],
}


def with_line(line: str) -> str:
    """A minimal document with one more line, or another value, in its front matter."""
    values = {"title": "x", "date": "2021-11-13", "from": "https://a.b/"}
    key, _, value = line.partition(": ")
    values[key] = value
    return "---\n" + "".join(f"{k}: {v}\n" for k, v in values.items()) + "---\nbody\n"


def test_the_seed_s_layout_is_kept_to_the_byte() -> None:
    assert render(DOCUMENT) == SEED_LAYOUT
    assert read(SEED_LAYOUT) == DOCUMENT


def test_further_keys_follow_in_their_order_and_none_is_left_out() -> None:
    document = replace(DOCUMENT, extra=EXTRA)
    lines = render(document).split("\n---\n")[0].split("\n")[8:]
    assert lines == [
        "story_id: story20211113-1",
        "paywalled: true",
        "withdrawn: false",
        "revision: 3",
        "last_modified_at: 2021-11-14T01:02:03.456Z",
        'keywords: [ 港口, "no", "[x]" ]',
        'description: ""',
        "empty: []",
    ]
    assert read(render(document)).extra == {k: v for k, v in EXTRA.items() if v is not None}
    assert render(document, "seed") == SEED_LAYOUT


def test_further_keys_never_replace_the_seven() -> None:
    assert render(replace(DOCUMENT, extra={"title": "y", "date": "z"})) == SEED_LAYOUT


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "no", "Y", "~", "null", "12", "1_000", "0x1f", "0o17", "1e3", ".5", "-1", "+1",
        ".inf", ".NaN", "12:30:45", "2021-01-01", "2021-01-01T00:00:00Z", "a: b", "a #b", "#a",
        "a:", "@a", "*a", "&a", "!a", "|", ">", "%a", "`a`", "'a'", '"a"', "- a", "-a", "? a",
        ": a", "[a]", "{a}", "a, b", " a", "a ", "a\nb", "a\tb", "\\", "---", "...", "<<", "=",
        "\u2028", "a\x85b", "\ufeffa", "\u00a0", "\u202eabc", "😀", "a\u3000b", "𠮷", "a: ",
    ],
)  # fmt: skip
def test_strings_that_yaml_could_mistake_are_quoted(text: str) -> None:
    document = replace(
        DOCUMENT, title=text, author=text, tags=(text, "x"), extra={"k": text, "l": [text]}
    )
    assert read(render(document)) == document


@pytest.mark.parametrize(
    "text", ["7-Eleven", "2021年", "C#", "a:b", "O'Neil", "(臺)中央社CNA", "a-b"]
)
def test_strings_that_yaml_reads_as_strings_stay_plain(text: str) -> None:
    assert f"\nauthor: {text}\n" in render(replace(DOCUMENT, author=text))


ANY_TEXT = st.text(st.characters(codec=None), max_size=30) | st.sampled_from(
    [
        "]",
        "](x)",
        "\\",
        "`",
        "![a](b)",
        "<b>",
        "&amp;",
        "{{ x }}",
        "a\r\nb",
        "\ud800",
        "\x00",
        "\x85",
    ]
)
INSTANTS = st.integers(-62_135_500_000_000, 253_402_200_000_000).map(
    lambda milliseconds: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)
)
TIDY = ANY_TEXT.map(tidy)
DOCUMENTS = st.builds(
    Document,
    title=ANY_TEXT,
    published=INSTANTS,
    author=ANY_TEXT,
    url=ANY_TEXT,
    tags=st.lists(ANY_TEXT, max_size=3).map(tuple),
    categories=st.lists(ANY_TEXT, max_size=3).map(tuple),
    body=ANY_TEXT,
    extra=st.dictionaries(
        st.sampled_from(["section", "keywords", "revision", "no", "a: b"]),
        st.one_of(TIDY, st.booleans(), st.integers(), INSTANTS, st.lists(TIDY, max_size=3)),
    ),
)


def tidied(document: Document) -> Document:
    return replace(
        document,
        title=tidy(document.title),
        author=tidy(document.author),
        url=tidy(document.url),
        tags=tuple(map(tidy, document.tags)),
        categories=tuple(map(tidy, document.categories)),
        body=tidy(document.body),
    )


@settings(max_examples=80, deadline=None)
@given(document=DOCUMENTS)
def test_reading_gives_back_what_was_written(document: Document) -> None:
    text = render(document)
    assert text.encode()
    assert read(text) == tidied(document)
    assert render(read(text)) == text
    assert read(text.replace("\n", "\r\n")) == tidied(document)
    assert body_of(text) == tidy(document.body)


@settings(max_examples=40, deadline=None)
@given(document=DOCUMENTS)
def test_any_yaml_reader_gets_the_same_values(document: Document) -> None:
    text = render(document)
    block = text.split("\n---\n")[0]
    meant = tidied(document)
    for values in (yaml.safe_load(block), frontmatter.loads(text).metadata):
        assert values["title"] == meant.title
        assert values["date"] == meant.published
        assert values["from"] == meant.url
        assert values["tags"] == list(meant.tags)
        assert {key: values[key] for key in meant.extra} == meant.extra


@settings(max_examples=80, deadline=None)
@given(title=ANY_TEXT, path=st.text("a()<> *_[]\\`{}|&;字", max_size=8))
def test_the_link_line_is_one_heading_with_one_link_whatever_the_title_holds(
    title: str, path: str, rendered: Render, visible: Render
) -> None:
    text = render(replace(DOCUMENT, title=title, url=f"https://a.b/{path}", body="body"))
    content = text.split("\n---\n", 1)[1]
    html = rendered(content)
    assert re.fullmatch(r"<!--\d+-->\n<h2><a href=\"[^\"]*\">.*</a></h2>\n<p>body</p>\n", html)
    assert "{{" not in content
    assert "{%" not in content
    controls = re.compile("[\\s\x00-\x1f\x7f-\x9f\ufeff\ufffd\ufdd0-\ufdef\U000f0000-\U000f00ff]")
    shown = visible(re.sub(r"\n<p>body</p>\n$", "", html))
    assert controls.sub("", shown) == controls.sub("", tidy(title))


@pytest.mark.parametrize(
    ("title", "link"),
    [
        ("a]b", "[a\\]b]"),
        ("[政治] x", "[\\[政治\\] x]"),
        ("a\n b\t", "[a b]"),
        ("甲\u3000乙  丙", "[甲\u3000乙  丙]"),
        ('台湾"反中"', '[台湾"反中"]'),
        ("2021. x", "[2021. x]"),
        ("", "[]"),
        ("a\\", "[a\\\\]"),
        ("a | b", "[a | b]"),
        ("a\\|b", "[a\\\\&#124;b]"),
    ],
)  # fmt: skip
def test_titles_in_the_link_line(title: str, link: str) -> None:
    assert f"\n{link}(https://" in render(replace(DOCUMENT, title=title))


def test_instants_before_1970_and_of_other_zones() -> None:
    instant = datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
    assert "<!---1-->" in render(replace(DOCUMENT, published=instant))
    singapore = DOCUMENT.published.astimezone(timezone(timedelta(hours=8)))
    assert render(replace(DOCUMENT, published=singapore)) == SEED_LAYOUT


def test_a_body_that_looks_like_a_header_is_still_the_body() -> None:
    for body in ("", "\n", "------\n\nx", "---\n", " x \n\n", "<!--1-->\n------\n\n"):
        text = render(replace(DOCUMENT, body=body))
        assert body_of(text) == body
        assert read(text).body == body


def test_the_hash_is_of_the_body_as_it_is_written() -> None:
    assert sha256_of_body("") == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )
    assert sha256_of_body("a\r\n\ud800") == sha256_of_body("a\n\ufffd")


@pytest.mark.parametrize(
    ("date", "instant"),
    [
        ("2021-11-13", datetime(2021, 11, 13, tzinfo=UTC)),
        ("2021-11-13 08:00:00", datetime(2021, 11, 13, 8, tzinfo=UTC)),
        ("2019-07-29T01:25:18+01:00", datetime(2019, 7, 29, 0, 25, 18, tzinfo=UTC)),
        ('"2021-11-13T12:00:00.000Z"', datetime(2021, 11, 13, 12, tzinfo=UTC)),
        ('"2021-11-13"', datetime(2021, 11, 13, tzinfo=UTC)),
    ],
)
def test_dates_of_other_hands_are_instants(date: str, instant: datetime) -> None:
    assert read(with_line(f"date: {date}")).published == instant


def test_posts_of_other_hands_are_read() -> None:
    text = (
        "\ufeff---  \r\nlayout: page\r\ntitle: yes\r\ndate: 2021-11-13\r\nfrom: https://a.b/\r\n"
        "author:\r\ntags: a\r\ncategories: [ 12, ~, b ]\r\ncomments: True\r\n"
        "updated: 2021-11-14 08:00:00+08:00\r\n--- \r\n\r\n<div>\r\nx</div>\r\n"
    )
    assert read(text) == Document(
        title="True",
        published=datetime(2021, 11, 13, tzinfo=UTC),
        author="",
        url="https://a.b/",
        tags=("a",),
        categories=("12", "b"),
        body="<div>\nx</div>",
        extra={"comments": True, "updated": datetime(2021, 11, 14, tzinfo=UTC)},
    )


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no line --- at its start"),
        ("x\n---\n", "no line --- at its start"),
        ("---\ntitle: x\n", "no line --- ends the front matter"),
        ("---\ntitle: [\n---\n", "no YAML"),
        ("---\ntitle: \x01\n---\n", "no YAML"),
        ("---\na: " + "[" * 1000 + "\n---\n", "no YAML"),
        ("---\n- a\n---\n", "no keys"),
        ("---\n---\n", "no keys"),
        (with_line("title: ~"), "'title'"),
        (with_line("from: ~"), "'from'"),
        (with_line("date: ~"), "'date'"),
        (with_line("date: soon"), "'soon' is no instant"),
        (with_line("date: 12"), "12 is no instant"),
        (with_line("date: 2021-13-45"), "no YAML"),
        (with_line('date: "0001-01-01T00:00:00+23:00"'), "no instant"),
        ("---\ntitle: x\ndate: 2021-01-01\nfrom: y\n---\n<!--1-->\nx\n", "six hyphens"),
    ],
)
def test_what_is_no_document_is_named(text: str, reason: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(reason)):
        read(text)


def test_every_post_of_the_old_archive_is_read_and_written_again(corpus: Path) -> None:
    posts = [corpus / "seed.md", *(corpus / "edge-posts").iterdir()]
    posts += sorted((corpus / "zaobao-posts").iterdir())[::10]
    for post in posts:
        with post.open(newline="", encoding="utf-8") as file:
            text = file.read()
        document = read(text)
        assert read(render(document)) == document
        assert body_of(text) == document.body
        assert document.title
        assert document.tags


def test_the_seed_is_written_as_it_was_but_for_its_number(corpus: Path) -> None:
    text = (corpus / "seed.md").read_text(encoding="utf-8")
    number = re.compile(r"<!--\d+-->")
    assert number.sub("", render(read(text))) == number.sub("", text)
