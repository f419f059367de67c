from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from scraper.articles.body import Body, Rules, read_body
from scraper.articles.extract import extract
from scraper.articles.facts import Facts
from scraper.articles.finder import Finder
from scraper.articles.task import Task
from scraper.articles.tree import Element, parse_html, select
from scraper.config.sites import load_sites
from scraper.model import Article, NotArticle, Page
from scraper.site import Site

BASE = "https://a.example/news/1"


@pytest.fixture(scope="session")
def sites() -> Mapping[str, Site]:
    """The shipped profiles by name."""
    return load_sites(None)


@pytest.fixture(scope="session")
def zaobao(sites: Mapping[str, Site]) -> Site:
    return sites["zaobao"]


@pytest.fixture(scope="session")
def saved() -> Path:
    """The folder of saved pages: PROFILE/GENERATION.html and .json."""
    return Path(__file__).parent


@pytest.fixture(scope="session")
def parse() -> Callable[[str], Element]:
    def parse(markup: str) -> Element:
        root = parse_html(markup)
        assert root is not None
        return root

    return parse


@pytest.fixture(scope="session")
def read(parse: Callable[[str], Element]) -> Callable[..., Body]:
    """The clean body of a fragment; figures, captions and lead pictures by their selectors."""

    def read(
        fragment: str, *, figures: str = "", captions: str = "", lead: str = "", **rules: Any
    ) -> Body:
        root = parse(f"<html><body>{fragment}</body></html>")
        body = next(root.iter("body"))
        outside = select(body, filter(None, [lead]))
        for element in outside:
            body.remove(element)
        areas = (body, *outside)
        return read_body(
            body,
            Rules(
                base=BASE,
                figures=frozenset(e for a in areas for e in select(a, filter(None, [figures]))),
                captions=frozenset(e for a in areas for e in select(a, filter(None, [captions]))),
                **rules,
            ),
            outside,
        )

    return read


@pytest.fixture(scope="session")
def facts(parse: Callable[[str], Element]) -> Callable[..., Facts]:
    """The facts of a page, for times in Singapore."""

    def facts(page: str, **known: Any) -> Facts:
        return Facts(Finder(parse(page)), "Asia/Singapore", **known)

    return facts


@pytest.fixture(scope="session")
def take(zaobao: Site) -> Callable[..., Article | NotArticle]:
    """What becomes of a page; `redirects` are the addresses that led to it."""

    def take(
        markup: str | bytes,
        url: str = BASE,
        *,
        profile: bool = False,
        redirects: tuple[str, ...] = (),
        **known: Any,
    ) -> Article | NotArticle:
        body = markup.encode() if isinstance(markup, str) else markup
        site = zaobao if profile else None
        page = Page(url, body, "text/html", redirects=redirects)
        return extract(Task(page, site, "Asia/Singapore", **known))

    return take
