"""Brings archive and state in line at the start, whatever came between: a kill, or a user's hand.

The order of writing is records, documents, the manifest's line, the row. What a crash cut off is
done here: a document without a line gets it, a line without a row as well. A state that is new
beside an archive that is not is rebuilt: nothing is ever archived twice.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from scraper.archive.archive import Archive, Change
from scraper.archive.chain import Expected
from scraper.archive.forgetting import takedowns
from scraper.archive.manifest import Event, Happening, RecordFact, read_all
from scraper.archive.orphans import Orphan, manifest_written_at, orphans, recent_events
from scraper.archive.warc import read_record
from scraper.errors import ArchiveError, DocumentError
from scraper.markdown.document import sha256_of_body
from scraper.markdown.glance import glance
from scraper.protocol.identity import choose_site, identify
from scraper.service.upkeep.rebuilding import Origins, Rebuilding, has_documents
from scraper.state.database import State
from scraper.state.records import RawRecord

__all__ = ["bring_in_line", "manifest_written_at"]

_WITHOUT_TEXT = ("withdrawn", "returned")
_LAST = 1000  # events whose rows are compared one by one: more than are ever committed at once


def bring_in_line(
    archive: Archive, state: State, origins: Origins, times: tuple[float, datetime]
) -> tuple[str, ...]:
    """Do what was left undone; says what that was.

    `times`: when the manifest was last written, as a file's time, and now. Raises ArchiveError.
    """
    since, now = times
    recovery = _Recovery(archive, state, origins, now)
    if state.upkeep.is_empty() and _has_known(archive.root):
        return (*recovery.rebuild(), *recovery.lines(since))
    notices = recovery.lines(since)
    recovery.rows(recent_events(archive.root, since))
    return notices


def _has_known(root: Path) -> bool:
    """Whether the archive's files tell of any article, archived or missing."""
    return has_documents(root) or any(event.event == "missing" for event in read_all(root))


class _Recovery:
    def __init__(self, archive: Archive, state: State, origins: Origins, now: datetime) -> None:
        self._archive, self._state = archive, state
        self._origins, self._now = origins, now

    def _rebuilding(self) -> Rebuilding:
        return Rebuilding(self._archive.root, self._state, self._origins, self._now)

    def rebuild(self) -> tuple[str, ...]:
        done = self._rebuilding().run()
        found = (
            f"{self._archive.root} holds articles that the state did not know: it was rebuilt from "
            f"the files, {done.articles:,} articles and {done.records:,} records"
        )
        return (found, *done.notices)

    # -- documents without a line ------------------------------------------------------------------

    def lines(self, since: float) -> tuple[str, ...]:
        """Give the documents that a crash left without one their line in the manifest."""
        root = self._archive.root
        found = orphans(root, recent_events(root, since), since)
        changes = list(filter(None, map(self._change, found)))
        self._archive.commit(changes, self._now)
        return tuple(
            f"{root / change.files[-1][0]}: taken up, an interrupted run had left it without its "
            "line in the manifest"
            for change in changes
        )

    def _change(self, orphan: Orphan) -> Change | None:
        """The line of an orphan; None where it is not of our writing."""
        try:
            text = self._archive.store.read(orphan.path)
            seen = glance(text)
        except (ArchiveError, DocumentError):
            return None
        article = seen.story_id or self._identity(seen.url)
        is_ours = seen.sha256 == sha256_of_body(seen.body)
        if not is_ours and (seen.sha256 or not self._state.articles.statuses([article])):
            return None
        known = self._state.articles.get(article)
        is_elsewhere = known and known.status == "archived" and known.path != orphan.path
        if is_elsewhere and known and known.path and self._archive.store.exists(known.path):
            return None  # a copy that somebody made
        event: Happening = "archived" if orphan.is_new else "revised"
        files: tuple[tuple[str, str], ...] = ((orphan.path, text),)
        if orphan.earlier:
            files = ((orphan.earlier, self._archive.store.read(orphan.earlier)), *files)
        return Change(event, article, files, about={"recovered": True})

    def _identity(self, url: str) -> str:
        site = choose_site(url, self._origins.sites.values())
        story = identify(url, site) or identify(url, None)
        return story.id if story else url

    # -- lines without a row -----------------------------------------------------------------------

    def rows(self, events: list[Event]) -> None:
        """Bring the rows of the latest events in line with them."""
        paths = {fact.path: event.id for event in events for fact in event.files}
        written = {fact.path: fact.sha256 for event in events for fact in event.files}
        statuses = self._state.articles.statuses(paths.values())
        recent = {fact.path for event in events[-_LAST:] for fact in event.files}
        stale = {
            path
            for path, article in paths.items()
            if path.startswith("_posts/")
            and (statuses.get(article) != "archived" or path in recent)
            and self._differs(path, article, written[path])
        }
        gone = takedowns(events)  # not of what came back since
        first = len(events) - _LAST
        told = [  # in their order: the last word on a file counts
            event
            for number, event in enumerate(events)
            if any(fact.path in stale for fact in event.files)
            or (number >= first and (self._is_unsaved(event) or _is_wordless(event, gone)))
        ]
        if told:
            self._rebuilding().restore(sorted(stale), told)
        self._records(events)

    def _is_unsaved(self, event: Event) -> bool:
        """Whether a picture was kept, and its row does not know."""
        url = str(event.about.get("url", "")) if event.event == "picture" else ""
        return bool(url) and not self._state.pictures.saved([url])

    def _differs(self, path: str, article: str, written: str) -> bool:
        """Whether a document is there, and its row does not say what it says.

        `written` is the SHA-256 of the file as it was written last: it has a mark that the row does
        not know of, where that differs.
        """
        known = self._state.articles.get(article)
        try:
            body = glance(self._archive.store.read(path)).body
        except (ArchiveError, DocumentError):
            return False
        said = (known.status, known.path, known.sha256) if known else ()
        is_known = known is not None and known.file_sha256 in ("", written)
        return said != ("archived", path, sha256_of_body(body)) or not is_known

    def _records(self, events: Iterable[Event]) -> None:
        """Note the records behind the last that is known, where they are by now."""
        expected = Expected()
        for event in events:
            expected.take(event)
        last = self._state.upkeep.last_record()
        facts = [fact for kept in expected.records.values() for fact, _ in kept.values()]
        missed = [fact for fact in facts if (fact.file, fact.offset) > last]
        self._state.records.add(list(filter(None, map(self._record, missed))))

    def _record(self, fact: RecordFact) -> RawRecord | None:
        try:
            read = read_record(self._archive.root / fact.file, fact.offset)
        except ArchiveError:  # expired, or damaged, which `verify` tells
            return None
        return RawRecord(
            read.article,
            read.url,
            read.at,
            read.kind,
            fact.file,
            fact.offset,
            fact.length,
            read.digest,
        )


def _is_wordless(event: Event, gone: Mapping[str, Event]) -> bool:
    """Whether it changed what is known of an article, and no text."""
    return event.event in _WITHOUT_TEXT or event == gone.get(event.id)
