"""The watch over archived articles: what was seen of each since it was archived, and what is due.

The columns of an article's row that only looking again reads and writes. What they say of revisions
and withdrawals is in the manifest as well; the rest is learned again.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from scraper.model import Validators
from scraper.protocol.withdrawal import Sightings
from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds

HOUR = timedelta(hours=1)
_COLUMNS = (
    "revision, revised_at, revised_count, checked_at, next_check, withdrawn_at, words_sha256,"
    " validated_url, missing_as, missing_since, missing_last, missing_seen"
)
_SAVE = """
    UPDATE articles SET revision = ?, revised_at = ?, revised_count = ?, checked_at = ?,
        next_check = ?, withdrawn_at = ?, words_sha256 = ?, validated_url = ?, missing_as = ?,
        missing_since = ?, missing_last = ?, missing_seen = ?
    WHERE id = ?
"""
_DUE = """
    WITH used AS (
        SELECT source, count(*) AS number FROM articles
        WHERE status = 'archived' AND checked_at > ? AND checked_at <= ? GROUP BY source
    ), late AS (
        SELECT id, url, source, next_check,
            row_number() OVER (PARTITION BY source ORDER BY next_check, id) AS place
        FROM articles WHERE status = 'archived' AND next_check <= ?
    )
    SELECT id, url FROM late LEFT JOIN used USING (source)
    WHERE place <= ? - coalesce(number, 0) ORDER BY next_check, id
"""
# Most rows are read anyway: in the order of the file that is five times as fast as by an index.
_COUNTS = """
    SELECT source, sum(next_check IS NOT NULL), sum(next_check <= ?), sum(withdrawn_at IS NOT NULL),
        min(next_check)
    FROM articles NOT INDEXED WHERE status = 'archived' GROUP BY source
"""


@dataclass(frozen=True, slots=True)
class Watch:
    """What is known of an archived article since: how often it changed, when it was looked at."""

    revision: int = 1
    revised_at: datetime | None = None
    revised_count: int = 0  # on the day of `revised_at`, UTC
    checked_at: datetime | None = None  # looked at again, whatever came of it
    next_check: datetime | None = None  # None: not any more
    withdrawn_at: datetime | None = None  # None: the site has it
    words_sha256: str = ""  # of the words that the site had last; "" where that is not known
    validated_url: str = ""  # what the validators speak of; "" for the article's URL
    sightings: Sightings | None = None  # of something that may be wrong


@dataclass(frozen=True, slots=True)
class Watched:
    """How many articles of a source are looked at again."""

    watched: int
    due: int
    withdrawn: int
    next_check: datetime | None


class Checks:
    """The watch over each archived article. Methods raise ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, article_id: str) -> Watch:
        """The watch over an article; a blank one where nothing is known of it."""
        row = self._connection.row(f"SELECT {_COLUMNS} FROM articles WHERE id = ?", (article_id,))
        return Watch() if row is None else _watch(*row)

    def save(self, article_id: str, watch: Watch) -> None:
        """Keeps what was seen."""
        seen = watch.sightings
        self._connection.run(
            _SAVE,
            (
                watch.revision,
                to_milliseconds(watch.revised_at),
                watch.revised_count,
                to_milliseconds(watch.checked_at),
                to_milliseconds(watch.next_check),
                to_milliseconds(watch.withdrawn_at),
                watch.words_sha256,
                watch.validated_url,
                seen.sight if seen else "",
                to_milliseconds(seen.first) if seen else None,
                to_milliseconds(seen.last) if seen else None,
                seen.count if seen else 0,
                article_id,
            ),
        )

    def revalidated(self, article_id: str, validators: Validators) -> None:
        """Keeps the validators of an article's page."""
        self._connection.run(
            "UPDATE articles SET etag = ?, last_modified = ? WHERE id = ?",
            (validators.etag, validators.last_modified, article_id),
        )

    def rewritten(self, article_id: str, file_sha256: str, sha256: str = "") -> None:
        """Keeps the SHA-256 of an article's file, which was written anew; `sha256`: of its body."""
        self._connection.run(
            "UPDATE articles SET file_sha256 = ?, sha256 = coalesce(nullif(?, ''), sha256)"
            " WHERE id = ?",
            (file_sha256, sha256, article_id),
        )

    def due(self, now: datetime, budget: int) -> list[tuple[str, str]]:
        """Id and URL of the articles whose turn it is, the longest waiting first.

        Of each source no more than `budget` within an hour, those of the last hour included.
        """
        at = to_milliseconds(now)
        rows = self._connection.rows(_DUE, (to_milliseconds(now - HOUR), at, at, budget))
        return [(str(article_id), str(url)) for article_id, url in rows]

    def counts(self, now: datetime) -> dict[str, Watched]:
        """How many articles of each source are watched."""
        rows = self._connection.rows(_COUNTS, (to_milliseconds(now),))
        return {
            str(source): Watched(watched, due or 0, withdrawn, from_milliseconds(following))
            for source, watched, due, withdrawn, following in rows
        }


def _watch(*row: Any) -> Watch:
    sight, first, last, count = row[8:]
    seen = first is not None and last is not None
    return Watch(
        revision=row[0],
        revised_at=from_milliseconds(row[1]),
        revised_count=row[2],
        checked_at=from_milliseconds(row[3]),
        next_check=from_milliseconds(row[4]),
        withdrawn_at=from_milliseconds(row[5]),
        words_sha256=row[6],
        validated_url=row[7],
        sightings=Sightings(sight, from_milliseconds(first), from_milliseconds(last), count)
        if seen
        else None,
    )
