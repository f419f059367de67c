import re
from dataclasses import fields
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from scraper.config import profiles
from scraper.config.profiles import KEYS, Trust
from scraper.config.sites import judge, list_shipped, load_sites, read_shipped
from scraper.errors import ConfigurationError
from scraper.site import ArticleMarkup, ChildOrder, EmbeddedData, ListMarkup, Site, Wall

README = Path(__file__).parents[2] / "config" / "sites" / "README.md"
MINIMAL = """
title = "山城晚报"
canonical = "https://www.shancheng.example"
hosts = "www.shancheng.example"
story = '^/(?P<id>[0-9]+)$'
"""


@pytest.fixture
def complain(tmp_path: Path) -> Any:
    def list_mistakes(text: str) -> list[str]:
        (tmp_path / "a.toml").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigurationError) as caught:
            load_sites(tmp_path)
        assert str(caught.value).startswith("the site profiles are not usable:\n")
        return [str(mistake).removeprefix(f"{tmp_path}/") for mistake in caught.value.mistakes]

    return list_mistakes


@pytest.mark.parametrize("name", list_shipped())
def test_shipped_profiles_are_right_down_to_the_selectors(name: str) -> None:
    document, unreadable = read_shipped(name)
    site, mistakes = judge(name, document, Trust(selectors=False))
    assert [*unreadable, *mistakes] == []
    assert load_sites(None)[name] == site


def test_a_profile_needs_four_keys(tmp_path: Path) -> None:
    (tmp_path / "shancheng.toml").write_text(MINIMAL, encoding="utf-8")
    assert load_sites(tmp_path)["shancheng"] == Site(
        name="shancheng",
        title="山城晚报",
        canonical="https://www.shancheng.example",
        hosts=("www.shancheng.example",),
        story="^/(?P<id>[0-9]+)$",
    )


def test_the_example_of_the_readme_is_a_profile_with_every_key(tmp_path: Path) -> None:
    text = README.read_text(encoding="utf-8").split("```toml")[1].split("```")[0]
    (tmp_path / "shancheng.toml").write_text(text, encoding="utf-8")
    site = load_sites(tmp_path)["shancheng"]
    assert site.lists == (
        ListMarkup("2024", "ul.news > li", "h3 a[href]", "h3", ".time", ".digest"),
    )
    assert site.wall == Wall((".subscribe-box",), ("订阅后阅读全文",))
    newest, oldest = site.generations
    assert newest.order == ChildOrder("data-place", 2)
    assert newest.embedded == EmbeddedData(
        "__PAGE__", ("state", "article"), ("title",), ("published_at",), ("updated_at",)
    )
    assert (newest.since, newest.detect) == (date(2024, 3, 1), ("main.story",))
    assert oldest == ArticleMarkup(
        "before2024", ("#artibody",), ("#artibody",), until=date(2024, 3, 1)
    )
    for keys in KEYS.values():
        for key in keys:
            assert re.search(rf"^\[.*\b{key}\]|\b{key} = ", text, re.MULTILINE), key


def test_the_readme_explains_every_key() -> None:
    text = README.read_text(encoding="utf-8")
    for keys in KEYS.values():
        for key in keys:
            assert f"`{key}`" in text or f"`[{key}]`" in text or f"`[[{key}]]`" in text, key


@pytest.mark.parametrize(
    ("table", "type_"),
    [
        (profiles.SiteTable, Site),
        (profiles.ListTable, ListMarkup),
        (profiles.GenerationTable, ArticleMarkup),
        (profiles.OrderTable, ChildOrder),
        (profiles.EmbeddedTable, EmbeddedData),
        (profiles.WallTable, Wall),
    ],
)
def test_profiles_know_every_field_of_the_types(table: Any, type_: Any) -> None:
    known = {field.name for field in fields(type_)} - ({"name"} if type_ is Site else set())
    assert set(table.model_fields) == known
    for field in fields(type_):
        if field.name in known and not table.model_fields[field.name].is_required():
            default = table.model_fields[field.name].default
            assert default == (profiles.WallTable() if field.name == "wall" else field.default)


def test_a_file_of_the_users_replaces_the_shipped_one(tmp_path: Path) -> None:
    name = list_shipped()[0]
    (tmp_path / f"{name}.toml").write_text(MINIMAL, encoding="utf-8")
    (tmp_path / "README.md").write_text("no profile", encoding="utf-8")
    sites = load_sites(tmp_path)
    assert sites[name].title == "山城晚报"
    assert sites[name].lists == ()
    assert set(sites) == set(list_shipped())


def test_the_users_profiles_claim_hosts_before_the_shipped_ones(tmp_path: Path) -> None:
    (tmp_path / "zzz.toml").write_text(MINIMAL, encoding="utf-8")
    assert next(iter(load_sites(tmp_path))) == "zzz"


def test_a_folder_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert set(load_sites(tmp_path / "sites")) == set(list_shipped())


def test_a_file_in_the_folders_place_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "sites").touch()
    with pytest.raises(ConfigurationError, match="sites: found Not a directory, expected a folder"):
        load_sites(tmp_path / "sites")


@pytest.mark.parametrize(
    ("line", "place", "found", "expected"),
    [
        (
            "removes = 1",
            "6: removes",
            "an unknown key",
            "a table or key of this file; did you mean remove?",
        ),
        (
            "remove = 'a['",
            "6: remove",
            '"a["',
            "a CSS selector (Expected ident or '*', got <EOF at 2>)",
        ),
        (
            "remove = 'a::text'",
            "6: remove",
            '"a::text"',
            "a CSS selector (Pseudo-elements are not supported.)",
        ),
        (
            "boilerplate = '('",
            "6: boilerplate",
            '"("',
            "a regular expression (missing ), unterminated subpattern at position 0)",
        ),
        (
            "timezone = 'Mars'",
            "6: timezone",
            '"Mars"',
            'an IANA time zone such as "Asia/Singapore"',
        ),
        (
            "wall.mark = 'a'",
            "6: wall.mark",
            "an unknown key",
            "a key of [wall]; did you mean marks?",
        ),
        (
            "[[lists]]\nname = 'x'\nitem = 'a'\ntitle = '>'",
            "9: lists.x.title",
            '">"',
            "a CSS selector (Expected selector, got <DELIM '>' at 0>)",
        ),
        (
            "[[generations]]\nname = 'x'\nbody = []\ndetect = 'a'",
            "8: generations.x.body",
            "[]",
            "a list of at least one",
        ),
        (
            "[[generations]]\nname = 'x'\nbody = 'a'\ndetect = 'a'\nsince = '2020-01-01'",
            "10: generations.x.since",
            '"2020-01-01"',
            "a date such as 2020-01-01, without quotes",
        ),
        (
            "[[generations]]\nname='x'\nbody='a'\ndetect='a'\norder={attribute='a',skip=-1}",
            "10: generations.x.order.skip",
            "-1",
            "a whole number from 0 to 100",
        ),
    ],
)
def test_a_mistake_in_a_profile_says_where(
    complain: Any, line: str, place: str, found: str, expected: str
) -> None:
    assert complain(f"{MINIMAL}{line}\n") == [f"a.toml:{place}: found {found}, expected {expected}"]


def test_every_mistake_of_a_profile_is_told(complain: Any) -> None:
    mistakes = complain("canonical = 'https://a.b/'\nhosts = ['https://a']\nstory = '[0-9]+'\n")
    assert [mistake.partition(" expected ")[0] for mistake in mistakes] == [
        "a.toml: title:",
        'a.toml:1: canonical: found "https://a.b/",',
        'a.toml:2: hosts: found "https://a",',
        'a.toml:3: story: found "[0-9]+",',
    ]


def test_a_profile_that_is_no_toml_says_so(complain: Any) -> None:
    assert complain("a =\n")[0].startswith("a.toml:1: found a syntax error in column 4")
