from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.articles.tree import (
    Element,
    drop,
    drop_all,
    first,
    parse_html,
    select,
    squeeze,
    text_of,
)

Parse = Callable[[str], Element]


@pytest.mark.parametrize(
    "text", ["", "  \n ", "\x00\x01", "<!-- only a comment -->", "<!doctype html>"]
)
def test_a_text_without_markup_and_characters_has_no_tree(text: str) -> None:
    assert parse_html(text) is None


def test_comments_and_instructions_are_not_in_the_tree(parse: Parse) -> None:
    root = parse("<?xml version='1.0'?><p>甲<!-- x -->乙<?php y ?>丙</p>")
    assert text_of(root) == "甲乙丙"
    assert all(isinstance(element.tag, str) for element in root.iter())


def test_characters_that_xml_forbids_are_left_out(parse: Parse) -> None:
    assert text_of(parse("<p>甲\x00\x0b\x1f\x7f\ufffe\uffff乙</p>")) == "甲乙"
    assert text_of(parse("<p>甲\ud800乙</p>")) in ("甲?乙", "甲乙", "甲\ufffd乙")


@pytest.mark.parametrize("tag", ["div", "font", "b", "blockquote", "span"])
def test_a_thousand_elements_in_each_other_lose_no_text(parse: Parse, tag: str) -> None:
    root = parse(f"<p>之前</p>{f'<{tag}>' * 1000}深处{f'</{tag}>' * 1000}<p>之后</p>")
    assert text_of(root) == "之前深处之后"


def test_select_gives_document_order_whatever_the_selectors(parse: Parse) -> None:
    root = parse("<div><i>1</i><b>2</b><i class=x>3</i></div>")
    assert [e.text for e in select(root, ("b", "i.x", "i"))] == ["1", "2", "3"]
    assert [e.text for e in select(root, ("b, i.x",))] == ["2", "3"]
    assert select(root, ("u",)) == []
    assert select(root, ()) == []


def test_select_looks_below_an_element_only(parse: Parse) -> None:
    root = parse("<div id=a><p>1</p></div><p>2</p>")
    (inner,) = select(root, ("#a",))
    assert [e.text for e in select(inner, ("p",))] == ["1"]
    assert select(inner, ("#a",)) == []


def test_first_prefers_the_first_selector(parse: Parse) -> None:
    root = parse("<i>1</i><b>2</b><b>3</b>")
    found = first(root, ("u", "b", "i"))
    assert found is not None
    assert found.text == "2"
    assert first(root, ("u",)) is None
    assert first(root, ()) is None


def test_squeeze_takes_every_kind_of_space() -> None:
    assert squeeze(" \u3000甲\u00a0\n\t乙 丙\u2003") == "甲 乙 丙"


def test_the_text_of_nothing_is_empty() -> None:
    assert text_of(None) == ""


def test_the_text_of_an_element_is_what_can_be_seen(parse: Parse) -> None:
    hidden = "<script>x()</script><style>p{}</style><template>y</template>"
    assert text_of(parse(f"<p>甲{hidden}乙</p>")) == "甲乙"


@pytest.mark.parametrize(
    ("markup", "left"),
    [
        ("<p>甲<i>x</i>乙</p>", "甲乙"),
        ("<p><i>x</i>乙</p>", "乙"),
        ("<p><b>甲</b><i>x</i>乙</p>", "甲乙"),
        ("<p><b>甲</b>乙<i>x</i>丙</p>", "甲乙丙"),
        ("<p>甲<i>x</i></p>", "甲"),
    ],
)
def test_a_dropped_element_leaves_the_text_behind_it(parse: Parse, markup: str, left: str) -> None:
    root = parse(markup)
    drop(select(root, ("i",))[0])
    assert text_of(root) == left


def test_the_root_cannot_be_dropped(parse: Parse) -> None:
    root = parse("<p>甲</p>")
    drop(root)
    assert text_of(root) == "甲"


def test_what_lies_inside_a_dropped_element_can_be_dropped_too(parse: Parse) -> None:
    root = parse("<p>甲<i>x<i>y</i>z</i>乙</p>")
    for element in select(root, ("i",)):
        drop(element)
    assert text_of(root) == "甲乙"


@given(st.text())
def test_any_text_has_a_tree_or_none(text: str) -> None:
    root = parse_html(text)
    assert root is None or isinstance(text_of(root), str)


def test_text_nested_deeper_than_the_parser_reads_is_kept() -> None:
    for tag in ("i", "div", "x-y", "li><ul"):
        root = parse_html(f"{f'<{tag}>word ' * 5000}<p>the end</p>")
        text = text_of(root)
        assert text.count("word") == 5000
        assert text.endswith("the end")


def test_what_closes_deep_inside_leaves_the_outside_open() -> None:
    deep = "<div>" * 3000 + "x" + "</div>" * 3000
    root = parse_html(f"<article>{deep}<br></b><p id=last>y</p></article></i>")
    assert root is not None
    last = select(root, ("article > #last",))
    assert [text_of(found) for found in last] == ["y"]


def test_a_tag_with_more_attributes_than_anybody_writes_keeps_the_first() -> None:
    many = " ".join(f"a{n}='x y'" for n in range(3000))
    root = parse_html(f"<p {many}>text</p>")
    assert root is not None
    paragraph = select(root, ("p",))[0]
    assert (paragraph.get("a0"), paragraph.get("a2999")) == ("x y", None)
    assert text_of(paragraph) == "text"


def test_a_long_tag_with_few_attributes_stays_whole() -> None:
    root = parse_html(f"<p title='{'x' * 20000}' class=c>text</p>")
    assert root is not None
    assert [p.get("class") for p in select(root, ("p",))] == ["c"]


def test_neighbours_that_are_dropped_together_leave_their_texts_in_order(parse: Parse) -> None:
    root = parse("<p>a<i>1</i>b<i>2</i>c<b>d</b>e<i>3</i>f<u><i>4</i></u><i>5</i></p>")
    drop_all([*select(root, ("i",)), root])
    assert text_of(root) == "abcdef"
