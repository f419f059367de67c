"""Section pages, one small page a generation; times as lists write them."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from scraper.errors import FeedError
from scraper.feeds.moments import read_instant, read_list_time
from scraper.model import Feed
from scraper.site import Site

Read = Callable[..., Feed]
URL = "https://www.zaobao.com.sg/realtime/china"
CARDS = (
    ("/realtime/china/story20251231-700001", "河边的灯换了", "11:29"),
    ("https://www.zaobao.com/news/china/story20251230-700002?ref=list", "桥上的风", "12月30日"),
    ("https://interactive.zaobao.com/2025/river/", "互动：一条河", "11:00"),
    ("/zvideos/news/video20251231-1", "一分钟看山", "10:00"),
)
TEMPLATES = {
    "hk2025": (
        '<div data-testid="article-list">{}</div>',
        '<article><a class="article-link" href="{0}" title="{1}">{1}</a><span>{2}</span></article>',
    ),
    "sg2025": (
        '<div class="card-listing">{}</div>',
        '<div class="card"><div class="content-header"><a href="{0}">{1}</a>'
        '<span class="timestamp">{2}</span></div><div class="content-body">摘要</div></div>',
    ),
    "hk2022": (
        '<div class="clearfix">{}</div>',
        '<div class="list-block"><a href="{0}"><div class="f18 m-eps">{1}</div></a>'
        '<div class="text-tip-color">{2}</div></div>',
    ),
    "sg2020": (
        '<div class="article-list">{}</div>',
        '<div class="article-type"><a class="article-type-link" href="{0}">{1}</a>'
        '<span class="article-type-date">{2}</span></div>',
    ),
    "sg2013": (
        "<ul>{}</ul>",
        '<li><a href="{0}"><div class="post-detail"><div class="post-title">{1}</div>'
        '<span class="datestamp">发布<em>{2}</em></span></div></a></li>',
    ),
    "until2012": ("<ul>{}</ul>", '<li><a href="{0}">{1}</a></li>'),
}


def page(generation: str) -> str:
    frame, card = TEMPLATES[generation]
    cards = "".join(card.format(*each) for each in CARDS)
    menu = '<nav><ul><li><a href="/news/china">中国</a></li></ul></nav>'
    return f"<html><title>中国 | 联合早报</title><body>{menu}{frame.format(cards)}</body></html>"


def test_every_generation_of_the_profile_has_its_page(zaobao: Site) -> None:
    assert {markup.name for markup in zaobao.lists} == set(TEMPLATES)


@pytest.mark.parametrize("generation", TEMPLATES)
def test_the_stories_of_a_section_page(generation: str, read: Read, zaobao: Site) -> None:
    feed = read(page(generation), URL, "text/html", site=zaobao)
    assert feed.format == "section"
    assert [(entry.id, entry.title) for entry in feed.entries] == [
        ("story20251231-700001", "河边的灯换了"),
        ("story20251230-700002", "桥上的风"),
    ]
    first, second = feed.entries
    assert first.url == "https://www.zaobao.com.sg/realtime/china/story20251231-700001"
    assert second.url == "https://www.zaobao.com/news/china/story20251230-700002"
    assert feed.ignored >= 2
    expected = None if generation == "until2012" else datetime(2026, 1, 1, 3, 29, tzinfo=UTC)
    assert first.published == expected
    assert second.published is None  # a day is no instant


def test_hosts_that_serve_the_list_may_serve_its_stories(read: Read, zaobao: Site) -> None:
    feed = read(page("sg2025"), "http://127.0.0.1:8080/realtime/china", "text/html", site=zaobao)
    assert feed.entries[0].url == "http://127.0.0.1:8080/realtime/china/story20251231-700001"


def test_a_list_that_nobody_knows_is_an_error(read: Read, zaobao: Site) -> None:
    redesigned = "<html><title>新版</title><body><x-list><x-item>灯</x-item></x-list></body></html>"
    with pytest.raises(FeedError, match="redesigned") as caught:
        read(redesigned, URL, "text/html", site=zaobao)
    assert "新版" in str(caught.value)
    assert URL in str(caught.value)


MIDNIGHT = datetime(2025, 12, 31, 16, 5, tzinfo=UTC)  # five past midnight in Singapore


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("23:50", datetime(2025, 12, 31, 15, 50, tzinfo=UTC)),
        ("00:04", datetime(2025, 12, 31, 16, 4, tzinfo=UTC)),
        ("00:10", datetime(2025, 12, 31, 16, 10, tzinfo=UTC)),  # their clock is a little ahead
        ("发布 11:29 PM", datetime(2025, 12, 31, 15, 29, tzinfo=UTC)),
        ("12月31日 20:00", datetime(2025, 12, 31, 12, 0, tzinfo=UTC)),
        ("3月2日 20:00", datetime(2025, 3, 2, 12, 0, tzinfo=UTC)),
        ("2024年2月29日 08:00", datetime(2024, 2, 29, 0, 0, tzinfo=UTC)),
        ("2月29日 08:00", datetime(2024, 2, 29, 0, 0, tzinfo=UTC)),
        ("10月2日", None),
        ("昨天 08:00", None),
        ("25:00", None),
        ("2025-13-40 08:00", None),
        ("刚刚", None),
        ("", None),
    ],
)
def test_list_times_around_new_year(text: str, instant: datetime | None) -> None:
    assert read_list_time(text, "Asia/Singapore", MIDNIGHT) == instant


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2021-11-13T20:00:00+08:00", datetime(2021, 11, 13, 12, tzinfo=UTC)),
        ("2021-11-13T20:00", datetime(2021, 11, 13, 12, tzinfo=UTC)),
        ("Sat, 13 Nov 2021 12:00:00 GMT", datetime(2021, 11, 13, 12, tzinfo=UTC)),
        ("13 Nov 2021 20:00:00", datetime(2021, 11, 13, 12, tzinfo=UTC)),
        ("Sat, 13 Nov 2021 12:00:00 -0000", datetime(2021, 11, 13, 12, tzinfo=UTC)),
        ("2021-11-13", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("nonsense 12:00", None),
        ("", None),
    ],
)
def test_dates_of_feeds(text: str, instant: datetime | None) -> None:
    assert read_instant(text, "Asia/Singapore") == instant
