"""How the sources stand: what `status` knows, as values and as JSON."""

import shutil
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from scraper.cli.conditions import facts_of
from scraper.cli.output import iso
from scraper.model import Status
from scraper.service.crawling.outlook import held_notice

if TYPE_CHECKING:
    from scraper.protocol import alarms
    from scraper.state.articles import ArticleRecord
    from scraper.state.checks import Watched
    from scraper.state.database import State
    from scraper.state.overview import Queue, Recent
    from scraper.state.pictures import LostPicture
    from scraper.state.sources import SourceRecord

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
STATUSES: tuple[Status, ...] = (
    "archived",
    "pending",
    "given_up",
    "quarantined",
    "skipped",
    "held",
)
# From what should be looked at first to what is well.
Condition = Literal["stopped", "dead", "failing", "degraded", "partly", "notice", "new", "ok"]
ORDER: tuple[Condition, ...] = (
    "stopped",
    "dead",
    "failing",
    "degraded",
    "partly",
    "notice",
    "new",
    "ok",
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How one source stands; "" is the name of what was asked for by hand."""

    name: str
    record: "SourceRecord | None"
    counts: Mapping[Status, int]
    watched: "Watched | None"
    recent: "Recent | None"
    wrong: "Sequence[alarms.Standing]" = ()  # the conditions of it that hold

    @property
    def health(self) -> Literal["ok", "degraded", "dead"]:
        """Whether it is well, by the worst of its conditions."""
        from scraper.protocol.conditions import Severity

        if any(wrong.condition.severity is Severity.CRITICAL for wrong in self.wrong):
            return "dead"
        return "degraded" if self.wrong else "ok"

    @property
    def notices(self) -> list[str]:
        """What its operator should do."""
        said = self.record.notice.splitlines() if self.record else []
        held = self.counts.get("held", 0)
        return said + ([held_notice(self.name, held)] if held else [])

    @property
    def condition(self) -> Condition:
        """How it does, in a word."""
        record = self.record
        if record is None or not record.outcome:
            return "new" if self.name else "ok"
        if record.stopped_at:
            return "stopped"
        if self.health != "ok":
            return self.health
        if record.outcome == "failed":
            return "failing"
        return "partly" if record.reason else "notice" if self.notices else "ok"

    @property
    def interval(self) -> timedelta | None:
        """Between its last poll and its next one."""
        record = self.record
        if record is None or record.last_poll is None or record.next_poll is None:
            return None
        return record.next_poll - record.last_poll

    @property
    def trouble(self) -> int:
        """Articles that were given up or are in quarantine."""
        return self.counts.get("given_up", 0) + self.counts.get("quarantined", 0)


@dataclass(frozen=True, slots=True)
class Standings:
    """How everything stands at one moment."""

    at: datetime
    sources: Sequence[Standing]  # as they are configured; then others that have articles
    troubled: "Sequence[ArticleRecord]"
    queue: "Queue"
    disk_free: int | None  # bytes; None: there is no archive yet
    wrong: "Sequence[alarms.Standing]" = ()  # what is wrong with the whole service
    pictures: Mapping[str, int] = field(default_factory=dict)  # by status, where they are saved
    lost: "Sequence[LostPicture]" = ()

    def count(self, status: Status) -> int:
        """Of all sources."""
        return sum(standing.counts.get(status, 0) for standing in self.sources)

    @property
    def archived_lately(self) -> int:
        """Articles of all sources in the last day."""
        return sum(standing.recent.archived for standing in self.sources if standing.recent)


class Reader:
    """Reads how these sources stand, as often as wanted, with up to `limit` articles in trouble.

    What goes through every article, the watch over them, is read again after a minute only.
    """

    def __init__(self, names: Sequence[str], root: Path, limit: int) -> None:
        self._names = names
        self._root = root
        self._limit = limit
        self._watched: Mapping[str, Watched] = {}
        self._watched_at: datetime | None = None

    def read(self, now: datetime) -> Standings:
        """How they stand now. Raises ArchiveError."""
        from scraper.state.database import open_state

        path = self._root / ".scraper" / "state.sqlite"
        with closing(open_state(path, read_only=True)) as state:
            return self._read(state, now)

    def _read(self, state: "State", now: datetime) -> Standings:
        counts, wrong = state.articles.counts(), state.conditions.load().standings.values()
        holding = [standing for standing in wrong if standing.holds]
        return Standings(
            at=now,
            sources=self._sources(state, counts, holding, now),
            troubled=state.articles.troubled(limit=self._limit),
            queue=state.overview.queue(now),
            disk_free=_free(self._root),
            wrong=[standing for standing in holding if not standing.condition.subject],
            pictures=state.pictures.counts(),
            lost=state.pictures.lost(self._limit),
        )

    def _sources(
        self,
        state: "State",
        counts: Mapping[str, Mapping[Status, int]],
        holding: "Sequence[alarms.Standing]",
        now: datetime,
    ) -> list[Standing]:
        records = {record.name: record for record in state.sources.all()}
        others = [name for name in counts if name and name not in self._names]  # no longer there
        every = (*self._names, *others, *([""] if counts.get("") else []))
        recent, watched = state.overview.recent(every, now - DAY), self._watch(state, now)
        return [
            Standing(
                name,
                records.get(name),
                counts.get(name, {}),
                watched.get(name),
                recent.get(name),
                [standing for standing in holding if name and standing.condition.subject == name],
            )
            for name in every
        ]

    def _watch(self, state: "State", now: datetime) -> "Mapping[str, Watched]":
        if self._watched_at is None or now - self._watched_at >= MINUTE:
            self._watched, self._watched_at = state.checks.counts(now), now
        return self._watched


def _free(root: Path) -> int | None:
    return shutil.disk_usage(root).free if root.exists() else None


# -- as JSON ---------------------------------------------------------------------------------------


def source_row(standing: Standing) -> dict[str, object]:
    """One source; instants as ISO 8601 UTC, what is not known null."""
    counts = {status: standing.counts.get(status, 0) for status in STATUSES}
    facts = _polled(standing.name, standing.record) | counts | _watched(standing.watched)
    wrong = {"health": standing.health, "conditions": [facts_of(w) for w in standing.wrong]}
    return facts | _rates(standing) | wrong | {"notices": standing.notices}


def _polled(name: str, record: "SourceRecord | None") -> dict[str, object]:
    if record is None:
        return {"name": name, "outcome": None, "last_poll": None, "next_poll": None, "failures": 0}
    return {
        "name": name,
        "outcome": record.outcome or None,
        "reason": record.reason or None,
        "last_poll": iso(record.last_poll),
        "last_success": iso(record.last_success),
        "next_poll": iso(record.next_poll),
        "entries": record.entries,
        "new": record.new,
        "failures": record.failures,
        "failing_since": iso(record.failing_since),
        "missed": dict(record.missed),
        "stopped_at": iso(record.stopped_at),
    }


def _watched(found: "Watched | None") -> dict[str, object]:
    """How many archived articles are looked at again, when, and how many were withdrawn."""
    return {
        "rechecked": found.watched if found else 0,
        "recheck_due": found.due if found else 0,
        "next_recheck": iso(found.next_check) if found else None,
        "withdrawn": found.withdrawn if found else 0,
    }


def _rates(standing: Standing) -> dict[str, object]:
    recent, interval = standing.recent, standing.interval
    lag = recent.lag if recent else None
    return {
        "condition": standing.condition,
        "interval_seconds": round(interval.total_seconds()) if interval else None,
        "polls_per_day": round(DAY / interval, 1) if interval else None,
        "archived_last_day": recent.archived if recent else 0,
        "lag_seconds": round(lag.total_seconds()) if lag is not None else None,
    }


def article_row(article: "ArticleRecord") -> dict[str, object]:
    """One article in trouble."""
    return {
        "event": "article",
        "id": article.id,
        "url": article.url,
        "source": article.source,
        "status": article.status,
        "reason": article.reason,
        "attempts": article.attempts,
        "due": iso(article.due),
    }


def picture_row(standings: Standings) -> dict[str, object]:
    """How many pictures are saved, to come, and given up."""
    found = standings.pictures
    return {
        "event": "pictures",
        "saved": found.get("saved", 0),
        "pending": found.get("pending", 0),
        "given_up": found.get("given_up", 0),
    }


def totals_row(standings: Standings) -> dict[str, object]:
    """The sums of all sources."""
    return {
        "event": "totals",
        "sources": len(standings.sources),
        "archived": standings.count("archived"),
        "archived_last_day": standings.archived_lately,
        "pending": standings.queue.pending,
        "deferred": standings.queue.deferred,
        "held": standings.queue.held,
        "quarantined": standings.count("quarantined"),
        "given_up": standings.count("given_up"),
        "disk_free_bytes": standings.disk_free,
    }
