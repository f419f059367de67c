"""An article's row as values: what the table's columns mean, in and out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scraper.model import Entry, Status, Validators
from scraper.protocol.urls import host
from scraper.state.connection import Value
from scraper.state.entries import from_json, to_json
from scraper.state.instants import from_milliseconds, to_milliseconds

SELECT = (
    "SELECT id, url, canonical_url, source, host, title, status, reason, attempts, due, first_seen,"
    " published, path, path_key, sha256, etag, last_modified, fetched_at, entry,"
    " file_sha256"
    " FROM articles"
)


@dataclass(frozen=True, slots=True)
class Archived:
    """An article whose file is safe on the disk."""

    id: str
    url: str  # to fetch it again
    canonical_url: str  # by which it is known
    source: str  # "" when asked for by hand
    title: str
    published: datetime | None
    path: str  # relative to the archive
    path_key: str  # the path as case-folding file systems compare it
    sha256: str  # of the body
    validators: Validators
    fetched_at: datetime
    file_sha256: str = ""  # of the whole file, as it was written


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """All that is known of an article. Texts are empty where unknown; instants to the ms."""

    id: str
    url: str
    canonical_url: str
    source: str  # the first that listed it
    host: str
    title: str
    status: Status
    reason: str  # why it is not archived
    attempts: int
    due: datetime | None  # None: at once, or never where it is not pending
    first_seen: datetime
    published: datetime | None
    path: str
    path_key: str
    sha256: str
    validators: Validators
    fetched_at: datetime | None
    entry: Entry | None  # None once archived
    file_sha256: str = ""  # of the file as it was written last; another one is its owner's edit


def wanted_row(entry: Entry, source: str, seen: int) -> tuple[Value, ...]:
    """The values of an article that a source lists; `seen` in ms since 1970.

    Raises:
        ValueError: the entry has no id.
    """
    if not entry.id:
        raise ValueError(f"{entry.url}: an entry without an id cannot be kept")
    published = to_milliseconds(entry.published)
    return (
        entry.id,
        entry.url,
        source,
        host(entry.url),
        entry.title,
        seen,
        published,
        to_json(entry),
    )


def archived_row(article: Archived) -> tuple[Value, ...]:
    """The values of an article that is archived; seen first when it was fetched, if not before."""
    fetched_at = to_milliseconds(article.fetched_at)
    return (
        article.id,
        article.url,
        article.canonical_url,
        article.source,
        host(article.url),
        article.title,
        fetched_at,
        to_milliseconds(article.published),
        article.path,
        article.path_key,
        article.sha256,
        article.validators.etag,
        article.validators.last_modified,
        fetched_at,
        article.file_sha256,
    )


def article_record(row: Sequence[Any]) -> ArticleRecord:
    """The record of a row that SELECT returns."""
    return ArticleRecord(
        id=row[0],
        url=row[1],
        canonical_url=row[2],
        source=row[3],
        host=row[4],
        title=row[5],
        status=row[6],
        reason=row[7],
        attempts=row[8],
        due=from_milliseconds(row[9]),
        first_seen=from_milliseconds(row[10]),
        published=from_milliseconds(row[11]),
        path=row[12] or "",
        path_key=row[13] or "",
        sha256=row[14],
        validators=Validators(etag=row[15], last_modified=row[16]),
        fetched_at=from_milliseconds(row[17]),
        entry=from_json(row[18]) if row[18] else None,
        file_sha256=row[19],
    )
