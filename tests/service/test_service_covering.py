"""The ledger of what is missing: told in the manifest once for each reason, and read back."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.archive.archive import Archive
from scraper.archive.manifest import Event, read_all
from scraper.model import Entry
from scraper.service.crawling.covering import (
    IN_HAND,
    coverage,
    newest_missing,
    tell_missing,
)
from scraper.service.upkeep.rebuilding import Origins, Rebuilding
from scraper.service.upkeep.recovering import bring_in_line
from scraper.state.database import State, open_state
from tests.service.archives import NOON, draft, keep

NOW = NOON + timedelta(hours=1)
DAY = timedelta(days=1)
ORIGINS = Origins({}, {})


class Ledger:
    """An archive, its state, and what the manifest tells."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.archive = Archive(root, "tester/1")
        self.archive.open()
        self.state = open_state(root / ".scraper/state.sqlite")

    def want(self, name: str, published: datetime | None = NOON) -> str:
        entry = Entry(f"https://news.example.com/{name}", name, f"题 {name}", published)
        self.state.articles.want([entry], "news", NOON)
        return name

    def one_of_each(self) -> None:
        """A missing article for each reason, by its status."""
        articles = self.state.articles
        articles.give_up(self.want("given_up"), "HTTP 410")
        articles.skip(self.want("skipped"), "robots.txt disallows it")
        articles.defer(self.want("deferred"), "HTTP 503", NOW)
        self.want("pending", None)
        self.state.coverage.date([("pending", datetime(2024, 5, 5, 16, tzinfo=UTC))])
        held = Entry("https://news.example.com/held", "held", "旧题", NOON - 9 * DAY)
        articles.hold([held], "news", NOON)

    def tell(self, later: timedelta = timedelta(), in_hand: timedelta = timedelta()) -> None:
        tell_missing(self.archive, self.state, NOW + later, in_hand)

    def told(self) -> list[Event]:
        return [event for event in read_all(self.root) if event.event == "missing"]

    def rebuilt(self) -> State:
        """A new state, made of the files alone."""
        self.state.close()
        (self.root / ".scraper/state.sqlite").unlink()
        self.state = open_state(self.root / ".scraper/state.sqlite")
        done = Rebuilding(self.root, self.state, ORIGINS, NOW).run()
        assert done.notices == []
        return self.state


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(tmp_path / "archive")
    yield ledger
    ledger.state.close()


def test_every_reason_is_told_once(ledger: Ledger) -> None:
    ledger.one_of_each()
    ledger.tell()
    first = {event.id: event.about for event in ledger.told()}
    assert first.keys() == {"given_up", "skipped", "deferred", "pending"}
    assert first["given_up"] == {
        "status": "given_up",
        "reason": "HTTP 410",
        "url": "https://news.example.com/given_up",
        "source": "news",
        "title": "题 given_up",
        "published": NOON.isoformat(),
        "first_seen": NOON.isoformat(),
    }
    assert first["pending"]["day"] == "2024-05-05T16:00:00+00:00"
    ledger.tell()
    ledger.state.articles.defer("deferred", "HTTP 502", NOW)  # another failure, and no other fact
    ledger.tell()
    assert len(ledger.told()) == 4
    ledger.state.articles.give_up("deferred", "HTTP 502")
    ledger.tell(DAY)
    assert {event.id for event in ledger.told()[4:]} == {"held", "deferred"}


def test_what_is_in_hand_is_not_told_yet(ledger: Ledger) -> None:
    ledger.one_of_each()
    ledger.want("later")
    later = IN_HAND / 2 - timedelta(hours=1)
    ledger.tell(later, IN_HAND)
    assert {event.id for event in ledger.told()} == {"given_up", "skipped", "deferred"}
    ledger.tell(later + IN_HAND, IN_HAND)
    assert {"pending", "later"} < {event.id for event in ledger.told()}


def test_the_ledger_is_read_back_from_the_manifest(ledger: Ledger) -> None:
    ledger.one_of_each()
    ledger.tell(DAY)
    before = {record.id: record for record in ledger.state.coverage.missing()}
    rows = ledger.state.coverage.rows(NOON - 30 * DAY)
    state = ledger.rebuilt()
    after = {record.id: record for record in state.coverage.missing()}
    assert after.keys() == before.keys()
    for name, record in after.items():
        known = before[name]
        assert replace(known, attempts=0, due=record.due, entry=record.entry) == record
    assert state.coverage.rows(NOON - 30 * DAY) == rows
    told = ledger.told()
    ledger.tell(DAY)
    assert ledger.told() == told


def test_what_was_archived_or_quarantined_afterwards_is_not_missing(ledger: Ledger) -> None:
    articles = ledger.state.articles
    for number in (1, 2, 3):
        articles.give_up(ledger.want(f"story-{number}"), "HTTP 503")
    ledger.tell()
    ledger.state.close()
    keep(ledger.root, [draft(1), draft(2, doubt="too short")])
    ledger.state = open_state(ledger.root / ".scraper/state.sqlite")
    state = ledger.rebuilt()
    known = {name: state.articles.get(name) for name in ("story-1", "story-2", "story-3")}
    assert [record and record.status for record in known.values()] == [
        "archived",
        "quarantined",
        "given_up",
    ]


def test_a_later_reason_takes_the_place_of_an_earlier_one(ledger: Ledger) -> None:
    ledger.one_of_each()
    ledger.tell()
    ledger.state.articles.give_up("deferred", "HTTP 503, six times")
    ledger.tell()
    record = ledger.rebuilt().articles.get("deferred")
    assert record
    assert (record.status, record.reason) == ("given_up", "HTTP 503, six times")


def test_the_newest_come_first_of_all_sources_or_of_some(ledger: Ledger) -> None:
    for number, source in enumerate(("a", "b", "a", "c")):
        entry = Entry(f"https://a/{number}", f"{source}{number}", "", NOON + number * DAY)
        ledger.state.articles.want([entry], source, NOON)

    def newest(*sources: str, limit: int = 20) -> list[str]:
        return [record.id for record in newest_missing(ledger.state, sources, limit)]

    assert newest() == ["c3", "a2", "b1", "a0"]
    assert newest(limit=1) == ["c3"]
    assert newest("b", "a", limit=2) == ["a2", "b1"]


def test_what_was_forgotten_does_not_come_back(ledger: Ledger) -> None:
    ledger.one_of_each()
    ledger.tell()
    ledger.state.upkeep.forget("given_up", "https://news.example.com/given_up", NOW, "")
    Rebuilding(ledger.root, ledger.state, ORIGINS, NOW).run()
    assert ledger.state.articles.get("given_up") is None


def test_rebuilding_a_state_that_is_there_changes_nothing_of_it(ledger: Ledger) -> None:
    ledger.one_of_each()
    ledger.tell()
    ledger.state.articles.retry(["given_up"], NOW)
    before = ledger.state.coverage.missing()
    Rebuilding(ledger.root, ledger.state, ORIGINS, NOW).run()
    assert ledger.state.coverage.missing() == before


def test_a_lost_state_is_rebuilt_though_nothing_was_ever_archived(ledger: Ledger) -> None:
    ledger.one_of_each()
    ledger.tell()
    ledger.state.close()
    (ledger.root / ".scraper/state.sqlite").unlink()
    ledger.state = open_state(ledger.root / ".scraper/state.sqlite")
    (notice,) = bring_in_line(ledger.archive, ledger.state, ORIGINS, (0.0, NOW))
    assert "it was rebuilt from the files" in notice
    assert len(ledger.state.coverage.missing()) == 4


def test_shares_count_what_is_missing_for_whatever_reason(tmp_path: Path) -> None:
    keep(tmp_path, [draft(1), draft(2), draft(3, doubt="too short")])
    with closing(open_state(tmp_path / ".scraper/state.sqlite")) as state:
        entry = Entry("https://news.example.com/9", "story-9", "题", NOON)
        state.articles.want([entry], "news", NOW)
        assert coverage(state, NOW) == {"news": 2 / 3}  # the last was listed just now
        later = NOW + timedelta(hours=2)
        assert coverage(state, later) == {"news": 2 / 4}
        assert coverage(state, later + 2 * DAY) == {}
