import json
from collections.abc import Callable
from typing import Any

import pytest

from scraper.articles.linked_data import address_at, read_article, text_at, texts_at
from scraper.articles.tree import Element

Parse = Callable[[str], Element]
STORY = {"@type": "NewsArticle", "headline": "灯笼铺"}


@pytest.fixture
def stated(parse: Parse) -> Callable[..., Any]:
    """What a page says whose linked data are these values or texts, one a script."""

    def stated(*scripts: object, kind: str = "application/ld+json") -> Any:
        texts = [s if isinstance(s, str) else json.dumps(s, ensure_ascii=False) for s in scripts]
        marked = "".join(f'<script type="{kind}">{text}</script>' for text in texts)
        return read_article(
            parse(f"<html><head>{marked}</head><body><p>x</body></html>").iter("script")
        )

    return stated


@pytest.mark.parametrize(
    "data",
    [
        STORY,
        [STORY],
        [{"@type": "WebSite"}, STORY],
        {"@graph": [{"@type": "BreadcrumbList"}, STORY]},
        {"@type": "WebPage", "mainEntity": STORY},
        {"@type": "WebPage", "hasPart": [{"@type": "ImageObject"}, STORY]},
        {"@type": "WebPage", "@graph": {"@type": "WebPage", "mainEntity": [[STORY]]}},
    ],
)
def test_the_article_is_found_wherever_it_stands(stated: Any, data: object) -> None:
    assert stated(data)["headline"] == "灯笼铺"


@pytest.mark.parametrize(
    "kind",
    [
        "Article",
        "BlogPosting",
        "https://schema.org/ReportageNewsArticle",
        "http://schema.org/NewsArticle",
        ["Thing", "NewsArticle"],
        [None, "NewsArticle"],
    ],
)
def test_every_type_of_article_is_one(stated: Any, kind: object) -> None:
    assert stated({"@type": kind, "headline": "灯笼铺"})["headline"] == "灯笼铺"


@pytest.mark.parametrize("kind", ["WebPage", "Person", None, 5, {}, ["WebSite"], "newsarticle"])
def test_other_types_are_none(stated: Any, kind: object) -> None:
    assert stated({"@type": kind, "headline": "灯笼铺"}) == {}


def test_the_first_article_of_several_scripts_is_taken(stated: Any) -> None:
    other = {"@type": "Article", "headline": "另一篇"}
    assert stated({"@type": "WebSite"}, "", "{oops", STORY, other)["headline"] == "灯笼铺"


def test_a_list_of_stories_is_no_article(stated: Any) -> None:
    items = [{"@type": "ListItem", "item": STORY}]
    assert stated({"@type": "ItemList", "itemListElement": items}) == {}


def test_control_characters_inside_strings_are_forgiven(stated: Any) -> None:
    text = '{"@type": "NewsArticle", "headline": "灯\x0b笼\n\t铺", "description": "a\u0085b"}'
    found = stated(text)
    assert text_at(found, "headline") == "灯笼 铺"
    assert text_at(found, "description") == "a b"


@pytest.mark.parametrize("wrapping", ["<!--{}-->", "\n{};\n", "  {}  ", "<!-- {} -->"])
def test_what_people_wrap_around_it_is_forgiven(stated: Any, wrapping: str) -> None:
    assert stated(wrapping.replace("{}", json.dumps(STORY)))["headline"] == "灯笼铺"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "5",
        '"NewsArticle"',
        "{",
        "{'@type': 'NewsArticle'}",
        '{"@type": "NewsArticle",}',
        pytest.param("[" * 100_000, id="deep arrays"),
        pytest.param('{"a":' * 100_000, id="deep objects"),
        pytest.param(f'{{"@type": "NewsArticle", "n": {"9" * 5000}}}', id="a long integer"),
    ],
)
def test_broken_or_hostile_data_is_none(stated: Any, text: str) -> None:
    assert stated(text) == {}


def test_data_too_deep_is_not_followed(stated: Any) -> None:
    def nested(levels: int) -> object:
        data: object = STORY
        for _ in range(levels):
            data = [data]
        return data

    assert stated(nested(8)) == STORY
    assert stated(nested(9)) == {}


def test_other_scripts_are_not_looked_at(stated: Any, parse: Parse) -> None:
    assert stated(STORY, kind="application/json") == {}
    assert read_article(parse(f"<script>{json.dumps(STORY)}</script>").iter("script")) == {}
    assert stated(STORY, kind="application/ld+json; charset=utf-8") == STORY


def test_an_empty_script_is_passed_over(parse: Parse) -> None:
    assert (
        read_article(
            parse('<script type="application/ld+json" src="/a.js"></script>').iter("script")
        )
        == {}
    )


@pytest.mark.parametrize(
    ("value", "texts"),
    [
        ("甲", ("甲",)),
        ("  甲 \n 乙 ", ("甲 乙",)),
        (["甲", "", None, 5, "乙"], ("甲", "乙")),
        ({"name": "甲"}, ("甲",)),
        ({"url": "https://a.example/"}, ("https://a.example/",)),
        ({"@id": "https://a.example/#1"}, ("https://a.example/#1",)),
        ([{"@type": "Person", "name": "甲"}, {"name": ["乙"]}, {}], ("甲",)),
        (None, ()),
        (5, ()),
        ([], ()),
        ([["甲"]], ()),
    ],
)
def test_a_property_as_lines_of_text(value: object, texts: tuple[str, ...]) -> None:
    assert texts_at({"author": value}, "author") == texts
    assert text_at({"author": value}, "author") == (texts[0] if texts else "")


def test_a_property_that_is_missing_says_nothing() -> None:
    assert texts_at({}, "author") == ()
    assert text_at({}, "author") == ""


@pytest.mark.parametrize(
    ("image", "address"),
    [
        ("/a.jpg", "/a.jpg"),
        (["/a.jpg", "/b.jpg"], "/a.jpg"),
        ({"@type": "ImageObject", "name": "灯笼", "url": "/a.jpg"}, "/a.jpg"),
        ([{"contentUrl": "/a.jpg"}], "/a.jpg"),
        ({"@id": "/a.jpg"}, "/a.jpg"),
        ([], ""),
        ({}, ""),
        (5, ""),
        (None, ""),
    ],
)
def test_the_address_of_a_property_that_is_a_file(image: object, address: str) -> None:
    assert address_at({"image": image}, "image") == address
