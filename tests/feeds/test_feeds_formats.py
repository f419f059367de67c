"""Feeds and sitemaps: recognised from the answer, read forgivingly, never an empty success."""

import gzip
import json
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import FeedError
from scraper.feeds.formats import Context, parse
from scraper.model import Feed, Page
from scraper.site import Site

Read = Callable[..., Feed]
NOON = datetime(2021, 11, 13, 12, tzinfo=UTC)
STORY = "https://www.zaobao.com/realtime/china/story20211113-1213060"

RSS = f"""<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>
<title>河边 &amp; 山上</title><link>https://news.example.com/section/</link>
<item><title><![CDATA[<b>灯</b> &amp; 桥]]></title><link>{STORY}?utm_source=rss&amp;ref=top</link>
<pubDate>Sat, 13 Nov 2021 12:00:00 GMT</pubDate><description>摘要&lt;br&gt;一句</description>
<content:encoded><![CDATA[<p>全文</p>]]></content:encoded>
<author>a@example.com (林小河)</author></item>
<item><title>相对链接</title><link>../b/2</link><pubDate>Sat, 13 Nov 2021 20:00:00</pubDate></item>
<item><guid>https://news.example.com/c/3</guid><pubDate>nonsense</pubDate></item>
<item><title>没有地址</title><guid isPermaLink="false">x-4</guid></item>
<item><title>重复</title><link>{STORY}</link></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>原子</title>
<link rel="self" href="https://news.example.com/a.atom"/>
<entry><title type="html">&lt;i&gt;灯&lt;/i&gt;</title><link rel="alternate" href="{STORY}"/>
<id>tag:x,1</id><published>2021-11-13T20:00:00+08:00</published><updated>2022-01-01T00:00:00Z</updated>
<author><name>林小河</name></author><summary>摘要</summary>
<content type="html">&lt;p&gt;全文&lt;/p&gt;</content></entry></feed>"""
RDF = f"""<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="x"><title>三元组</title></channel>
<item rdf:about="{STORY}"><title>灯</title><link>{STORY}</link>
<dc:date>2021-11-13T12:00:00Z</dc:date></item></rdf:RDF>"""
OLD_RSS = f"""<rss version="0.91"><channel><title>旧</title>
<item><title>灯</title><link>{STORY}</link></item></channel></rss>"""
SITEMAP = f"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"
 xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"><!-- 注 -->
<url><loc> {STORY} </loc><lastmod>2021-11-13</lastmod></url>
<url><loc>https://news.example.com/b</loc><news:news><news:title>灯</news:title>
<news:publication_date>2021-11-13T12:00:00Z</news:publication_date></news:news></url>
<url><loc>javascript:x</loc></url></urlset>"""
INDEX = """<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>/sitemaps/1.xml</loc><lastmod>2021-11</lastmod></sitemap>
<sitemap><loc>https://news.example.com/list</loc></sitemap>
<sitemap><loc>https://news.example.com/2.xml.gz</loc></sitemap></sitemapindex>"""
JSON_FEED = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "杰森",
    "home_page_url": "https://news.example.com/",
    "items": [
        {
            "id": "1",
            "url": STORY,
            "title": "灯",
            "content_html": "<p>全文</p>",
            "summary": "摘要",
            "date_published": "2021-11-13T20:00:00+08:00",
            "authors": [{"name": "林小河"}],
        },
        {"id": 2, "url": "/b", "title": 7, "date_published": None},
        {"id": "https://news.example.com/c"},
        {"title": "没有地址"},
        "nonsense",
    ],
}


def test_rss_with_all_its_oddities(read: Read) -> None:
    feed = read(RSS)
    assert (feed.format, feed.title, feed.ignored) == ("rss", "河边 & 山上", 1)
    first, second, third, fourth = feed.entries
    assert first.url == STORY + "?ref=top"
    assert (first.title, first.summary, first.content) == ("灯 & 桥", "摘要 一句", "<p>全文</p>")
    assert first.published == NOON
    assert "林小河" in first.author
    assert second.url == "https://news.example.com/b/2"
    assert second.published == NOON  # without a zone: local
    assert (third.url, third.published) == ("https://news.example.com/c/3", None)
    assert fourth.url == STORY  # without a profile nobody knows that `ref` tells no pages apart


def test_a_profile_names_the_stories_and_drops_the_rest(read: Read, zaobao: Site) -> None:
    feed = read(RSS, site=zaobao)
    (entry,) = feed.entries
    assert (entry.id, entry.url) == ("story20211113-1213060", STORY)
    assert feed.ignored == 4


@pytest.mark.parametrize(
    ("body", "kind"),
    [(ATOM, "atom"), (RDF, "rdf"), (OLD_RSS, "rss"), (json.dumps(JSON_FEED), "json")],
)
def test_every_format_names_the_story(body: str, kind: str, read: Read, zaobao: Site) -> None:
    feed = read(body, site=zaobao)
    assert feed.format == kind
    (entry,) = feed.entries
    assert (entry.url, entry.title) == (STORY, "灯")
    assert entry.published in (NOON, None)
    assert (entry.published is None) == (body is OLD_RSS)


@pytest.mark.parametrize("body", [ATOM, json.dumps(JSON_FEED)])
def test_full_content_summary_and_author_are_kept(body: str, read: Read) -> None:
    entry = read(body).entries[0]
    assert (entry.content, entry.summary, entry.author) == ("<p>全文</p>", "摘要", "林小河")


def test_json_feed_forgives_types(read: Read) -> None:
    feed = read(json.dumps(JSON_FEED))
    assert [entry.url for entry in feed.entries] == [
        STORY,
        "https://news.example.com/b",
        "https://news.example.com/c",
    ]
    assert feed.entries[1].title == "7"
    assert feed.ignored == 2


def test_a_long_html_description_is_the_article(read: Read) -> None:
    body = "&lt;p&gt;" + "很长的一段正文。" * 80 + "&lt;/p&gt;"
    feed = read(
        f"<rss><channel><item><link>{STORY}</link><description>{body}</description></item></channel></rss>"
    )
    assert feed.entries[0].content.startswith("<p>很长的")
    assert feed.entries[0].summary == ""


def test_sitemaps_name_pages_and_no_publication(read: Read) -> None:
    feed = read(SITEMAP)
    assert feed.format == "sitemap"
    assert [(e.url, e.title, e.published) for e in feed.entries] == [
        (STORY, "", None),
        ("https://news.example.com/b", "灯", NOON),
    ]
    assert feed.ignored == 1


def test_an_index_names_sitemaps_and_never_itself(read: Read) -> None:
    feed = read(INDEX)
    assert feed.format == "sitemapindex"
    assert [(child.url, child.lastmod) for child in feed.children] == [
        ("https://news.example.com/sitemaps/1.xml", "2021-11"),
        ("https://news.example.com/2.xml.gz", ""),
    ]


@pytest.mark.parametrize("body", [RSS, SITEMAP])
def test_gzip_files_are_unpacked(body: str, read: Read) -> None:
    assert read(gzip.compress(body.encode())).entries


@pytest.mark.parametrize("media_type", ["text/html", "text/plain", "application/octet-stream", ""])
def test_the_answer_decides_and_not_its_header(media_type: str, read: Read) -> None:
    assert read(RSS, media_type=media_type).format == "rss"


def test_other_charsets_are_read(read: Read) -> None:
    body = RSS.replace("UTF-8", "GBK").encode("gbk")
    assert read(body).title == "河边 & 山上"


PACKED = gzip.compress(SITEMAP.encode(), mtime=0)  # the same whenever it is collected


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"hello", "neither feed, sitemap nor section page"),
        (b"\x89PNG\r\n\x1a\n\x00", "neither feed"),
        (b'{"items": []}', "no JSON Feed"),
        (b"[1]", "no JSON Feed"),
        (b'{"version": "https://jsonfeed.org/version/1", "items": [', "broken JSON"),
        (b"<urlset><url>", "not well-formed"),
        (b"<rss><channel", "not well-formed"),
        (b"<html><title>\xe6\x97\xa9\xe6\x8a\xa5</title><div id=root></div>", "no site profile"),
        (PACKED[:40], "ends too early"),
        (PACKED[:12] + b"\xff" * 20, "gzip"),
    ],
)
def test_what_is_no_list_is_an_error_that_names_the_url(
    body: bytes, words: str, read: Read
) -> None:
    with pytest.raises(FeedError, match=words) as caught:
        read(body)
    assert "https://news.example.com/list" in str(caught.value)


@pytest.mark.parametrize("path", ["/rss/realtime/china", "/feed", "/feeds/china.atom", "/a.xml"])
def test_html_where_a_feed_was_expected_is_called_that(path: str, read: Read, zaobao: Site) -> None:
    shell = "<!doctype html><html><title>联合早报</title><div id=root></div></html>"
    with pytest.raises(FeedError, match="HTML where a feed was expected"):
        read(shell, url="https://www.zaobao.com" + path, site=zaobao)


@pytest.mark.parametrize("root", ["rss", "urlset", "feed"])
def test_entities_are_not_expanded(root: str, read: Read) -> None:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 9))
    bomb = f'<!DOCTYPE x [<!ENTITY a0 "lol">{levels}<!ENTITY f SYSTEM "file:///etc/hostname">]>'
    items = "<channel><item><title>&a8;&f;</title></item></channel><url><loc>&a8;</loc></url>"
    try:
        feed = read(f"<?xml version='1.0'?>{bomb}<{root}>{items}</{root}>")
    except FeedError:
        return
    assert sum(len(entry.title) for entry in feed.entries) < 1000


def test_a_feed_without_entries_is_a_feed(read: Read) -> None:
    feed = read('<rss version="2.0"><channel><title>空</title></channel></rss>')
    assert (feed.entries, feed.title) == ((), "空")


@given(body=st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_nothing_but_an_error_of_ours_is_raised(body: bytes) -> None:
    context = Context(None, "UTC", NOON)
    for prefix in (b"", b"<rss>", b"<html>", b"{", b"<urlset>", b"<feed xmlns='x'>"):
        with suppress(FeedError):
            parse(Page("https://e.example/", prefix + body), context)
