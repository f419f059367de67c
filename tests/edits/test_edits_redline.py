"""A redline as people read it, in Markdown and in HTML, and that nothing in it becomes markup."""

import html
import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from markdown_it import MarkdownIt

from scraper.edits.compare import Version, compare, is_same
from scraper.markdown.redline import as_html, as_markdown

OLD = Version(
    1, "旧桥动工", "甲段。\n乙段写三人受伤。\n丙段。\n丁段。", datetime(2026, 3, 1, 12, tzinfo=UTC)
)
NEW = Version(2, "旧桥明年动工", "甲段。\n乙段写五人受伤。\n丙段。\n丁段。")
HOSTILE = st.text("<b>&*_`[](){}#-1.\\\n“桥。", max_size=40)
render = MarkdownIt("commonmark", {"html": True}).render


def shown(markup: str) -> str:
    """The text that a reader sees."""
    root = etree.fromstring(f"<x>{markup}</x>", etree.HTMLParser())
    return "".join("".join(root.itertext()).split())


def test_a_redline_in_markdown_names_the_versions_and_the_kinds() -> None:
    assert as_markdown(compare(OLD, NEW)) == (
        "# 旧桥<ins>明年</ins>动工\n\n"
        "1 (2026-03-01 12:00Z) → 2\n\n"
        "- headline: 旧桥<ins>明年</ins>动工\n"
        "- number: 乙段写<del>三</del><ins>五</ins>人受伤。\n\n"
        "甲段。\n\n乙段写<del>三</del><ins>五</ins>人受伤。\n\n丙段。\n\n…\n"
    )


def test_a_redline_in_html_shows_the_same() -> None:
    markup = as_html(compare(OLD, NEW))
    assert markup.startswith("<article><h1>旧桥<ins>明年</ins>动工</h1>")
    assert "<li>number: 乙段写<del>三</del><ins>五</ins>人受伤。</li>" in markup
    assert markup.endswith("<p>丙段。</p><p>…</p></article>\n")


def test_long_passages_are_cut_down_to_their_changes() -> None:
    before = Version(1, "x", "长" * 40 + "三人，" + "短" * 40 + "四次，" + "尾" * 40)
    after = Version(2, "x", "长" * 40 + "五人，" + "短" * 40 + "六次，" + "尾" * 40)
    summary = as_markdown(compare(before, after)).split("\n")[4]
    assert summary.startswith(f"- number: …{'长' * 12}<del>三</del>")
    assert f"人，{'短' * 10}…{'短' * 12}<del>四</del>" in summary
    assert summary.endswith(f"次，{'尾' * 10}…")


def test_a_paragraph_that_is_gone_is_shown_where_it_was() -> None:
    found = compare(Version(1, "x", "甲甲甲。\n乙乙乙。"), Version(2, "x", "乙乙乙。"))
    assert [change.kinds for change in found.changes] == [("removed paragraph",)]
    assert "<del>甲甲甲。</del>" in as_html(found)


@settings(max_examples=200, deadline=None, database=None)
@given(HOSTILE, HOSTILE)
def test_nothing_of_a_text_becomes_markup(old: str, new: str) -> None:
    found = compare(Version(1, "题", old), Version(2, "题", new))
    meant = "".join(piece.text for paragraph in found.paragraphs for piece in paragraph.pieces)
    if len(found.paragraphs) < 3 and found.changes:
        body = as_markdown(found).split("\n\n")[-len(found.paragraphs) :]
        rendered = render("\n\n".join(body))
        assert set(re.findall(r"<(\w+)", rendered)) <= {"p", "del", "ins"}
        assert shown(rendered) == "".join(meant.split())
    tags = set(re.findall(r"</?(\w+)", as_html(found)))
    assert tags <= {"article", "h1", "p", "ul", "li", "del", "ins"}
    assert html.escape(meant, quote=False).count("<") == 0


def test_versions_that_say_the_same_are_the_same() -> None:
    assert is_same(Version(1, "题", "甲 乙。\n\n丙。"), Version(2, "题 ", "甲 乙。\n丙。"))
    assert not is_same(Version(1, "题", "甲。"), Version(2, "题", "乙。"))
