"""Puts documents into the archive: files first, then the state's rows, several at a time.

Articles that are ready while the disk is busy go into one batch and share its syncs. Whoever calls
`keep` waits until its article is safe, so nothing is ever reported that a power cut could undo.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from scraper.archive.archive import Archive, Change, Done
from scraper.archive.manifest import Happening
from scraper.archive.raw import Kept
from scraper.archive.warc import Earlier as EarlierRecord
from scraper.archive.warc import payload_digest
from scraper.errors import ArchiveError, DocumentError
from scraper.markdown.document import read, render, sha256_of_body
from scraper.markdown.names import collision_key, with_story_id
from scraper.model import ArchiveSettings, ArticleEvent, ArticleOutcome, Capture, Document
from scraper.service.compose import (
    Draft,
    Earlier,
    compose,
    propose_path,
    quarantine_path,
    quarantined,
)
from scraper.service.disk import Disk
from scraper.state.articles import Archived
from scraper.state.database import State
from scraper.state.records import RawRecord

_HAPPENINGS: Mapping[ArticleOutcome, Happening] = {
    "archived": "archived",
    "updated": "revised",
    "quarantined": "quarantined",
}
_NOTHING = Done((), ())

_Waiting = tuple[Draft, asyncio.Future[ArticleEvent]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be written for one draft."""

    draft: Draft
    path: str
    outcome: ArticleOutcome
    document: Document | None = None  # None in quarantine
    earlier_text: str = ""  # kept in _revisions/ when the article changed


class Keeper:
    """Writes drafts into one archive; the caller holds its lock."""

    def __init__(
        self, settings: ArchiveSettings, archive: Archive, state: State, disk: Disk
    ) -> None:
        self.settings = settings
        self.archive = archive
        self._store = archive.store
        self._state = state
        self._disk = disk
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, draft: Draft) -> ArticleEvent:
        """Archive a draft durably; says where it is. Raises ArchiveError."""
        future: asyncio.Future[ArticleEvent] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await future

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._write_batch(batch)

    async def _write_batch(self, batch: list[_Waiting]) -> None:
        try:
            events = await self._disk.run(self.write, [draft for draft, _ in batch])
        except Exception as error:  # noqa: BLE001  # handed on to those who wait for it
            await self._share_failure(batch, error)
            return
        for (_, future), event in zip(batch, events, strict=True):
            if not future.done():
                future.set_result(event)

    async def _share_failure(self, batch: list[_Waiting], error: Exception) -> None:
        """The disk's refusal is everybody's; any other error is that of one draft alone."""
        if len(batch) > 1 and not isinstance(error, ArchiveError):
            for single in batch:
                await self._write_batch([single])
            return
        for _, future in batch:
            if not future.done():
                future.set_exception(error)

    # -- in the disk's thread ----------------------------------------------------------------------

    def write(self, drafts: Sequence[Draft]) -> list[ArticleEvent]:
        """Write a batch: every file, then every row.

        Raises ArchiveError; then no row was written, every file is whole, and the same batch may
        be written again.
        """
        taken: dict[str, str] = {}
        plans = [self._plan(draft, taken) for draft in drafts]
        changes = [self._change(plan) for plan in plans]
        written = self.archive.commit([c for c in changes if c], drafts[-1].fetched_at)
        done = iter(written)
        results = [next(done) if change else _NOTHING for change in changes]
        with self._state.transaction():
            for plan, result in zip(plans, results, strict=True):
                self._record(plan, result)
        return [_event(plan) for plan in plans]

    def _plan(self, draft: Draft, taken: dict[str, str]) -> _Plan:
        if draft.doubt:
            return _Plan(draft, quarantine_path(draft.article.id), "quarantined")
        path = self._path(draft, taken)
        taken[collision_key(path)] = draft.article.id
        earlier_text = self._store.read(path) if self._store.exists(path) else ""
        if not earlier_text:
            return _Plan(draft, path, "archived", compose(draft, self.settings, None))
        return self._compare(draft, path, earlier_text)

    def _compare(self, draft: Draft, path: str, earlier_text: str) -> _Plan:
        """An article that is archived already changes only where its words changed."""
        try:
            before = read(earlier_text)
        except DocumentError:  # somebody else's file, or a damaged one: kept as an earlier text
            document = compose(draft, self.settings, None)
            return _Plan(draft, path, "updated", document, earlier_text)
        revision = before.extra.get("revision")
        kept = Earlier(
            before.url,
            before.tags,
            before.categories,
            revision if isinstance(revision, int) else 1,
        )
        document = compose(draft, self.settings, kept)
        if (document.body, document.title) == (before.body, before.title):
            return _Plan(draft, path, "unchanged", before)
        return _Plan(draft, path, "updated", document, earlier_text)

    def _path(self, draft: Draft, taken: dict[str, str]) -> str:
        """The article's path for life; of two that would share one, the later gets its id."""
        article = draft.article
        known = self._state.articles.get(article.id)
        if known and known.path and known.status == "archived":
            return known.path
        path = propose_path(draft, self.settings)
        key = collision_key(path)
        holder = taken.get(key) or self._state.articles.holder_of(key)
        if holder not in (None, article.id) or not self._is_ours(path, article.canonical_url):
            return with_story_id(path, article.id)
        return path

    def _is_ours(self, path: str, url: str) -> bool:
        """Whether a path is free, or holds this very article (a crash came before its row)."""
        if not self._store.exists(path):
            return True
        try:
            return read(self._store.read(path)).url == url
        except DocumentError:
            return False

    # -- what is written ---------------------------------------------------------------------------

    def _change(self, plan: _Plan) -> Change | None:
        """What is done to the archive; None where nothing is."""
        files, kept = self._files(plan), tuple(map(self._kept(plan), plan.draft.captures))
        event = _HAPPENINGS.get(plan.outcome, "recorded")
        if not files and not kept:
            return None
        return Change(event, plan.draft.article.id, tuple(files), kept)

    def _kept(self, plan: _Plan) -> Callable[[Capture], Kept]:
        def kept(capture: Capture) -> Kept:
            """With the record that has the same payload already, if there is one."""
            digest = payload_digest(capture.payload)
            known = self._state.records.with_payload(capture.url, digest)
            earlier = EarlierRecord(known.url, known.at) if known else None
            return Kept(capture, plan.draft.article.id, earlier)

        return kept

    def _files(self, plan: _Plan) -> list[tuple[str, str]]:
        if plan.outcome == "quarantined":
            return [(plan.path, quarantined(plan.draft, plan.draft.doubt))]
        if plan.document is None or plan.outcome == "unchanged":
            return []
        text = render(plan.document, self.settings.front_matter)
        current = (plan.path, text)
        if not plan.earlier_text:
            return [current]
        return [(self._revision_path(plan), plan.earlier_text), current]

    def _revision_path(self, plan: _Plan) -> str:
        """Where an earlier text goes: beside its fellows, under the path of the article."""
        stem = PurePosixPath("_revisions", *PurePosixPath(plan.path).with_suffix("").parts[1:])
        number = 1
        while self._store.exists(f"{stem}/{number}.md"):
            number += 1
        return f"{stem}/{number}.md"

    def _record(self, plan: _Plan, done: Done) -> None:
        article, entry = plan.draft.article, plan.draft.entry
        source = plan.draft.source.name if plan.draft.source else ""
        self._state.articles.want([replace(entry, id=article.id)], source, plan.draft.fetched_at)
        if plan.document is None:
            self._state.articles.quarantine(article.id, plan.draft.doubt, plan.path)
        else:
            self._state.articles.archive([self._row(plan, plan.document, source)])
        self._state.records.add(
            RawRecord(
                article=article.id,
                url=capture.url,
                at=capture.at,
                kind=fact.kind,
                file=fact.file,
                offset=fact.offset,
                length=fact.length,
                digest=payload_digest(capture.payload),
            )
            for capture, fact in zip(plan.draft.captures, done.records, strict=True)
        )

    def _row(self, plan: _Plan, document: Document, source: str) -> Archived:
        draft = plan.draft
        return Archived(
            id=draft.article.id,
            url=draft.entry.url,
            canonical_url=document.url,
            source=source,
            title=draft.article.title,
            published=document.published,
            path=plan.path,
            path_key=collision_key(plan.path),
            sha256=sha256_of_body(document.body),
            validators=draft.validators,
            fetched_at=draft.fetched_at,
        )


def _event(plan: _Plan) -> ArticleEvent:
    draft = plan.draft
    return ArticleEvent(
        outcome=plan.outcome,
        id=draft.article.id,
        url=draft.entry.url,
        path=plan.path,
        source=draft.source.name if draft.source else "",
        reason=draft.doubt or ("" if plan.outcome == "unchanged" else draft.damage),
    )
