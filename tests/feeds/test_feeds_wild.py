"""Feeds as they are in the wild: identities, references, lengths and dates that mean nothing."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from scraper.feeds.mending import mend
from scraper.feeds.moments import AHEAD, believable
from scraper.feeds.shortening import ITEMS, shorten
from scraper.model import Feed
from tests.feeds.conftest import NOW

Read = Callable[..., Feed]
NOON = datetime(2021, 11, 13, 12, tzinfo=UTC)
HOME = "https://news.example.com"


def rss(items: str, head: str = "") -> str:
    return f'<rss version="2.0"><channel><title>河边</title>{head}{items}</channel></rss>'


def dated(number: int, day: int) -> str:
    return (
        f"<item><title>{number}</title><link>{HOME}/{number}</link>"
        f"<pubDate>2021-11-{day:02}T12:00:00Z</pubDate></item>"
    )


# -- identities ------------------------------------------------------------------------------------


def test_an_article_is_known_by_its_address_whatever_its_feed_calls_it(read: Read) -> None:
    first = read(rss("<item><guid isPermaLink='false'>a</guid><link>/1</link></item>"))
    later = read(rss("<item><guid isPermaLink='false'>b</guid><link>/1</link></item>"))
    assert first.entries == later.entries


def test_entries_that_share_an_id_are_two_where_their_addresses_are(read: Read) -> None:
    items = "".join(f"<item><guid>x</guid><link>/{n}</link></item>" for n in (1, 2, 1))
    assert [entry.url for entry in read(rss(items)).entries] == [f"{HOME}/1", f"{HOME}/2"]


def test_an_entry_without_an_address_is_no_article_and_is_counted(read: Read) -> None:
    feed = read(rss("<item><title>灯</title></item><item><guid>7</guid></item>"))
    assert (feed.entries, feed.ignored) == ((), 2)


def test_xml_base_is_where_relative_links_start(read: Read) -> None:
    entry = "<entry xml:base='b/'><link href='1'/></entry>"
    base = "xmlns='http://www.w3.org/2005/Atom' xml:base='https://news.example.com/a/'"
    assert read(f"<feed {base}>{entry}</feed>").entries[0].url == f"{HOME}/a/b/1"


def test_feedburner_says_where_its_counter_leads(read: Read) -> None:
    burner = "xmlns:f='http://rssnamespace.org/feedburner/ext/1.0'"
    item = f"<item {burner}><link>https://feeds.example.com/~r/1</link><f:origLink>{HOME}/1"
    assert read(rss(item + "</f:origLink></item>")).entries[0].url == f"{HOME}/1"


@pytest.mark.parametrize(
    "before", ["\ufeff", "\n \t", "<!DOCTYPE html>", "<br />\n<b>Notice</b>: x"]
)
def test_what_stands_before_a_feed_is_forgiven(before: str, read: Read) -> None:
    assert len(read(before + rss("<item><link>/1</link></item>")).entries) == 1


# -- references ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("markup", "mended"),
    [
        ("A & B &c; &", "A &amp; B &amp;c; &amp;"),
        ("?a=1&copy=2", "?a=1&amp;copy=2"),
        ("&amp;&lt;&gt;&quot;&apos;", "&amp;&lt;&gt;&quot;&apos;"),
        ("&nbsp;&hellip;&AMP;&LT;", "\xa0…&amp;&lt;"),
        ("&#20142;&#X4E86;&#38", "&#20142;&#x4e86;&#38;"),
        ("&#146;&#x80;", "’€"),
        ("&#55357;&#xFFFFFFFFF;&#0;&#12;&#1;", ""),
        ("<![CDATA[A & B &nbsp; &#55357;&#146;]]>&", "<![CDATA[A & B &nbsp; ’]]>&amp;"),
        ("<!-- & -->&<![CDATA[&", "<!-- & -->&amp;<![CDATA[&"),
    ],
)
def test_references_are_mended_outside_cdata(markup: str, mended: str) -> None:
    assert mend(markup) == mended


@given(st.text(alphabet="&#;x0123456789abcdefnbsp 灯", max_size=60))
def test_mended_text_is_well_formed_and_stays_so(text: str) -> None:
    etree.fromstring(f"<a>{mend(text)}</a>".encode())
    assert mend(mend(text)) == mend(text)


@pytest.mark.parametrize(
    ("title", "plain"),
    [
        ("A & B", "A & B"),
        ("&nbsp;灯&hellip;", "灯…"),
        ("<![CDATA[ 灯 &amp; <b>桥</b> ]]>", "灯 & 桥"),
        ("Q&amp;amp;A", "Q&A"),
        ("&amp;lt;b&amp;gt;灯&amp;lt;/b&amp;gt;", "<b>灯</b>"),  # said of a tag, not one
        ("&lt;iframe src=x&gt;&lt;/iframe&gt;灯", "灯"),
    ],
)
def test_titles_are_one_line_of_text(title: str, plain: str, read: Read) -> None:
    feed = read(rss(f"<item><link>/1</link><title>{title}</title></item>"))
    assert feed.entries[0].title == plain


def test_an_empty_feed_with_unknown_entities_is_a_feed(read: Read) -> None:
    feed = read("<rss><channel><title>灯&nbsp;&与</title></channel></rss>")
    assert (feed.entries, feed.title) == ((), "灯 &与")


# -- lengths ---------------------------------------------------------------------------------------


def test_of_a_feed_that_is_too_long_the_newest_items_are_kept(read: Read) -> None:
    falling = rss("".join(dated(n, 30 - n) for n in range(4)), "<link>https://x.example/</link>")
    rising = rss("".join(dated(n, 10 + n) for n in range(4)))
    for body, kept in ((falling, ["0", "1"]), (rising, ["2", "3"])):
        short = shorten(body, "UTC", 2)
        feed = read(short.markup)
        assert (short.left_out, feed.title) == (2, "河边")
        assert [entry.title for entry in feed.entries] == kept
    assert shorten(falling, "UTC", 4).markup == falling


def test_items_without_dates_are_kept_from_the_beginning() -> None:
    assert shorten("<a><item>1<item>2<item>3", "UTC", 2).markup == "<a><item>1<item>2"
    kept = shorten("<a><b:entry>1</b:entry><entry/>2</entry><x/></a>", "UTC", 1)
    assert kept.markup == "<a><b:entry>1</b:entry><x/></a>"


def test_items_are_no_items_where_they_are_text() -> None:
    body = "<a><![CDATA[<item>]]><!-- <item> --><items/><item>1</item><item>2</item></a>"
    assert shorten(body, "UTC", 1).left_out == 1
    assert shorten("<a><![CDATA[<item><item>", "UTC", 1).left_out == 0


def test_a_feed_says_how_many_items_it_was_too_long_by(read: Read) -> None:
    feed = read(rss("<item><link>/1</link></item>" + "<item><link>/2</link></item>" * ITEMS))
    assert (feed.left_out, feed.ignored, len(feed.entries)) == (1, ITEMS - 2, 2)


# -- instants --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "date", ["2999-01-01T00:00:00Z", "0001-01-01T00:00:00Z", "1970-01-01T08:00:00Z"]
)
def test_dates_to_come_and_zeros_are_no_instants(date: str, read: Read) -> None:
    feed = read(rss(f"<item><link>/1</link><pubDate>{date}</pubDate></item>"))
    assert feed.entries[0].published is None


def test_a_clock_may_be_a_little_ahead_of_ours() -> None:
    assert believable(NOW + AHEAD, NOW) == NOW + AHEAD
    assert believable(NOW + AHEAD + timedelta(seconds=1), NOW) is None
    assert believable(None, NOW) is None
    assert believable(NOON, NOW) == NOON
