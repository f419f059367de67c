"""The one place where sqlite3 is spoken to: statements, transactions, and its errors as ours.

Result codes as in https://www.sqlite.org/rescode.html. Errors without one are mistakes of this
program and pass through.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from scraper.errors import ArchiveError

Value = str | int | bytes | None
Row = tuple[Any, ...]

_PRIMARY = 0xFF  # the low byte of an extended result code
_DAMAGED = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
_ADVICE = {
    sqlite3.SQLITE_FULL: "free space on that disk and run the command again",
    sqlite3.SQLITE_IOERR: "check that disk, its free space and the limit of the file size",
    sqlite3.SQLITE_BUSY: "another process kept it locked for too long: run the command again",
    sqlite3.SQLITE_READONLY: "let this user write the file and its folder",
    sqlite3.SQLITE_PERM: "let this user write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: (
        "check that its folder is there, that this user may use it, "
        "and that its disk has free space"
    ),
}


class DamagedError(ArchiveError):
    """The file is no SQLite database, or a broken one; `detail` says how that shows."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(
            f"{path} is damaged ({detail}): the next command that writes the archive sets it "
            "aside and begins a new one; the articles are safe in the archive's files"
        )
        self.detail = detail


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Runs a block that uses the database at `path`, or its file.

    Raises:
        DamagedError: the file is damaged.
        ArchiveError: anything else that SQLite or the system refused; both say what to do.
    """
    try:
        yield
    except OSError as error:
        raise _refusal(path, error.strerror, "check the folder and its disk") from error
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", None)
        if code is None:
            raise
        if code & _PRIMARY in _DAMAGED:
            raise DamagedError(path, str(error)) from error
        raise _refusal(path, error, _ADVICE.get(code & _PRIMARY, "please report this")) from error


def _refusal(path: Path, detail: object, advice: str) -> ArchiveError:
    return ArchiveError(f"{path} cannot be used: {detail}; {advice}")


class Connection:
    """A connection in autocommit mode, with explicit transactions."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.path = path
        self._connection = connection

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """Every row that a statement returns. Raises ArchiveError."""
        with translated(self.path):
            return self._connection.execute(sql, _storable(values)).fetchall()

    def row(self, sql: str, values: Sequence[Value] = ()) -> Row | None:
        """The first row, if any. Raises ArchiveError."""
        rows = self.rows(sql, values)
        return rows[0] if rows else None

    def run(self, sql: str, values: Sequence[Value] = ()) -> int:
        """Runs a statement; returns the number of rows it changed. Raises ArchiveError."""
        with translated(self.path):
            return self._connection.execute(sql, _storable(values)).rowcount

    def run_many(self, sql: str, values: Iterable[Sequence[Value]]) -> int:
        """Runs a statement once per tuple, all or none; returns the number of changed rows.

        Raises:
            ArchiveError: nothing was changed then.
        """
        with self.transaction(), translated(self.path):
            return self._connection.executemany(sql, map(_storable, values)).rowcount

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Everything in the block is kept, durably, or, when it raises, nothing.

        One inside another is kept with the outer one, and undone alone when it raises.

        Raises:
            ArchiveError: it could not be begun or kept.
        """
        nested = self._connection.in_transaction
        self.run("SAVEPOINT nested" if nested else "BEGIN IMMEDIATE")
        try:
            yield
            self.run("RELEASE nested" if nested else "COMMIT")
        except BaseException:
            self._undo(nested=nested)
            raise

    def _undo(self, *, nested: bool) -> None:
        if not self._connection.in_transaction:
            return  # SQLite has already rolled back: disk full, I/O error
        if nested:
            self.run("ROLLBACK TO nested")
            self.run("RELEASE nested")
        else:
            self.run("ROLLBACK")

    def copy_to(self, other: "Connection") -> None:
        """Puts all that this database holds into another. Raises ArchiveError."""
        with translated(self.path):
            self._connection.backup(other._connection)  # noqa: SLF001  # of the same class

    def close(self) -> None:
        """Closes the connection; what was not committed is lost. Raises ArchiveError."""
        with translated(self.path):
            self._connection.close()


def _storable(values: Sequence[Value]) -> tuple[Value, ...]:
    """Lone surrogates, which SQLite refuses to store, become question marks."""
    return tuple(
        value.encode(errors="replace").decode() if isinstance(value, str) else value
        for value in values
    )
