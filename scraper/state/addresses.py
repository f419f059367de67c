"""Which article a URL or a path belongs to, for people who have no id at hand."""

from scraper.state.connection import Connection


class Addresses:
    """Ids by address. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def id_of_url(self, url: str) -> str | None:
        """The article that is fetched from, or known by, this URL; None where none is."""
        return self._id("url = ? OR canonical_url = ?", url, url)

    def id_of_path(self, path: str) -> str | None:
        """The article whose file, or quarantined page, is at this path; None where none is."""
        return self._id("path = ?", path)

    def _id(self, condition: str, *values: str) -> str | None:
        row = self._connection.row(f"SELECT id FROM articles WHERE {condition} LIMIT 1", values)
        return None if row is None else str(row[0])
