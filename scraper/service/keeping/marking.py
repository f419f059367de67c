"""What looking at an archived article again leaves behind where there is no new text.

It is still there, it is missing, it is withdrawn, it is back: the front matter, the manifest and
the row say so, in that order. Everything here runs in the disk's thread.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from scraper.archive.archive import Archive, Change
from scraper.archive.manifest import Happening
from scraper.archive.store import Store
from scraper.errors import NotTextError
from scraper.markdown.document import render
from scraper.model import ArchiveSettings, ArticleEvent, ArticleOutcome, Validators
from scraper.protocol.politeness import postponed
from scraper.protocol.recheck import UNANSWERED, jitter_of, sooner
from scraper.protocol.withdrawal import sighted
from scraper.service.keeping.revising import (
    Standing,
    hash_of_file,
    is_owners,
    planned,
    read_or_none,
    with_mark,
)
from scraper.state.articles import ArticleRecord
from scraper.state.checks import Watch
from scraper.state.database import State

NO_TEXT = "\ufffd"  # no document, and no absent file
BACK = "it is there again after it was withdrawn"


class Marker:
    """Notes what was seen of archived articles; the caller holds the archive's lock."""

    def __init__(self, settings: ArchiveSettings, archive: Archive, state: State) -> None:
        self._settings = settings
        self._archive = archive
        self._state = state

    def present(
        self, record: ArticleRecord, validators: Validators, now: datetime
    ) -> ArticleEvent | None:
        """The page is there as it was (304). Raises ArchiveError."""
        watch = self._state.checks.get(record.id)
        seen = replace(watch, checked_at=now, sightings=None, withdrawn_at=None)
        event: ArticleEvent | None = None
        with self._state.transaction():
            if watch.withdrawn_at:
                about = {"withdrawn_at": _iso(watch.withdrawn_at)}
                self._mark(record, watch, "returned", about, now)
                event = _event(record, "updated", BACK)
            self._state.checks.revalidated(record.id, validators)
            self._save(record, seen, now)
        return event

    def missing(self, record: ArticleRecord, reason: str, now: datetime) -> ArticleEvent | None:
        """The site says that there is no such page (any more). Raises ArchiveError."""
        watch = self._state.checks.get(record.id)
        seen = sighted(watch.sightings, "missing", now)
        marked = replace(watch, checked_at=now, sightings=seen)
        if watch.withdrawn_at or not seen.established:
            with self._state.transaction():
                self._save(record, marked, now)
            return None
        about = {
            "first": _iso(seen.first),
            "last": _iso(seen.last),
            "seen": seen.count,
            "reason": reason,
        }
        with self._state.transaction():
            self._mark(record, watch, "withdrawn", about, now)
            self._save(record, replace(marked, withdrawn_at=now), now)
        since = f"{reason}, since {_iso(seen.first)}; the text stays"
        return _event(record, "withdrawn", since)

    def unanswered(
        self, record: ArticleRecord, now: datetime, asked: timedelta | None, *, refused: bool
    ) -> None:
        """Nobody could say whether it is there: looked at again, sooner unless `refused`."""
        watch = replace(self._state.checks.get(record.id), checked_at=now)
        watch = planned(watch, now, record.published, record.id, self._settings.revisions)
        if watch.next_check and not refused:
            due = sooner(watch.next_check, now, UNANSWERED, asked)
            watch = replace(watch, next_check=due)
        self._state.checks.save(record.id, watch)

    def postpone(self, record: ArticleRecord, now: datetime, asked: timedelta | None) -> None:
        """Nobody was asked: the host is left alone, or the network is down."""
        due = postponed(now, asked, jitter_of(record.id))
        watch = replace(self._state.checks.get(record.id), next_check=due)
        self._state.checks.save(record.id, watch)

    # -- the file ----------------------------------------------------------------------------------

    def _mark(
        self,
        record: ArticleRecord,
        watch: Watch,
        event: Happening,
        about: dict[str, Any],
        now: datetime,
    ) -> None:
        """Write the mark into the file, unless its owner edited it, and a line into the manifest.

        The row waits in the transaction around this: it is kept last.
        """
        text = self._marked(record, watch, withdrawn=event == "withdrawn")
        files = ((record.path, text),) if text else ()
        self._archive.commit([Change(event, record.id, files, about=about)], now)
        if text:
            self._state.checks.rewritten(record.id, hash_of_file(text))

    def _marked(self, record: ArticleRecord, watch: Watch, *, withdrawn: bool) -> str:
        """The file's text with its mark changed; "" where there is nothing of ours to change."""
        text = text_of(self._archive.store, record.path)
        document = read_or_none(text)
        if document is None or is_owners(Standing(text, record.file_sha256, watch), document):
            return ""
        if self._settings.front_matter == "seed":
            return ""
        return render(with_mark(document, withdrawn=withdrawn), "full")

    def _save(self, record: ArticleRecord, watch: Watch, now: datetime) -> None:
        following = planned(watch, now, record.published, record.id, self._settings.revisions)
        self._state.checks.save(record.id, following)


def text_of(store: Store, path: str) -> str:
    """The text of a file; "" where there is none. In another encoding it is its owner's own.

    Raises ArchiveError where it cannot be read at all.
    """
    try:
        return store.read(path) if store.exists(path) else ""
    except NotTextError:
        return NO_TEXT


def _iso(instant: datetime) -> str:
    return instant.isoformat(timespec="seconds").replace("+00:00", "Z")


def _event(record: ArticleRecord, outcome: ArticleOutcome, reason: str) -> ArticleEvent:
    return ArticleEvent(
        outcome=outcome,
        id=record.id,
        url=record.url,
        path=record.path,
        source=record.source,
        reason=reason,
    )
