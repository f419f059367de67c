"""Days of a site in front of an archive: what it edits, withdraws and brings back is found."""

import asyncio
import itertools
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraper.archive.manifest import read_all
from scraper.markdown.document import read
from scraper.model import ArticleEvent, RevisionSettings
from scraper.service import daemon
from scraper.service.context import Service
from scraper.service.crawling.rechecking import recheck
from scraper.service.run import run_once
from scraper.service.watching.health import Pulse
from tests.journey.journey import Journey
from tests.site_replica import Replica

HOUR = timedelta(hours=1)
SLACK = 1.1  # the rhythm's own jitter


@dataclass
class Days:
    """The replica and the archive under one clock, hour by hour."""

    journey: Journey
    replica: Replica
    early: timedelta = HOUR / -6  # how long before the newest story it begins
    now: datetime = field(init=False)
    stories: list[dict[str, Any]] = field(init=False)  # the newest first, none of them locked
    script: dict[datetime, list[Callable[[], object]]] = field(default_factory=dict)
    seen: list[tuple[datetime, ArticleEvent]] = field(default_factory=list)

    def __post_init__(self) -> None:
        newest = sorted(self.replica.truth().values(), key=lambda s: s["published_iso"])[::-1]
        # the very newest stand alone, months after the others
        at = [datetime.fromisoformat(story["published_iso"]) for story in newest]
        dense = next(i for i in range(len(at)) if at[i] - at[i + 10] < timedelta(days=4))
        self.stories = [story for story in newest[dense : dense + 30] if not story["locked"]]
        self.now = self.published(0) - self.early
        self.journey.add(self.replica.url + "/realtime/china")

    def published(self, number: int) -> datetime:
        return datetime.fromisoformat(self.stories[number]["published_iso"]).astimezone(UTC)

    def id(self, number: int) -> str:
        return str(self.stories[number]["id"])

    def after(self, hours: float, action: str, number: int, **data: object) -> datetime:
        """Something that the site does after so many hours from now."""
        at = self.now + hours * HOUR
        work = lambda: self.replica.control(action, id=self.id(number), **data)  # noqa: E731
        self.script.setdefault(at, []).append(work)
        return at

    def go(self, hours: float, step: timedelta = HOUR) -> None:
        """Let the time pass, with a run each step."""

        async def work(service: Service) -> None:
            until = self.now + hours * HOUR
            while self.now <= until:
                await self._once(service)
                self.now += step

        self.journey.with_service(work)

    async def _once(self, service: Service) -> None:
        for at in sorted(at for at in self.script if at <= self.now):
            for action in self.script.pop(at):
                action()
        self.replica.control("clock", now=self.now.isoformat())
        self.journey.clock.ahead = self.now - datetime.now(UTC)
        self.journey.events.clear()
        await run_once(service, self.journey.sources.values(), asyncio.Event())
        self.seen += [(self.now, event) for event in self.journey.articles()]

    def found(self, outcome: str) -> list[tuple[datetime, str]]:
        return [(at, event.id) for at, event in self.seen if event.outcome == outcome]

    def happened(self, event: str) -> list[str]:
        """The ids of an event in the manifest, in its order."""
        return [line.id for line in read_all(self.journey.root) if line.event == event]


def test_every_edit_is_found_within_its_rhythm_and_none_is_invented(
    journey: Journey, replica: Replica
) -> None:
    days = Days(journey, replica)
    edits = [
        (days.after(2, "edit", 0, append_paragraph="更正：较早前的版本有误。"), 0),
        (days.after(5, "edit", 4, title="改过的标题"), 4),
        (days.after(9, "edit", 7, append_paragraph="警方稍后证实。"), 7),
        (days.after(30, "edit", 0, append_paragraph="（完）"), 0),
        (days.after(20, "edit", 9, append_paragraph="另有三人受伤。"), 9),
    ]
    days.go(100, 2 * HOUR)
    found = days.found("updated")
    assert sorted(found_id for _, found_id in found) == sorted(days.id(n) for _, n in edits)
    for at, number in edits:
        first = min(when for when, found_id in found if found_id == days.id(number) and when >= at)
        age = at - days.published(number)
        assert first - at <= max(age * 0.5 * SLACK, HOUR / 6) + 2 * HOUR
    assert len(list(journey.root.glob("_revisions/**/*.md"))) == len(edits)
    assert sorted(days.happened("revised")) == sorted(days.id(n) for _, n in edits)
    twice = journey.documents()[days.id(0)]
    assert (twice.extra["revision"], "（完）" in twice.body) == (3, True)
    assert twice.extra["last_modified_at"] >= edits[0][0]  # type: ignore[operator]
    assert journey.documents()[days.id(4)].title == "改过的标题"
    assert {path for path, text in journey.files().items() if b"revision:" in text} == {
        event.path for _, event in days.seen if event.outcome == "updated"
    }


@pytest.mark.soak
def test_every_withdrawal_and_return_is_found_and_a_single_404_ignored(
    journey: Journey, replica: Replica
) -> None:
    days = Days(journey, replica)
    ways: list[object] = [404, 410, "200soft", "unrelated"]
    gone = {
        number: days.after(2, "withdraw", number, status=way) for number, way in enumerate(ways)
    }
    days.after(2, "withdraw", 5, status=404)
    days.go(6)
    before = journey.files()
    days.after(0, "restore", 5)
    days.go(60, 2 * HOUR)
    found = days.found("withdrawn")
    assert sorted(found_id for _, found_id in found) == sorted(map(days.id, gone))
    for at, _ in found:
        assert timedelta(hours=24) <= at - min(gone.values()) <= timedelta(hours=54)
    for number in gone:
        document = journey.documents()[days.id(number)]
        assert document.extra["withdrawn"] is True
        assert document.body in "".join(text.decode() for text in before.values())
    lines = [line for line in read_all(journey.root) if line.event == "withdrawn"]
    for line in lines:
        first, last = (datetime.fromisoformat(line.about[key]) for key in ("first", "last"))
        assert last - first >= timedelta(hours=24)
        assert line.about["seen"] >= 3

    for number in gone:
        days.after(0, "restore", number)
    days.after(0, "edit", 0, append_paragraph="重新上线。")
    days.go(60, 2 * HOUR)
    assert sorted(days.happened("returned")) == sorted(map(days.id, gone))
    assert not [text for text in journey.files().values() if b"withdrawn" in text]
    assert "重新上线。" in journey.documents()[days.id(0)].body
    assert {path: text for path, text in journey.files().items() if b"revision" not in text} == {
        path: text for path, text in before.items() if b"revision" not in journey.files()[path]
    }


def test_the_daemon_looks_again_and_leaves_a_busy_host_its_turn(
    journey: Journey, replica: Replica, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = Days(journey, replica)
    days.go(0)
    replica.control("edit", id=days.id(0), append_paragraph="更正：有误。")
    journey.clock.ahead += 30 * HOUR
    monkeypatch.setattr(daemon, "RECHECK_SECONDS", 0.1)

    async def work(service: Service) -> None:
        await recheck(service, asyncio.Event(), lambda _host: True)
        assert journey.articles() == []
        running = daemon.Daemon(service, 5.0, Pulse())
        task = asyncio.create_task(running.run())
        async with asyncio.timeout(60):
            while not journey.articles("updated"):  # noqa: ASYNC110  # its own tasks do it
                await asyncio.sleep(0.05)
        running.stop()
        await task

    journey.with_service(work)
    assert {event.id for event in journey.articles("updated")} == {days.id(0)}


def test_a_page_that_did_not_change_is_asked_for_on_condition(
    journey: Journey, replica: Replica
) -> None:
    days = Days(journey, replica)
    days.go(0)
    before = journey.files()
    replica.forget_requests()
    days.go(24)
    stories = [r for r in replica.requests() if "/story20" in r["path"]]
    assert {request["status"] for request in stories} == {304}
    assert len(stories) > 3
    assert journey.files() == before
    assert days.found("updated") == []


def test_a_wall_a_failure_and_a_broken_answer_change_nothing(
    journey: Journey, replica: Replica
) -> None:
    days = Days(journey, replica)
    days.go(0)
    before = journey.files()
    for number, kind in enumerate(("login_wall", "status:503", "status:403", "empty200", "reset")):
        replica.control("fault", match=days.id(number), kind=kind, times=None)
    days.go(72, 4 * HOUR)
    assert journey.files() == before
    assert {event.outcome for _, event in days.seen} == {"archived"}


def test_an_hour_has_no_more_looks_than_the_budget_and_new_articles_come_first(
    journey: Journey, replica: Replica
) -> None:
    days = Days(journey, replica)
    journey.settings["revisions"] = RevisionSettings(budget=3)
    days.go(0)
    replica.forget_requests()
    days.now += 24 * HOUR
    days.go(2, HOUR / 2)
    stories = [request["path"] for request in replica.requests() if "/story20" in request["path"]]
    assert 6 <= len(stories) <= 9


def test_no_article_is_looked_at_again_when_that_is_switched_off(
    journey: Journey, replica: Replica
) -> None:
    days = Days(journey, replica)
    journey.settings["revisions"] = RevisionSettings(enabled=False)
    days.go(0)
    replica.forget_requests()
    days.go(24, 6 * HOUR)
    assert not [request for request in replica.requests() if "/story20" in request["path"]]


def test_a_file_that_its_owner_edited_stays_and_the_sites_text_goes_beside_it(
    journey: Journey, replica: Replica
) -> None:
    days = Days(journey, replica)
    days.go(0)
    (path,) = (p for p, text in journey.files().items() if days.id(0).encode() in text)
    mine = (journey.root / path).read_text("utf-8") + "\n我的笔记。\n"
    (journey.root / path).write_text(mine, "utf-8")
    days.after(1, "edit", 0, append_paragraph="更正：有误。")
    days.go(24)
    assert (journey.root / path).read_text("utf-8") == mine
    (aside,) = journey.root.glob("_revisions/**/*.md")
    assert "更正：有误。" in read(aside.read_text("utf-8")).body
    assert days.happened("kept aside") == [days.id(0)]
    (notice,) = (event for _, event in days.seen if "owner" in event.reason)
    assert (notice.outcome, notice.path) == ("unchanged", path)

    replica.control("withdraw", id=days.id(0), status=410)
    days.go(60, 2 * HOUR)
    assert days.happened("withdrawn") == [days.id(0)]
    assert (journey.root / path).read_text("utf-8") == mine


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_thirty_days_of_edits_withdrawals_and_returns(journey: Journey, replica: Replica) -> None:
    days = Days(journey, replica, early=timedelta(days=3))
    start, chance = days.now, random.Random(5)
    edits: dict[int, list[datetime]] = {}
    for number in range(14):
        since = max((days.published(number) - start) / HOUR, 0) + 1
        for turn, hours in enumerate(sorted(chance.uniform(since, 400) for _ in range(5))):
            text = f"更正：第{number}则的第{turn}次修改。"
            at = days.after(hours, "edit", number, append_paragraph=text)
            edits.setdefault(number, []).append(at)
    ways: list[object] = [404, 410, "200soft", "unrelated"]
    gone = {number: ways[number % 4] for number in range(14, 20)}
    for number, way in gone.items():
        days.after(30 + number, "withdraw", number, status=way)
        days.after(260 + number, "restore", number)
    for number in (20, 21, 22):  # a 404 in passing
        days.after(10 * number, "withdraw", number, status=404)
        days.after(10 * number + 6, "restore", number)
    days.go(30 * 24)

    updates = days.found("updated")
    for number, times in edits.items():
        mine = sorted(at for at, found in updates if found == days.id(number))
        for at in times:
            bound = max((at - days.published(number)) * 0.5 * SLACK, HOUR / 6) + 2 * HOUR
            assert [when for when in mine if at <= when <= at + bound], (number, at)
        for before, when in itertools.pairwise([start, *mine]):
            assert [at for at in times if before < at <= when], (number, when)
        body = journey.documents()[days.id(number)].body
        assert all(f"第{turn}次" in body for turn in range(len(times)))
    assert sorted(days.happened("withdrawn")) == sorted(map(days.id, gone))
    assert sorted(days.happened("returned")) == sorted(map(days.id, gone))
    assert {found for _, found in updates} == {days.id(n) for n in (*edits, *gone)}
    assert not [text for text in journey.files().values() if b"withdrawn" in text]
