"""Takes pages out of quarantine whose article is archived now."""

from collections.abc import Iterable
from datetime import datetime

from scraper.archive.archive import Archive, Change
from scraper.service.keeping.compose import quarantine_path
from scraper.state.articles import ArticleRecord


def release(archive: Archive, records: Iterable[ArticleRecord], now: datetime) -> None:
    """Remove the pages of these articles, as they were known before. Raises ArchiveError."""
    apart = [one.id for one in records if one.path == quarantine_path(one.id)]
    there = [(one, path) for one in apart if archive.store.exists(path := quarantine_path(one))]
    for _, path in there:
        archive.store.remove(path)
    if there:
        archive.commit([Change("released", one, removed=(path,)) for one, path in there], now)
