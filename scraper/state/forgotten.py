"""Articles that were taken down and shall not come back; the manifest knows them as well."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds


@dataclass(frozen=True, slots=True)
class Takedown:
    """One article that was forgotten: its id, its URL ("" where unknown), when, and why."""

    id: str
    url: str
    at: datetime
    reason: str = ""


class Forgotten:
    """One row per takedown. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, takedown: Takedown) -> None:
        """Notes that an article is not to come back, in the place of what was noted before."""
        self._connection.run(
            "INSERT OR REPLACE INTO forgotten (id, url, at, reason) VALUES (?, ?, ?, ?)",
            (takedown.id, takedown.url, to_milliseconds(takedown.at), takedown.reason),
        )

    def get(self, article_id: str) -> Takedown | None:
        """The takedown of an article, or None."""
        row = self._connection.row(
            "SELECT id, url, at, reason FROM forgotten WHERE id = ?", (article_id,)
        )
        return None if row is None else Takedown(row[0], row[1], from_milliseconds(row[2]), row[3])

    def among(self, ids: Iterable[str]) -> set[str]:
        """Those of the ids that are forgotten; any number of them."""
        sql = "SELECT id FROM forgotten WHERE id IN (SELECT value FROM json_each(?))"
        return {str(row[0]) for row in self._connection.rows(sql, (json.dumps(list(ids)),))}

    def recall(self, article_id: str) -> None:
        """Lets an article come back."""
        self._connection.run("DELETE FROM forgotten WHERE id = ?", (article_id,))

    # -- the article's rows ------------------------------------------------------------------------

    def drop_rows(self, article_id: str) -> None:
        """Removes all that the state knows of an article, but for its takedown."""
        self._connection.run("PRAGMA secure_delete = ON")  # its title stays in no free page
        self._connection.run("DELETE FROM articles WHERE id = ?", (article_id,))
        self._connection.run("DELETE FROM records WHERE article = ?", (article_id,))
        self._connection.run("DELETE FROM measures WHERE article = ?", (article_id,))

    def move_records(self, file: str, behind: int, by: int) -> None:
        """Notes that the records of a file that began behind an offset begin `by` bytes earlier."""
        self._connection.run(
            "UPDATE records SET offset = offset - ? WHERE file = ? AND offset > ?",
            (by, file, behind),
        )
