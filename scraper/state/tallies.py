"""The figures of the latest readings of each list; bounded for each."""

from dataclasses import dataclass
from datetime import datetime

from scraper.feeds.tally import Tally
from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds

KEPT = 50  # readings of each list that changed: a day of a busy one
_COLUMNS = "entries, ignored, titles, dated, stories"
_DROP = """
    DELETE FROM tallies WHERE source = ?1 AND url = ?2 AND id <= (
        SELECT id FROM tallies WHERE source = ?1 AND url = ?2 ORDER BY id DESC LIMIT 1 OFFSET ?3)
"""
_STRANGE = """
    SELECT source, url, strange, since FROM tallies
    WHERE since IS NOT NULL AND id IN (SELECT max(id) FROM tallies {of} GROUP BY source, url)
    ORDER BY source, url
"""


@dataclass(frozen=True, slots=True)
class StrangeList:
    """A list that was not as usual when it was read last: what of it, and since when."""

    source: str
    url: str
    what: str
    since: datetime


class Tallies:
    """A row per reading of a list. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def past(self, source: str, url: str) -> list[Tally]:
        """The latest KEPT readings of a list, in no order."""
        rows = self._connection.rows(
            f"SELECT {_COLUMNS} FROM tallies WHERE source = ? AND url = ?", (source, url)
        )
        return [Tally(*row) for row in rows]

    def add(self, found: tuple[str, str], tally: Tally, strange: str, now: datetime) -> None:
        """Keeps what was found at a source's URL, and drops what is too much.

        What is strange is so since the reading from which on all were.
        """
        source, url = found
        row = self._connection.row(
            "SELECT since FROM tallies WHERE source = ? AND url = ? ORDER BY id DESC LIMIT 1", found
        )
        since = (row[0] if row and row[0] else to_milliseconds(now)) if strange else None
        self._connection.run(
            f"INSERT INTO tallies (source, url, at, strange, since, {_COLUMNS})"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                source,
                url,
                to_milliseconds(now),
                strange,
                since,
                tally.entries,
                tally.ignored,
                tally.titles,
                tally.dated,
                tally.stories,
            ),
        )
        self._connection.run(_DROP, (source, url, KEPT))

    def strange(self) -> list[StrangeList]:
        """The lists that were strange when they were read last, by source and URL."""
        return [
            StrangeList(source, url, what, from_milliseconds(since))
            for source, url, what, since in self._connection.rows(_STRANGE.format(of=""))
        ]

    def strange_of(self, source: str) -> dict[str, str]:
        """What is strange about the lists of one source, by their URLs."""
        rows = self._connection.rows(_STRANGE.format(of="WHERE source = ?"), (source,))
        return {url: what for _, url, what, _ in rows}
