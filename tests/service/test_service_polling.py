"""Polling against a server that answers as it likes: what is asked, what is kept, what is told."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper.model import Source, SourceEvent
from scraper.protocol import staleness
from scraper.service.context import Service
from scraper.service.crawling import polling
from scraper.service.crawling.polling import poll
from scraper.service.crawling.reading import MOVED_AFTER
from scraper.service.ledger import Ledger
from scraper.service.run import due_sources
from scraper.state.database import open_state
from scraper.state.resources import Resource
from scraper.state.sources import SourceRecord
from tests.fetch.conftest import Exchange, Seen, Server
from tests.journey.journey import Journey

DAY = timedelta(days=1, minutes=1)
LAST = "Mon, 06 May 2024 04:00:00 GMT"


def feed(ids: Sequence[object], published: datetime | None = None, head: str = "") -> bytes:
    date = f"<pubDate>{published:%a, %d %b %Y %H:%M:%S} GMT</pubDate>" if published else ""
    items = "".join(f"<item><title>t{i}</title><link>/a/{i}</link>{date}</item>" for i in ids)
    return f"<rss version='2.0'><channel>{head}{items}</channel></rss>".encode()


def xml(body: bytes, **headers: str) -> Callable[[Exchange], None]:
    return lambda x: x.reply(200, body, Content_Type="application/rss+xml", **headers)


def bare(status: int, *lines: str) -> Callable[[Exchange], None]:
    head = "".join(f"{line}\r\n" for line in lines)
    return lambda x: x.send(f"HTTP/1.1 {status} X\r\n{head}\r\n".encode())


class Site:
    """A source at a server, polled as often as a test wants."""

    def __init__(self, journey: Journey, server: Server, *paths: str) -> None:
        self.journey = journey
        self.server = server
        self.urls = tuple(server.url(path) for path in paths or ("/feed",))
        self.source = journey.add(*self.urls, name="news", site=None)

    def poll(self, *, insist: bool = False) -> SourceEvent:
        async def work(service: Service) -> None:
            await poll(service, self.source, insist=insist)

        self.server.requests.clear()
        self.journey.with_service(work)
        return self.journey.polls()[0]

    def asked(self, path: str = "/feed") -> list[Seen]:
        return [seen for seen in self.server.requests if seen.path == path]

    def conditions(self, path: str = "/feed") -> tuple[str | None, str | None]:
        (seen,) = self.asked(path)
        return seen.headers.get("if-none-match"), seen.headers.get("if-modified-since")

    @property
    def state(self) -> "Kept":
        return Kept(self.journey, self.urls[0])

    def due(self, *names: str) -> list[Source]:
        found: list[Source] = []

        async def work(service: Service) -> None:
            found.extend(await due_sources(service, names, everything=False))

        self.journey.with_service(work)
        return found


class Kept:
    """What the state holds after a poll."""

    def __init__(self, journey: Journey, url: str) -> None:
        state = open_state(journey.root / ".scraper" / "state.sqlite", read_only=True)
        try:
            resource, record = state.resources.get(url), state.sources.get("news")
            assert record
            self.resource = resource or Resource(url, "news")
            self.record: SourceRecord = record
            self.articles = state.articles.counts().get("news", {})
        finally:
            state.close()


@pytest.fixture
def site(journey: Journey, server: Server) -> Site:
    return Site(journey, server)


# -- freshness -------------------------------------------------------------------------------------


def test_validators_are_sent_back_as_they_came_and_a_changed_one_is_kept(site: Site) -> None:
    odd = 'W/"a, b"'
    site.server.on("/feed", xml(feed([1]), ETag=odd, Last_Modified=LAST))
    site.poll()
    assert site.conditions() == (None, None)
    site.server.on("/feed", bare(304, "Last-Modified: later"))
    assert site.poll().outcome == "unchanged"
    assert site.conditions() == (odd, LAST)
    site.poll()
    assert site.conditions() == (odd, "later")


def test_validators_belong_to_the_url_after_redirects(site: Site) -> None:
    site.server.on("/feed", bare(302, "Location: /real", "Content-Length: 0"))
    site.server.on("/real", xml(feed([1]), ETag='"1"'))
    site.poll()
    site.server.on("/real", bare(304))
    assert site.poll().outcome == "unchanged"
    assert site.conditions("/feed") == (None, None)
    assert site.conditions("/real") == ('"1"', None)


def test_a_304_to_a_request_without_conditions_is_a_failure(site: Site) -> None:
    site.server.on("/feed", bare(304))
    event = site.poll()
    assert event.outcome == "failed"
    assert "304" in event.reason


def test_a_server_that_does_not_honour_its_validators_is_asked_without_them(site: Site) -> None:
    site.server.on("/feed", xml(feed([1]), ETag='"1"'))
    site.poll()
    site.poll()
    assert site.conditions() == ('"1"', None)
    site.poll()
    assert site.conditions() == (None, None)
    site.server.on("/feed", xml(feed([1, 2]), ETag='"2"'))
    assert site.poll().new == 1
    site.poll()
    assert site.conditions() == ('"2"', None)


@pytest.mark.parametrize("body", [b"<html>maintenance</html>", feed([])])
def test_what_was_not_understood_is_never_confirmed(site: Site, body: bytes) -> None:
    site.server.on("/feed", xml(feed([1]), ETag='"1"'))
    site.poll()
    site.server.on("/feed", xml(body, ETag='"2"'))
    for _ in range(2):  # the same bytes again are no better
        assert site.poll().outcome == "failed"
    assert site.conditions() == (None, None)


def test_everything_is_asked_for_anew_once_a_day(site: Site) -> None:
    site.server.on("/feed", xml(feed([1]), ETag='"1"'))
    site.poll()
    site.server.on("/feed", bare(304))
    site.poll()
    assert site.conditions() == ('"1"', None)
    site.journey.clock.ahead += DAY
    site.server.on("/feed", xml(feed([1, 2]), ETag='"1"'))  # a 304 would have hidden this
    assert site.poll().new == 1
    assert site.conditions() == (None, None)


def test_what_answers_and_feeds_say_lengthens_the_interval(site: Site) -> None:
    def wait() -> timedelta:
        event = site.poll()
        assert event.next_check
        return event.next_check - site.journey.clock.now()

    site.server.on("/feed", xml(feed([1], head="<ttl>20</ttl>"), ETag='"1"'))
    assert timedelta(minutes=19) < wait() <= timedelta(minutes=20)
    site.server.on("/feed", bare(304))
    assert timedelta(minutes=19) < wait() <= timedelta(minutes=20)  # remembered from the feed
    site.server.on("/feed", bare(304, "Cache-Control: max-age=1800"))
    assert timedelta(minutes=29) < wait() <= timedelta(minutes=30)


# -- moved and gone --------------------------------------------------------------------------------


def test_a_move_for_good_is_followed_directly_and_heals(site: Site, other_server: Server) -> None:
    new = other_server.on("/new", xml(feed([1])))
    site.source = replace(site.source, headers={"X-Api-Key": "secret"})
    site.server.on("/feed", bare(308, f"Location: {new}", "Content-Length: 0"))
    told = [site.poll().notice for _ in range(MOVED_AFTER)]
    assert told[:-1] == [""] * (MOVED_AFTER - 1)
    assert f'urls = ["{new}"]' in told[-1]
    assert site.poll().notice == ""
    assert site.asked() == []
    assert site.state.record.notice == told[-1]
    assert not [seen for seen in other_server.requests if "x-api-key" in seen.headers]

    other_server.answer("/new", status=404)  # the new address fails: the configured one is asked
    site.server.on("/feed", xml(feed([1, 2])))
    assert site.poll().outcome == "changed"
    assert site.state.resource.moved_to == ""
    assert site.state.record.notice == ""


def test_a_new_address_goes_on_where_the_configured_one_is_no_more(
    site: Site, other_server: Server
) -> None:
    new = other_server.on("/new", xml(feed([1])))
    site.server.on("/feed", bare(301, f"Location: {new}", "Content-Length: 0"))
    for _ in range(MOVED_AFTER):
        site.poll()
    site.server.answer("/feed", status=404)
    site.journey.clock.ahead += DAY
    assert site.poll().outcome == "unchanged"
    assert len(site.asked()) == 1  # once a day
    assert site.poll().outcome == "unchanged"
    assert site.asked() == []


def test_a_hijacked_address_that_works_is_found_out_within_a_day(
    site: Site, other_server: Server
) -> None:
    new = other_server.on("/new", xml(feed(["ad"])))
    site.server.on("/feed", bare(301, f"Location: {new}", "Content-Length: 0"))
    for _ in range(MOVED_AFTER + 1):
        site.poll()
    site.server.on("/feed", xml(feed([1])))
    site.journey.clock.ahead += DAY
    assert site.poll().new == 1
    assert site.state.resource.moved_to == ""


def test_a_move_for_now_is_not_kept(site: Site) -> None:
    site.server.on("/feed", bare(302, "Location: /new", "Content-Length: 0"))
    site.server.on("/new", xml(feed([1])))
    for _ in range(MOVED_AFTER + 1):
        assert site.poll().notice == ""
    assert len(site.asked()) == 1


def test_a_source_that_is_gone_stops_until_it_is_asked_for_by_name(site: Site) -> None:
    site.server.answer("/feed", status=410)
    event = site.poll()
    assert (event.outcome, event.next_check) == ("failed", None)
    assert "scraper once --all news" in event.notice
    site.journey.clock.ahead += timedelta(days=400)
    assert site.due() == []
    assert site.due("news") == [site.source]
    site.server.on("/feed", xml(feed([1])))
    assert site.poll().outcome == "changed"
    assert site.state.record.stopped_at is None
    assert site.state.record.notice == ""


def test_a_source_that_stopped_is_due_with_a_new_address(site: Site) -> None:
    site.server.answer("/feed", status=410)
    site.poll()
    changed = replace(site.source, urls=(site.server.url("/elsewhere"),))
    site.journey.sources["news"] = changed
    assert site.due() == [changed]


def test_one_address_that_is_gone_is_left_alone_beside_others(
    journey: Journey, server: Server
) -> None:
    site = Site(journey, server, "/feed", "/second")
    server.answer("/feed", status=410)
    server.on("/second", xml(feed([1])))
    event = site.poll()
    assert event.outcome == "changed"
    assert "/feed is gone" in event.notice
    assert (site.poll().notice, site.asked()) == ("", [])
    assert "/feed is gone" in site.state.record.notice
    site.poll(insist=True)
    assert len(site.asked()) == 1


def test_a_page_that_is_missing_is_asked_for_again(site: Site) -> None:
    site.server.answer("/feed", status=404)
    event = site.poll()
    assert (event.outcome, event.notice) == ("failed", "")
    assert event.next_check


# -- many, and floods ------------------------------------------------------------------------------


def test_more_than_a_poll_takes_is_taken_by_the_next(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "MAX_NEW", 40)
    old = datetime(2020, 1, 1, tzinfo=UTC)
    site.server.on("/feed", xml(feed(range(100), old), ETag='"1"'))
    assert [site.poll().new for _ in range(3)] == [40, 40, 20]
    assert site.conditions() == (None, None)
    assert site.state.articles == {"pending": 100}
    site.server.on("/feed", bare(304))
    assert site.poll().outcome == "unchanged"


def test_old_entries_under_new_ids_are_held_back_and_told_once(site: Site) -> None:
    old = datetime(2020, 1, 1, tzinfo=UTC)
    site.server.on("/feed", xml(feed(range(30), old)))
    first = site.poll()
    assert (first.new, first.notice) == (30, "")
    told = []
    for edition in "abc":  # ids that change for ever fill no disk
        ids = [f"{edition}{number}" for number in range(30)]
        site.server.on("/feed", xml(feed(ids, old)))
        event = site.poll()
        assert event.new == 0
        told.append(event.notice)
        assert site.state.articles == {"pending": 30, "held": 30}
    assert "30 entries of news are held back" in told[0]
    assert told[1:] == ["", ""]
    assert site.state.record.held == 30


def test_a_source_that_was_not_polled_for_long_brings_no_flood(site: Site) -> None:
    now = site.journey.clock.now()
    site.server.on("/feed", xml(feed(range(30), now - timedelta(days=1))))
    site.poll()
    site.journey.clock.ahead += timedelta(days=3)
    site.server.on("/feed", xml(feed(range(30, 60), now + timedelta(days=2))))
    assert site.poll().new == 30
    site.journey.clock.ahead += timedelta(days=1)
    site.server.on("/feed", xml(feed(range(60, 90))))  # and without dates
    assert site.poll().new == 30


# -- the ledger ------------------------------------------------------------------------------------


def test_of_what_is_kept_together_one_that_fails_is_undone_alone(journey: Journey) -> None:
    async def work(service: Service) -> None:
        ledger: Ledger = service.ledger

        def set_and_fail(key: str, *, fails: bool) -> str:
            service.state.meta.set(key, "x")
            if fails:
                raise KeyError(key)
            return key

        ends = await asyncio.gather(
            ledger.run(set_and_fail, "one", fails=False),
            ledger.run(set_and_fail, "two", fails=True),
            ledger.run(set_and_fail, "three", fails=False),
            return_exceptions=True,
        )
        assert [ends[0], ends[2]] == ["one", "three"]
        assert isinstance(ends[1], KeyError)
        kept = [await ledger.run(service.state.meta.get, key) for key in ("one", "two", "three")]
        assert kept == ["x", None, "x"]

    journey.with_service(work)


# -- what is at fault ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (bare(503), "down"),
        (bare(404), "failing"),
        (bare(403), "failing"),
        (lambda x: x.reply(200, b"<html>no list", Content_Type="text/html"), "strange"),
        (xml(feed([])), "empty"),
    ],
)
def test_how_a_list_fails_is_noted(
    answer: Callable[[Exchange], None], kind: str, site: Site
) -> None:
    site.server.on("/feed", xml(feed([1])))
    site.poll()
    assert site.state.record.faults == {}
    site.server.on("/feed", answer)
    site.poll()
    (fault,) = site.state.record.faults.values()
    assert (fault.kind, fault.polls) == (kind, 1)


def test_a_server_that_is_not_there_is_noted_as_that(site: Site) -> None:
    site.server.stop()
    site.poll()
    (fault,) = site.state.record.faults.values()
    assert fault.kind == "unreachable"


def test_when_something_new_was_listed_is_noted(site: Site) -> None:
    published = datetime.now(UTC).replace(microsecond=0) - timedelta(hours=5)
    site.server.on("/feed", xml(feed([1], published)))
    site.poll()
    assert staleness.read(site.state.record.appeared) == (published,)
