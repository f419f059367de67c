"""Inside the article: lists of links, pointers elsewhere, and the crumbs at both its ends."""

import pytest

from scraper.articles.generic.tidy import is_crumb, tidy
from scraper.articles.generic.weigh import Weights
from scraper.articles.trace import Trace
from scraper.articles.tree import parse_html, text_of

LINE = "The bell of the ferry rang at noon, and on both banks of the river people stood still."
TEXTS = [f"Number {n}: {LINE}" for n in range(8)]
BODY = "".join(f"<p>{text}</p>" for text in TEXTS)
STATED = "\n".join(TEXTS)


def tidied(markup: str, stated: str = "") -> tuple[list[str], list[str]]:
    """The lines that are left of an article, and the rules by which others went."""
    root = parse_html(f"<html><body><div>{markup}</div></body></html>")
    assert root is not None
    weights, trace = Weights(next(root.iter("body"))), Trace()
    tidy(weights, 1, stated, trace)
    lines = [text_of(e) for e in weights.elements[1].iter("p", "h2", "li", "td", "figcaption")]
    quiet = parse_html(f"<html><body><div>{markup}</div></body></html>")
    assert quiet is not None
    unseen = Weights(next(quiet.iter("body")))
    tidy(unseen, 1, stated)  # whoever does not ask why gets the same
    assert text_of(unseen.elements[0]) == text_of(weights.elements[0])
    return [line for line in lines if line], [removal.rule for removal in trace.removals]


@pytest.mark.parametrize(
    "line",
    [
        "Advertisement",
        "READ MORE: The goats of the hills",
        "Read also: goats",
        "Related:",
        "Share this article",
        "Follow us on the river",
        "Image 3 of 12",
        "（责任编辑：周小舟）",
        "责编：周小舟 责任编辑 宋阿满",
        "原标题：最后一班渡船",
        "（原标题：最后一班渡船）",
        "编辑：周小舟",
        "来源：河口日报",
        "免责声明：本文不代表本报立场",
        "相关阅读 旧磨坊改成了图书馆",
        "延伸阅读",
        "点击进入专题",
        "您所在的位置：首页",
        "第1页/共3页",
    ],
)
def test_a_line_that_belongs_to_no_article_is_a_crumb(line: str) -> None:
    assert is_crumb(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "Advertisements of the old paper hang in the mill.",
        "Image makers met on Friday.",
        "来源不明的渡船停在码头。",
        "编辑部搬进了旧磨坊。",
        "这份声明由镇长宣读。",
        "Closed since Monday, the ferry is for sale.",
        LINE,
    ],
)
def test_a_line_of_the_article_is_none(line: str) -> None:
    assert not is_crumb(line)


@pytest.mark.parametrize("tag", ["ul", "div", "section", "aside"])
def test_a_list_of_links_goes(tag: str) -> None:
    links = "".join(f"<li><a href=/{n}>Goats, number {n}, sold</a></li>" for n in range(4))
    assert tidied(f"{BODY}<{tag}>{links}</{tag}>{BODY}") == (TEXTS * 2, ["a list of links"])


def test_a_list_with_a_few_links_stays() -> None:
    items = [f"Crossing {n} of the day" for n in range(5)]
    listed = "".join(f"<li>{item}</li>" for item in items)
    assert tidied(f"{BODY}<ul>{listed}<li><a href=/a>A</a></li></ul>") == (
        [*TEXTS, *items, "A"],
        [],
    )


def test_a_pointer_elsewhere_goes_and_a_linked_sentence_stays() -> None:
    pointer = "<p><a href=/a>The goats of the hills</a></p>"
    sentence = "<p><a href=/b>The goats were sold.</a></p>"
    left, rules = tidied(f"{BODY}{pointer}{sentence}{BODY}")
    assert left == [*TEXTS, "The goats were sold.", *TEXTS]
    assert rules == ["a pointer elsewhere"]


@pytest.mark.parametrize("crumb", ["<p>By P. Vale</p>", "<h2>Local</h2>", "<p>河口日报 周小舟</p>"])
def test_crumbs_before_and_behind_the_paragraphs_go(crumb: str) -> None:
    rule = "a crumb beside the article"
    assert tidied(f"{crumb}{BODY}{crumb}") == (TEXTS, [rule, rule])


def test_sentences_at_the_ends_stay() -> None:
    left, rules = tidied(f"<p>It is over.</p>{BODY}<p>停航了。</p>")
    assert (left, rules) == (["It is over.", *TEXTS, "停航了。"], [])


def test_items_and_cells_at_the_ends_are_short_by_nature() -> None:
    left, _ = tidied(f"{BODY}<ul><li>Salt</li><li>Milk</li></ul>")
    assert left == [*TEXTS, "Salt", "Milk"]


def test_many_short_lines_are_a_list_that_belongs_to_the_article() -> None:
    steps = [f"Step {n}" for n in range(4)]
    left, rules = tidied(BODY + "".join(f"<p>{step}</p>" for step in steps))
    assert (left, rules) == ([*TEXTS, *steps], [])


def test_short_lines_between_paragraphs_stay() -> None:
    assert tidied(f"{BODY}<h2>At noon</h2><p>Silence</p>{BODY}")[0] == [
        *TEXTS,
        "At noon",
        "Silence",
        *TEXTS,
    ]


def test_an_article_without_paragraphs_keeps_its_lines() -> None:
    assert tidied("<p>By P. Vale</p><p>Noon</p>") == (["By P. Vale", "Noon"], [])


def test_the_stated_text_says_where_the_article_ends() -> None:
    more = "<p>Goats were counted, sheared, and sold in the hills, as they are every year.</p>"
    left, rules = tidied(f"{more}{BODY}{more}", STATED)
    assert left == TEXTS
    assert rules == ["not in the text that the page's linked data state"] * 2


@pytest.mark.parametrize(
    "stated",
    [
        pytest.param(STATED[:-1] + " and", id="cut short"),
        pytest.param(TEXTS[0], id="the lead only"),
        pytest.param("Something else.", id="another text"),
        pytest.param("", id="none"),
    ],
)
def test_a_stated_text_that_is_not_the_whole_says_nothing(stated: str) -> None:
    more = "<p>Goats were counted, sheared, and sold in the hills, as they are every year.</p>"
    left, _ = tidied(f"{BODY}{more}", stated)
    assert len(left) == len(TEXTS) + 1
