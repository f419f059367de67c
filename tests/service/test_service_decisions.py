"""What the service decides without touching anything: what a document holds, what ends a run."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.errors import ArchiveError
from scraper.markdown.document import render
from scraper.model import ArchiveSettings, Article, Entry, Source, Validators
from scraper.service.edge import Unexpected, survive
from scraper.service.keeping.compose import Draft, Earlier, compose
from scraper.site import Site

NOW = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
URL = "https://news.example.com/list"
SOURCE = Source("news", "山城新闻", (URL,), every=timedelta(minutes=10))


def article(**known: object) -> Article:
    base: dict[str, object] = {
        "url": "https://news.example.com/1",
        "canonical_url": "https://news.example.com/1",
        "id": "1",
        "site": "",
        "title": "桥上的灯",
        "text": "正文。",
        "html": "<p>正文。</p>",
        "markdown": "正文。",
        "method": "generic",
        "published": NOW,
    }
    return Article(**(base | known))  # type: ignore[arg-type]  # the fields of the class


def draft(source: Source | None = SOURCE, site: Site | None = None, **known: object) -> Draft:
    found = article(**known)
    return Draft(found, Entry(found.url, found.id), source, site, Validators(), NOW)


SETTINGS = ArchiveSettings(Path("archive"))


def test_the_byline_is_the_author_else_the_sources_title() -> None:
    assert compose(draft(byline="林小河"), SETTINGS, None).author == "林小河"
    assert compose(draft(), SETTINGS, None).author == "山城新闻"


def test_without_a_source_the_profile_names_the_tags_else_the_host_does() -> None:
    site = Site("s", "山城", "https://news.example.com", ("news.example.com",), "(?P<id>.)")
    assert compose(draft(source=None, site=site), SETTINGS, None).tags == ("山城",)
    assert compose(draft(source=None), SETTINGS, None).categories == ("news.example.com",)


def test_further_keys_stand_only_where_they_are_known() -> None:
    assert set(compose(draft(), SETTINGS, None).extra) == {"story_id", "sha256"}
    full = compose(
        draft(
            precision="day",
            section="财经",
            language="zh-Hans",
            description="摘要",
            keywords=("灯",),
            lead_image="https://news.example.com/a.jpg",
            modified=NOW + timedelta(hours=1),
            paywalled=True,
        ),
        SETTINGS,
        Earlier("https://news.example.com/1", "山城", ("a",), ("a",), 1, None, NOW),
    )
    assert list(full.extra) == (
        "story_id date_precision section lang description image keywords last_modified_at "
        "paywalled revision sha256".split()
    )


def test_the_seeds_layout_has_seven_keys_and_a_body_on_one_line() -> None:
    settings = ArchiveSettings(SETTINGS.root, body="html", front_matter="seed")
    text = render(compose(draft(html="<p>一</p><pre>二\n三</pre>"), settings, None), "seed")
    assert text.count("\n---\n") == 1
    assert "story_id" not in text
    assert text.endswith("\n\n<div>\n<p>一</p><pre>二&#10;三</pre>\n</div>\n")


def test_an_article_without_an_instant_has_no_document() -> None:
    with pytest.raises(ValueError, match="no publication instant"):
        compose(draft(published=None), SETTINGS, None)


def test_a_bug_ends_one_piece_of_work_and_a_full_disk_ends_them_all() -> None:
    async def fail(error: Exception) -> int:
        raise error

    found = asyncio.run(survive(fail(KeyError("x")), "a page"))
    assert isinstance(found, Unexpected)
    assert "KeyError" in found.reason
    with pytest.raises(ArchiveError):
        asyncio.run(survive(fail(ArchiveError("full")), "a page"))
