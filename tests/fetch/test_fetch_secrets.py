"""Secrets go to the origin of the source's own URLs, and to nobody else."""

import base64
from typing import Any

import pytest

from scraper.fetch.fetcher import Request
from scraper.fetch.request import own_addresses, own_headers
from scraper.model import Page, Source

FEED = "https://news.example/feed"
SOURCE = Source(
    name="news",
    title="News",
    urls=(FEED,),
    allow_addresses=("10.1.2.3/32",),
    headers={"X-Key": "key", "Cookie": "old=1"},
    cookies={"session": "abc", "theme": "dark"},
    credentials="用户:pass:word",
)


def test_a_source_s_own_url_is_asked_with_all_of_them() -> None:
    assert own_headers(SOURCE, FEED) == {
        "x-key": "key",
        "cookie": "session=abc; theme=dark",
        "authorization": "Basic " + base64.b64encode("用户:pass:word".encode()).decode(),
    }
    assert own_addresses(SOURCE, FEED) == ("10.1.2.3/32",)


def test_a_source_without_secrets_adds_nothing() -> None:
    assert own_headers(Source("a", "A", (FEED,)), FEED) == {}


@pytest.mark.parametrize(
    "url", ["https://news.example/child.xml", "https://other.example/feed", FEED + "?x", ""]
)
def test_what_a_source_lists_is_asked_with_none(url: str) -> None:
    assert own_headers(SOURCE, url) == {}
    assert own_addresses(SOURCE, url) == ()


def test_a_url_that_moved_keeps_them_on_its_origin_only() -> None:
    assert own_headers(SOURCE, FEED, "https://news.example/new")
    assert own_addresses(SOURCE, FEED, "https://news.example/new")
    for moved in ("https://other.example/feed", "https://news.example:8443/feed"):
        assert own_headers(SOURCE, FEED, moved) == {}
        assert own_addresses(SOURCE, FEED, moved) == ()
    assert own_headers(SOURCE, FEED, "http://news.example/feed") == {}


def test_they_are_kept_on_the_way_within_an_origin(server: Any, fetch: Any) -> None:
    server.answer("/b", b"x")
    url = server.answer("/a", b"", 302, Location="/b")
    assert isinstance(fetch(Request(url, headers={"X-Key": "k"})), Page)
    assert server.requests[1].headers["x-key"] == "k"


def test_they_are_lost_on_the_way_through_another_origin(
    server: Any, other_server: Any, fetch: Any
) -> None:
    back = server.answer("/b", b"x")
    there = other_server.answer("/x", b"", 302, Location=back)
    url = server.answer("/a", b"", 302, Location=there)
    assert isinstance(fetch(Request(url, headers={"X-Key": "k"})), Page)
    assert [seen.headers.get("x-key") for seen in server.requests] == ["k", None]
    assert "x-key" not in other_server.requests[0].headers


def test_an_own_block_is_for_one_port(server: Any, other_server: Any, fetch: Any) -> None:
    there = other_server.answer("/secret", b"x")
    url = server.answer("/a", b"", 302, Location=there)
    outcome = fetch(Request(url, allow_addresses=("127.0.0.1",)), allow_addresses=())
    assert "not on the public internet" in outcome.reason
    assert other_server.connections == 0


def test_no_secret_is_in_a_representation() -> None:
    request = Request(FEED, headers=own_headers(SOURCE, FEED), proxy="http://u:hush@proxy")
    assert not any(secret in repr((SOURCE, request)) for secret in ("abc", "pass", "hush", "'key'"))
