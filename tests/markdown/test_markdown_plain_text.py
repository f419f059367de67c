"""The text of a body, read back from the file: what a reader of the rendered page sees."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.markdown.body import to_markdown
from scraper.markdown.inline_text import inline_text
from scraper.markdown.plain_text import text_of
from tests.markdown.test_markdown_properties import UNSEEN, blocks

Render = Callable[[str], str]


def seen(text: str) -> str:
    return UNSEEN.sub("", text)


@settings(max_examples=60, deadline=None)
@given(html=blocks)
def test_what_is_read_back_is_what_a_renderer_shows(
    html: str, rendered: Render, visible: Render
) -> None:
    body = to_markdown(html)
    page = re.sub(r"<img[^>]*>", "", rendered(body))
    assert seen(text_of(body, captions=True)) == seen(visible(page))


@settings(max_examples=50, deadline=None)
@given(html=blocks)
def test_both_layouts_say_the_same(html: str) -> None:
    kept = re.sub(r"<figcaption>|</figcaption>", "", html)  # captions change places with pictures
    in_html = text_of(f"<div>\n{kept}\n</div>", captions=True)
    in_markdown = text_of(to_markdown(kept), captions=True)
    letters = re.compile(r"[^\u4e00-\u9fff0-9]")  # raised ones and edge punctuation may differ
    assert letters.sub("", in_html) == letters.sub("", in_markdown)


@settings(max_examples=200, deadline=None, database=None)
@given(st.text("*_`[]()!<>&|\\#-+1. \n>~:/ab字。", max_size=60))
def test_no_text_is_refused(text: str) -> None:
    assert not re.search(r"\n\n|^\n|\n$", text_of(text, captions=True))


def test_every_block_gives_its_lines() -> None:
    body = (
        "第一段，**重要**。  \n换行后。\n\n## 小标题 #1 ##\n\n> 引文。\n>\n> 又一段。\n\n"
        "- 甲\n- 乙\n  1. 丙\n\n  丁\n\n* * *\n\n```\na  b\nc\n```\n\n"
        "| 年 | 数 |\n| --- | --- |\n| 2021 | 3 \\| 4 |\n末段\n续行"
    )
    assert text_of(body).split("\n") == [
        "第一段，重要。", "换行后。", "小标题 #1", "引文。", "又一段。",
        "甲", "乙", "丙", "丁", "a b c", "年 数", "2021 3 | 4", "末段", "续行",
    ]  # fmt: skip


def test_a_picture_and_its_caption_are_no_text() -> None:
    body = "前。\n\n![灯](https://a.b/1.jpg)\n*桥上的灯。（*张三*）*\n\n后。"
    plain = "前。\n\n![灯](https://a.b/1.jpg)\n*桥上的灯。*\n\n后。"
    assert text_of(plain) == "前。\n后。"
    assert text_of(plain, captions=True) == "前。\n桥上的灯。\n后。"
    assert "张三" in text_of(body)  # no caption that this program writes: nothing is lost
    html = "<div>\n<p>前。</p><figure><img src='1'><figcaption>灯。</figcaption></figure>后\n</div>"
    assert text_of(html) == "前。\n后"
    assert text_of(html, captions=True) == "前。\n灯。\n后"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\*a\* 3 * 4 b*", "*a* 3 * 4 b*"),
        ("[链接](https://a.b/\\(x\\))后", "链接后"),
        ("[![图](https://a.b/1.jpg)](https://a.b)", ""),
        ("a](b) [c] [d](e f) ![", "a](b) [c] [d](e f) !["),
        ("`` a`b `` `c` `d", "a`b c `d"),
        ("` ` 字", "  字"),
        ("&lt;&#35;&nosuch; <https://a.b> <b>x</b> 1<2", "<#&nosuch; https://a.b x 1<2"),
        ("![*](u) *", " *"),
    ],
)
def test_inline_markup_is_read(source: str, text: str) -> None:
    assert inline_text(source) == text


def test_a_body_without_text_has_none() -> None:
    assert text_of("") == ""
    assert text_of("<div>\n\x00\n</div>") == ""


def test_lists_deeper_than_anybody_writes_are_text() -> None:
    assert text_of("> " * 300 + "字").endswith("字")
