"""Weeks of several sections in front of an archive, under one clock, with troubles in them."""

import asyncio
import re
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from scraper.model import CoverageSettings
from scraper.protocol.alarms import AlertSettings
from scraper.service.context import Service
from scraper.service.run import due_sources, run_once
from scraper.service.watching.alerting import Alarm
from scraper.state.database import open_state
from tests.fetch.conftest import Server
from tests.journey.journey import Journey, MovableClock
from tests.site_replica import Replica
from tests.targets import Target, webhook

EVERY = timedelta(minutes=30)
HOUR = timedelta(hours=1)
START = datetime(2020, 10, 10, tzinfo=UTC)  # so that summer time ends twice within thirty days
_SET_BACK = timedelta(days=-365 * 50)  # before any START: the clock that passes is never negative
SENTENCE = "市议会讨论了大桥的问题，会议持续三个小时，没有人反对在夜里关闭大桥，居民也同意。"
PAGE = (
    '<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta property="og:type" content="article">'
    '<meta property="article:published_time" content="{at:%Y-%m-%dT%H:%M:%SZ}"></head><body>'
    "<article><h1>{title}</h1>{body}</article></body></html>"
)


@dataclass
class Bulletin:
    """A feed of another publisher: a story each three hours, until it is frozen."""

    server: Server
    frozen_at: datetime | None = None

    def publish(self, now: datetime) -> None:
        """Put the feed, and the pages that it lists, as they are at this moment."""
        now = self.frozen_at or now
        last = int(now.timestamp() // 10800)
        dates = [datetime.fromtimestamp(n * 10800, UTC) for n in range(last, last - 20, -1)]
        items = "".join(
            f"<item><title>快报{date:%m%d%H}：大桥关闭</title><link>/a/{date:%Y/%m/%d}/{date:%H}"
            f"</link><pubDate>{date:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for date in dates
        )
        for date in dates:
            title = f"快报{date:%m%d%H}：大桥关闭"
            body = "".join(f"<p>第{n}段，{date:%d日%H时}。{SENTENCE}</p>" for n in range(8))
            page = PAGE.format(title=title, at=date, body=body).encode()
            html = "text/html; charset=utf-8"
            self.server.answer(f"/a/{date:%Y/%m/%d}/{date:%H}", page, Content_Type=html)
        feed = f"<rss version='2.0'><channel>{items}</channel></rss>".encode()
        self.server.answer("/feed", feed, Content_Type="application/rss+xml")


class PassingClock(MovableClock):
    """A clock by which time passes, and is not only set."""

    def monotonic(self) -> float:
        return super().monotonic() + (self.ahead - _SET_BACK).total_seconds()


@dataclass
class Month:
    """The sites, the archive and whoever is told, half hour by half hour."""

    journey: Journey
    replica: Replica
    bulletin: Bulletin
    target: Target
    now: datetime = START
    script: dict[datetime, list[Callable[[], object]]] = field(default_factory=dict)
    off: list[tuple[datetime, datetime]] = field(default_factory=list)  # nobody polls
    told: list[tuple[datetime, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.journey.settings["coverage"] = CoverageSettings(budget=200)
        # robots.txt names the replica's sitemap; the profile the real one
        sites = self.journey.sites
        self.journey.sites = {"zaobao": replace(sites["zaobao"], sitemaps=())}
        self.section("china", "/realtime/china", "Asia/Singapore")
        self.section("world", "/realtime/world", "Europe/Berlin")
        self.section("finance", "/rsshub/zaobao/realtime/finance", "America/New_York")
        self.journey.add(self.bulletin.server.url("/feed"), name="bulletin", site=None)
        self.journey.sources["bulletin"] = replace(self.journey.sources["bulletin"], every=EVERY)

    def section(self, name: str, path: str, zone: str) -> None:
        source = self.journey.add(self.replica.url + path, name=name)
        self.journey.sources[name] = replace(source, every=EVERY, timezone=zone)

    def at(self, days: float, work: Callable[[], object]) -> datetime:
        """Something that happens so many days after the start."""
        when = START + timedelta(days=days)
        self.script.setdefault(when, []).append(work)
        return when

    def fault(self, days: float, hours: float, match: str, kind: str) -> datetime:
        """A fault of the site for some hours; the only one at that time."""
        begin = lambda: self.replica.control("fault", match=match, kind=kind, times=None)  # noqa: E731
        self.at(days + hours / 24, lambda: self.replica.control("faults/clear"))
        return self.at(days, begin)

    def go(self, days: float, restart_every: timedelta = timedelta(days=1)) -> None:
        """Let the time pass; the program is started anew each day."""
        end = START + timedelta(days=days)
        while self.now < end:
            until = min(self.now + restart_every, end)
            self.journey.with_service(partial(self._day, until=until))

    async def _day(self, service: Service, until: datetime) -> None:
        settings = AlertSettings(to=(self.target.url,), disk_low=0, remind=timedelta(days=90))
        alarm = Alarm(settings, self.journey.root)
        while self.now < until:
            self._happen()
            if not any(begin <= self.now < end for begin, end in self.off):
                due = await due_sources(service, (), everything=False)
                await run_once(service, due, asyncio.Event())
                before = len(self.target.got)
                await alarm.look(service)
                self.told += [(self.now, text) for _, text in self.target.got[before:]]
            self.now += EVERY

    def _happen(self) -> None:
        for when in sorted(when for when in self.script if when <= self.now):
            for work in self.script.pop(when):
                work()
        self.replica.control("clock", now=self.now.isoformat())
        self.bulletin.publish(self.now)
        self.journey.clock.ahead = self.now - datetime.now(UTC)

    # -- what came of it ---------------------------------------------------------------------------

    def changes(self) -> dict[str, list[tuple[str, datetime]]]:
        """Each trouble that was told of, with what was told and when: New, Worse, Over."""
        found: dict[str, list[tuple[str, datetime]]] = {}
        for when, text in self.told:
            heading = ""
            for line in text.splitlines():
                if line.startswith("- "):
                    title = re.split(r", since | \(it lasted", line[2:])[0]
                    found.setdefault(title, []).append((heading, when))
                else:
                    heading = line.rstrip(":")
        return found

    def expected(self) -> dict[str, dict[str, Any]]:
        """Every story of the sections that was published while they were polled, by its id."""
        sections = ("realtime/china", "realtime/world", "realtime/finance")
        begin, end = START.isoformat(), (self.now - 2 * HOUR).isoformat()
        return {
            story_id: story
            for story_id, story in self.replica.truth().items()
            if story["section"] in sections and begin <= story["published_iso"] < end
        }

    def accounted(self) -> tuple[set[str], dict[str, str]]:
        """The ids of what is archived, and of what is known to be missing, with the reason."""
        path = self.journey.root / ".scraper/state.sqlite"
        with closing(open_state(path, read_only=True)) as state:
            missing = {record.id: record.reason for record in state.coverage.missing()}
            found = {story_id: state.articles.get(story_id) for story_id in self.expected()}
        ids = {story_id for story_id, row in found.items() if row and row.status == "archived"}
        return ids, missing


@contextmanager
def month(root: Path, replica: Replica, server: Server) -> Iterator[Month]:
    """An archive of four sections, begun when they had some stories."""
    with webhook() as target:
        yield Month(Journey(root, PassingClock()), replica, Bulletin(server), target)
