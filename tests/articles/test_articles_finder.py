"""Selectors matched from their right end find what an XPath over the whole page finds."""

import pytest
from cssselect import SelectorError
from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.articles.finder import Finder
from scraper.articles.tree import Element, drop, parse_html, select, text_of

SELECTORS = [
    *("p", "*", ".a", "#b", "p.a", "p.a.b", "div#b.a", "[data-n]", "[data-n='1']", "p[id^=b]"),
    *(".a p", "div > p", "p + p", "p ~ .b", ".a > .b p", "div .a .b", "#b > *", "i, .a", "#b p, i"),
    *("p:not(.a)", "div:has(> p)", "p:nth-child(2)", ".a:first-child", "p:contains('x')", "P.a"),
    *("[data-n!='1']", ".a:is(p, i)", ":root", "div:has(.a) > i"),
    *("[data-n='2'] p", "[data-n='2'].b", "[data-n='']", "div:has(> .b)", "div:has(p, .a)"),
]
PIECES = [
    *(
        "<div>",
        "</div>",
        "<div id=b class=a>",
        "<p>",
        "</p>",
        "<p class='a b'>",
        "<p class=a id=bb>",
    ),
    *(
        "<i data-n=1>",
        "<i data-n=2 class=b>",
        "</i>",
        "x",
        "<p id=b>",
        "<i data-n=''>",
        "<span class='c  a'>",
    ),
]


def tree(markup: str) -> Element:
    root = parse_html(f"<html><body>{markup}</body></html>")
    assert root is not None
    return root


@settings(max_examples=150, deadline=None, database=None)
@given(
    st.lists(st.sampled_from(PIECES), max_size=25).map("".join),
    st.lists(st.sampled_from(SELECTORS), min_size=1, max_size=3),
    st.booleans(),
)
def test_what_an_xpath_finds_is_found_in_its_order(
    page: str, selectors: list[str], noted: bool
) -> None:
    root = tree(page)
    body = next(root.iter("body"))
    finder = Finder(root, selectors if noted else selectors[:1])
    assert finder.select(selectors) == select(root, selectors)
    assert finder.select(selectors, body) == [e for e in select(root, selectors) if e is not body]
    expected = next((found[0] for s in selectors if (found := select(root, (s,)))), None)
    assert finder.first(selectors) is expected


def test_below_an_element_only_what_it_holds_is_found() -> None:
    root = tree("<p class=a>甲</p><div class=a><p class=a>乙</p></div>")
    area = next(root.iter("div"))
    assert [text_of(e) for e in Finder(root, (".a",)).select((".a",), area)] == ["乙"]


def test_what_was_dropped_is_found_no_more() -> None:
    root = tree("<p class=a>甲</p><p class=a>乙</p>")
    finder = Finder(root, (".a",))
    first = finder.first((".a",))
    assert first is not None
    drop(first)
    assert [text_of(e) for e in finder.select((".a",))] == ["乙"]


def test_what_is_no_selector_is_an_error() -> None:
    with pytest.raises(SelectorError):
        Finder(tree("")).select(("p[",))


@pytest.mark.parametrize(
    ("selector", "found"),
    [
        ("p ~ .b", ["乙"]),
        ("p + .b", ["乙"]),
        ("script:contains('here')", ["here"]),
        ("i[data-n^='']", []),  # an empty value matches nothing (Selectors Level 4 §6.2)
    ],
)
def test_what_stands_beside_and_what_is_said_inside(selector: str, found: list[str]) -> None:
    root = tree("<p>甲</p><i class=b data-n=1>乙</i><script>here</script><script>there's</script>")
    matched = Finder(root, (selector,)).select((selector,))
    assert ["".join(e.itertext()) for e in matched if e.text != "there's"] == found
    assert matched == select(root, (selector,))
