"""The log of requests, from which `scraper politeness` reports; bounded in time and number."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from scraper.protocol.conduct import RequestRecord
from scraper.state.connection import Connection, Value
from scraper.state.instants import from_milliseconds, to_milliseconds

KEPT_FOR = timedelta(days=30)
MAX_ROWS = 200_000  # 25 MB

_COLUMNS = (
    "at, host, url, purpose, status, conditional, validators, wire_bytes, body_bytes,"
    " milliseconds, delay, gap, not_before"
)
_PLACES = ", ".join("?" * len(_COLUMNS.split(",")))


class Requests:
    """One row per request that went out, in the order in which they were noted."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, records: Sequence[RequestRecord], now: datetime) -> None:
        """Keeps these, all or none, and drops what is too old or too much. Raises ArchiveError."""
        with self._connection.transaction():
            self._connection.run_many(
                f"INSERT INTO requests ({_COLUMNS}) VALUES ({_PLACES})", map(_row, records)
            )
            self._connection.run(
                "DELETE FROM requests WHERE at < ?", (to_milliseconds(now - KEPT_FOR),)
            )
            # ids grow by one with every row
            self._connection.run(
                "DELETE FROM requests WHERE id <= (SELECT max(id) FROM requests) - ?", (MAX_ROWS,)
            )

    def all(self) -> Iterator[RequestRecord]:
        """Every request that is kept, in order. Raises ArchiveError."""
        rows = self._connection.rows(f"SELECT {_COLUMNS} FROM requests ORDER BY id")
        return map(_record, rows)


def _row(record: RequestRecord) -> tuple[Value, ...]:
    return (
        to_milliseconds(record.at),
        record.host,
        record.url,
        record.purpose,
        record.status,
        record.is_conditional,
        record.has_validators,
        record.wire_bytes,
        record.body_bytes,
        record.milliseconds,
        record.delay,
        record.gap,
        to_milliseconds(record.not_before),
    )


def _record(row: Sequence[Any]) -> RequestRecord:
    return RequestRecord(
        at=from_milliseconds(row[0]),
        host=row[1],
        url=row[2],
        purpose=row[3],
        status=row[4],
        is_conditional=bool(row[5]),
        has_validators=bool(row[6]),
        wire_bytes=row[7],
        body_bytes=row[8],
        milliseconds=row[9],
        delay=row[10],
        gap=row[11],
        not_before=from_milliseconds(row[12]),
    )
