"""What is remembered of hosts: their robots.txt, which may be used for a day (RFC 9309 §2.4)."""

from scraper.protocol.robots import Robots
from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds


class Hosts:
    """The last robots.txt of each origin; how long it is good for is the reader's business."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def load_robots(self, origin: str) -> Robots | None:
        """What was saved last for `origin`, or None. Raises ArchiveError."""
        row = self._connection.row(
            "SELECT origin, state, body, fetched_at FROM robots WHERE origin = ?", (origin,)
        )
        return None if row is None else Robots(row[0], row[1], row[2], from_milliseconds(row[3]))

    def save_robots(self, robots: Robots) -> None:
        """Keeps it in the place of the origin's earlier one. Raises ArchiveError."""
        self._connection.run(
            "INSERT OR REPLACE INTO robots VALUES (?, ?, ?, ?)",
            (robots.origin, robots.state, robots.body, to_milliseconds(robots.fetched_at)),
        )
