"""What the manifest tells, in temporary tables: gone through once, asked by path afterwards.

They lie in a file that SQLite removes by itself, so that memory does not grow with the archive.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds

_TABLES = (
    "DROP TABLE IF EXISTS temp.told_files",
    "DROP TABLE IF EXISTS temp.told_records",
    """
    CREATE TEMP TABLE told_files (
        path TEXT PRIMARY KEY NOT NULL, id TEXT NOT NULL, sha256 TEXT NOT NULL,
        first INTEGER NOT NULL, revised INTEGER
    ) WITHOUT ROWID
    """,
    """
    CREATE TEMP TABLE told_records (
        file TEXT NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL,
        PRIMARY KEY (file, offset)
    ) WITHOUT ROWID
    """,
)
_FILE = """
    INSERT INTO told_files VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (path) DO UPDATE SET id = excluded.id, sha256 = excluded.sha256,
        revised = coalesce(excluded.revised, revised)
"""


@dataclass(frozen=True, slots=True)
class ToldFile:
    """A file as the manifest tells of it."""

    path: str
    id: str  # of its article
    sha256: str
    first: datetime  # when it was written first
    revised: datetime | None = None  # when the text was last changed


class Told:
    """The temporary tables of one connection. Every method raises ArchiveError."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def begin(self) -> None:
        """Make the tables, empty."""
        for statement in _TABLES:
            self._connection.run(statement)

    def end(self) -> None:
        """Remove them."""
        for statement in _TABLES[:2]:
            self._connection.run(statement)

    def files(self, files: Iterable[ToldFile]) -> None:
        """Note files that were written, in the order of their writing."""
        self._connection.run_many(
            _FILE,
            (
                (f.path, f.id, f.sha256, to_milliseconds(f.first), to_milliseconds(f.revised))
                for f in files
            ),
        )

    def records(self, records: Iterable[tuple[str, int, int]]) -> None:
        """Note file, offset and length of records."""
        self._connection.run_many("INSERT OR REPLACE INTO told_records VALUES (?, ?, ?)", records)

    def removed(self, paths: Iterable[str]) -> None:
        """Note that files are there no more."""
        self._connection.run_many("DELETE FROM told_files WHERE path = ?", ((p,) for p in paths))

    def file(self, path: str) -> ToldFile | None:
        """What is told of a path, or None."""
        row = self._connection.row("SELECT * FROM told_files WHERE path = ?", (path,))
        if row is None:
            return None
        place, article, sha256, first, revised = row
        return ToldFile(
            place, article, sha256, from_milliseconds(first), from_milliseconds(revised)
        )

    def posts_of(self, article: str) -> list[str]:
        """The paths under which the manifest tells of an article's current text."""
        rows = self._connection.rows(
            "SELECT path FROM told_files WHERE id = ? AND path GLOB '_posts/*'", (article,)
        )
        return [str(path) for (path,) in rows]

    def lengths(self, file: str) -> dict[int, int]:
        """The length of each record of a WARC file by its offset."""
        rows = self._connection.rows(
            "SELECT offset, length FROM told_records WHERE file = ?", (file,)
        )
        return dict(rows)
