"""Hours of polls, looked at every minute: one trouble is told as one, and by its name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from scraper.model import Source
from scraper.protocol import alarms
from scraper.protocol.alarms import AlertSettings, Book
from scraper.protocol.messages import compose
from scraper.service.crawling.outlook import Circumstances, Taken, summarise
from scraper.service.crawling.reading import Poll, Reading
from scraper.service.watching.conditions import hold_now
from scraper.service.watching.facts import Facts
from scraper.state.resources import Resource
from scraper.state.sources import FaultKind, SourceRecord

NOW = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
HOST = "news.example.com"
Answers = Callable[[str, float], FaultKind | None]  # by source and minute; None: a list


def source(name: str, every: int = 10, site: str = HOST) -> Source:
    return Source(name, name, (f"https://{site}/{name}",), every=every * MINUTE)


@dataclass
class World:
    """Sources that are polled when they are due, the first time after so many minutes."""

    sources: Mapping[str, Source]
    answers: Answers
    records: dict[str, SourceRecord] = field(default_factory=dict)
    book: Book = field(default_factory=Book)
    told: list[str] = field(default_factory=list)

    def poll(self, name: str, minute: float) -> None:
        found, url = self.answers(name, minute), self.sources[name].urls[0]
        fault = f"{url}: {found}" if found else ""
        reading = Reading(url, Resource(url, name), failure=fault, kind=found or "failing")
        poll = Poll(self.sources[name], (reading,), (), {})
        when = Circumstances(NOW + minute * MINUTE)
        self.records[name] = summarise(poll, Taken(), self.records.get(name), when)

    def live(self, hours: float) -> list[str]:
        """What is told in so many hours."""
        settings = AlertSettings(per_hour=60)
        for minute in range(round(hours * 60)):
            now = NOW + minute * MINUTE
            for number, name in enumerate(self.sources):
                record = self.records.get(name)
                due = record.next_poll if record else NOW + 3 * number * MINUTE
                if due and due <= now:
                    self.poll(name, minute)
            known = {key: s.gone_at for key, s in self.book.standings.items()}
            facts = Facts(now, settings, self.sources, self.records, known=known)
            self.book = alarms.look(self.book, now, hold_now(facts), settings.remind)
            if found := alarms.to_tell(self.book, now, settings):
                self.book = alarms.told(self.book, now, found)
                title = compose(found, now).title.removeprefix("news-scraper: ")
                self.told.append(title)
        return self.told


def world(answers: Answers, *every: int) -> World:
    names = ("a", "b", "c", "d")
    sources = {n: source(n, e) for n, e in zip(names, every or (10, 10, 10), strict=False)}
    return World(sources, answers)


def outage(*spells: tuple[float, float], kind: FaultKind = "down") -> Answers:
    return lambda _name, minute: kind if any(a <= minute < b for a, b in spells) else None


@pytest.mark.parametrize("start", [60, 63, 65, 71])
@pytest.mark.parametrize("length", [30, 47, 200])
def test_an_outage_of_a_host_is_told_once(start: int, length: int) -> None:
    told = world(outage((start, start + length))).live(14)
    assert told == [f"{HOST} is down", f"over: {HOST} is down"]


def test_it_is_told_within_two_intervals_of_the_first_source() -> None:
    assert world(outage((60.5, 999))).live(82 / 60) == [f"{HOST} is down"]


def test_two_outages_are_told_as_two() -> None:
    told = world(outage((60, 120), (400, 480))).live(16)
    assert told == [f"{HOST} is down", f"over: {HOST} is down"] * 2


def test_a_source_that_fails_by_itself_is_told_by_name() -> None:
    told = world(lambda name, minute: "down" if name == "b" and 60 < minute < 200 else None)
    assert told.live(12) == ["b cannot be polled", "over: b cannot be polled"]


def test_two_that_fail_by_themselves_are_no_outage_while_a_third_is_read() -> None:
    told = world(lambda name, minute: "down" if name != "a" and 60 < minute < 200 else None)
    titles = told.live(12)
    assert not any(HOST in title for title in titles)
    assert len(titles) == 4


def test_one_that_fails_on_after_an_outage_is_told() -> None:
    def answers(name: str, minute: float) -> FaultKind | None:
        return "down" if minute > 60 and (minute < 120 or name == "b") else None

    titles = world(answers).live(12)
    assert titles[:2] == [f"{HOST} is down", f"over: {HOST} is down"]
    assert titles[2:] == ["b cannot be polled"]


def test_a_redesign_of_a_site_is_no_outage() -> None:
    titles = world(outage((60, 300), kind="empty")).live(12)
    assert not any(HOST in title for title in titles)


def test_sources_of_several_hosts_have_no_host_to_blame() -> None:
    found = world(outage((60, 300)), 10)
    two = source("two")
    both = Source("two", "two", (*two.urls, "https://other.example/two"), every=10 * MINUTE)
    found.sources = {"a": found.sources["a"], "two": both}
    assert not any(HOST in title for title in found.live(3))


def test_a_host_of_a_single_source_is_that_source() -> None:
    assert world(outage((60, 200)), 10).live(12) == [
        "a cannot be polled",
        "over: a cannot be polled",
    ]
