"""The tables of the state, and their version in `PRAGMA user_version`.

Everything here can be rebuilt or learned again; the archive's files are the truth.
"""

from scraper.errors import ArchiveError
from scraper.state.connection import Connection

VERSION = 1

_STATEMENTS = (
    """
    CREATE TABLE articles (
        id TEXT PRIMARY KEY NOT NULL CHECK (id <> ''),
        url TEXT NOT NULL,
        canonical_url TEXT NOT NULL DEFAULT '',
        source TEXT NOT NULL,
        host TEXT NOT NULL,
        title TEXT NOT NULL,
        status TEXT NOT NULL,
        reason TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        due INTEGER,  -- NULL: at once, whatever the clock says
        first_seen INTEGER NOT NULL,
        published INTEGER,
        path TEXT,
        path_key TEXT UNIQUE,
        sha256 TEXT NOT NULL DEFAULT '',
        etag TEXT NOT NULL DEFAULT '',
        last_modified TEXT NOT NULL DEFAULT '',
        fetched_at INTEGER,
        entry TEXT  -- JSON, kept until the article is archived
    )
    """,
    "CREATE INDEX articles_by_source ON articles (source, status, fetched_at)",
    "CREATE INDEX articles_open ON articles (status, due) WHERE status <> 'archived'",
    """
    CREATE TABLE sources (
        name TEXT PRIMARY KEY NOT NULL,
        last_poll INTEGER,
        last_success INTEGER,
        outcome TEXT NOT NULL,
        reason TEXT NOT NULL,
        entries INTEGER NOT NULL,
        new INTEGER NOT NULL,
        next_poll INTEGER,
        failures INTEGER NOT NULL,
        failing_since INTEGER,
        missed TEXT NOT NULL  -- JSON: URL to number of entries
    )
    """,
    """
    CREATE TABLE resources (
        url TEXT PRIMARY KEY NOT NULL,
        source TEXT NOT NULL,
        etag TEXT NOT NULL,
        last_modified TEXT NOT NULL,
        digest TEXT NOT NULL,
        checked_at INTEGER,
        changed_at INTEGER,
        feed_format TEXT NOT NULL,
        entries INTEGER NOT NULL,
        children TEXT NOT NULL,  -- JSON: [[URL, lastmod], …]
        lastmod_read TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE robots (
        origin TEXT PRIMARY KEY NOT NULL,
        state TEXT NOT NULL,
        body BLOB NOT NULL,
        fetched_at INTEGER NOT NULL
    )
    """,
    "CREATE TABLE meta (key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
    f"PRAGMA user_version = {VERSION}",
)


def is_empty(connection: Connection) -> bool:
    """Whether the tables are still to be made.

    Raises:
        ArchiveError: they were made by a newer version of this program.
    """
    ((version,),) = connection.rows("PRAGMA user_version")
    if version > VERSION:
        raise ArchiveError(
            f"{connection.path} was written by a newer version of this program (its schema is "
            f"{version}, this program knows {VERSION}): update the program, or use another archive"
        )
    return bool(version == 0)


def create(connection: Connection) -> None:
    """Makes all tables, or none. Raises ArchiveError."""
    with connection.transaction():
        for statement in _STATEMENTS:
            connection.run(statement)
