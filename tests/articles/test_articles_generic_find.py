"""Which element of a page is its article; the last resort where none is."""

import re
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from scraper.articles.generic.fallback import find_by_readability
from scraper.articles.generic.find import Clues, find_body
from scraper.articles.generic.lines import break_lines
from scraper.articles.generic.prune import prune
from scraper.articles.generic.weigh import Weights
from scraper.articles.trace import Trace
from scraper.articles.tree import Element, parse_html, text_of

Parse = Callable[[str], Element]

LINE = "The bell of the ferry rang at noon, and on both banks of the river people stood still."
TEXTS = [f"Number {n}: {LINE}" for n in range(8)]
BODY = "".join(f"<p>{text}</p>" for text in TEXTS)
OTHER = "".join(
    f"<p>Elsewhere, in the hills, {n} goats were counted, sheared, and sold.</p>" for n in range(12)
)
PIECES = [
    *"<div> </div> <section> </section> <p> </p> <span> </span> <h1> </h1> <h2> </h2>".split(),
    *"<ul> <li> </ul> <br> <aside> </aside> <article> </article> <font> short".split(),
    *("<div class='related sidebar'>", "<section id=main>", "<a href=/a>", "</a>", "\n"),
    *("<table><tr><td>", "</table>", "<br><br>　　", "<div itemprop=articleBody>"),
    *("<script>x()</script>", LINE, "渡船，停航了。"),
]
PAGES = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)
each = settings(max_examples=200, deadline=None, database=None)


def tree(markup: str) -> Element:
    root = parse_html(f"<html><body>{markup}</body></html>")
    assert root is not None
    return root


def found_in(markup: str, title: str = "", stated: str = "") -> str:
    found = find_body(Weights(next(tree(markup).iter("body"))), Clues(title, stated))
    return "" if found is None else text_of(found.body)


@each
@given(PAGES, st.sampled_from(["", "short", LINE]), st.sampled_from(["", LINE]))
def test_any_tree_has_a_body_of_its_own_words_or_none(page: str, title: str, stated: str) -> None:
    root = tree(page)
    etree.strip_elements(root, "script", with_tail=False)  # what it parts is read as one word
    said = re.findall(r"\w+", " ".join(root.itertext()))
    found = find_body(Weights(next(root.iter("body"))), Clues(title, stated))
    words = iter(said)
    kept = re.findall(r"\w+", " ".join(found.body.itertext())) if found else []
    assert all(word in words for word in kept)  # a part of them, in the same order


@each
@given(PAGES)
def test_breaking_lines_leaves_every_word_in_its_place(page: str) -> None:
    root = tree(page)
    before = "".join(root.itertext())
    break_lines(root)
    assert "".join(root.itertext()) == before


@each
@given(st.permutations(TEXTS))
def test_paragraphs_keep_their_order(texts: list[str]) -> None:
    markup = "".join(f"<p>{text}</p>" for text in texts)
    assert found_in(f"<div>{markup}</div>") == "".join(texts)


def test_a_page_without_prose_has_no_body() -> None:
    assert found_in("<ul><li><a href=/a>One</a></li><li>Two</li></ul>") == ""


def test_the_article_is_near_its_headline_even_where_more_is_said_elsewhere() -> None:
    page = (
        f"<div><div class=a><h1>The ferry bell</h1><div>{BODY}</div></div>"
        f"<div class=b><h2>Goats</h2><div>{OTHER * 3}</div></div></div>"
    )
    assert found_in(page, "The ferry bell – Courier") == "".join(TEXTS)
    assert "goats" in found_in(page)


def test_a_headline_of_few_letters_says_nothing() -> None:
    page = f"<div><h1>On</h1><p>{LINE}</p><p>{LINE}</p></div><div>{OTHER * 2}</div>"
    assert "goats" in found_in(page, "On the river")


def test_a_headline_alone_in_its_banner_is_looked_past() -> None:
    page = f"<div class=top><h1>The ferry bell</h1><p>{LINE}</p></div><div class=x>{BODY}</div>"
    assert "".join(TEXTS) in found_in(page, "The ferry bell")


def test_the_element_that_is_marked_as_the_body_is_believed_where_it_holds_the_text() -> None:
    page = f"<div>{{}}<div itemprop=articleBody>{BODY}</div></div>"
    assert found_in(page.format(f"<p>Before it, {LINE}</p>" * 5)) == "".join(TEXTS)


def test_the_element_that_is_marked_as_the_body_is_not_believed_where_the_text_is_elsewhere() -> (
    None
):
    page = f"<div><div itemprop=articleBody><p>{LINE}</p></div><div>{BODY}</div></div>"
    assert TEXTS[-1] in found_in(page)


def test_a_telling_name_decides_between_equals() -> None:
    page = "<div><div class='{}'>{}</div><p><b>·</b></p><div class='{}'>{}</div></div>"
    mixed = page.format("x1", BODY, "entry-content", BODY.replace("Number", "Figure"))
    links = "".join(
        f"<li><a href=/{n}>A longer pointer elsewhere, number {n}</a></li>" for n in range(90)
    )
    assert "Figure" in found_in(mixed.replace("<p><b>·</b></p>", f"<ul>{links}</ul>"))


def test_a_parent_is_taken_where_it_adds_paragraphs() -> None:
    halves = [
        f"<div>{''.join(f'<p>{t}</p>' for t in part)}</div>" for part in (TEXTS[:5], TEXTS[5:])
    ]
    assert found_in(f"<main>{''.join(halves)}</main>") == "".join(TEXTS)


def test_a_parent_is_not_taken_for_a_remark() -> None:
    page = f"<main><div>{BODY}</div><div>Sold in shops, at markets, and on the ferry.</div></main>"
    assert found_in(page) == "".join(TEXTS)


def test_what_is_merely_hidden_is_read() -> None:
    page = f"<div class=hidden style='display:none' hidden aria-hidden=true>{BODY}</div>"
    assert found_in(page) == "".join(TEXTS)


# -- names and text --------------------------------------------------------------------------------


def pruned(markup: str) -> tuple[str, Trace]:
    trace = Trace()
    weights = Weights(next(tree(markup).iter("body")))
    prune(weights, trace=trace)
    return text_of(weights.elements[0]), trace


@pytest.mark.parametrize(
    ("surroundings", "rule"),
    [
        ("<aside>Goats, sold.</aside>", "surroundings, by name"),
        ("<div class=sidebar>Goats, sold.</div>", "surroundings, by name"),
        ("<div id=tuijian>Goats, sold.</div>", "surroundings, by name"),
        ("<form>Goats, sold.</form>", "surroundings, by element or role"),
        ("<div role=dialog>Goats, sold.</div>", "surroundings, by element or role"),
        ("<div class='post share-bar'>Goats, sold.</div>", "boilerplate, by name"),
    ],
)
def test_what_surrounds_an_article_is_dropped_with_its_rule(surroundings: str, rule: str) -> None:
    text, trace = pruned(f"{BODY}{surroundings}")
    assert text == "".join(TEXTS)
    assert [(r.rule, r.sample) for r in trace.removals] == [(rule, "Goats, sold.")]


@pytest.mark.parametrize(
    "element", ["aside", "div class=sidebar", "div role=dialog", "div class='main-share'", "form"]
)
def test_what_holds_the_text_is_kept_whatever_its_name(element: str) -> None:
    text, trace = pruned(f"<{element}>{BODY}</{element.split(maxsplit=1)[0]}>")
    assert (text, trace.removals) == ("".join(TEXTS), [])


@pytest.mark.parametrize(
    "kept",
    [
        "<p class=related>Goats, sold.</p>",
        "<h2 class=related>Goats, sold.</h2>",
        "<div class=newsagents>Goats, sold.</div>",
        "<div class=share itemprop=articleBody>Goats, sold.</div>",
    ],
)
def test_names_that_mislead_drop_nothing(kept: str) -> None:
    assert pruned(f"{BODY}{kept}")[0].endswith("Goats, sold.")


def test_a_page_without_any_text_is_pruned_all_the_same() -> None:
    assert pruned("<aside><img src=/a.jpg></aside>") == ("", Trace())


# -- lines -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "ends"),
    [
        ("甲<br><br>乙", 1),
        ("甲<br>\n<br/>\n<br>乙", 2),
        ("甲<br>　　乙", 1),
        ("甲<br>&nbsp;&nbsp;乙", 1),
        ("甲<br>（责任编辑：乙）", 1),
        ("原标题：甲<br>乙", 0),
        ("<b>甲</b>来源：乙<br>丙", 1),
        ("甲<br>乙", 0),
        ("甲<br>乙<br>丙", 0),
        ("甲<br>", 0),
        ("<pre>甲<br><br>乙</pre>", 0),
        ("<a href=/a>甲<br><br>乙</a>", 0),
    ],
)
def test_a_line_break_ends_a_paragraph_where_it_is_meant_to(markup: str, ends: int) -> None:
    root = tree(f"<div>{markup}</div>")
    break_lines(root)
    assert len(list(root.iter("p"))) == ends


# -- the last resort -------------------------------------------------------------------------------


def test_the_last_resort_finds_prose() -> None:
    found = find_by_readability(f"<html><body><div id=main>{BODY}</div></body></html>")
    assert found is not None
    assert TEXTS[0] in text_of(found)


@pytest.mark.parametrize("markup", ["", "\x00", "<!-- -->"])
def test_the_last_resort_finds_nothing_in_nothing(markup: str) -> None:
    found = find_by_readability(markup)
    assert found is None or text_of(found) == ""
