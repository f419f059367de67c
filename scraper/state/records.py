"""Where each kept exchange lies in the WARC files; all of it can be read from them again."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scraper.state.connection import Connection, Value
from scraper.state.instants import from_milliseconds, to_milliseconds

_COLUMNS = "article, url, at, kind, file, offset, length, digest"


@dataclass(frozen=True, slots=True)
class RawRecord:
    """One exchange of an article, and its place. `digest` is its payload's, as WARC writes it."""

    article: str
    url: str
    at: datetime
    kind: str  # "response", or "revisit" of a payload that was kept before
    file: str  # relative to the archive
    offset: int
    length: int
    digest: str


class Records:
    """One row per exchange. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, records: Iterable[RawRecord]) -> None:
        """Notes where exchanges lie."""
        self._connection.run_many(
            f"INSERT INTO records ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            map(record_row, records),
        )

    def of(self, article: str) -> list[RawRecord]:
        """The exchanges of an article, the oldest first."""
        rows = self._connection.rows(
            f"SELECT {_COLUMNS} FROM records WHERE article = ? ORDER BY at, id", (article,)
        )
        return [_record(row) for row in rows]

    def with_payload(self, url: str, digest: str) -> RawRecord | None:
        """The exchange that holds a payload of a URL; None where it was never kept."""
        row = self._connection.row(
            f"SELECT {_COLUMNS} FROM records"
            " WHERE url = ? AND digest = ? AND kind = 'response' ORDER BY id LIMIT 1",
            (url, digest),
        )
        return None if row is None else _record(row)

    def sharing(self, url: str, digest: str) -> list[RawRecord]:
        """The exchanges of a URL that had a payload, whoever's they are, the first kept first."""
        rows = self._connection.rows(
            f"SELECT {_COLUMNS} FROM records WHERE url = ? AND digest = ? ORDER BY id",
            (url, digest),
        )
        return [_record(row) for row in rows]

    def places(self, file: str) -> list[tuple[int, int]]:
        """Offset and length of all exchanges of a WARC file, in their order."""
        rows = self._connection.rows(
            "SELECT offset, length FROM records WHERE file = ? ORDER BY offset", (file,)
        )
        return [(int(offset), int(length)) for offset, length in rows]

    def remove(self, article: str) -> None:
        """Forgets where the exchanges of an article lie."""
        self._connection.run("DELETE FROM records WHERE article = ?", (article,))


def record_row(record: RawRecord) -> tuple[Value, ...]:
    """The values of an exchange, in the order of the table's columns."""
    return (
        record.article,
        record.url,
        to_milliseconds(record.at),
        record.kind,
        record.file,
        record.offset,
        record.length,
        record.digest,
    )


def _record(row: tuple[str, ...]) -> RawRecord:
    article, url, at, kind, file, offset, length, digest = row
    return RawRecord(
        article, url, from_milliseconds(int(at)), kind, file, int(offset), int(length), digest
    )
