"""Lists of the greatest length, within the time and memory that one page may have."""

from datetime import UTC, datetime

from scraper.feeds.formats import Context, parse
from scraper.model import Feed, Page
from scraper.service.apart import apart

CONTEXT = Context(None, "UTC", datetime(2026, 1, 1, tzinfo=UTC))
ADDRESS = "https://news.example.com/"


def read(body: str) -> Feed:
    """The list, read in a process that may take 5 s of CPU and 512 MB."""
    return apart(parse, Page(ADDRESS, body.encode()), CONTEXT)


def test_a_feed_of_a_hundred_thousand_entries() -> None:
    row = (
        "<item><title>灯与桥 &nbsp; %d</title><link>/%d</link>"
        "<pubDate>Sat, 13 Nov 2021 12:00:00 GMT</pubDate><description>&lt;p&gt;摘要&lt;/p&gt;"
        "</description></item>"
    )
    items = "".join(row % (n, n) for n in range(100_000))
    feed = read(f'<rss version="2.0"><channel>{items}</channel></rss>')
    assert (len(feed.entries), feed.left_out) == (2000, 98_000)
    assert (feed.entries[0].url, feed.entries[-1].url) == (f"{ADDRESS}0", f"{ADDRESS}1999")


def test_a_sitemap_of_fifty_thousand_pages() -> None:
    rows = "".join(f"<url><loc>{ADDRESS}{n}</loc></url>" for n in range(50_000))
    assert len(read(f"<urlset>{rows}</urlset>").entries) == 50_000
