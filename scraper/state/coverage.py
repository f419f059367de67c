"""What was listed against what is archived, by hour, and what the manifest has to be told of.

The hour is that of `coalesce(published, named_day, first_seen)`, which an index holds.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from scraper.protocol.coverage import Row
from scraper.state.article_rows import SELECT, ArticleRecord, article_record
from scraper.state.connection import Connection
from scraper.state.instants import to_milliseconds

HOUR_MS = 3_600_000
_AT = "coalesce(published, named_day, first_seen)"
_GROUPED = f"""
    SELECT source, {_AT} / {HOUR_MS} AS hour,
        (published IS NULL AND named_day IS NOT NULL) AS whole_day, status, count(*)
    FROM articles INDEXED BY {{index}}
    WHERE {_AT} >= ? AND source <> '' AND {{condition}}
    GROUP BY source, hour, whole_day, status
"""
_ALL = _GROUPED.format(index="articles_by_hour", condition="(?1 IS NOT NULL)")
_FRESH = _GROUPED.format(
    index="articles_open",
    condition="status <> 'archived' AND status = 'pending' AND reason = '' AND first_seen > ?",
)
_MISSING = f"""
    WHERE status <> 'archived' AND source <> '' AND (?1 IS NULL OR source = ?1)
    AND (?2 IS NULL OR {_AT} >= ?2) AND (?3 IS NULL OR {_AT} <= ?3)
    ORDER BY {_AT} DESC, rowid DESC LIMIT ?4
"""
# as the index says it, word for word: only then is that used
_TOLD = "CASE status WHEN 'pending' THEN status ELSE status || ': ' || reason END"
_UNTOLD = f"""
    WHERE status NOT IN ('archived', 'quarantined') AND told <> {_TOLD}
    AND (first_seen <= ?1 OR reason <> '' OR status <> 'pending')
    AND (first_seen <= ?2 OR status <> 'held')
    ORDER BY first_seen LIMIT ?3
"""


class Coverage:
    """Counts of the articles' rows. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def rows(self, since: datetime) -> list[Row]:
        """How many articles of each source, hour and status there are since an instant."""
        return _rows(self._connection.rows(_ALL, (to_milliseconds(since),)))

    def fresh(self, since: datetime, listed_after: datetime) -> list[Row]:
        """The same of those that were listed after an instant, and that nobody asked for yet."""
        values = (to_milliseconds(since), to_milliseconds(listed_after))
        return _rows(self._connection.rows(_FRESH, values))

    def missing(
        self,
        source: str | None = None,
        begins: datetime | None = None,
        ends: datetime | None = None,
        limit: int = -1,
    ) -> list[ArticleRecord]:
        """What was listed and is not archived, whatever the reason, the newest first."""
        values = (source, to_milliseconds(begins), to_milliseconds(ends), limit)
        return [article_record(row) for row in self._connection.rows(SELECT + _MISSING, values)]

    def known_by(self, ids: Sequence[str], instant: datetime) -> int:
        """How many of these articles were first seen at that instant or before."""
        ((number,),) = self._connection.rows(
            "SELECT count(*) FROM articles WHERE id IN (SELECT value FROM json_each(?))"
            " AND first_seen <= ?",
            (json.dumps(list(ids)), to_milliseconds(instant)),
        )
        return int(number)

    def addresses(self, source: str, limit: int) -> list[str]:
        """The addresses of the articles that a source listed last."""
        rows = self._connection.rows(
            "SELECT url FROM articles WHERE source = ? ORDER BY fetched_at DESC LIMIT ?",
            (source, limit),
        )
        return [str(url) for (url,) in rows]

    def date(self, days: Iterable[tuple[str, datetime]]) -> None:
        """Note the start of the day of articles of which only the day is known, by id."""
        self._connection.run_many(
            "UPDATE articles SET named_day = ? WHERE id = ?",
            ((to_milliseconds(day), article_id) for article_id, day in days),
        )

    def days(self, ids: Sequence[str]) -> dict[str, int]:
        """The days of articles that were noted, in ms since 1970, by id."""
        rows = self._connection.rows(
            "SELECT id, named_day FROM articles WHERE named_day IS NOT NULL"
            " AND id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return dict(rows)

    # -- what the manifest tells -------------------------------------------------------------------

    def untold(self, seen_by: datetime, held_by: datetime, limit: int = -1) -> list[ArticleRecord]:
        """What is missing and was not told of as it stands; what is in hand and quarantined is not.

        What waits for its first attempt counts if it was listed by `seen_by`, what is held back if
        it was by `held_by`.
        """
        values = (to_milliseconds(seen_by), to_milliseconds(held_by), limit)
        return [article_record(row) for row in self._connection.rows(SELECT + _UNTOLD, values)]

    def drop(self, article: str) -> None:
        """Forget the row of an article, unless it is archived."""
        self._connection.run(
            "DELETE FROM articles WHERE id = ? AND status <> 'archived'", (article,)
        )

    def tell(self, ids: Sequence[str]) -> None:
        """Note that the manifest tells of these articles as they stand."""
        self._connection.run(
            f"UPDATE articles SET told = {_TOLD} WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )


def _rows(found: Iterable[tuple[str, int, int, str, int]]) -> list[Row]:
    return [Row(source, hour, bool(day), status, n) for source, hour, day, status, n in found]
