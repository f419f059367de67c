"""What is known of each article: wanted, archived, or why not.

The files are the archive and are written first; a row says where an article's file is and spares
another fetch. What is archived stays archived, whatever a later attempt to fetch it again does.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from scraper.errors import ArchiveError
from scraper.model import Entry, Pending, Status
from scraper.state.article_rows import (
    SELECT,
    Archived,
    ArticleRecord,
    archived_row,
    article_record,
    wanted_row,
)
from scraper.state.connection import Connection, Row, Value
from scraper.state.entries import from_json
from scraper.state.instants import MILLISECOND, from_milliseconds, to_milliseconds

__all__ = ["Archived", "ArticleRecord", "Articles"]

_LIST = """
    INSERT INTO articles (id, url, source, host, title, status, first_seen, published, entry)
    SELECT ?1, ?2, ?3, ?4, ?5, '{status}', ?6, ?7, ?8
    WHERE NOT EXISTS (SELECT 1 FROM forgotten WHERE id = ?1)
    ON CONFLICT (id) DO NOTHING
"""
_WANT = _LIST.format(status="pending")
_HOLD = _LIST.format(status="held")
# The first condition names what the partial index holds; see _PENDING.
_DROP_HELD = """
    DELETE FROM articles WHERE status <> 'archived' AND status = 'held' AND source = ?
    AND id NOT IN (SELECT value FROM json_each(?))
"""
_HELD = "status <> 'archived' AND status = 'held'"
_ARCHIVE = """
    INSERT INTO articles (id, url, canonical_url, source, host, title, status, first_seen,
        published, path, path_key, sha256, etag, last_modified, fetched_at, file_sha256)
    VALUES (?, ?, ?, ?, ?, ?, 'archived', ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        url = excluded.url, canonical_url = excluded.canonical_url, host = excluded.host,
        source = CASE source WHEN '' THEN excluded.source ELSE source END,
        title = excluded.title, status = 'archived', reason = '', attempts = 0, due = NULL,
        published = excluded.published, path = excluded.path, path_key = excluded.path_key,
        sha256 = excluded.sha256, etag = excluded.etag, last_modified = excluded.last_modified,
        fetched_at = excluded.fetched_at, file_sha256 = excluded.file_sha256, entry = NULL
"""
# "status <> 'archived'" is the condition of the partial index: where it is said, that is used.
_PENDING = """
    SELECT entry, source, attempts, reason, due FROM articles
    WHERE status <> 'archived' AND status = 'pending' AND (due IS NULL OR due <= ?)
    ORDER BY first_seen, rowid
"""
_PENDING_BY_TURNS = """
    SELECT entry, source, attempts, reason, due FROM (
        SELECT entry, source, attempts, reason, due, first_seen, rowid AS number, row_number()
            OVER (PARTITION BY host, source ORDER BY first_seen, rowid) AS place
        FROM articles
        WHERE status <> 'archived' AND status = 'pending' AND (due IS NULL OR due <= ?)
    ) WHERE place <= ? ORDER BY first_seen, number
"""
_NEXT_DUE = """
    SELECT due FROM articles WHERE status <> 'archived' AND status = 'pending'
    ORDER BY due LIMIT 1
"""
_TROUBLED = """
    WHERE status <> 'archived' AND (? IS NULL OR source = ?)
    AND (status IN ('given_up', 'quarantined') OR status = 'pending' AND reason <> '')
    ORDER BY first_seen DESC, rowid DESC LIMIT ?
"""
_SET_BACK = """
    UPDATE articles SET status = ?, reason = ?, due = ?, attempts = attempts + ?,
        path = coalesce(?, path)
    WHERE id = ? AND status <> 'archived'
"""
_RETRY = """
    UPDATE articles SET status = 'pending', reason = '', attempts = 0, due = ?
    WHERE status <> 'archived' AND (status <> 'pending' OR reason <> '')
    AND (? AND status <> 'held' OR id IN (SELECT value FROM json_each(?)))
"""


_APPEARED = """
    SELECT max(at) FROM (
        SELECT min(coalesce(published, first_seen), first_seen) AS at FROM articles
        WHERE id IN (SELECT value FROM json_each(?)) AND status <> 'held'
    ) GROUP BY at / ? ORDER BY 1
"""


class Articles:
    """One row per article, by its id. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- what is known -----------------------------------------------------------------------------

    def get(self, article_id: str) -> ArticleRecord | None:
        """All that is known of an article, or None."""
        row = self._connection.row(f"{SELECT} WHERE id = ?", (article_id,))
        return None if row is None else article_record(row)

    def statuses(self, ids: Iterable[str]) -> dict[str, Status]:
        """The status of those articles that are known; any number of ids.

        What was forgotten counts as skipped.
        """
        sql = (
            "SELECT id, status FROM articles WHERE id IN (SELECT value FROM json_each(?1))"
            " UNION ALL SELECT id, 'skipped' FROM forgotten"
            " WHERE id IN (SELECT value FROM json_each(?1))"
        )
        return dict(self._connection.rows(sql, (json.dumps(list(ids)),)))

    def pending(self, now: datetime, sources: Collection[str] | None = None) -> list[Pending]:
        """What is due at `now`, the longest known first; of `sources` only, unless None."""
        rows = self._connection.rows(_PENDING, (to_milliseconds(now),))
        return [_pending(row) for row in rows if sources is None or row[1] in sources]

    def pending_by_turns(self, now: datetime, most: int) -> list[Pending]:
        """The same, but at most so many of each source at each host."""
        rows = self._connection.rows(_PENDING_BY_TURNS, (to_milliseconds(now), most))
        return [_pending(row) for row in rows]

    def next_due(self) -> datetime | None:
        """When the first pending article is due: 1970 where one is at once, None for none."""
        row = self._connection.row(_NEXT_DUE)
        return None if row is None else from_milliseconds(row[0] or 0)  # NULL sorts first

    def holder_of(self, path_key: str) -> str | None:
        """The id of the archived article whose path this is, or None."""
        row = self._connection.row("SELECT id FROM articles WHERE path_key = ?", (path_key,))
        return None if row is None else str(row[0])

    def counts(self) -> dict[str, dict[Status, int]]:
        """How many articles each source has, by status; what there is none of is left out."""
        counts: defaultdict[str, dict[Status, int]] = defaultdict(dict)
        for source, status, number in self._connection.rows(
            "SELECT source, status, count(*) FROM articles GROUP BY source, status"
        ):
            counts[source][status] = number
        return dict(counts)

    def troubled(self, source: str | None = None, limit: int = 50) -> list[ArticleRecord]:
        """What failed and is tried again, was given up or quarantined; the newest first."""
        rows = self._connection.rows(f"{SELECT} {_TROUBLED}", (source, source, limit))
        return [article_record(row) for row in rows]

    def last_archived(self, source: str) -> datetime | None:
        """When an article of the source was last fetched and archived, or None."""
        ((fetched_at,),) = self._connection.rows(
            "SELECT max(fetched_at) FROM articles WHERE source = ? AND status = 'archived'",
            (source,),
        )
        return from_milliseconds(fetched_at)

    def archived_since(self, instant: datetime) -> dict[str, int]:
        """How many articles were fetched and archived since then, by host."""
        rows = self._connection.rows(
            "SELECT host, count(*) FROM articles WHERE status = 'archived' AND fetched_at >= ?"
            " GROUP BY host",
            (to_milliseconds(instant),),
        )
        return dict(rows)

    def readable(self, source: str | None = None) -> list[str]:
        """The ids of what is archived or in quarantine; of one source, unless None."""
        rows = self._connection.rows(
            "SELECT id FROM articles WHERE status IN ('archived', 'quarantined')"
            " AND (? IS NULL OR source = ?) ORDER BY first_seen, rowid",
            (source, source),
        )
        return [str(article_id) for (article_id,) in rows]

    # -- what happens ------------------------------------------------------------------------------

    def want(self, entries: Sequence[Entry], source: str, now: datetime) -> int:
        """Makes the entries whose id is unknown pending, at once; returns how many these were.

        Raises:
            ValueError: an entry has no id.
        """
        seen = to_milliseconds(now)
        rows = (wanted_row(entry, source, seen) for entry in entries)
        return self._connection.run_many(_WANT, rows)

    def hold(self, entries: Sequence[Entry], source: str, now: datetime) -> None:
        """Keeps the entries whose id is unknown for the operator to decide upon.

        Raises:
            ValueError: an entry has no id.
        """
        seen = to_milliseconds(now)
        self._connection.run_many(_HOLD, (wanted_row(entry, source, seen) for entry in entries))

    def drop_held(self, source: str, but: Collection[str]) -> None:
        """Forgets what is held back of a source, but for these ids."""
        self._connection.run(_DROP_HELD, (source, json.dumps(list(but))))

    def held(self, source: str) -> int:
        """How many articles of a source are held back."""
        sql = f"SELECT count(*) FROM articles WHERE {_HELD} AND source = ?"
        ((number,),) = self._connection.rows(sql, (source,))
        return int(number)

    def release(self, sources: Collection[str] | None, now: datetime) -> list[str]:
        """Makes what is held back pending, due at `now`; of all sources where None. Their ids."""
        names = json.dumps(list(sources or ()))
        chosen = f"{_HELD} AND (? OR source IN (SELECT value FROM json_each(?)))"
        with self._connection.transaction():
            rows = self._connection.rows(
                f"SELECT id FROM articles WHERE {chosen}", (sources is None, names)
            )
            ids = [str(article_id) for (article_id,) in rows]
            self.retry(ids, now)
        return ids

    def titles(self, source: str, titles: Iterable[str]) -> set[str]:
        """Those of the titles under which an article of the source is known."""
        sql = (
            "SELECT DISTINCT title FROM articles WHERE source = ? AND title <> ''"
            " AND title IN (SELECT value FROM json_each(?))"
        )
        found = self._connection.rows(sql, (source, json.dumps(list(titles))))
        return {str(title) for (title,) in found}

    def newest(self, source: str) -> datetime | None:
        """The latest date of an article that the source listed and that was not held back."""
        ((published,),) = self._connection.rows(
            "SELECT max(published) FROM articles WHERE source = ? AND status <> 'held'", (source,)
        )
        return from_milliseconds(published)

    def appearances(self, ids: Iterable[str], grain: timedelta) -> tuple[datetime, ...]:
        """When these articles appeared, or were first seen where that is not known, in order.

        Only the last within each `grain` of time; what is held back is left out.
        """
        rows = self._connection.rows(_APPEARED, (json.dumps(list(ids)), grain // MILLISECOND))
        return tuple(from_milliseconds(at) for (at,) in rows)

    def archive(self, records: Sequence[Archived]) -> None:
        """Notes that these articles' files are safe: all of them or, on an error, none.

        An article keeps the first source that listed it; what was forgotten is so no more.

        Raises:
            ArchiveError: also where a path belongs to another article already.
        """
        with self._connection.transaction():
            self._connection.run_many(_ARCHIVE, map(archived_row, records))
            self._connection.run_many(
                "DELETE FROM forgotten WHERE id = ?", ((record.id,) for record in records)
            )

    def defer(self, article_id: str, reason: str, due: datetime) -> None:
        """An attempt failed and is repeated at `due`."""
        self._set_back(article_id, "pending", (reason, to_milliseconds(due), 1, None))

    def postpone(self, article_id: str, reason: str, due: datetime) -> None:
        """Nothing could be asked for it, which is no attempt; tried again at `due`."""
        self._set_back(article_id, "pending", (reason, to_milliseconds(due), 0, None))

    def give_up(self, article_id: str, reason: str) -> None:
        """The last attempt failed."""
        self._set_back(article_id, "given_up", (reason, None, 0, None))

    def skip(self, article_id: str, reason: str) -> None:
        """It must not, or need not, be archived."""
        self._set_back(article_id, "skipped", (reason, None, 0, None))

    def quarantine(self, article_id: str, reason: str, path: str) -> None:
        """What was extracted looks wrong, and is kept at `path`, relative to the archive."""
        self._set_back(article_id, "quarantined", (reason, None, 0, path))

    def retry(self, ids: Collection[str] | None, now: datetime) -> int:
        """Makes what failed, was given up, skipped or quarantined pending again, due at `now`.

        All of it where `ids` is None, save for what is held back. Returns how many these are.
        """
        return self._connection.run(
            _RETRY, (to_milliseconds(now), ids is None, json.dumps(list(ids or ())))
        )

    def _set_back(self, article_id: str, status: Status, values: Sequence[Value]) -> None:
        """`values`: the reason, when it is due, attempts to add, the path or None to keep it."""
        changed = self._connection.run(_SET_BACK, (status, *values, article_id))
        if not changed and not self.statuses([article_id]):
            raise ArchiveError(
                f"{self._connection.path} knows no article {article_id}: was the file replaced "
                "while in use? Run the command again"
            )


def _pending(row: Row) -> Pending:
    entry, source, attempts, reason, due = row
    return Pending(from_json(entry), source, attempts, reason, from_milliseconds(due))
