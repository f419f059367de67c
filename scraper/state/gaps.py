"""Holes between polls, what came of filling them, and the requests that were made for it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds

Standing = Literal["open", "filled", "unfilled"]
_COLUMNS = "id, source, begins, ends, reason, standing, detail, found, unread, attempts, todo, due"
_PLACES = ", ".join("?" * len(_COLUMNS.split(",")))


@dataclass(frozen=True, slots=True)
class Sitemap:
    """A sitemap that is still to be read; `below`: an index named it."""

    url: str
    below: bool = False


@dataclass(frozen=True, slots=True)
class Gap:
    """A time in which a source may have listed what was never seen."""

    source: str
    begins: datetime
    ends: datetime
    reason: str
    due: datetime  # when it is to be filled, or filling it is tried again
    standing: Standing = "open"
    detail: str = ""  # what came of filling it
    found: int = 0  # articles that nobody knew of
    unread: int = 0  # sitemaps that could not be read
    attempts: int = 0  # in a row that failed
    todo: tuple[Sitemap, ...] = ()  # in order
    id: int | None = None  # None: not kept yet


class Gaps:
    """One row per gap. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, gap: Gap) -> None:
        """Keeps a gap, in the place of the one with its id."""
        self._connection.run(
            f"INSERT OR REPLACE INTO gaps ({_COLUMNS}) VALUES ({_PLACES})",
            (
                gap.id,
                gap.source,
                to_milliseconds(gap.begins),
                to_milliseconds(gap.ends),
                gap.reason,
                gap.standing,
                gap.detail,
                gap.found,
                gap.unread,
                gap.attempts,
                json.dumps([[one.url, one.below] for one in gap.todo]),
                to_milliseconds(gap.due),
            ),
        )

    def due(self, now: datetime) -> list[Gap]:
        """The open gaps whose turn it is, the oldest first."""
        rows = self._connection.rows(
            f"SELECT {_COLUMNS} FROM gaps WHERE standing = 'open' AND due <= ? ORDER BY id",
            (to_milliseconds(now),),
        )
        return [_gap(row) for row in rows]

    def latest(self, source: str | None = None, limit: int = 20) -> list[Gap]:
        """The gaps that were noticed last, the newest first; of one source, unless None."""
        rows = self._connection.rows(
            f"SELECT {_COLUMNS} FROM gaps WHERE ?1 IS NULL OR source = ?1"
            " ORDER BY id DESC LIMIT ?2",
            (source, limit),
        )
        return [_gap(row) for row in rows]

    def close(self, source: str, begins: datetime, ends: datetime) -> None:
        """Note that what a source listed from then to then is known now, whoever found out."""
        self._connection.run(
            "UPDATE gaps SET standing = 'filled', detail = '', todo = '[]'"
            " WHERE source = ? AND standing <> 'filled' AND begins >= ? AND ends <= ?",
            (source, to_milliseconds(begins), to_milliseconds(ends)),
        )

    def reserved(self, now: datetime, hour: timedelta = timedelta(hours=1)) -> list[datetime]:
        """The requests of the last hour, and those that are still to be made."""
        earliest = to_milliseconds(now - hour)
        self._connection.run("DELETE FROM gap_requests WHERE at <= ?", (earliest,))
        rows = self._connection.rows("SELECT at FROM gap_requests ORDER BY at")
        return [from_milliseconds(at) for (at,) in rows]

    def reserve(self, times: Iterable[datetime]) -> None:
        """Note requests that are made, or to be made."""
        self._connection.run_many(
            "INSERT INTO gap_requests VALUES (?)", ((to_milliseconds(at),) for at in times)
        )


def _gap(row: Sequence[Any]) -> Gap:
    return Gap(
        id=row[0],
        source=row[1],
        begins=from_milliseconds(row[2]),
        ends=from_milliseconds(row[3]),
        reason=row[4],
        standing=row[5],
        detail=row[6],
        found=row[7],
        unread=row[8],
        attempts=row[9],
        todo=tuple(Sitemap(url, below) for url, below in json.loads(row[10])),
        due=from_milliseconds(row[11]),
    )
