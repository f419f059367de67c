"""What is remembered of hosts: their robots.txt, and how they stand.

robots.txt may be used for a day (RFC 9309 §2.4). How a host stands is how often it failed in a row,
and until when it is left alone.
"""

from scraper.model import Validators
from scraper.protocol.breaker import HostRecord
from scraper.protocol.robots import Robots
from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds

_ROBOTS = "origin, state, body, fetched_at, etag, last_modified"
_GET = """
    SELECT failures, failing_since, not_before, reason,
        (SELECT at FROM requests WHERE requests.host = asked.host ORDER BY id DESC LIMIT 1)
    FROM (SELECT ? AS host) AS asked LEFT JOIN hosts ON hosts.host = asked.host
"""


class Hosts:
    """The last robots.txt of each origin, and how each host stands.

    How long either is good for is the reader's business.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load_robots(self, origin: str) -> Robots | None:
        """What was saved last for `origin`, or None. Raises ArchiveError."""
        row = self._connection.row(f"SELECT {_ROBOTS} FROM robots WHERE origin = ?", (origin,))
        if row is None:
            return None
        return Robots(row[0], row[1], row[2], from_milliseconds(row[3]), Validators(row[4], row[5]))

    def save_robots(self, robots: Robots) -> None:
        """Keeps it in the place of the origin's earlier one. Raises ArchiveError."""
        self._connection.run(
            f"INSERT OR REPLACE INTO robots ({_ROBOTS}) VALUES (?, ?, ?, ?, ?, ?)",
            (
                robots.origin,
                robots.state,
                robots.body,
                to_milliseconds(robots.fetched_at),
                robots.validators.etag,
                robots.validators.last_modified,
            ),
        )

    def get(self, host: str) -> HostRecord | None:
        """How a host stood, and when it was last asked; None where nothing is known of it.

        Raises ArchiveError.
        """
        ((failures, since, not_before, reason, asked_at),) = self._connection.rows(_GET, (host,))
        if failures is None and asked_at is None:
            return None
        return HostRecord(
            host=host,
            failures=failures or 0,
            failing_since=from_milliseconds(since),
            not_before=from_milliseconds(not_before),
            reason=reason or "",
            asked_at=from_milliseconds(asked_at),
        )

    def save(self, record: HostRecord) -> None:
        """Keeps how a host stands, but for when it was asked. Raises ArchiveError."""
        if record.is_blank:
            self._connection.run("DELETE FROM hosts WHERE host = ?", (record.host,))
            return
        self._connection.run(
            "INSERT OR REPLACE INTO hosts (host, failures, failing_since, not_before, reason)"
            " VALUES (?, ?, ?, ?, ?)",
            (
                record.host,
                record.failures,
                to_milliseconds(record.failing_since),
                to_milliseconds(record.not_before),
                record.reason,
            ),
        )

    def troubled(self) -> list[HostRecord]:
        """Every host that failed last or is left alone, by name. Raises ArchiveError."""
        rows = self._connection.rows(
            "SELECT host, failures, failing_since, not_before, reason FROM hosts ORDER BY host"
        )
        return [
            HostRecord(host, failures, from_milliseconds(since), from_milliseconds(until), reason)
            for host, failures, since, until, reason in rows
        ]
