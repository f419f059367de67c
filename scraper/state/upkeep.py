"""The state beside the files: what its rows say of them, page by page, and rows made from files.

Used where everything is gone through, so that no question here loads the whole table.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from scraper.protocol.urls import host
from scraper.state.connection import Connection, Value
from scraper.state.instants import to_milliseconds
from scraper.state.records import RawRecord, record_row

_PAGE = 1000
_REBUILDING = "rebuilding"
_PLACED = """
    SELECT id, path, sha256, file_sha256, status FROM articles
    WHERE path IS NOT NULL AND id > ? ORDER BY id LIMIT ?
"""
_RESTORE = """
    INSERT INTO articles (id, url, canonical_url, source, host, title, status, first_seen,
        published, path, path_key, sha256, file_sha256, revision, revised_at, fetched_at,
        next_check)
    VALUES (?, ?, ?, ?, ?, ?, 'archived', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (id) DO UPDATE SET
        canonical_url = excluded.canonical_url, title = excluded.title, status = 'archived',
        source = CASE source WHEN '' THEN excluded.source ELSE source END,
        reason = '', attempts = 0, due = NULL, entry = NULL,
        published = excluded.published, path = excluded.path, path_key = excluded.path_key,
        sha256 = excluded.sha256, file_sha256 = excluded.file_sha256,
        revision = excluded.revision, revised_at = coalesce(excluded.revised_at, revised_at),
        fetched_at = coalesce(fetched_at, excluded.fetched_at),
        next_check = coalesce(next_check, excluded.next_check)
"""
_FREE_KEYS = """
    UPDATE articles SET path_key = NULL,
        path = CASE WHEN id IN (SELECT value FROM json_each(?)) THEN path END
    WHERE path_key IN (SELECT value FROM json_each(?))
"""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where a row says that an article's file is, and what it says of it."""

    id: str
    path: str
    sha256: str  # of the body; "" in quarantine
    file_sha256: str  # "" where it was not noted
    status: str


@dataclass(frozen=True, slots=True)
class Restored:
    """An archived article as its file and the manifest tell of it."""

    id: str
    url: str  # to fetch it again
    canonical_url: str
    source: str
    title: str
    published: datetime
    path: str
    path_key: str
    sha256: str  # of the body
    file_sha256: str  # of the file as it was written
    revision: int
    revised_at: datetime | None
    fetched_at: datetime
    next_check: datetime | None


class Upkeep:
    """All the rows at once. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def transaction(self) -> AbstractContextManager[None]:
        """Everything in the block, or nothing."""
        return self._connection.transaction()

    def placed(self) -> Iterator[Placed]:
        """The articles that have a file, by id."""
        last = ""
        while rows := self._connection.rows(_PLACED, (last, _PAGE)):
            yield from (Placed(*row) for row in rows)
            last = rows[-1][0]

    def is_empty(self) -> bool:
        """Whether no article is known at all, or an earlier rebuilding was interrupted."""
        known = self._connection.row("SELECT 1 FROM articles LIMIT 1")
        begun = self._connection.row("SELECT 1 FROM meta WHERE key = ?", (_REBUILDING,))
        return known is None or begun is not None

    def begin(self) -> None:
        """Note that the state is being rebuilt: until `end`, it counts as empty."""
        self._connection.run("INSERT OR REPLACE INTO meta VALUES (?, '1')", (_REBUILDING,))

    def end(self) -> None:
        """Note that the state is whole."""
        self._connection.run("DELETE FROM meta WHERE key = ?", (_REBUILDING,))

    def restore(self, articles: Sequence[Restored]) -> None:
        """Make these articles archived, whatever was known of them; all of them or none.

        What is known already of their source, address and times stays.
        """
        by_key = {article.path_key: article for article in articles}
        ids = json.dumps([article.id for article in by_key.values()])
        with self._connection.transaction():
            self._connection.run(_FREE_KEYS, (ids, json.dumps(list(by_key))))
            self._connection.run_many(_RESTORE, map(_row, by_key.values()))

    def withdraw(self, article: str, at: datetime | None) -> None:
        """Note since when an article is withdrawn; None: it is not."""
        self._connection.run(
            "UPDATE articles SET withdrawn_at = ? WHERE id = ?", (to_milliseconds(at), article)
        )

    def forget(self, article: str, url: str, at: datetime, reason: str) -> None:
        """Note that an article is not to be archived again."""
        with self._connection.transaction():
            self._connection.run("DELETE FROM articles WHERE id = ?", (article,))
            self._connection.run("DELETE FROM records WHERE article = ?", (article,))
            self._connection.run("DELETE FROM measures WHERE article = ?", (article,))
            self._connection.run(
                "INSERT OR REPLACE INTO forgotten VALUES (?, ?, ?, ?)",
                (article, url, to_milliseconds(at), reason),
            )

    def replace_records(self, file: str, records: Iterable[RawRecord]) -> int:
        """Put what a WARC file holds in the place of what was known of it; gives the number."""
        with self._connection.transaction():
            self._connection.run("DELETE FROM records WHERE file = ?", (file,))
            return self._connection.run_many(
                "INSERT INTO records (article, url, at, kind, file, offset, length, digest)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                map(record_row, records),
            )

    def drop_records_outside(self, files: Sequence[str]) -> None:
        """Forget the records of WARC files that are none of these."""
        self._connection.run(
            "DELETE FROM records WHERE file NOT IN (SELECT value FROM json_each(?))",
            (json.dumps(list(files)),),
        )

    def first_url(self, article: str) -> str:
        """The address at which an article was fetched first, where that was kept; else "".

        Its pictures' are none.
        """
        row = self._connection.row(
            "SELECT url FROM records WHERE article = ?"
            " AND url NOT IN (SELECT url FROM pictures) ORDER BY at, id LIMIT 1",
            (article,),
        )
        return str(row[0]) if row else ""

    def last_record(self) -> tuple[str, int]:
        """File and offset of the record that lies last in the archive; ("", 0) where none is."""
        row = self._connection.row(
            "SELECT file, offset FROM records ORDER BY file DESC, offset DESC LIMIT 1"
        )
        return (str(row[0]), int(row[1])) if row else ("", 0)


def _row(article: Restored) -> tuple[Value, ...]:
    return (
        article.id,
        article.url,
        article.canonical_url,
        article.source,
        host(article.url),
        article.title,
        to_milliseconds(article.fetched_at),
        to_milliseconds(article.published),
        article.path,
        article.path_key,
        article.sha256,
        article.file_sha256,
        article.revision,
        to_milliseconds(article.revised_at),
        to_milliseconds(article.fetched_at),
        to_milliseconds(article.next_check),
    )
