"""What is remembered of each URL that is polled: feeds, section pages, sitemaps.

Validators for the next conditional GET (RFC 9110 §13), and a digest for servers that give none.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from scraper.model import Child, Hints, Validators
from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds

_COLUMNS = (
    "url, source, etag, last_modified, digest, checked_at, changed_at, feed_format, entries,"
    " children, lastmod_read, validated_url, moved_to, moved_seen, gone_at, full_at, hints"
)
_PLACES = ", ".join("?" * len(_COLUMNS.split(",")))


@dataclass(frozen=True, slots=True)
class Resource:
    """The last answer of one URL. Instants are kept to the millisecond."""

    url: str
    source: str  # the name of the source that polls it
    validators: Validators = field(default_factory=Validators)
    digest: str = ""  # of the body
    checked_at: datetime | None = None
    changed_at: datetime | None = None
    feed_format: str = ""  # as in model.Feed
    entries: int = 0
    children: tuple[Child, ...] = ()
    lastmod_read: str = ""  # of a child sitemap: what the index said when it was read
    validated_url: str = ""  # where redirects had led: that is what the validators speak of
    moved_to: str = ""  # where permanent redirects lead, so many polls in a row
    moved_seen: int = 0
    gone_at: datetime | None = None  # when it first answered 410; it is not asked for any more
    full_at: datetime | None = None  # when all of it was last read; None: never, or not to its end
    hints: Hints = field(default_factory=Hints)  # what the list said when it was last read


class Resources:
    """One row per URL."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, url: str) -> Resource | None:
        """What was saved last for `url`, or None. Raises ArchiveError."""
        row = self._connection.row(
            f"SELECT {_COLUMNS} FROM resources WHERE url = ?",
            (url,),
        )
        return None if row is None else _resource(row)

    def save(self, resource: Resource) -> None:
        """Keeps it in the place of the URL's earlier one. Raises ArchiveError."""
        self._connection.run(
            f"INSERT OR REPLACE INTO resources ({_COLUMNS}) VALUES ({_PLACES})",
            (
                resource.url,
                resource.source,
                resource.validators.etag,
                resource.validators.last_modified,
                resource.digest,
                to_milliseconds(resource.checked_at),
                to_milliseconds(resource.changed_at),
                resource.feed_format,
                resource.entries,
                json.dumps([[child.url, child.lastmod] for child in resource.children]),
                resource.lastmod_read,
                resource.validated_url,
                resource.moved_to,
                resource.moved_seen,
                to_milliseconds(resource.gone_at),
                to_milliseconds(resource.full_at),
                _write_hints(resource.hints),
            ),
        )


def _resource(row: Sequence[Any]) -> Resource:
    return Resource(
        url=row[0],
        source=row[1],
        validators=Validators(etag=row[2], last_modified=row[3]),
        digest=row[4],
        checked_at=from_milliseconds(row[5]),
        changed_at=from_milliseconds(row[6]),
        feed_format=row[7],
        entries=row[8],
        children=tuple(Child(url, lastmod) for url, lastmod in json.loads(row[9])),
        lastmod_read=row[10],
        validated_url=row[11],
        moved_to=row[12],
        moved_seen=row[13],
        gone_at=from_milliseconds(row[14]),
        full_at=from_milliseconds(row[15]),
        hints=_read_hints(row[16]),
    )


def _write_hints(hints: Hints) -> str:
    """Seconds, hours and days as JSON; "" for none."""
    if hints == Hints():
        return ""
    seconds = hints.ttl.total_seconds() if hints.ttl else None
    return json.dumps([seconds, sorted(hints.skip_hours), sorted(hints.skip_days)])


def _read_hints(text: str) -> Hints:
    if not text:
        return Hints()
    seconds, hours, days = json.loads(text)
    ttl = timedelta(seconds=seconds) if seconds else None
    return Hints(ttl, frozenset(hours), frozenset(days))
