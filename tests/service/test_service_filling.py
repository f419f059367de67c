"""Gaps between polls are filled from sitemaps: what is the source's, at its turn, and no more."""

import asyncio
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraper.archive.manifest import read_all
from scraper.model import CoverageSettings, Entry, Feed, RevisionSettings
from scraper.protocol.gaps import Span
from scraper.service import daemon as daemon_module
from scraper.service.context import Service
from scraper.service.crawling import filling
from scraper.service.crawling.articles import drain
from scraper.service.crawling.backfilling import look_up, want
from scraper.service.crawling.filling import FOUND, cover
from scraper.service.crawling.sitemaps import Search, search_for
from scraper.state.database import State, open_state
from scraper.state.gaps import Gap
from tests.fetch.conftest import Server
from tests.journey.journey import Journey, MovableClock
from tests.journey.test_journey_daemon import running, until

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
XMLNS = "xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'"
TEXT = "<p>The council said on Monday that the old bridge will be repaired next spring.</p>" * 10


class Wound(MovableClock):
    """A clock that begins at noon."""

    def __init__(self) -> None:
        super().__init__()
        self.ahead = NOON - datetime.now(UTC)


class Site:
    """A site with a feed of its latest six stories, and a sitemap of all."""

    def __init__(self, server: Server, journey: Journey) -> None:
        self.server, self.journey = server, journey
        journey.clock = Wound()
        journey.settings["coverage"] = CoverageSettings()
        journey.add(server.origin + "/feed", name="news", site=None)
        server.answer("/robots.txt", f"Sitemap: {server.origin}/index.xml".encode())
        self.index("/months.xml")

    def story(self, number: int, section: str = "news") -> str:
        """Its address; one a day, the day of number 0 is 2 March."""
        day = NOON + timedelta(days=number // 10 - 2)
        return f"{self.server.origin}/{section}/{day:%Y/%m/%d}/{number}.html"

    def feed(self, numbers: Iterable[int]) -> None:
        items = "".join(
            f"<item><title>Story {n}</title><link>{self.story(n)}</link></item>" for n in numbers
        )
        text = f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"
        self.server.answer("/feed", text.encode(), Content_Type="text/xml")

    def index(self, *paths: str, lastmod: str = "") -> None:
        changed = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
        below = "".join(
            f"<sitemap><loc>{self.server.origin}{path}</loc>{changed}</sitemap>" for path in paths
        )
        self._xml("/index.xml", f"<sitemapindex {XMLNS}>{below}</sitemapindex>")

    def sitemap(self, urls: Iterable[str], lastmod: str = "2026-03-03") -> None:
        rows = "".join(f"<url><loc>{url}</loc><lastmod>{lastmod}</lastmod></url>" for url in urls)
        self._xml("/months.xml", f"<urlset {XMLNS}>{rows}</urlset>")

    def _xml(self, path: str, text: str) -> None:
        self.server.answer(path, text.encode(), Content_Type="text/xml")

    def archive(self, numbers: Iterable[int]) -> None:
        for number in numbers:
            path = self.story(number).removeprefix(self.server.origin)
            page = f"<html><head><title>Story {number}</title></head><body><article><h1>Story "
            page += f"{number}</h1>{TEXT}</article></body></html>"
            self.server.answer(path, page.encode(), Content_Type="text/html")

    def leave_a_gap(self) -> None:
        """Polled on 2 March and again two days later, when all of the feed is new."""
        self.archive(range(40))
        self.journey.clock.ahead -= timedelta(days=2)
        self.feed(range(6))
        self.journey.once()
        self.journey.clock.ahead += timedelta(days=2)
        self.feed(range(20, 26))

    def state(self) -> State:
        return open_state(self.journey.root / ".scraper" / "state.sqlite", read_only=True)

    def gap(self) -> Gap:
        with closing(self.state()) as state:
            (gap,) = state.gaps.latest()
            return gap

    def numbers(self) -> dict[int, str]:
        """The status of each story that is known, by its number."""
        with closing(self.state()) as state:
            records = map(state.articles.get, state.articles.readable())
            known = [*filter(None, records), *state.coverage.missing()]
            return {int(r.url.rpartition("/")[2].removesuffix(".html")): r.status for r in known}

    def asked(self) -> list[str]:
        return [seen.path for seen in self.server.requests if seen.path != "/robots.txt"]

    def cover(self) -> None:
        async def work(service: Service) -> None:
            await cover(service, asyncio.Event())

        self.journey.with_service(work)


@pytest.fixture
def site(server: Server, journey: Journey) -> Site:
    return Site(server, journey)


def told(journey: Journey) -> list[dict[str, Any]]:
    return [event.about for event in read_all(journey.root) if event.event == "missing"]


def test_stories_of_the_gap_are_archived_and_no_others(site: Site) -> None:
    site.leave_a_gap()
    old = [f"{site.server.origin}/news/2026/02/01/300.html"]
    other = [site.story(n, "sports") for n in range(100, 120)]
    undated = [f"{site.server.origin}/news/400.html"]
    elsewhere = ["https://elsewhere.example/news/2026/03/03/500.html"]
    stories = [site.story(n) for n in range(26)]
    site.sitemap(stories + old + other + undated + elsewhere)
    site.journey.once()
    (poll,) = site.journey.polls()
    assert poll.notice.startswith("all that news lists now is new since 2026-03-02 12:00Z")
    assert site.numbers() == dict.fromkeys([*range(26)], "archived")
    gap = site.gap()
    assert (gap.standing, gap.found, gap.detail) == ("filled", 14, "")
    site.journey.once()
    assert site.asked().count("/index.xml") == 1


def test_a_list_that_reaches_back_to_the_last_poll_leaves_no_gap(site: Site) -> None:
    site.archive(range(12))
    for first in (0, 2, 5):
        site.feed(range(first, first + 6))
        site.journey.once()
        site.journey.clock.ahead += timedelta(hours=6)
    with closing(site.state()) as state:
        assert state.gaps.latest() == []
    assert sorted(site.numbers()) == [*range(11)]


def test_what_another_source_listed_meanwhile_hides_no_gap(site: Site) -> None:
    site.leave_a_gap()
    news = site.journey.sources.pop("news")
    site.server.routes["/other"] = site.server.routes["/feed"]
    site.journey.add(site.server.origin + "/other", name="again", site=None)
    site.journey.once()  # the first poll of the other: it takes all that is new
    site.journey.sources["news"] = news
    site.sitemap([site.story(n) for n in range(26)])
    site.journey.once()
    assert site.gap().source == "news"
    assert sorted(site.numbers()) == [*range(26)]


def test_a_sitemap_of_news_tells_the_instant(site: Site) -> None:
    site.leave_a_gap()
    dates = {
        10: "2026-03-03T10:00:00Z",
        11: "2026-03-02T04:00:00Z",
        12: "2026-03-04T11:00:00+08:00",
    }
    rows = "".join(
        f"<url><loc>{site.story(n)}</loc><n:news><n:publication_date>{date}</n:publication_date>"
        f"<n:title>Story {n}</n:title></n:news></url>"
        for n, date in dates.items()
    )
    news = "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'"
    site._xml("/months.xml", f"<urlset {XMLNS} {news}>{rows}</urlset>")
    site.journey.once()
    assert sorted(set(site.numbers()) - {*range(6), *range(20, 26)}) == [10, 12]


def test_a_section_page_names_the_section_of_its_stories(server: Server, journey: Journey) -> None:
    journey.add(server.origin + "/news/", name="news", site=None)
    journey.add(server.origin + "/news/china/", name="china", site=None)
    found: dict[str, Search] = {}

    async def ask(service: Service) -> None:
        for source in journey.sources.values():
            span = Span(NOON, NOON)
            found[source.name] = await service.disk.run(search_for, service, source, span)

    journey.with_service(ask)
    assert (found["news"].own, found["news"].others) == (("/news/",), ("/news/china/",))
    listed = [f"{server.origin}/news/{path}2026/03/04/1.html" for path in ("", "china/")]
    feed = Feed("sitemap", tuple(Entry(url, url) for url in listed))
    assert [one.entry.url for one in found["news"].choose(feed)] == listed[:1]
    assert [one.entry.url for one in found["china"].choose(feed)] == listed[1:]


def test_a_change_that_is_still_to_come_neither_dates_nor_hides_a_story(site: Site) -> None:
    site.leave_a_gap()
    site.index("/months.xml", lastmod="2031-01-01T00:00:00Z")
    site.sitemap([site.story(n) for n in range(26)], lastmod="2031-01-01T00:00:00Z")
    site.journey.once()
    assert sorted(site.numbers()) == [*range(26)]
    documents = site.journey.documents().values()
    assert {document.published.year for document in documents} == {2026}


def test_what_changed_before_the_gap_is_not_asked_for(site: Site) -> None:
    site.leave_a_gap()
    site.index("/months.xml", lastmod="2026-03-01T00:00:00Z")
    site.sitemap([site.story(n) for n in range(26)])
    site.journey.once()
    assert "/months.xml" not in site.asked()
    assert site.gap().standing == "filled"


def test_the_budget_is_kept_and_the_rest_comes_at_its_turn(site: Site) -> None:
    site.leave_a_gap()
    site.journey.settings |= {
        "coverage": CoverageSettings(budget=5),
        "revisions": RevisionSettings(enabled=False),
    }
    site.sitemap([site.story(n) for n in range(26)])
    before = len(site.asked())
    site.journey.once()
    # the feed and its six stories, then two sitemaps and three stories of the gap
    assert len(site.asked()) - before == 7 + 5
    statuses = site.numbers()
    assert sorted(statuses) == [*range(26)]
    waiting = [n for n, status in statuses.items() if status == "pending"]
    assert len(waiting) == 11
    assert [about["reason"] for about in told(site.journey)] == [FOUND] * 14
    for left in (6, 1, 0):
        site.journey.clock.ahead += timedelta(hours=1, seconds=30)
        before = len(site.asked())
        site.journey.once()
        assert len(site.asked()) - before <= 5 + 1  # the feed
        assert list(site.numbers().values()).count("pending") == left
    assert len(told(site.journey)) == 14  # once for each article


def test_a_budget_smaller_than_the_sitemaps_goes_on_where_it_stopped(site: Site) -> None:
    site.leave_a_gap()
    site.journey.settings["coverage"] = CoverageSettings(budget=1)
    site.sitemap([site.story(n) for n in range(26)])
    site.journey.once()
    assert [one.url.rpartition("/")[2] for one in site.gap().todo] == ["months.xml"]
    assert site.gap().due > site.journey.clock.now()
    site.cover()
    assert "/months.xml" not in site.asked()
    site.journey.clock.ahead += timedelta(hours=1)
    site.cover()
    assert (site.gap().standing, site.gap().found) == ("filled", 14)
    assert site.asked().count("/index.xml") == site.asked().count("/months.xml") == 1


def test_a_sitemap_that_fails_is_asked_again_in_an_hour(site: Site) -> None:
    site.leave_a_gap()
    site.server.answer("/index.xml", b"", 503)
    site.journey.once()
    gap = site.gap()
    assert (gap.standing, gap.attempts) == ("open", 1)
    assert "HTTP 503" in gap.detail
    site.index("/months.xml")
    site.sitemap([site.story(n) for n in range(26)])
    site.cover()
    assert site.gap() == gap
    site.journey.clock.ahead += timedelta(hours=1)
    site.cover()
    assert (site.gap().standing, site.gap().detail) == ("filled", "")


def test_one_that_fails_for_a_day_leaves_the_gap_unfilled(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "ATTEMPTS", 3)
    site.leave_a_gap()
    site.server.answer("/index.xml", b"", 503)
    site.journey.once()
    for _ in range(filling.ATTEMPTS - 1):
        site.journey.clock.ahead += timedelta(hours=2)
        site.cover()
    assert site.gap().standing == "unfilled"
    assert "HTTP 503" in site.gap().detail


@pytest.mark.parametrize("answer", [404, 200])
def test_without_a_sitemap_the_gap_is_named(site: Site, answer: int) -> None:
    site.leave_a_gap()
    site.server.answer("/index.xml", b"<html><body>Welcome</body></html>", answer)
    site.journey.once()
    assert site.gap().standing == "unfilled"
    assert "/index.xml" in site.gap().detail


def test_an_index_for_ever_and_a_sitemap_without_end_are_bounded(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(filling, "MAX_FOUND", 50)
    monkeypatch.setattr(filling, "MAX_SITEMAPS", 6)
    site.leave_a_gap()
    site.journey.settings["coverage"] = CoverageSettings(budget=10_000)
    for number in range(6):
        site.server.answer(f"/months.xml?{number}", b"<urlset/>", Content_Type="text/xml")
    site.index("/months.xml", *(f"/months.xml?{n}" for n in range(3000)))
    site.sitemap(f"{site.server.origin}/news/2026/03/03/{n}.html" for n in range(1000, 2000))
    site.journey.once()
    asked = [path for path in site.asked() if path.startswith("/months.xml")]
    assert len(asked) == 6
    assert site.gap().found == 50
    assert len([n for n in site.numbers() if n >= 1000]) == 50


def test_a_sitemap_that_is_an_index_of_itself_ends(site: Site) -> None:
    site.leave_a_gap()
    index = f"<sitemap><loc>{site.server.origin}/index.xml?again</loc></sitemap>"
    site._xml("/index.xml", f"<sitemapindex {XMLNS}>{index}</sitemapindex>")
    site._xml("/index.xml?again", f"<sitemapindex {XMLNS}>{index}</sitemapindex>")
    site.journey.once()
    assert site.asked().count("/index.xml?again") == 1
    assert site.gap().standing == "filled"


def test_where_no_section_is_known_nothing_is_guessed(site: Site, server: Server) -> None:
    site.story = lambda number, section="": f"{server.origin}/{number}.html"  # type: ignore[method-assign]
    site.leave_a_gap()
    site.journey.once()
    assert site.gap().standing == "unfilled"
    assert "section of the source is not known" in site.gap().detail
    assert "/index.xml" not in site.asked()


def test_a_gap_says_that_the_source_failed(site: Site) -> None:
    site.leave_a_gap()
    site.server.answer("/feed", b"", 404)
    site.journey.clock.ahead -= timedelta(hours=6)
    site.journey.once()
    site.journey.clock.ahead += timedelta(hours=6)
    site.feed(range(20, 26))
    site.sitemap([])
    site.journey.once()
    assert site.gap().reason.startswith("failed: ")
    assert "HTTP 404" in site.gap().reason
    assert site.gap().begins < NOON - timedelta(hours=40)


def test_switched_off_a_gap_is_noted_and_left(site: Site) -> None:
    site.leave_a_gap()
    site.journey.settings["coverage"] = CoverageSettings(fill=False)
    site.journey.once()
    assert site.gap().standing == "open"
    assert "/index.xml" not in site.asked()


def test_a_gap_that_was_filled_by_hand_is_closed(site: Site) -> None:
    site.leave_a_gap()
    site.journey.settings["coverage"] = CoverageSettings(fill=False)
    site.journey.once()
    site.sitemap([site.story(n) for n in range(26)])
    asked: list[str] = []

    async def backfill(service: Service) -> None:
        source, stop = site.journey.sources["news"], asyncio.Event()
        span = Span(NOON - timedelta(days=3), service.now())
        found = await look_up(service, source, span, stop, lambda _: None)
        asked.extend(one.entry.id for one in found.new)
        await drain(service, await want(service, source, span, found, None), stop)

    site.journey.with_service(backfill)
    assert sorted(site.numbers()) == [*range(26)]
    assert len(asked) == 14
    assert (site.gap().standing, site.gap().found) == ("filled", 0)
    site.journey.with_service(backfill)
    assert len(asked) == 14


def test_the_daemon_fills_a_gap_beside_its_polls(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(daemon_module, "COVER_SECONDS", 0.2)
    monkeypatch.setattr(daemon_module, "RETRY_SECONDS", 0.2)
    site.leave_a_gap()
    site.sitemap([site.story(n) for n in range(26)])

    async def run(service: Service) -> None:
        await running(service, lambda: until(lambda: len(site.journey.files()) == 26))

    site.journey.with_service(run)
    assert site.gap().standing == "filled"


def test_a_gap_of_a_source_that_is_configured_no_more_ends(site: Site) -> None:
    site.leave_a_gap()
    site.journey.settings["coverage"] = CoverageSettings(fill=False)
    site.journey.once()
    site.journey.settings["coverage"] = CoverageSettings()
    site.journey.sources.clear()
    site.cover()
    assert site.gap().standing == "unfilled"
