"""Where feeds may be: declared, linked, named in robots.txt, or where most sites have them."""

import pytest

from scraper.feeds.discovery import (
    LINKS,
    PATHS,
    Candidate,
    each_once,
    find_links,
    find_sitemaps,
    same_articles,
    usual_places,
)
from scraper.model import Entry, Feed, Page

HOME = "https://news.example.com/section/"


def links(html: str) -> list[tuple[str, str]]:
    return [(found.url, found.origin) for found in find_links(Page(HOME, html.encode()))]


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("<link rel=alternate type=application/rss+xml href=/a>", "https://news.example.com/a"),
        ("<link rel='x ALTERNATE' type='Application/Atom+XML; a=b' href=a>", HOME + "a"),
        (
            "<link rel=alternate type=application/feed+json href=//b.example/a>",
            "https://b.example/a",
        ),
        ("<link rel=feed href=a>", HOME + "a"),
        ("<base href=/x/><link rel=feed href=a>", "https://news.example.com/x/a"),
    ],
)
def test_what_a_page_declares(link: str, url: str) -> None:
    assert links(f"<html><head>{link}</head></html>") == [(url, "declared")]


@pytest.mark.parametrize(
    "link",
    [
        "<link rel=alternate hreflang=en href=/en>",
        "<link rel=alternate type=application/json href=/wp-json/wp/v2/posts/1>",
        "<link rel=alternate type=application/json+oembed href=/o>",
        "<link rel=stylesheet type=application/rss+xml href=/x>",
        "<link rel=alternate type=application/rss+xml>",
        "<link rel=alternate type=application/rss+xml href=javascript:x>",
        "<a href=/feedback>意见</a><a href=/about>关于</a><a>空</a>",
        "<a href=https://other.example/rss>别处</a>",
    ],
)
def test_what_declares_no_feed(link: str) -> None:
    assert links(link) == []


def test_links_that_look_like_feeds_come_after_and_are_few() -> None:
    anchors = "".join(f"<a href=/{n}/rss.xml>x</a>" for n in range(9))
    found = links(f"<a href=/feed/>RSS</a>{anchors}<link rel=feed href=/comments/feed>")
    assert found[0] == ("https://news.example.com/comments/feed", "declared")
    assert [origin for _, origin in found[1:]] == ["linked"] * LINKS


def test_feeds_of_comments_come_last() -> None:
    found = links("<link rel=feed href=/comments/feed><link rel=feed href=/feed>")
    assert [url.rpartition(".com")[2] for url, _ in found] == ["/feed", "/comments/feed"]


@pytest.mark.parametrize("body", ["", "<!-- -->", "\x01"])
def test_a_page_of_nothing_has_no_links(body: str) -> None:
    assert links(body) == []


def test_the_sitemaps_of_a_robots_file() -> None:
    robots = b"Sitemap: /a.xml\n  SITEMAP :https://b.example/b\nSitemap: x:y\n#Sitemap: /c"
    found = find_sitemaps(robots, HOME)
    assert [one.url for one in found] == ["https://news.example.com/a.xml", "https://b.example/b"]


def test_candidates_are_asked_for_once_and_no_more_than_the_limit() -> None:
    usual = usual_places(HOME)
    assert [one.url for one in usual] == ["https://news.example.com" + path for path in PATHS]
    twice = (Candidate("https://NEWS.example.com/feed#x", "declared"), *usual)
    kept = each_once(twice, "https://news.example.com/rss", 3)
    assert [(one.url[-7:], one.origin) for one in kept] == [
        ("/feed#x", "declared"),
        ("rss.xml", "usual"),
        ("tom.xml", "usual"),
    ]


def listing(*ids: str) -> Feed:
    return Feed("rss", tuple(Entry(f"https://a.example/{i}", i) for i in ids))


def test_two_lists_of_the_same_articles_are_one_section() -> None:
    others = [listing(), listing("x", "y"), listing("a", "b", "c", "d")]
    assert same_articles(listing("a", "b", "z"), others) == 2
    assert same_articles(listing("a", "p", "q"), others) is None
    assert same_articles(listing(), others) is None
