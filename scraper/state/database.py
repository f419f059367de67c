"""The state: one SQLite file in WAL mode, written by one process and read by any number meanwhile.

Every commit is synced (synchronous=FULL): a row says that a file is safe, so it must be as well.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import count
from pathlib import Path

from scraper.state import schema
from scraper.state.addresses import Addresses
from scraper.state.articles import Articles
from scraper.state.checks import Checks
from scraper.state.conditions import Conditions
from scraper.state.connection import Connection, DamagedError, translated
from scraper.state.coverage import Coverage
from scraper.state.forgotten import Forgotten
from scraper.state.gaps import Gaps
from scraper.state.hosts import Hosts
from scraper.state.measures import Measures
from scraper.state.meta import Meta
from scraper.state.overview import Overview
from scraper.state.pictures import Pictures
from scraper.state.records import Records
from scraper.state.requests import Requests
from scraper.state.resources import Resources
from scraper.state.sources import Sources
from scraper.state.tallies import Tallies
from scraper.state.told import Told
from scraper.state.upkeep import Upkeep

_BUSY_SECONDS = 5.0
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA journal_size_limit = 16777216",  # bytes: after a large transaction the WAL shrinks
)


class State:
    """What the program remembers, by noun; owned by one thread at a time."""

    def __init__(self, connection: Connection, notices: tuple[str, ...] = ()) -> None:
        self.notices = notices  # what the user should know of how it was opened
        self.sources = Sources(connection)
        self.resources = Resources(connection)
        self.articles = Articles(connection)
        self.addresses = Addresses(connection)
        self.forgotten = Forgotten(connection)
        self.checks = Checks(connection)
        self.conditions = Conditions(connection)
        self.coverage = Coverage(connection)
        self.gaps = Gaps(connection)
        self.hosts = Hosts(connection)
        self.requests = Requests(connection)
        self.records = Records(connection)
        self.measures = Measures(connection)
        self.meta = Meta(connection)
        self.pictures = Pictures(connection)
        self.upkeep = Upkeep(connection)
        self.tallies = Tallies(connection)
        self.overview = Overview(connection)
        self.told = Told(connection)
        self._connection = connection

    def transaction(self) -> AbstractContextManager[None]:
        """Everything in the block is kept, durably, or, when it raises, nothing.

        Raises:
            ArchiveError: it could not be begun or kept.
        """
        return self._connection.transaction()

    def close(self) -> None:
        """Closes the file. Raises ArchiveError."""
        self._connection.close()


def open_state(path: Path, *, read_only: bool = False) -> State:
    """The state in the file at `path`; for writing, its folder and tables are made.

    A damaged file is set aside and a new one begun, with a notice. Read-only, an absent file is an
    empty state, and writing to it is refused.

    Raises:
        ArchiveError: the file cannot be used, is of a newer version, or, read-only, is damaged.
    """
    if read_only:
        return State(_open_for_reading(path))
    try:
        return State(_open_for_writing(path))
    except DamagedError as error:
        aside = _set_aside(path)
        notice = (
            f"{path} was damaged ({error.detail}): it is kept as {aside.name}, and a new one was "
            "begun; the articles are safe in the archive's files"
        )
        return State(_open_for_writing(path), (notice,))


def _open_for_writing(path: Path) -> Connection:
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
    with _opened(str(path), path) as connection:
        for pragma in _PRAGMAS:
            connection.run(pragma)
        _check(connection)
        if schema.version_of(connection) < schema.VERSION:
            schema.bring_up_to_date(connection)
    return connection


def _open_for_reading(path: Path) -> Connection:
    with translated(path):
        absent = not path.exists()
    if absent:
        return _empty(path)
    with _opened(f"{path.absolute().as_uri()}?{_how_to_read(path)}", path) as connection:
        if schema.version_of(connection) == schema.VERSION:
            return connection
        copy = _copy(path, connection)  # another process may be about to make the tables
    connection.close()
    return copy


def _how_to_read(path: Path) -> str:
    # WAL needs two files beside the database: where they are absent and cannot be made, nobody
    # writes it, and it may be read as one that never changes
    with translated(path):
        shared = path.with_name(f"{path.name}-wal").exists() or os.access(path.parent, os.W_OK)
    return "mode=ro" if shared else "mode=ro&immutable=1"


def _empty(path: Path) -> Connection:
    return _copy(path, None)


def _copy(path: Path, original: Connection | None) -> Connection:
    """What an older file, or none, would be once it is up to date; in memory."""
    with _opened(":memory:", path) as connection:
        if original:
            original.copy_to(connection)
        schema.bring_up_to_date(connection)
        connection.run("PRAGMA query_only = ON")
    return connection


@contextmanager
def _opened(name: str, path: Path) -> Iterator[Connection]:
    """A connection that stays open, unless the block raises."""
    with translated(path):
        # opened in one thread and handed to the one that owns it: never used by two at once
        inner = sqlite3.connect(
            name,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            uri=name.startswith("file:"),
        )
    connection = Connection(inner, path)
    try:
        yield connection
    except BaseException:
        connection.close()
        raise


def _check(connection: Connection) -> None:
    """Looks for damage. Raises DamagedError."""
    found = connection.row("PRAGMA quick_check(1)")
    if found != ("ok",):
        raise DamagedError(connection.path, str(found[0]) if found else "no answer")


def _set_aside(path: Path) -> Path:
    """Renames a damaged file, with its write-ahead log, to the first free name beside it."""
    names = (path.with_name(f"{path.name}.damaged-{number}") for number in count(1))
    with translated(path):
        aside = next(name for name in names if not name.exists())
        path.rename(aside)
        path.with_name(f"{path.name}-shm").unlink(missing_ok=True)
        log = path.with_name(f"{path.name}-wal")
        if log.exists():
            log.rename(aside.with_name(f"{aside.name}-wal"))
    return aside
