"""What was wrong and what was told of it, and what articles tell of their sources' trouble."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scraper.protocol.alarms import Book, Message, Standing, Tries
from scraper.protocol.conditions import Condition, Severity
from scraper.state.connection import Connection, Row, Value
from scraper.state.instants import MILLISECOND, from_milliseconds, to_milliseconds

LATEST = 10  # articles of a source that are looked at
MAX_WITHDRAWN = 200
_COLUMNS = (
    "key, kind, subject, title, message, severity, calm, silenced, ends, since, looks, gone_at,"
    " told_at, told_severity, ended_at, relapses"
)
_PLACES = ", ".join("?" * len(_COLUMNS.split(",")))
_REFUSED = "status IN ('quarantined', 'given_up') OR status = 'pending'"
_REFUSALS = f"""
    WITH tried AS (
        SELECT id, status, reason, first_seen FROM articles
        WHERE source = ? AND first_seen > ? AND (status IN ('archived', 'quarantined', 'given_up')
            OR status = 'pending' AND attempts > 0)
        ORDER BY first_seen DESC LIMIT {LATEST}
    )
    SELECT count(*), sum({_REFUSED}), max(CASE WHEN {_REFUSED} THEN id || ': ' || reason END),
        (SELECT {_REFUSED} FROM tried ORDER BY first_seen DESC, {_REFUSED} DESC LIMIT 1)
    FROM tried
"""
_WITHDRAWN = f"""
    SELECT id, title, url, path, withdrawn_at FROM articles
    WHERE withdrawn_at > ? ORDER BY withdrawn_at DESC LIMIT {MAX_WITHDRAWN}
"""


@dataclass(frozen=True, slots=True)
class Refusals:
    """How the latest articles of a source ended that were tried."""

    articles: int
    refused: int  # quarantined, given up, or failed and tried again
    example: str = ""  # one of them, with the reason
    latest: bool = True  # whether the latest was; once one is archived again, it is over


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """An article that the site does not have any more."""

    id: str
    title: str
    url: str
    path: str
    at: datetime


class Conditions:
    """The book of conditions. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load(self) -> Book:
        """What was saved last."""
        rows = self._connection.rows(f"SELECT {_COLUMNS} FROM conditions ORDER BY since, key")
        standings = map(_standing, rows)
        messages = self._connection.rows("SELECT at, title, body, waiting FROM alerts ORDER BY id")
        return Book({s.condition.key: s for s in standings}, tuple(map(_message, messages)))

    def save(self, book: Book, before: Book) -> None:
        """Keeps a book in the place of the one before, all of it or nothing."""
        with self._connection.transaction():
            if book.standings != before.standings:
                self._save_standings(book.standings, before.standings)
            if book.messages != before.messages:
                self._save_messages(book.messages)

    def _save_standings(
        self, standings: Mapping[str, Standing], before: Mapping[str, Standing]
    ) -> None:
        gone = [(key,) for key in before if key not in standings]
        self._connection.run_many("DELETE FROM conditions WHERE key = ?", gone)
        self._connection.run_many(
            f"INSERT OR REPLACE INTO conditions ({_COLUMNS}) VALUES ({_PLACES})",
            (_row(s) for key, s in standings.items() if before.get(key) != s),
        )

    def _save_messages(self, messages: Iterable[Message]) -> None:
        self._connection.run("DELETE FROM alerts")
        self._connection.run_many(
            "INSERT INTO alerts (at, title, body, waiting) VALUES (?, ?, ?, ?)",
            ((to_milliseconds(m.at), m.title, m.body, _waiting(m)) for m in messages),
        )

    # -- what articles tell ------------------------------------------------------------------------

    def refusals(self, sources: Mapping[str, datetime | None]) -> dict[str, Refusals]:
        """How the latest articles of each source ended that were listed after its instant."""
        return {name: self._refusals(name, after) for name, after in sources.items()}

    def _refusals(self, source: str, after: datetime | None) -> Refusals:
        values = (source, to_milliseconds(after) or 0)
        ((articles, refused, example, latest),) = self._connection.rows(_REFUSALS, values)
        return Refusals(articles, refused or 0, example or "", latest=bool(latest))

    def withdrawn(self, since: datetime) -> tuple[Withdrawn, ...]:
        """The articles that were withdrawn since then, the latest first."""
        rows = self._connection.rows(_WITHDRAWN, (to_milliseconds(since),))
        return tuple(
            Withdrawn(article, title, url, path or "", from_milliseconds(at))
            for article, title, url, path, at in rows
        )


def _row(standing: Standing) -> tuple[Value, ...]:
    condition = standing.condition
    return (
        condition.key,
        condition.kind,
        condition.subject,
        condition.title,
        condition.message,
        int(condition.severity),
        condition.calm // MILLISECOND,
        condition.silenced,
        condition.ends,
        to_milliseconds(standing.since),
        standing.looks,
        to_milliseconds(standing.gone_at),
        to_milliseconds(standing.told_at),
        standing.told_severity,
        to_milliseconds(standing.ended_at),
        standing.relapses,
    )


def _standing(row: Row) -> Standing:
    key, kind, subject, title, message, severity, calm, silenced, ends, since, looks, *later = row
    gone_at, told_at, told_severity, ended_at, relapses = later
    condition = Condition(
        key=key,
        kind=kind,
        subject=subject,
        title=title,
        message=message,
        severity=Severity(severity),
        since=from_milliseconds(since),
        calm=timedelta(milliseconds=calm),
        silenced=bool(silenced),
        ends=bool(ends),
    )
    return Standing(
        condition,
        from_milliseconds(since),
        looks,
        from_milliseconds(gone_at),
        from_milliseconds(told_at),
        told_severity,
        from_milliseconds(ended_at),
        relapses,
    )


def _waiting(message: Message) -> str:
    """JSON: target to [attempts that failed, when the next is due]."""
    tries = {t: [n.failed, to_milliseconds(n.due)] for t, n in message.waiting.items()}
    return json.dumps(tries)


def _message(row: Row) -> Message:
    at, title, body, waiting = row
    found: Mapping[str, Any] = json.loads(waiting)
    tries = {t: Tries(failed, from_milliseconds(due)) for t, (failed, due) in found.items()}
    return Message(from_milliseconds(at), title, body, tries)
