from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from scraper.config.sites import load_sites
from scraper.feeds.formats import Context, parse
from scraper.model import Feed, Page
from scraper.site import Site

NOW = datetime(2026, 1, 1, 4, 0, tzinfo=UTC)  # noon in Singapore


@pytest.fixture(scope="session")
def zaobao() -> Site:
    return load_sites(None)["zaobao"]


@pytest.fixture(scope="session")
def read() -> Callable[..., Feed]:
    """Read a list: its text or bytes, where it came from, and with which profile."""

    def read(
        body: str | bytes,
        url: str = "https://news.example.com/list",
        media_type: str = "",
        **known: Any,
    ) -> Feed:
        data = body.encode() if isinstance(body, str) else body
        defaults = {"site": None, "timezone": "Asia/Singapore", "now": NOW}
        return parse(Page(url, data, media_type), Context(**(defaults | known)))

    return read
