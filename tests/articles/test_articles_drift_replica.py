"""Every story of the replica in each generation of its markup: nothing is unlike the others."""

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.editions import EDITIONS, SITE
from bench.replica import serve
from scraper.articles.drift import compared, is_kind, unlike
from scraper.articles.extract import extract
from scraper.articles.measures import Noted, lines_of, measure_of
from scraper.articles.task import Task
from scraper.articles.trend import trend_of
from scraper.config.sites import load_sites
from scraper.model import Article, Page
from tests.articles.news import NOON

ALL = 5000
SHARE = 0.001  # of undisturbed pages that may be held: each needs a person


@pytest.fixture(scope="module")
def everything(shared: Path) -> Iterator[str]:
    with serve(ALL, SITE) as replica:
        yield replica


def articles(replica: str, edition: str) -> Iterator[Article]:
    """The stories as they were published, read through the shipped profile."""
    with urllib.request.urlopen(f"{replica}/_replica/truth.json") as answer:
        stories = json.load(answer)["stories"]
    site = load_sites(None)["zaobao"]
    for story in sorted(stories, key=lambda story: str(story["published_iso"])):
        with urllib.request.urlopen(f"{replica}{story['path']}?edition={edition}") as answer:
            page = Page(url=SITE + story["path"], body=answer.read())
        found = extract(Task(page, site, "Asia/Singapore"))
        assert isinstance(found, Article)
        yield found


@pytest.mark.soak
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("edition", EDITIONS)
def test_no_story_of_an_undisturbed_site_is_held(edition: str, everything: str) -> None:
    past: list[Noted] = []
    held, trends, number = [], [], 0
    for article in articles(everything, edition):
        measure = compared(measure_of(article), lines_of(article), past)
        kind = [one for one in past if is_kind(one, measure)]
        reason = unlike(measure, past, kind)
        past = [*past[-239:], Noted(article.id, measure, NOON, lines_of(article), reason)]
        held += [(article.id, reason)] if reason else []
        trend = trend_of(past)
        trends += [trend] if trend else []
        number += 1
    assert number > 1000
    assert len(held) <= SHARE * number, held
    assert trends == []
