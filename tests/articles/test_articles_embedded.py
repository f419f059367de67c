import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest

from scraper.articles.embedded import first_value, read_embedded
from scraper.articles.tree import Element
from scraper.site import EmbeddedData

STORY = {"headline": "灯笼铺", "create_time": 1636804800}
DATA = {"loaderData": {"0-0": {"article": STORY}}}
WHERE = EmbeddedData("__data", ("loaderData", "0-0", "article"))

Embedded = Callable[..., Mapping[str, Any]]


@pytest.fixture
def embedded(parse: Callable[[str], Element]) -> Embedded:
    def embedded(*scripts: str, where: EmbeddedData = WHERE) -> Mapping[str, Any]:
        marked = "".join(f"<script>{script}</script>" for script in scripts)
        return read_embedded(parse(f"<html><body>{marked}</body></html>").iter("script"), where)

    return embedded


@pytest.mark.parametrize(
    "script",
    [
        f"window.__data = {json.dumps(DATA)};",
        f"var __data={json.dumps(DATA)}; start(__data);",
        f"window.__data =\n  {json.dumps(DATA, indent=1)}",
        f"window.__data = JSON.parse({json.dumps(json.dumps(DATA))});",
        f"window.__data=JSON.parse( {json.dumps(json.dumps(DATA))} )",
        f"window.__data = {json.dumps(DATA, ensure_ascii=False)}; window.__data = null;",
    ],
)
def test_the_value_that_a_script_assigns(embedded: Embedded, script: str) -> None:
    assert embedded(script) == STORY


def test_raw_control_characters_are_forgiven(embedded: Embedded) -> None:
    script = '__data = {"headline": "灯\x0b笼\n铺"}'
    assert embedded(script, where=EmbeddedData("__data"))["headline"].split() == ["灯笼", "铺"]


def test_other_scripts_are_passed_over(embedded: Embedded) -> None:
    assert embedded("", "var other = {};", f"__data = {json.dumps(DATA)}") == STORY


@pytest.mark.parametrize(
    "mention",
    [
        "if (window.__data == null) start();",
        "console.log('waiting for __data');",
        "window.__data = undefined;",
    ],
)
def test_a_script_that_only_mentions_the_variable_is_passed_over(
    embedded: Embedded, mention: str
) -> None:
    assert embedded(mention, f"__data = {json.dumps(DATA)}") == STORY


@pytest.mark.parametrize(
    "guard",
    ["if (window.__data == null) {}", "window.__data = window.__data || {};", "/* __data */"],
)
def test_a_mention_before_the_assignment_in_the_same_script_is_passed_over(
    embedded: Embedded, guard: str
) -> None:
    assert embedded(f"{guard} window.__data = {json.dumps(DATA)};") == STORY


@pytest.mark.parametrize(
    "script",
    [
        "",
        "start(__data)",
        "__data",
        "__data =",
        "__data = load()",
        "__data = {loaderData: 1}",
        "__data = JSON.parse('{}')",
        '__data = JSON.parse("{oops")',
        pytest.param(f"__data = JSON.parse({json.dumps('[' * 100_000)})", id="deep, packed"),
        pytest.param("__data = " + "[" * 100_000, id="deep"),
        "__data = 5",
        '__data = "text"',
        "__data = []",
        '__data = {"loaderData": []}',
        '__data = {"loaderData": {"0-0": {"article": "text"}}}',
        '__data = {"loaderData": {"0-0": {}}}',
        pytest.param(f"__data = {'9' * 5000}", id="a long integer"),
    ],
)
def test_what_cannot_be_read_is_empty(embedded: Embedded, script: str) -> None:
    assert embedded(script) == {}


def test_a_text_that_holds_json_is_read_only_where_the_script_parses_it(
    embedded: Embedded,
) -> None:
    where = EmbeddedData("__data")
    packed = json.dumps(json.dumps(STORY))
    assert embedded(f"__data = {packed}", where=where) == {}
    assert embedded(f"__data = JSON.parse({json.dumps(STORY)})", where=where) == STORY


def test_a_page_without_scripts_has_none(parse: Callable[[str], Element]) -> None:
    assert read_embedded(parse("<p>__data = {}</p>").iter("script"), WHERE) == {}


def test_the_first_key_that_says_something_wins() -> None:
    data = {"a": None, "b": "", "c": 0, "d": 5, "e": 6}
    assert first_value(data, ("x", "a", "b", "c", "d", "e")) == 5
    assert first_value(data, ("x", "a")) is None
    assert first_value(data, ()) is None
