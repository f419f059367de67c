"""The tables of the state, step by step: `PRAGMA user_version` says how many steps a file has had.

A step that was released is never edited; a change of the tables is one step more. Everything here
can be rebuilt or learned again; the archive's files are the truth.
"""

from itertools import chain

from scraper.errors import ArchiveError
from scraper.state.connection import Connection

_FIRST = (
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
)
_POLITENESS = (
    "ALTER TABLE sources ADD COLUMN rhythm TEXT NOT NULL DEFAULT ''",  # JSON: see state/sources.py
    "ALTER TABLE sources ADD COLUMN notice TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE sources ADD COLUMN held INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE sources ADD COLUMN stopped_at INTEGER",
    "ALTER TABLE resources ADD COLUMN validated_url TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE resources ADD COLUMN moved_to TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE resources ADD COLUMN moved_seen INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE resources ADD COLUMN gone_at INTEGER",
    "ALTER TABLE resources ADD COLUMN full_at INTEGER",
    "ALTER TABLE robots ADD COLUMN etag TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE robots ADD COLUMN last_modified TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE resources ADD COLUMN hints TEXT NOT NULL DEFAULT ''",  # JSON
    """
    CREATE TABLE hosts (
        host TEXT PRIMARY KEY NOT NULL,
        failures INTEGER NOT NULL,
        failing_since INTEGER,
        not_before INTEGER,
        reason TEXT NOT NULL
    )
    """,
    """
    CREATE TABLE requests (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        host TEXT NOT NULL,
        url TEXT NOT NULL,  -- its hash: an address may hold a secret
        purpose TEXT NOT NULL,
        status INTEGER,  -- NULL: no answer
        conditional INTEGER NOT NULL,
        validators INTEGER NOT NULL,  -- whether the answer gave any
        wire_bytes INTEGER NOT NULL,
        body_bytes INTEGER NOT NULL,
        milliseconds INTEGER NOT NULL,
        delay INTEGER NOT NULL,  -- milliseconds that had to pass since the request before
        gap INTEGER,  -- and that did; NULL: there was none before
        not_before INTEGER  -- until when the host had asked to be left alone
    )
    """,
    "CREATE INDEX requests_by_time ON requests (at)",
    "CREATE INDEX requests_by_host ON requests (host, id)",
)
_ARCHIVING = (
    "ALTER TABLE articles ADD COLUMN file_sha256 TEXT NOT NULL DEFAULT ''",  # as it was written
    "ALTER TABLE articles ADD COLUMN revision INTEGER NOT NULL DEFAULT 1",
    "ALTER TABLE articles ADD COLUMN revised_at INTEGER",
    "ALTER TABLE articles ADD COLUMN checked_at INTEGER",  # looked at again, whatever came of it
    "ALTER TABLE articles ADD COLUMN next_check INTEGER",  # NULL: not any more
    "ALTER TABLE articles ADD COLUMN missing_since INTEGER",  # first of the misses in a row
    "ALTER TABLE articles ADD COLUMN missing_last INTEGER",
    "ALTER TABLE articles ADD COLUMN missing_seen INTEGER NOT NULL DEFAULT 0",
    "ALTER TABLE articles ADD COLUMN missing_as TEXT NOT NULL DEFAULT ''",  # missing, shrunken
    "ALTER TABLE articles ADD COLUMN withdrawn_at INTEGER",
    "ALTER TABLE articles ADD COLUMN revised_count INTEGER NOT NULL DEFAULT 0",  # on that day
    "ALTER TABLE articles ADD COLUMN words_sha256 TEXT NOT NULL DEFAULT ''",  # as the site has them
    "ALTER TABLE articles ADD COLUMN validated_url TEXT NOT NULL DEFAULT ''",
    "CREATE INDEX articles_checked ON articles (source, checked_at) WHERE status = 'archived'",
    # what was archived before and is young enough is looked at again; the rhythm goes on from there
    """
    UPDATE articles SET next_check = coalesce(fetched_at, first_seen) + 600000
    WHERE status = 'archived'
        AND published > (CAST(strftime('%s', 'now') AS INTEGER) - 180 * 86400) * 1000
    """,
    "CREATE INDEX articles_to_check ON articles (next_check) WHERE status = 'archived'",
    """
    CREATE TABLE records (
        id INTEGER PRIMARY KEY,
        article TEXT NOT NULL,
        url TEXT NOT NULL,
        at INTEGER NOT NULL,
        kind TEXT NOT NULL,  -- response, revisit
        file TEXT NOT NULL,
        offset INTEGER NOT NULL,
        length INTEGER NOT NULL,
        digest TEXT NOT NULL
    )
    """,
    "CREATE INDEX records_by_article ON records (article, at)",
    "CREATE INDEX records_by_payload ON records (url, digest)",
    "CREATE INDEX records_by_place ON records (file, offset)",
    """
    CREATE TABLE pictures (
        url TEXT PRIMARY KEY NOT NULL,
        article TEXT NOT NULL,  -- the first that shows it
        status TEXT NOT NULL,  -- pending, saved, given_up
        path TEXT NOT NULL DEFAULT '',
        sha256 TEXT NOT NULL DEFAULT '',
        attempts INTEGER NOT NULL DEFAULT 0,
        due INTEGER,
        reason TEXT NOT NULL DEFAULT ''
    )
    """,
    """
    CREATE TABLE forgotten (
        id TEXT PRIMARY KEY NOT NULL,
        url TEXT NOT NULL,
        at INTEGER NOT NULL,
        reason TEXT NOT NULL
    )
    """,
)
_RUNNING = (
    "ALTER TABLE sources ADD COLUMN faults TEXT NOT NULL DEFAULT ''",  # JSON: see state/sources.py
    "ALTER TABLE sources ADD COLUMN appeared TEXT NOT NULL DEFAULT ''",  # see protocol.staleness
    "ALTER TABLE sources ADD COLUMN stale_since INTEGER",
    "CREATE INDEX articles_latest ON articles (source, first_seen)",
    """
    CREATE INDEX articles_withdrawn ON articles (withdrawn_at) WHERE withdrawn_at IS NOT NULL
    """,
    """
    CREATE TABLE conditions (
        key TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL,
        subject TEXT NOT NULL,  -- a source's name, or ''
        title TEXT NOT NULL,
        message TEXT NOT NULL,
        severity INTEGER NOT NULL,
        calm INTEGER NOT NULL,  -- milliseconds
        silenced INTEGER NOT NULL,
        ends INTEGER NOT NULL,
        since INTEGER NOT NULL,
        looks INTEGER NOT NULL,
        gone_at INTEGER,  -- NULL: it holds
        told_at INTEGER,
        told_severity INTEGER NOT NULL,
        ended_at INTEGER,
        relapses INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE alerts (
        id INTEGER PRIMARY KEY,
        at INTEGER NOT NULL,
        title TEXT NOT NULL,
        body TEXT NOT NULL,
        waiting TEXT NOT NULL  -- JSON: hash of a target to [attempts, next]
    )
    """,
    # coverage: what the manifest was told of an article that is missing, as MISSING words it
    "ALTER TABLE articles ADD COLUMN told TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE articles ADD COLUMN named_day INTEGER",  # its start, where the URL alone tells it
    # with all that counting reads: the rows themselves lie scattered
    """
    CREATE INDEX articles_by_hour ON articles (
        coalesce(published, named_day, first_seen),
        source, status, published, named_day, first_seen
    )
    """,
    """
    CREATE INDEX articles_untold ON articles (first_seen)
    WHERE status NOT IN ('archived', 'quarantined')
        AND told <> CASE status WHEN 'pending' THEN status ELSE status || ': ' || reason END
    """,
    """
    CREATE TABLE gaps (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        begins INTEGER NOT NULL,
        ends INTEGER NOT NULL,
        reason TEXT NOT NULL,
        standing TEXT NOT NULL,  -- open, filled, unfilled
        detail TEXT NOT NULL,  -- what came of filling it
        found INTEGER NOT NULL,
        unread INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        todo TEXT NOT NULL,  -- JSON: [[URL, whether an index named it], …]
        due INTEGER NOT NULL
    )
    """,
    "CREATE TABLE gap_requests (at INTEGER NOT NULL)",  # made, or to be made, to fill gaps
    "CREATE INDEX gap_requests_by_time ON gap_requests (at)",
    """
    CREATE TABLE measures (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        article TEXT NOT NULL,
        at INTEGER NOT NULL,
        generation TEXT NOT NULL,
        locked INTEGER NOT NULL,
        characters INTEGER NOT NULL,
        paragraphs INTEGER NOT NULL,
        pictures INTEGER NOT NULL,
        linked INTEGER NOT NULL,  -- thousandths, as is the next
        shared INTEGER NOT NULL,
        filled TEXT NOT NULL,  -- names, separated by spaces
        held INTEGER NOT NULL,  -- whether it went into quarantine
        unlike TEXT NOT NULL,  -- why
        lines BLOB NOT NULL,  -- 64 bits each; of the latest articles only
        UNIQUE (source, article)
    )
    """,
    "CREATE INDEX measures_by_source ON measures (source, held, id)",
    "CREATE INDEX measures_by_kind ON measures (source, generation, locked, held, id)",
    "CREATE INDEX measures_by_article ON measures (article)",
    """
    CREATE TABLE trends (
        source TEXT PRIMARY KEY NOT NULL,
        generation TEXT NOT NULL,
        what TEXT NOT NULL,
        sign TEXT NOT NULL,
        since INTEGER NOT NULL
    )
    """,
    """
    CREATE TABLE tallies (
        id INTEGER PRIMARY KEY,
        source TEXT NOT NULL,
        url TEXT NOT NULL,
        at INTEGER NOT NULL,
        entries INTEGER NOT NULL,
        ignored INTEGER NOT NULL,
        titles INTEGER NOT NULL,
        dated INTEGER NOT NULL,
        stories INTEGER NOT NULL,
        strange TEXT NOT NULL,
        since INTEGER  -- NULL: it is not
    )
    """,
    "CREATE INDEX tallies_by_url ON tallies (source, url, id)",
    "CREATE INDEX pictures_open ON pictures (status, due)",
)
STEPS = (_FIRST, _POLITENESS, _ARCHIVING, _RUNNING)
VERSION = len(STEPS)


def version_of(connection: Connection) -> int:
    """How many steps a file has had; 0 for a new one.

    Raises:
        ArchiveError: it has had steps that only a newer version of this program knows.
    """
    ((version,),) = connection.rows("PRAGMA user_version")
    if version > VERSION:
        raise ArchiveError(
            f"{connection.path} was written by a newer version of this program (its schema is "
            f"{version}, this program knows {VERSION}): update the program, or use another archive"
        )
    return int(version)


def bring_up_to_date(connection: Connection) -> None:
    """Takes all steps that a file has not had, or none. Raises ArchiveError."""
    with connection.transaction():
        for statement in chain.from_iterable(STEPS[version_of(connection) :]):
            connection.run(statement)
        connection.run(f"PRAGMA user_version = {VERSION}")
