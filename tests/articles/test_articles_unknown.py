"""Where a page that no profile describes shows nothing: what it states, and the last resort."""

import json
from collections.abc import Callable

import pytest

from scraper.model import Article, NotArticle

Take = Callable[..., Article | NotArticle]

URL = "https://a.example/2025/03/04/ferry"
LINE = "The bell of the ferry rang at noon, and on both banks of the river people stood still."
TEXTS = [f"Number {n}: {LINE}" for n in range(8)]
SHOWN = "".join(f"<p>{text}</p>" for text in TEXTS)
EMPTY = '<div id="app"></div>'


def page(body: str, **stated: object) -> str:
    data = json.dumps({"@type": "NewsArticle", "headline": "The ferry bell", **stated})
    return (
        '<html><head><title>The ferry bell</title><script type="application/ld+json">'
        f"{data}</script></head><body>{body}</body></html>"
    )


@pytest.mark.parametrize(
    "stated",
    [
        "\n".join(TEXTS),
        "\r\n \r\n".join(TEXTS),
        SHOWN,
        "<br><br>".join(TEXTS),
        "\n".join(TEXTS).replace("bell", "b&#101;ll"),
    ],
    ids=["lines", "blank lines", "paragraphs", "line breaks", "entities"],
)
def test_a_page_that_shows_nothing_is_read_from_what_it_states(take: Take, stated: str) -> None:
    found = take(page(EMPTY, articleBody=stated), URL)
    assert isinstance(found, Article), found
    assert (found.text.split("\n"), found.method) == (TEXTS, "linked-data")


def test_what_a_page_shows_goes_before_what_it_states(take: Take) -> None:
    found = take(page(f"<article>{SHOWN}</article>", articleBody="Another text. " * 60), URL)
    assert isinstance(found, Article), found
    assert (found.text.split("\n"), found.method) == (TEXTS, "generic")


@pytest.mark.parametrize("free", [False, "False", "false"])
def test_the_text_of_a_story_that_is_not_free_is_not_taken_from_its_data(
    take: Take, free: object
) -> None:
    found = take(page(EMPTY, articleBody="\n".join(TEXTS), isAccessibleForFree=free), URL)
    assert isinstance(found, NotArticle)
    assert found.kind == "empty"


def test_a_line_of_markup_in_a_stated_text_is_text(take: Take) -> None:
    found = take(page(EMPTY, articleBody="\n".join([*TEXTS, "5 &lt; 6 &amp; <x> is no tag."])), URL)
    assert isinstance(found, Article), found
    assert found.text.endswith("5 < 6 & <x> is no tag.")


def test_lines_too_short_to_be_prose_are_left_to_the_last_resort(take: Take) -> None:
    poem = "".join(f"<p>The river, {n} miles of it, rests.</p>" for n in range(40))
    found = take(page(f"<div class='article-body'>{poem}</div>"), URL)
    assert isinstance(found, Article), found
    assert found.method == "readability"
    assert found.text.startswith("The river, 0 miles of it, rests.\nThe river, 1 miles")
