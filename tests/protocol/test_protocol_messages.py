"""The words of alerts."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper.protocol.alarms import Announcement, Change, Message, Standing
from scraper.protocol.conditions import Condition
from scraper.protocol.messages import MAX_LINE, MAX_LINES, compose, duration, join

NOW = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
FAILING = Condition("source:a:failing", "failing", "a", "a cannot be polled", "HTTP 503; look")
STANDING = Standing(FAILING, NOW - timedelta(hours=3, minutes=20))


def say(change: Change, standing: Standing = STANDING) -> Announcement:
    return Announcement(change, standing)


def test_a_trouble_says_what_since_when_and_what_to_do() -> None:
    message = compose([say("begun")], NOW)
    assert message.title == "news-scraper: a cannot be polled"
    expected = "New:\n- a cannot be polled, since 2024-05-06 00:40 UTC: HTTP 503; look"
    assert message.body == expected


def test_an_end_says_how_long_it_lasted() -> None:
    message = compose([say("ended", replace(STANDING, gone_at=NOW - timedelta(hours=1)))], NOW)
    assert message.title == "news-scraper: over: a cannot be polled"
    assert message.body == "Over:\n- a cannot be polled (it lasted 2 h 20 min)"


def test_several_are_counted_and_sorted() -> None:
    changes: list[Change] = ["ended", "lasting", "begun", "worse", "begun"]
    message = compose([say(change) for change in changes], NOW)
    assert message.title == "news-scraper: 4 troubles, 1 over"
    headings = [line for line in message.body.splitlines() if line.endswith(":")]
    assert headings == ["New:", "Worse:", "Still:", "Over:"]
    assert compose([say("ended"), say("ended")], NOW).title == "news-scraper: 2 over"


def test_what_lasts_says_so() -> None:
    assert compose([say("lasting")], NOW).title == "news-scraper: still: a cannot be polled"


def test_a_flood_and_a_long_reason_are_cut() -> None:
    long = replace(STANDING, condition=replace(FAILING, message="x" * 9999))
    lines = compose([say("begun", long)] * (MAX_LINES + 7), NOW).body.splitlines()
    assert len(lines) == MAX_LINES + 2
    assert max(map(len, lines)) == MAX_LINE + len("- ")
    assert lines[-1] == "- and 7 more: `scraper alerts` lists what lasts"


def test_messages_that_waited_come_as_one() -> None:
    first, second = Message(NOW, "one", "1"), Message(NOW + timedelta(minutes=1), "two", "2")
    assert join([first]) == ("one", "1")
    title, body = join([first, second])
    assert title == "two (2 messages)"
    assert body == "2024-05-06 04:00 UTC: one\n1\n\n2024-05-06 04:01 UTC: two\n2"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "less than a minute"),
        (-5, "less than a minute"),
        (300, "5 min"),
        (3600, "1 h"),
        (90_000, "1 d 1 h"),
        (86_460, "1 d 1 min"),
    ],
)
def test_durations_are_for_people(seconds: float, text: str) -> None:
    assert duration(timedelta(seconds=seconds)) == text
