"""The weights of a page: sums that stay right whatever is dropped, and what counts as prose."""

from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.articles.generic.weigh import Weights, weight_of
from scraper.articles.tree import Element, parse_html

Parse = Callable[[str], Element]

PROSE = "The,bell,rang,at,noon,and,everybody,on,both,banks,of,the,river,stopped,to,listen."
BLOCK = st.sampled_from(["div", "p", "section", "td", "li", "blockquote", "aside", "x-story"])
INLINE = st.sampled_from(["span", "b", "font"])
LEAF = st.sampled_from(
    ["", "short", PROSE, "河口镇的老渡船星期一停航，前后整整一百五十年了，真久。"]
)
each = settings(max_examples=100, deadline=None, database=None)


def _wrap(tag: str, parts: list[str], tail: str) -> str:
    return f"<{tag}>{''.join(parts)}</{tag}>{tail}"


def trees(tags: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """Markup of nested elements, without white space at the edges of its texts."""
    return st.recursive(
        LEAF, lambda inner: st.builds(_wrap, tags, st.lists(inner, max_size=4), LEAF), max_leaves=25
    )


def weigh(markup: str) -> Weights:
    root = parse_html(f"<html><body>{markup}</body></html>")
    assert root is not None
    return Weights(next(root.iter("body")))


def only(weights: Weights, tag: str) -> int:
    (place,) = [n for n, found in enumerate(weights.tags) if found == tag]
    return place


def sums(weights: Weights) -> dict[Element, tuple[float, float, float]]:
    return {
        e: (weights.text[n], weights.linked[n], weights.good[n])
        for n, e in enumerate(weights.elements)
        if weights.alive[n]
    }


def said(weights: Weights) -> dict[Element, tuple[float, float, float]]:
    """The sums of what says anything: of a dropped block an empty paragraph may stay."""
    return {e: each for e, each in sums(weights).items() if each[0]}


@each
@given(trees(BLOCK | INLINE | st.just("a")), st.lists(st.integers(1, 60), max_size=6))
def test_text_and_links_add_up_after_any_drops(markup: str, places: list[int]) -> None:
    weights = weigh(markup)
    for n in sorted(places):
        if n < len(weights.elements) and weights.alive[n]:
            weights.drop(n)
    weights.sweep()
    fresh, now = said(Weights(weights.elements[0])), said(weights)
    assert {e: each[:2] for e, each in now.items()} == {e: each[:2] for e, each in fresh.items()}


@each
@given(trees(BLOCK), st.lists(st.integers(1, 60), max_size=6))
def test_prose_adds_up_after_any_drops_of_blocks(markup: str, places: list[int]) -> None:
    weights = weigh(markup.replace("x-story", "article"))
    for n in sorted(places):
        if n < len(weights.elements) and weights.alive[n]:
            weights.drop(n)
    weights.sweep()
    fresh = Weights(weights.elements[0])
    assert said(weights) == said(fresh)
    assert [weights.elements[n] for n in weights.living_voters()] == [
        fresh.elements[n] for n in fresh.voters
    ]


@each
@given(trees(BLOCK | INLINE | st.just("a")))
def test_no_more_of_an_element_is_prose_or_linked_than_it_holds(markup: str) -> None:
    weights = weigh(markup)
    for n in range(len(weights.elements)):
        assert 0 <= weights.good[n] <= weights.text[n]
        assert 0 <= weights.linked[n] <= weights.text[n]
        assert 0 <= weights.link_share(n) <= 1


@each
@given(trees(BLOCK | INLINE))
def test_elements_and_paragraphs_stand_in_document_order(markup: str) -> None:
    weights = weigh(markup)
    assert all(a < b for a, b in pairwise(weights.voters))
    assert list(weights.within(0)) == list(range(len(weights.elements)))
    for n, element in enumerate(weights.elements):
        assert list(weights.within(n)) == [weights.place[e] for e in element.iter()]


def test_a_chinese_character_weighs_three_latin_ones() -> None:
    assert (weight_of("渡船"), weight_of(" ferry \n"), weight_of(""), weight_of(None)) == (
        6,
        5,
        0,
        0,
    )


def test_chinese_punctuation_makes_prose_as_commas_do() -> None:
    plain = "河口镇的老渡船星期一停航前后整整一百五十年从来没有停过一天"
    assert weigh(f"<p>{plain}</p>").voters == []
    for mark in "，、；。！？：":
        assert weigh(f"<p>{plain}{mark}</p>").voters == [1]


@pytest.mark.parametrize("tag", ["div", "section", "span", "td", "center", "dd", "blockquote"])
def test_text_in_any_element_of_text_is_a_paragraph(tag: str) -> None:
    inner = f"<{tag}>{PROSE}<br>{PROSE}</{tag}>"
    weights = weigh(f"<table><tr>{inner}</tr></table>" if tag == "td" else f"<main>{inner}</main>")
    assert only(weights, tag) in weights.voters
    assert weights.good[0] == 2 * len(PROSE)


def test_a_paragraph_of_links_is_none() -> None:
    assert weigh(f"<p><a href=/a>{PROSE}</a> and, so, on</p>").voters == []
    assert weigh(f"<p>{PROSE} <a href=/a>the bell</a></p>").voters == [1]


def test_links_within_links_count_once() -> None:
    weights = weigh("<div><a href=/a>one <b>two</b></a> three</div>")
    assert (weights.linked[0], weights.text[0]) == (6, 11)


def test_prose_in_a_span_of_a_paragraph_counts_once() -> None:
    weights = weigh(f"<p><span>{PROSE}</span> and more of it</p>")
    assert weights.good[0] == weights.text[0]
    assert [weights.tags[n] for n in weights.voters] == ["p", "span"]


def test_prose_in_a_block_is_none_of_what_surrounds_it() -> None:
    weights = weigh(f"<x-story><p>{PROSE}</p><p>{PROSE}</p></x-story>")
    assert [weights.tags[n] for n in weights.voters] == ["p", "p"]


def test_punctuation_of_inner_blocks_is_not_a_blocks_own() -> None:
    weights = weigh("<div>one, <b>two, three</b><p>four, five, six, seven</p>eight.</div>")
    assert weights.pauses(only(weights, "div")) == 3
    assert weights.pauses(only(weights, "p")) == 3


def test_scripts_and_buttons_hold_no_text_and_menus_do() -> None:
    weights = weigh("<script>x()</script><button>Share</button><nav>Home</nav>")
    assert weights.text[0] == len("Home")


def test_a_leaf_holds_no_block_that_is_left() -> None:
    weights = weigh("<div><b>one</b><p>two</p></div>")
    div = only(weights, "div")
    assert not weights.is_leaf(div)
    weights.drop(only(weights, "p"))
    assert weights.is_leaf(div)


def test_an_element_without_text_is_not_linked(parse: Parse) -> None:
    assert Weights(parse("<body><a href=/a></a>")).link_share(0) == 0.0


def test_prose_in_a_caption_is_no_paragraph_of_the_article() -> None:
    weights = weigh(f"<p>{PROSE}</p><figure><img src=a.jpg><figcaption><p>{PROSE}</p></figcaption>")
    assert [weights.tags[n] for n in weights.voters] == ["p"]
    assert weights.good[0] == weight_of(PROSE)
