"""Lists of the greatest length, within the time and memory that they may have.

They are made where they are read: what a large text leaves behind would outlast the test.
"""

import asyncio
from datetime import UTC, datetime

from scraper.feeds.formats import Context, parse
from scraper.feeds.opml import read_opml
from scraper.model import Feed, Page
from scraper.service.limits import FEED, PAGE
from scraper.service.workers import Workers

ADDRESS = "https://news.example.com/"
ITEM = (
    "<item><title>灯与桥 &nbsp; %d</title><link>/%d</link>"
    "<pubDate>Sat, 13 Nov 2021 12:00:00 GMT</pubDate><description>&lt;p&gt;摘要&lt;/p&gt;"
    "</description></item>"
)


def read(body: str) -> Feed:
    context = Context(None, "UTC", datetime(2026, 1, 1, tzinfo=UTC))
    return parse(Page(ADDRESS, body.encode()), context)


def read_rss(count: int) -> Feed:
    items = "".join(ITEM % (n, n) for n in range(count))
    return read(f'<rss version="2.0"><channel>{items}</channel></rss>')


def read_sitemap(count: int) -> int:
    rows = "".join(f"<url><loc>{ADDRESS}{n}</loc></url>" for n in range(count))
    return len(read(f"<urlset>{rows}</urlset>").entries)


def count_subscriptions(count: int) -> int:
    rows = "".join(f'<outline text="早报" xmlUrl="{ADDRESS}{n}"/>' for n in range(count))
    return len(read_opml(f"<opml><body>{rows}</body></opml>".encode(), "x").feeds)


def test_lists_of_the_greatest_length_are_read_within_their_limits() -> None:
    async def work() -> tuple[Feed, int, int]:
        return (
            await workers.run(PAGE, read_rss, 100_000),  # no more than a page may have
            await workers.run(FEED, read_sitemap, 50_000),
            await workers.run(FEED, count_subscriptions, 20_000),
        )

    workers = Workers(1)
    try:
        feed, pages, subscriptions = asyncio.run(work())
    finally:
        workers.close()
    assert (len(feed.entries), feed.left_out) == (2000, 98_000)
    assert (feed.entries[0].url, feed.entries[-1].url) == (f"{ADDRESS}0", f"{ADDRESS}1999")
    assert (pages, subscriptions) == (50_000, 20_000)
