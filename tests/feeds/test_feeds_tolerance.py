"""What feeds of the wild get wrong, and what is made of it."""

import gzip
import json
import pickle
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from scraper.errors import FeedError
from scraper.feeds.context import Context
from scraper.feeds.moments import read_instant, read_list_time
from scraper.feeds.opening import name_root
from scraper.feeds.plain import plain
from scraper.feeds.update import unite
from scraper.model import Entry, Feed
from scraper.site import ListMarkup, Site

Read = Callable[..., Feed]
URL = "https://news.example.com/list"
NOON = datetime(2021, 11, 13, 12, tzinfo=UTC)


def rss(items: str, head: str = "") -> str:
    return f'<rss version="2.0"><channel><title>河边</title>{head}{items}</channel></rss>'


def item(inner: str, link: str = "https://news.example.com/1") -> str:
    return f"<item><link>{link}</link>{inner}</item>"


# -- syndication -----------------------------------------------------------------------------------


def test_half_a_surrogate_pair_does_not_lose_the_feed(read: Read) -> None:
    feed = read(rss(item("<title>灯&#55357;&#56832;亮&#xFFFFFFFFF;了&#20142;&#x4E86;</title>")))
    assert feed.entries[0].title == "灯亮了亮了"


def test_a_feed_over_which_feedparser_stumbles_is_an_error(read: Read) -> None:
    with pytest.raises(FeedError, match="cannot be read") as caught:
        read(rss(item("<gml:pos>x</gml:pos>")))
    assert URL in str(caught.value)


def test_a_cut_feed_gives_what_arrived(read: Read) -> None:
    whole = rss(item("<title>灯</title>") + item("<title>桥</title>", "https://news.example.com/2"))
    feed = read(whole[: whole.index("</item></channel>")])
    assert [entry.title for entry in feed.entries] == ["灯", "桥"]


def test_entities_and_control_characters_are_survived(read: Read) -> None:
    feed = read(rss(item("<title>灯&nbsp;与\x0b桥 &amp; A & B</title>")))
    assert feed.entries[0].title == "灯 与桥 & A & B"


def test_relative_links_start_at_the_feeds_own_link(read: Read) -> None:
    body = rss(item("", "story/1") + item("", "/2"), "<link>https://site.example/news/</link>")
    assert [entry.url for entry in read(body).entries] == [
        "https://site.example/news/story/1",
        "https://site.example/2",
    ]


def test_hosts_that_a_feed_merely_names_are_not_trusted(read: Read, zaobao: Site) -> None:
    path = "/realtime/china/story20211113-1213060"
    body = rss(
        item("", path) + item("", URL.replace("/list", path)), "<link>https://evil.example/</link>"
    )
    feed = read(body, site=zaobao)
    assert [entry.url for entry in feed.entries] == ["https://news.example.com" + path]
    assert feed.ignored == 1


@pytest.mark.parametrize(
    ("dates", "instant"),
    [
        ("<pubDate>nonsense</pubDate>", None),
        ("<pubDate>9999-12-31T23:59:59-14:00</pubDate>", None),
        ("<pubDate>Sat, 13 Nov 2021</pubDate>", None),  # a day is no instant
        ("<pubDate>2021/11/13 20:00</pubDate>", NOON),
        ("<pubDate>Samstag, 13-Nov-21 12:00:00 GMT</pubDate>", NOON),
        ("<dc:date xmlns:dc='http://purl.org/dc/elements/1.1/'>2021-11-13T12:00Z</dc:date>", NOON),
    ],
)
def test_publication_instants(dates: str, instant: datetime | None, read: Read) -> None:
    assert read(rss(item(dates))).entries[0].published == instant


def test_a_date_that_only_feedparser_reads_is_used(read: Read) -> None:
    feed = read(rss(item("<pubDate>Κυρ, 11 Ιούλ 2004 12:00:00 EST</pubDate>")))
    assert feed.entries[0].published == datetime(2004, 7, 11, 17, tzinfo=UTC)


def test_an_atom_entry_known_by_its_update_alone(read: Read) -> None:
    entry = "<entry><link href='/1'/><updated>2021-11-13T12:00:00Z</updated></entry>"
    feed = read(f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}</feed>")
    assert (feed.entries[0].url, feed.entries[0].published) == ("https://news.example.com/1", NOON)


def test_short_descriptions_are_summaries_whatever_their_markup(read: Read) -> None:
    entry = read(rss(item("<description><![CDATA[<p>一</p><p>二</p>]]></description>"))).entries[0]
    assert (entry.summary, entry.content) == ("一 二", "")


def test_html_that_calls_itself_a_feed_is_never_an_empty_one(read: Read) -> None:
    for body in ("<html><p>登录</p></html>", "<!-- 壳 --><p>登录</p>", "<x/>"):
        with pytest.raises(FeedError):
            read(body, media_type="application/rss+xml")


# -- JSON Feed -------------------------------------------------------------------------------------


def json_feed(*items: object, **known: object) -> str:
    return json.dumps({"version": "https://jsonfeed.org/version/1", "items": items} | known)


def test_surrogates_in_json_do_not_reach_a_file(read: Read) -> None:
    body = json_feed({"url": "/1", "title": "灯\ud800", "content_html": "<p>\udfff桥</p>"})
    entry = read(body).entries[0]
    assert (entry.title, entry.content) == ("灯", "<p>桥</p>")


@pytest.mark.parametrize(
    ("known", "author"),
    [
        ({"author": {"name": "林小河"}}, "林小河"),
        ({"author": "林小河"}, "林小河"),
        ({"authors": ["林小河"]}, "林小河"),
        ({"authors": [{"name": True}]}, ""),
        ({"authors": []}, ""),
        ({"authors": 7.5}, "7.5"),
    ],
)
def test_authors_come_in_many_shapes(known: dict[str, object], author: str, read: Read) -> None:
    assert read(json_feed({"url": "/1"} | known)).entries[0].author == author


def test_an_item_without_an_address_is_not_the_home_page(read: Read) -> None:
    feed = read(json_feed({"title": "灯"}, {"url": " "}, {"url": True}, home_page_url="/"))
    assert (feed.entries, feed.ignored) == ((), 3)


def test_a_modification_date_stands_in_for_none(read: Read) -> None:
    assert (
        read(json_feed({"url": "/1", "date_modified": "2021-11-13T12:00Z"})).entries[0].published
        == NOON
    )


def test_what_only_calls_itself_json_is_broken_json(read: Read) -> None:
    with pytest.raises(FeedError, match="broken JSON"):
        read("oops", media_type="application/json")
    with pytest.raises(FeedError, match="broken JSON"):
        read('{"a":' * 100_000)


# -- sitemaps --------------------------------------------------------------------------------------


def test_a_pictures_title_and_address_are_not_the_pages(read: Read) -> None:
    body = """<urlset xmlns:i="urn:i" xmlns:n="urn:n"><url>
    <i:image><i:loc>/p.jpg</i:loc><i:title>图</i:title></i:image><loc>/1</loc>
    <n:news><n:title>灯</n:title></n:news></url></urlset>"""
    (entry,) = read(body).entries
    assert (entry.url, entry.title) == ("https://news.example.com/1", "灯")


def test_a_prefixed_sitemap_with_odd_rows(read: Read) -> None:
    body = """<s:urlset xmlns:s="urn:s"><s:url/><!-- x --><s:other/><s:url><s:loc>/1</s:loc></s:url>
    <s:url><s:loc></s:loc></s:url></s:urlset>"""
    feed = read(body)
    assert [entry.url for entry in feed.entries] == ["https://news.example.com/1"]
    assert feed.ignored == 2


def test_an_index_leaves_out_what_is_no_address(read: Read) -> None:
    body = """<sitemapindex><!-- x --><sitemap/><sitemap><loc>mailto:a@b.example</loc></sitemap>
    <sitemap><loc>/1.xml</loc></sitemap></sitemapindex>"""
    assert [child.url for child in read(body).children] == ["https://news.example.com/1.xml"]


def test_gzip_files_of_several_members_and_of_too_much(read: Read) -> None:
    head, tail = "<urlset><url><loc>/1</loc></url>", "<url><loc>/2</loc></url></urlset>"
    packed = gzip.compress(head.encode()) + gzip.compress(tail.encode())
    assert len(read(packed).entries) == 2
    with pytest.raises(FeedError, match="more than 50 MB"):
        read(gzip.compress(bytes(50_000_001), 1))


# -- section pages ---------------------------------------------------------------------------------

STORY = "/realtime/china/story20251231-700001"


@pytest.fixture
def site(zaobao: Site) -> Site:
    return replace(
        zaobao,
        lists=(ListMarkup("rare", ".none"), ListMarkup("plain", ".item", time="i", summary="q")),
    )


def section(inner: str, head: str = "") -> str:
    return f"<html><head>{head}</head><body><div class=item>{inner}</div></body></html>"


@pytest.mark.parametrize(
    "inner",
    [
        f"<a href='/author/1'>林</a><a href='{STORY}'>灯</a>",
        f"<a href='{STORY}' title='灯'><img src=x></a>",
        f"<a href='{STORY}'> 灯\x01 </a>",
    ],
)
def test_the_first_link_to_a_story_is_the_items(inner: str, read: Read, site: Site) -> None:
    (entry,) = read(section(inner), media_type="text/html", site=site).entries
    assert (entry.id, entry.title) == ("story20251231-700001", "灯")


def test_a_page_may_state_its_base(read: Read, site: Site) -> None:
    body = section(
        f"<a href='{STORY[1:]}'>灯</a><i>林</i><i>11:29</i><q>摘要</q>", "<base href='/'>"
    )
    (entry,) = read(body, URL + "/deep/er", "text/html", site=site).entries
    assert entry.url == "https://news.example.com" + STORY
    assert entry.published == datetime(2026, 1, 1, 3, 29, tzinfo=UTC)  # the second <i> is a time
    assert entry.summary == "摘要"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("<!doctype html>", "empty HTML page"),
        ("\x01\x02", "empty HTML page"),
        (section("<p>灯</p>"), "no list that the profile zaobao knows .*see sources check"),
    ],
)
def test_pages_without_a_list_are_errors(body: str, words: str, read: Read, site: Site) -> None:
    with pytest.raises(FeedError, match=words):
        read(body, media_type="text/html", site=site)


def test_a_profile_without_lists_is_told_so(read: Read, zaobao: Site) -> None:
    with pytest.raises(FeedError, match=r"add \[\[lists\]\] to config/sites/zaobao\.toml"):
        read(section(""), media_type="text/html", site=replace(zaobao, lists=()))


# -- instants --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "2021-11-13 20:00:00 +0800",
        "2021-11-13T20:00:00+8:00",
        "2021-11-13 12:00:00 GMT",
        "2021/11/13 20:00",
        "2021年11月13日 20:00",
        "2021年11月13日 下午 8:00",
        "2021-11-13 02:00 -1000",
    ],
)
def test_what_looks_nearly_like_iso_8601(text: str) -> None:
    assert read_instant(text, "Asia/Singapore") == NOON


@pytest.mark.parametrize(
    "text", ["2021/13/13 20:00", "2021/11/13 20:00 +99:00", "20:00", "2021/11/13 20:00 EDT"]
)
def test_what_looks_like_it_and_is_none(text: str) -> None:
    assert read_instant(text, "Asia/Singapore") is None


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("12:05 AM", datetime(2021, 11, 12, 16, 5, tzinfo=UTC)),
        ("中午 12:05", datetime(2021, 11, 13, 4, 5, tzinfo=UTC)),
        ("13月40日 12:05", None),
        ("星期三 12:05", None),
        ("2021-11-13 7:30", datetime(2021, 11, 12, 23, 30, tzinfo=UTC)),
    ],
)
def test_times_of_lists(text: str, instant: datetime | None) -> None:
    assert read_list_time(text, "Asia/Singapore", NOON) == instant


# -- texts and openings ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("<China Daily>报道<环球>", "<China Daily>报道<环球>"),
        ("一 < 二 & 三", "一 < 二 & 三"),
        ("<p>一</p><script>x()</script>二<!-- 三", "一 二"),
        ("&lt;b&gt;", "<b>"),
        ("一\u3000\n二", "一 二"),
        ("<!--" * 50_000, ""),
        ("<script>" * 50_000, ""),
    ],
)
def test_plain_texts(text: str, line: str) -> None:
    assert plain(text) == line


@pytest.mark.parametrize(
    ("text", "root"),
    [
        ("\ufeff<?xml version='1.0'?><!-- <html> --><!DOCTYPE x [<!ENTITY a '>'>]> <a:RSS>", "rss"),
        ("<b>Warning</b>: <br /> <rdf:RDF>", "rdf"),
        ("<html><pre><rss>", "html"),
        ("<main>", "main"),
        ("<!--" * 3000, ""),
    ],
)
def test_the_first_element_names_the_document(text: str, root: str) -> None:
    assert name_root(text) == root


# -- across processes, across feeds ----------------------------------------------------------------


def test_everything_travels_to_a_worker_and_back(read: Read, zaobao: Site) -> None:
    context = Context(zaobao, "Asia/Singapore", NOON, ("127.0.0.1:8080",))
    assert pickle.loads(pickle.dumps(context)) == context
    feed = read(rss(item("<title>灯</title>")))
    assert pickle.loads(pickle.dumps(feed)) == feed


def test_where_nothing_is_dated_every_article_is_missed_and_an_index_misses_none(
    read: Read,
) -> None:
    one, two = Entry("https://e.example/1", "1"), Entry("https://e.example/2", "2")
    index = read("<sitemapindex><sitemap><loc>/1.xml</loc></sitemap></sitemapindex>")
    feeds = [("a", Feed("rss", (one, one))), ("b", Feed("sitemap", (two,))), ("c", index)]
    united = unite([*feeds, ("d", Feed("rss"))])
    assert united.missed == {"a": ("2",), "b": ("1",), "d": ("1", "2")}


def test_of_a_feeds_doubles_the_first_counts() -> None:
    first, second = (Entry("https://e.example/1", "1", summary=text) for text in ("", "后"))
    assert unite([("a", Feed("rss", (first, second)))]).entries == (first,)
