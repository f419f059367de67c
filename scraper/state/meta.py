"""Single facts about the program's own running, by key: the daemon's heartbeat and the like."""

from scraper.state.connection import Connection


class Meta:
    """Texts by key."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, key: str) -> str | None:
        """What was set last, or None. Raises ArchiveError."""
        row = self._connection.row("SELECT value FROM meta WHERE key = ?", (key,))
        return None if row is None else str(row[0])

    def set(self, key: str, value: str) -> None:
        """Keeps `value`, in the place of an earlier one. Raises ArchiveError."""
        self._connection.run("INSERT OR REPLACE INTO meta VALUES (?, ?)", (key, value))

    def drop(self, key: str) -> None:
        """Forgets what was set. Raises ArchiveError."""
        self._connection.run("DELETE FROM meta WHERE key = ?", (key,))
