"""RFC 9309, and what a hostile robots.txt may cost."""

import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.robots import Robots, RobotsState, allows, crawl_delay, is_stale

NOW = datetime(2026, 3, 1, tzinfo=UTC)
AGENT = "newsbot/1.0 (+https://example.org/otherbot)"
ORIGIN = "https://example.com"


def rules(text: str | bytes) -> Robots:
    body = text if isinstance(text, bytes) else text.encode()
    return Robots(ORIGIN, "rules", body, NOW)


def may(text: str | bytes, path: str, agent: str = AGENT) -> bool:
    return allows(rules(text), ORIGIN + path, agent)


@pytest.mark.parametrize(
    ("text", "path", "expected"),
    [
        ("", "/a", True),
        ("User-agent: *\nDisallow: /", "/a", False),
        ("User-agent: *\nDisallow:", "/a", True),
        ("User-agent: *\nDisallow: /", "/robots.txt", True),
        ("User-agent: *\nDisallow: /a", "/b", True),
        ("\ufeffUser-agent: *\r\nDisallow: /a\r\n", "/a", False),
        ("User-agent: *\rDisallow: /a\r", "/a", False),
        ("# nothing\n\nuser-agent : *  # all\ndisallow : /a # this", "/a", False),
        # the longest match wins, allow at a tie (§2.2.2)
        ("User-agent: *\nDisallow: /a\nAllow: /a/b", "/a/b/c", True),
        ("User-agent: *\nAllow: /a/b\nDisallow: /a", "/a/c", False),
        ("User-agent: *\nDisallow: /a\nAllow: /a", "/a", True),
        # special characters (§2.2.3)
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf", False),
        ("User-agent: *\nDisallow: /*.pdf$", "/x/y.pdf?z", True),
        ("User-agent: *\nDisallow: /新闻", "/%E6%96%B0%E9%97%BB/1", False),
        ("User-agent: *\nDisallow: /%e6%96%b0", "/新", False),
        # our own group replaces everybody's (§2.2.1)
        ("User-agent: *\nDisallow: /\n\nUser-agent: newsbot\nDisallow: /a", "/b", True),
        ("User-agent: NewsBot\nDisallow: /a\n\nUser-agent: *\nDisallow: /", "/a", False),
        ("User-agent: newsbot/1.0\nDisallow: /a", "/a", False),
        ("User-agent: x\nUser-agent: newsbot\n\nUser-agent: y\nDisallow: /a", "/a", False),
        # groups of one agent are one (§2.2.1)
        ("User-agent: newsbot\nDisallow: /a\n\nUser-agent: newsbot\nDisallow: /b", "/b", False),
        ("User-agent: newsbot\nDisallow: /a\n\nUser-agent: newsbot\nDisallow: /b", "/a", False),
        # others' groups are not ours: a part of our token, our contact address
        ("User-agent: news\nDisallow: /a", "/a", True),
        ("User-agent: newsbot-image\nDisallow: /a", "/a", True),
        ("User-agent: otherbot\nDisallow: /a", "/a", True),
        ("User-agent: z\nDisallow: /a\nSitemap: /s\nUser-agent: *\nDisallow: /b", "/a", True),
        ("Disallow: /a\nUser-agent: *\nDisallow: /b", "/a", True),
        # what authors write
        ("User agent: *\nDisallow: /a", "/a", False),
        ("User-agent *\nDisallow /a", "/a", False),
        ("<html><body>User-agent: *\nnot found</body></html>", "/a", True),
    ],
)  # fmt: skip
def test_rules(text: str, path: str, *, expected: bool) -> None:
    assert may(text, path) is expected


def test_an_agent_without_a_token_follows_everybody_s_rules() -> None:
    assert not may("User-agent: *\nDisallow: /a", "/a", "0815")


def test_no_file_allows_and_an_unreachable_one_does_not() -> None:
    states: tuple[tuple[RobotsState, bool], ...] = (("allow_all", True), ("unreachable", False))
    for state, expected in states:
        robots = replace(rules("User-agent: *\nDisallow: /"), state=state)
        assert allows(robots, f"{ORIGIN}/a", AGENT) is expected
        assert crawl_delay(robots, AGENT) is None


@pytest.mark.parametrize(
    ("said", "seconds"),
    [("5", 5.0), ("0.5", 0.5), ("3600", 60.0), ("inf", None), ("-1", None), ("nan", None),
     ("soon", None), ("", None)],
)  # fmt: skip
def test_crawl_delay(said: str, seconds: float | None) -> None:
    assert crawl_delay(rules(f"User-agent: *\nCrawl-delay: {said}"), AGENT) == seconds


def test_a_crawl_delay_of_others_is_theirs() -> None:
    assert crawl_delay(rules("User-agent: x\nCrawl-delay: 9"), AGENT) is None


@pytest.mark.parametrize(
    ("state", "age", "stale"),
    [
        ("rules", timedelta(0), False),
        ("rules", timedelta(hours=23), False),
        ("rules", timedelta(hours=24), True),
        ("allow_all", timedelta(hours=23), False),
        ("unreachable", timedelta(minutes=4), False),
        ("unreachable", timedelta(minutes=5), True),
        ("rules", timedelta(minutes=-1), True),
    ],
)
def test_staleness(state: RobotsState, age: timedelta, *, stale: bool) -> None:
    assert is_stale(replace(rules(""), state=state), NOW + age) is stale


def test_500_kib_count() -> None:
    padding = b"#" * (500 * 1024 - 27) + b"\n"
    assert may(padding + b"User-agent: *\nDisallow:          /a\n", "/a") is True
    assert may(b"User-agent: *\nDisallow: /a\n" + padding, "/a") is False


def test_of_a_file_that_is_cut_off_half_a_line_permits_nothing() -> None:
    head = b"User-agent: *\nDisallow: /a\n"
    for end in (b"\n", b"\r"):
        padding = b"#" * (500 * 1024 - len(head) - 11) + end
        assert len(head + padding + b"Allow: /a/b"[:10]) == 500 * 1024
        assert not may(head + padding + b"Allow: /a/b", "/a/x")  # cut to "Allow: /a/"
    whole = b"#" * (500 * 1024 - len(head) - 12) + b"\nAllow: /a/\n"
    assert may(head + whole + b"Disallow: /a/x", "/a/x")


@pytest.mark.parametrize(
    "body",
    [
        b"".join(b"User-agent: a%d\n" % n for n in range(15_000)) + b"Allow: /x\n" * 25_000,
        b"".join(b"User-agent: a%d\n" % n for n in range(15_000)) * 2,
        b"".join(b"user\t agent b%d\x0c" % n for n in range(15_000)) + b"Allow /x\n" * 25_000,
        b"User-agent: *\n" + b"Disallow: /*a*b*c*d*e*f$\n" * 20_000,
        b"User-agent" + b" " * 500_000 + b"\nUser-agent: *",
    ],
)
def test_a_hostile_file_costs_little(body: bytes) -> None:
    start = time.process_time()
    may(body, "/" + "abcde" * 400)
    assert time.process_time() - start < 2


@given(st.binary(max_size=300), st.text(max_size=20))
def test_no_bytes_raise(body: bytes, agent: str) -> None:
    robots = rules(b"User-agent: *\n" + body)
    assert allows(robots, f"{ORIGIN}/a", agent) in (True, False)
    delay = crawl_delay(robots, agent)
    assert delay is None or 0 <= delay <= 60
