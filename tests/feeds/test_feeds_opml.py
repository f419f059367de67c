"""OPML: what others write is read, what we write is read back, what is hostile is one error."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import FeedError
from scraper.feeds.opml import MAX_BYTES, Subscription, read_opml, write_opml


def opml(body: str, head: str = "") -> bytes:
    return f'{head}<opml version="2.0"><body>{body}</body></opml>'.encode()


def test_nested_categories_become_the_path_to_a_feed() -> None:
    found = read_opml(
        opml(
            '<outline text="新闻"><outline title="亚洲" text="x"><outline>'
            '<outline text="早报 A&amp;B" xmlUrl="http://a.example/f"/></outline></outline></outline>'
            '<outline xmlUrl=" https://b.example/f "/>'
        ),
        "x",
    )
    assert found.feeds == (
        Subscription("http://a.example/f", "早报 A&B", ("新闻", "亚洲")),
        Subscription("https://b.example/f"),
    )


def test_of_many_categories_the_innermost_are_kept() -> None:
    nested = "".join(f'<outline text="{n}">' for n in range(200))
    feed = '<outline xmlUrl="http://a.example/f"/>'
    found = read_opml(opml(nested + feed + "</outline>" * 200), "x")
    assert found.feeds[0].category == tuple(map(str, range(192, 200)))


def test_a_feed_that_is_listed_twice_is_one() -> None:
    rows = (
        '<outline title="1" xmlUrl="http://a.example/f"/><OUTLINE XMLURL="HTTP://A.example:80/f"/>'
    )
    assert read_opml(opml(rows), "x").feeds == (Subscription("http://a.example/f", "1"),)


@pytest.mark.parametrize(
    ("given", "url"),
    [
        ("feed://a.example/f", "http://a.example/f"),
        ("feed:https://a.example/f", "https://a.example/f"),
        ("http://a.example/?a=1&b=2&hellip;c", "http://a.example/?a=1&b=2…c"),
    ],
)
def test_addresses_as_others_write_them(given: str, url: str) -> None:
    assert read_opml(opml(f'<outline xmlUrl="{given}"/>'), "x").feeds[0].url == url


def test_what_is_no_web_address_is_told() -> None:
    rows = '<outline xmlUrl="javascript:x"/><outline xmlUrl="/relative"/>'
    assert read_opml(opml(rows), "x").wrong == ("javascript:x", "/relative")


BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"garbage", "file.opml: no OPML"),
        (b"", "no OPML"),
        (b"<html><p>x</p></html>", "no OPML"),
        (opml("<outline"), "not well-formed"),
        (opml("<outline>" * 5000 + "</outline>" * 5000), "not well-formed"),
        (opml('<outline text="x"/>'), "lists no feeds"),
        (b" " * (MAX_BYTES + 1), "larger than 10 MB"),
    ],
)
def test_what_is_no_list_is_one_error(body: bytes, words: str) -> None:
    with pytest.raises(FeedError, match=words):
        read_opml(body, "file.opml")


@pytest.mark.parametrize(
    "declared", [f'<!ENTITY e0 "lol">{BOMB}', '<!ENTITY e11 SYSTEM "file:///etc/passwd">']
)
def test_nothing_that_a_list_declares_is_expanded(declared: str) -> None:
    body = opml(
        '<outline text="&e11;" xmlUrl="http://a.example/f"/>', f"<!DOCTYPE opml [{declared}]>"
    )
    assert read_opml(body, "x").feeds[0].title == "&e11;"


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=20)), min_size=1, max_size=5))
def test_what_is_written_is_read_back(rows: list[tuple[int, str]]) -> None:
    feeds = {
        number: Subscription(
            f"https://a.example/{number}?a&b", " ".join(text.split()), (), "n" * (number % 2)
        )
        for number, text in rows
        if " ".join(text.split()).isprintable()
    }
    written = write_opml("一 & <二>", feeds.values())
    if feeds:
        assert read_opml(written.encode(), "x").feeds == tuple(feeds.values())


def test_a_feed_has_a_name_of_ours_only_where_it_is_a_source() -> None:
    feeds = (Subscription("https://a.example/1"), Subscription("https://a.example/2", name="b"))
    written = write_opml("x", feeds)
    assert written.count("scraper:name=") == 1
    assert read_opml(written.encode(), "x").feeds == feeds


def test_minifluxs_lists_are_read(shared: Path) -> None:
    cases = json.loads((shared / "corpus/suites/miniflux/cases.json").read_text("utf-8"))
    read = 0
    for case in cases:
        if "/opml/" not in case["file"]:
            continue
        if "err == nil" in case["asserts"]:
            with pytest.raises(FeedError):
                read_opml(case["feed"].encode(), "x")
            continue
        (count,) = [a for a in case["asserts"] if a.startswith("len(subscriptions) != ")]
        found = read_opml(case["feed"].encode(), "x")
        assert len(found.feeds) == int(count.split(" != ")[1]), case["test"]
        read += 1
    assert read == 8
