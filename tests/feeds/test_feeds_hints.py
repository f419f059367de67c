"""What feeds say of when to read them again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.feeds.formats import Context, parse
from scraper.feeds.hints import HEAD_CHARACTERS, MAX_TTL, read_hints
from scraper.model import Hints, Page

ITEM = "<item><title>t</title><link>https://news.example/a/1</link></item>"
SY = 'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'


@pytest.mark.parametrize(
    ("head", "minutes"),
    [
        ("", None),
        ("<ttl>60</ttl>", 60),
        ("<TTL > 60\n</TTL>", 60),
        ("<ttl><![CDATA[60]]></ttl>", 60),
        ("<ttl/>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        (f"<ttl>{'9' * 5000}</ttl>", None),  # no number is that long
        ("<ttl>999999999999</ttl>", MAX_TTL.total_seconds() / 60),
        ("<!-- <ttl>60</ttl> -->", None),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", 60),
        (
            "<sy:updatePeriod> Hourly </sy:updatePeriod><sy:updateFrequency>2</sy:updateFrequency>",
            30,
        ),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            1440,
        ),
        ("<sy:updateFrequency>24</sy:updateFrequency>", 60),
        ("<sy:updatePeriod>always</sy:updatePeriod>", None),
        ("<sy:updatePeriod>yearly</sy:updatePeriod>", MAX_TTL.total_seconds() / 60),
        ("<ttl>5</ttl><sy:updatePeriod>daily</sy:updatePeriod>", 5),
    ],
)
def test_the_time_to_live(head: str, minutes: float | None) -> None:
    hints = read_hints(f"<rss {SY}><channel>{head}{ITEM}<ttl>7</ttl></channel></rss>")
    assert hints == Hints(timedelta(minutes=minutes) if minutes else None)


def test_skipped_hours_and_days() -> None:
    hints = read_hints(
        "<channel><skipHours><hour>0</hour><hour> 7 </hour><hour>24</hour><hour>25</hour>"
        "<hour>x</hour></skipHours><skipDays><day>Saturday</day><day>SUNDAY</day><day>Caturday"
        "</day></skipDays>"
    )
    assert hints == Hints(None, frozenset({0, 7}), frozenset({5, 6}))


def test_hints_come_with_the_feed_and_only_before_its_entries() -> None:
    body = f"<rss version='2.0'><channel><ttl>30</ttl>{ITEM}</channel></rss>".encode()
    context = Context(None, "UTC", datetime(2026, 3, 1, tzinfo=UTC))
    feed = parse(Page("https://news.example/feed", body, "application/rss+xml"), context)
    assert feed.hints == Hints(timedelta(minutes=30))
    assert len(feed.entries) == 1
    assert read_hints(f"{ITEM}<ttl>30</ttl>") == Hints()
    assert read_hints(" " * HEAD_CHARACTERS + "<ttl>30</ttl>") == Hints()


@pytest.mark.parametrize("piece", ["<ttl>", "<!--", "<skipHours>", "<hour", "</ttl", "<![CDATA["])
def test_a_hostile_head_takes_no_time(piece: str) -> None:
    assert read_hints(piece * (HEAD_CHARACTERS // len(piece) + 1)) == Hints()


@given(st.text())
def test_any_text_has_hints_or_none(text: str) -> None:
    assert isinstance(read_hints(text), Hints)
