"""A narrowed profile reads a page exactly as the whole profile does."""

import pytest

from scraper.articles.narrowing import narrow, needed_words
from scraper.articles.tree import parse_html, select
from scraper.model import Site

WORDS = {"root", "articleBody", "x", "bff-google-ad"}


@pytest.mark.parametrize(
    ("selector", "words"),
    [
        (".a", {"a"}),
        ("div#b .c-d > p", {"b", "c-d"}),
        ("article:has(> .x)", {"x"}),
        ("a[href='.no']", set()),
        ("script:contains('.no #no')", set()),
        (".a, .b", set()),
        (".a:not(.b)", set()),
        (".a:is(.b)", set()),
        (r".a\:b", set()),
        ("h1", set()),
    ],
)
def test_the_words_that_a_selector_needs(selector: str, words: set[str]) -> None:
    assert needed_words(selector) == words


def test_what_is_left_out_matches_nothing(zaobao: Site) -> None:
    page = """<div id="root"><article><h1>灯</h1><div class="articleBody x"><p>正文</p>
    <div class="bff-google-ad">广告</div></div></article></div>"""
    root = parse_html(page)
    assert root is not None
    narrowed = narrow(zaobao, root)
    assert narrowed.generations[0].name == "sg2025"
    for whole in zaobao.generations:
        for selectors in (whole.detect, whole.body, whole.remove, whole.captions, whole.lead):
            kept = [
                s
                for s in selectors
                if needed_words(s) <= {"root", "articleBody", "x", "bff-google-ad"}
            ]
            assert select(root, selectors) == select(root, kept)
    assert narrowed.wall.marks == ()
    assert zaobao.wall.marks
