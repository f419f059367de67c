"""Holes between polls: when a list has rolled over, what fills it, at what pace."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Child
from scraper.protocol.gaps import (
    Span,
    belongs,
    choose_sitemaps,
    has_rolled_over,
    section_of,
    spread,
    usual_sections,
)

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SPAN = Span(NOW - 48 * HOUR, NOW)


@pytest.mark.parametrize(
    ("listed", "known", "rolled"),
    [
        (30, 0, True),
        (30, 2, True),  # two are pinned to the top
        (30, 3, False),  # the newest of the last poll are there
        (10, 1, False),
        (5, 0, True),
        (4, 0, False),  # too short to say anything
        (0, 0, False),
        (30, 30, False),
    ],
)
def test_a_list_has_rolled_over_where_nearly_all_of_it_is_new(
    listed: int, known: int, rolled: bool
) -> None:
    assert has_rolled_over(listed, known) is rolled


def test_a_span_knows_instants_and_days_of_a_time_zone() -> None:
    assert SPAN.holds(SPAN.begins)
    assert SPAN.holds(SPAN.ends)
    assert not SPAN.holds(NOW + timedelta(seconds=1))
    late = Span(datetime(2026, 3, 4, 17, tzinfo=UTC), datetime(2026, 3, 4, 18, tzinfo=UTC))
    assert late.touches(date(2026, 3, 5), "Asia/Singapore")
    assert not late.touches(date(2026, 3, 4), "Asia/Singapore")
    assert late.touches(date(2026, 3, 4), "UTC")


def chosen(children: Sequence[Child], span: Span = SPAN, limit: int = 60) -> list[str]:
    return [child.url for child in choose_sitemaps(children, span, NOW, limit)]


def test_months_are_chosen_by_their_names_whatever_they_say_of_their_change() -> None:
    months = [Child(f"https://a/sitemaps/sitemap-2026{month:02}.xml") for month in (1, 2, 3, 4)]
    early = Span(NOW - 74 * HOUR, NOW)  # from 1 March, which may be February elsewhere
    assert chosen(months, early) == [months[2].url, months[1].url]
    assert chosen(months) == [months[2].url]
    assert chosen([Child("https://a/2026-03.xml.gz", "2020-01-01")]) == ["https://a/2026-03.xml.gz"]
    assert chosen(months, Span(NOW - 40 * 24 * HOUR, NOW), limit=1) == [months[2].url]


def test_others_are_chosen_by_their_change_unless_that_is_still_to_come() -> None:
    children = [
        Child("https://a/before.xml", "2026-03-01"),
        Child("https://a/within.xml", "2026-03-03T00:00:00+08:00"),
        Child("https://a/silent.xml"),
        Child("https://a/odd.xml", "yesterday"),
        Child("https://a/future.xml", "2031-01-01T00:00:00Z"),
        Child("https://a/20260305123.xml", "2026-03-01"),  # a number, and no month
    ]
    names = {url.rpartition("/")[2] for url in chosen(children)}
    assert names == {"within.xml", "silent.xml", "odd.xml", "future.xml"}


def test_a_section_is_the_path_that_its_stories_stand_below() -> None:
    assert section_of("https://a/realtime/china?page=1") == "/realtime/china/"
    assert section_of("https://a/news/") == "/news/"
    assert section_of("https://a/") == ""


@pytest.mark.parametrize(
    ("path", "own", "others", "is_own"),
    [
        ("/news/china/1", ["/news/"], [], True),
        ("/newsletter/1", ["/news/"], [], False),
        ("/news/china/1", ["/news/"], ["/news/china/"], False),
        ("/news/china/1", ["/news/china/"], ["/news/"], True),
        ("/news/china/1", ["/news/"], ["/news/"], True),  # two sources of one section
        ("/news/china/1", [], [], False),
    ],
)
def test_a_story_belongs_to_the_nearest_section(
    path: str, own: list[str], others: list[str], is_own: bool
) -> None:
    assert belongs(f"https://a.example{path}", own, others) is is_own


def test_the_usual_sections_are_those_of_a_tenth_of_the_stories() -> None:
    stories = [f"https://a/realtime/china/story{n}" for n in range(50)]
    stories += [f"https://a/{n}.html" for n in range(20)]  # above them is the whole site
    stories += [f"https://a/2026/03/04/{n}.html" for n in range(20)]
    stories += [f"https://a/news/2026/{n}.html" for n in range(12)]
    stories += [f"https://a/sports/{n}.html" for n in range(5)]
    assert usual_sections(stories) == ("/realtime/china/", "/news/")
    assert usual_sections([]) == ()


def test_requests_are_spread_so_that_no_hour_has_more_than_the_budget() -> None:
    first = spread([], 5, 2, NOW)
    assert first == (NOW, NOW, NOW + HOUR, NOW + HOUR, NOW + 2 * HOUR)
    assert spread(first, 1, 2, NOW) == (NOW + 2 * HOUR,)
    assert spread([NOW - HOUR / 2], 2, 2, NOW) == (NOW, NOW + HOUR / 2)
    assert spread(first, 0, 2, NOW) == ()


@given(
    st.lists(st.integers(0, 3600), max_size=8),
    st.integers(1, 5),
    st.lists(st.integers(0, 20), max_size=4),
)
def test_the_budget_holds_however_often_more_is_asked_for(
    waits: list[int], budget: int, counts: list[int]
) -> None:
    reserved: list[datetime] = []
    now = NOW
    for wait, count in zip(waits, counts, strict=False):
        now += timedelta(seconds=wait)
        times = spread(reserved, count, budget, now)
        assert all(at >= now for at in times)
        reserved += times
    assert reserved == sorted(reserved)
    for at, after in zip(reserved, reserved[budget:], strict=False):
        assert after - at >= HOUR
    assert all(a <= b for a, b in pairwise(reserved))
