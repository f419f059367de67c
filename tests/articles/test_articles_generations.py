"""One saved page and its expected result for every generation of every shipped profile.

The pages are invented: news that never happened, in the markup of the generation, with what
stands around and inside an article and must not get into the archive.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from scraper.articles.extract import extract
from scraper.articles.task import Task
from scraper.config.sites import list_shipped, load_sites
from scraper.model import Article, Page
from scraper.site import Site

GENERATIONS = [
    pytest.param(site.name, markup.name, id=f"{site.name}/{markup.name}")
    for site in load_sites(None).values()
    for markup in site.generations
]
FACTS = ("url", "canonical_url", "id", "site", "title", "byline", "section", "language", "method")


@pytest.fixture
def expected(saved: Path, profile: str, generation: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(
        (saved / profile / f"{generation}.json").read_text(encoding="utf-8")
    )
    return loaded


@pytest.fixture
def article(
    saved: Path,
    sites: Mapping[str, Site],
    profile: str,
    generation: str,
    expected: dict[str, Any],
) -> Article:
    body = (saved / profile / f"{generation}.html").read_bytes()
    site = sites[profile]
    found = extract(Task(Page(expected["url"], body, "text/html"), site, site.timezone))
    assert isinstance(found, Article), found
    return found


def written(instant: datetime | None) -> str | None:
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if instant else None


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_every_generation_has_a_saved_page_and_its_expected_result(
    saved: Path, profile: str, generation: str
) -> None:
    missing = [
        f"{profile}/{generation}{suffix}"
        for suffix in (".html", ".json")
        if not (saved / profile / f"{generation}{suffix}").is_file()
    ]
    assert not missing, f"write these beside the test: {missing}"


def test_every_shipped_profile_has_generations() -> None:
    assert {param.values[0] for param in GENERATIONS} == set(list_shipped())


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_the_text_has_every_paragraph_in_its_place(
    article: Article, expected: dict[str, Any]
) -> None:
    assert article.text.split("\n") == expected["text"]


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_the_pictures_are_the_articles_with_their_captions(
    article: Article, expected: dict[str, Any]
) -> None:
    found = [{"url": p.url, "caption": p.caption or None} for p in article.images]
    assert found == expected["images"]
    assert article.html.count("<img ") == len(article.images)


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_the_facts_are_those_of_the_page(article: Article, expected: dict[str, Any]) -> None:
    found = {name: getattr(article, name) or None for name in (*FACTS, "description")}
    assert found == {name: expected[name] for name in (*FACTS, "description")}
    assert list(article.keywords) == expected["keywords"]
    assert article.paywalled is expected["paywalled"]


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_the_instants_are_those_of_the_page(article: Article, expected: dict[str, Any]) -> None:
    assert written(article.published) == expected["published"]
    assert article.precision == expected["precision"]
    assert written(article.modified) == expected["modified"]


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_what_stands_around_the_article_is_left_out(
    article: Article, expected: dict[str, Any]
) -> None:
    assert [words for words in expected["absent"] if words in article.html] == []
    assert [words for words in expected["absent"] if words in article.text] == []


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_the_articles_own_markup_is_kept(article: Article, expected: dict[str, Any]) -> None:
    assert [markup for markup in expected["markup"] if markup not in article.html] == []


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_extracting_twice_gives_the_same(
    article: Article,
    saved: Path,
    sites: Mapping[str, Site],
    profile: str,
    generation: str,
    expected: dict[str, Any],
) -> None:
    body = (saved / profile / f"{generation}.html").read_bytes()
    site = sites[profile]
    assert extract(Task(Page(expected["url"], body), site, site.timezone)) == article


@pytest.mark.parametrize(("profile", "generation"), GENERATIONS)
def test_a_saved_page_without_an_address_is_known_by_what_it_says(
    saved: Path,
    sites: Mapping[str, Site],
    profile: str,
    generation: str,
    expected: dict[str, Any],
) -> None:
    body = (saved / profile / f"{generation}.html").read_bytes()
    if b'rel="canonical"' not in body:
        pytest.skip("pages of this generation do not say by which address they are known")
    found = extract(Task(Page("", body), sites[profile], sites[profile].timezone))
    assert isinstance(found, Article)
    assert (found.id, found.canonical_url) == (expected["id"], expected["canonical_url"])


def test_the_saved_pages_keep_the_traps_they_were_written_for(saved: Path) -> None:
    folder = saved / "zaobao"
    assert b"\x0b\n\t" in (folder / "hk2025.html").read_bytes()
    old = (folder / "until2012.html").read_bytes()
    assert "云栖寺" in old.decode("gbk")
    with pytest.raises(UnicodeDecodeError):
        old.decode("utf-8")
    assert b"charset" not in (folder / "sg2013.html").read_bytes()
    assert b"datePublished" not in (folder / "sg2025.html").read_bytes()
