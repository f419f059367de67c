"""Puts documents into the archive: files first, then the state's rows, several at a time.

Articles that are ready while the disk is busy go into one batch and share its syncs. Whoever calls
`keep` waits until its article is safe, so nothing is ever reported that a power cut could undo.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from scraper.archive.archive import Archive, Change, Done
from scraper.archive.manifest import Happening
from scraper.archive.raw import Kept
from scraper.archive.warc import Earlier as EarlierRecord
from scraper.archive.warc import payload_digest
from scraper.errors import ArchiveError
from scraper.markdown.document import render, sha256_of_body
from scraper.markdown.names import collision_key, with_story_id
from scraper.markdown.pictures import moved
from scraper.markdown.visible import hash_of_words, words_of
from scraper.model import ArchiveSettings, ArticleEvent, ArticleOutcome, Capture, Document
from scraper.service.compose import (
    Draft,
    compose,
    propose_path,
    quarantine_path,
    quarantined,
    revision_path,
)
from scraper.service.disk import Disk
from scraper.service.figures import Figures
from scraper.service.linking import Linker
from scraper.service.marking import BACK, Marker, text_of
from scraper.service.norms import Norms
from scraper.service.releasing import release
from scraper.service.revising import (
    Ruling,
    Standing,
    hash_of_file,
    judge,
    planned,
    read_or_none,
    says_the_same,
    with_mark,
)
from scraper.state.articles import Archived, ArticleRecord
from scraper.state.checks import Watch
from scraper.state.database import State
from scraper.state.records import RawRecord

_NOTHING = Done((), ())

_Waiting = tuple[Draft, asyncio.Future[ArticleEvent]]


@dataclass(frozen=True, slots=True)
class _Plan:
    """What is to be written for one draft."""

    draft: Draft
    path: str
    outcome: ArticleOutcome
    document: Document | None = None  # what the row will say; None in quarantine
    known: ArticleRecord | None = None
    text: str = ""  # of the file that is there already
    ruling: Ruling | None = None  # on the article that is archived already

    @property
    def reason(self) -> str:
        """What a reader of the event should know."""
        if self.ruling is None:
            return self.draft.doubt or self.draft.damage
        back = BACK if self.ruling.returned else ""
        damage = self.draft.damage if self.outcome == "updated" else ""
        return "; ".join(filter(None, (back, self.ruling.reason, damage)))


class Keeper:
    """Writes drafts into one archive; the caller holds its lock."""

    def __init__(
        self,
        settings: ArchiveSettings,
        archive: Archive,
        state: State,
        disk: Disk,
        figures: Figures | None = None,
    ) -> None:
        self.settings = settings
        self._figures = figures or Figures()
        self.marker = Marker(settings, archive, state)
        self.linker = Linker(settings, archive, state)
        self.archive = archive
        self._store = archive.store
        self._state = state
        self._disk = disk
        self.norms = Norms(state)
        self._waiting: list[_Waiting] = []
        self._writing: asyncio.Task[None] | None = None

    async def keep(self, draft: Draft) -> ArticleEvent:
        """Archive a draft durably; says where it is. Raises ArchiveError."""
        future: asyncio.Future[ArticleEvent] = asyncio.get_running_loop().create_future()
        self._waiting.append((draft, future))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_waiting())
        return await future

    async def settle(self) -> None:
        """Wait for what is still being written of those who have given up; for the end."""
        if self._writing:
            await asyncio.wait((self._writing,))

    async def _write_waiting(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            await self._write_batch(batch)

    async def _write_batch(self, batch: list[_Waiting]) -> None:
        began = time.monotonic()
        try:
            events = await self._disk.run(self.write, [draft for draft, _ in batch])
        except Exception as error:  # noqa: BLE001  # handed on to those who wait for it
            await self._share_failure(batch, error)
            return
        self._figures.stage("write", time.monotonic() - began)
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
        drafts = self.norms.judged(drafts)
        plans = [self._plan(draft, taken) for draft in drafts]
        changes = [self._change(plan) for plan in plans]
        returns = [change for plan in plans for change in _returns(plan)]
        written = self.archive.commit([*filter(None, changes), *returns], drafts[-1].fetched_at)
        done = iter(written)
        results = [next(done) if change else _NOTHING for change in changes]
        with self._state.transaction():
            for plan, result in zip(plans, results, strict=True):
                self._record(plan, result)
            self.norms.learn([plan.draft for plan in plans if plan.ruling is None])
        archived = [plan.known for plan in plans if plan.known and plan.outcome == "archived"]
        release(self.archive, archived, drafts[-1].fetched_at)
        return [_event(plan) for plan in plans]

    def _plan(self, draft: Draft, taken: dict[str, str]) -> _Plan:
        known = self._state.articles.get(draft.article.id)
        settled = known.path if known and known.status == "archived" else ""
        if draft.doubt and not (settled and self._store.exists(settled)):
            return _Plan(draft, quarantine_path(draft.article.id), "quarantined")
        path = settled or self._path(draft, taken)
        taken[collision_key(path)] = draft.article.id
        draft = self.linker.draft(draft, path)
        text = text_of(self._store, path)
        if not text:
            return _Plan(draft, path, "archived", compose(draft, self.settings, None), known)
        return self._compare(draft, path, text, known)

    def _compare(self, draft: Draft, path: str, text: str, known: ArticleRecord | None) -> _Plan:
        """An article that is archived already changes only where its words changed."""
        watch = self._state.checks.get(draft.article.id)
        standing = Standing(text, known.file_sha256 if known else "", watch)
        ruling = judge(draft, standing, self.settings)
        changed = ruling.verdict == "revise" or ruling.returned
        outcome: ArticleOutcome = "updated" if changed else "unchanged"
        document = ruling.document if ruling.verdict == "revise" else ruling.before
        return _Plan(draft, path, outcome, document or ruling.document, known, text, ruling)

    def _path(self, draft: Draft, taken: dict[str, str]) -> str:
        """The path of a new article; of two that would share one, the later gets its id."""
        article = draft.article
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
        document = read_or_none(text_of(self._store, path))
        return document is not None and document.url == url

    # -- what is written ---------------------------------------------------------------------------

    def _change(self, plan: _Plan) -> Change | None:
        """What is done to the archive; None where nothing is."""
        files, kept = self._files(plan), tuple(map(self._kept(plan), plan.draft.captures))
        event = _happening(plan)
        if not files and not kept and event == "recorded":
            return None
        return Change(event, plan.draft.article.id, tuple(files), kept, about=_about(plan))

    def _kept(self, plan: _Plan) -> Callable[[Capture], Kept]:
        def kept(capture: Capture) -> Kept:
            """With the record that has the same payload already, if there is one."""
            digest = payload_digest(capture.payload)
            known = self._state.records.with_payload(capture.url, digest)
            earlier = EarlierRecord(known.url, known.at) if known else None
            return Kept(capture, plan.draft.article.id, earlier)

        return kept

    def _files(self, plan: _Plan) -> list[tuple[str, str]]:
        if plan.ruling:
            return self._files_again(plan, plan.ruling)
        if plan.document is None:
            return [(plan.path, quarantined(plan.draft, plan.draft.doubt))]
        return [(plan.path, self._render(plan.document))]

    def _files_again(self, plan: _Plan, ruling: Ruling) -> list[tuple[str, str]]:
        """What is written of an article that is archived already."""
        if ruling.document and ruling.verdict == "revise":
            current = (plan.path, self._render(ruling.document))
            return [self._aside(plan.path, plan.text), current]
        if ruling.document and ruling.verdict == "aside":
            return [self._aside(plan.path, self._render(ruling.document))]
        if ruling.before is None or ruling.owned or ruling.verdict != "same":
            return []
        if ruling.returned and ruling.before.extra.get("withdrawn"):
            return [(plan.path, self._render(with_mark(ruling.before, withdrawn=False)))]
        return [(plan.path, plan.text)] if ruling.unfinished or _lacks_row(plan) else []

    def _render(self, document: Document) -> str:
        return render(document, self.settings.front_matter)

    def _aside(self, path: str, text: str) -> tuple[str, str]:
        """An earlier text of an article, and where it goes: to the first free number.

        Where it is the last one already, a crash came before the article's file, or its row: then
        it stays there.
        """
        number = 1
        while self._store.exists(revision_path(path, number)):
            number += 1
        free, last = revision_path(path, number), revision_path(path, number - 1)
        text = moved(text, path, free)
        is_there = number > 1 and says_the_same(text_of(self._store, last), text)
        return (last if is_there else free), text

    def _record(self, plan: _Plan, done: Done) -> None:
        article, entry = plan.draft.article, plan.draft.entry
        source = plan.draft.source.name if plan.draft.source else ""
        self._state.forgotten.recall(article.id)  # it was asked for by name
        self._state.articles.want([replace(entry, id=article.id)], source, plan.draft.fetched_at)
        if plan.ruling and plan.ruling.verdict in ("doubted", "waiting"):
            pass  # with the validators of the page that is archived, it will be read again
        elif plan.document is None:
            self._state.articles.quarantine(article.id, plan.draft.doubt, plan.path)
        else:
            self._state.articles.archive([self._row(plan, plan.document, source, done)])
        if plan.document or plan.ruling:
            self._state.checks.save(article.id, self._watch(plan))
        if plan.document and not (plan.ruling and plan.ruling.owned):
            self.linker.want(article.id, plan.document.body)
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

    def _watch(self, plan: _Plan) -> Watch:
        """What is known of the article from now on, and when it is looked at again."""
        draft, ruling = plan.draft, plan.ruling
        published, article_id = draft.article.published, draft.article.id
        revisions = self.settings.revisions
        if ruling is None:
            watch = _first_watch(plan)
            return planned(watch, draft.fetched_at, published, article_id, revisions)
        moved = draft.article.url if draft.article.url != draft.entry.url else ""
        watch = ruling.watch
        if ruling.verdict not in ("doubted", "waiting"):
            watch = replace(watch, validated_url=moved)
        return planned(watch, draft.fetched_at, published, article_id, revisions)

    def _row(self, plan: _Plan, document: Document, source: str, done: Done) -> Archived:
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
            file_sha256=_file_sha256(plan, done),
        )


def _first_watch(plan: _Plan) -> Watch:
    article, entry = plan.draft.article, plan.draft.entry
    document = plan.document
    return Watch(
        validated_url=article.url if article.url != entry.url else "",
        words_sha256=hash_of_words(words_of(document.title, document.body)) if document else "",
    )


def _file_sha256(plan: _Plan, done: Done) -> str:
    """Of the file as this program wrote it last: whatever its owner made of it meanwhile."""
    written = {fact.path: fact.sha256 for fact in done.files}
    if plan.path in written or plan.ruling is None:
        return written[plan.path]
    if plan.ruling.owned:
        return plan.known.file_sha256 if plan.known else ""
    return hash_of_file(plan.text)


def _happening(plan: _Plan) -> Happening:
    ruling = plan.ruling
    if ruling is None:
        return "archived" if plan.document else "quarantined"
    if ruling.verdict == "aside":
        return "kept aside"
    if ruling.verdict == "revise":
        return "revised"
    if ruling.returned:
        return "returned"
    if ruling.owned or ruling.verdict != "same":
        return "recorded"
    return "archived" if _lacks_row(plan) else "revised" if ruling.unfinished else "recorded"


def _lacks_row(plan: _Plan) -> bool:
    """Whether a crash came between the file of a new article and its row, perhaps its line, too."""
    return plan.known is None or plan.known.status != "archived"


def _about(plan: _Plan) -> dict[str, Any]:
    ruling = plan.ruling
    if ruling is None:
        return {}
    if ruling.verdict == "revise":
        return {"revision": ruling.watch.revision}
    return {"reason": ruling.reason} if ruling.reason else {}


def _returns(plan: _Plan) -> list[Change]:
    """An article that came back with another text is two happenings."""
    ruling = plan.ruling
    is_both = ruling is not None and ruling.returned and ruling.verdict != "same"
    return [Change("returned", plan.draft.article.id)] if is_both else []


def _event(plan: _Plan) -> ArticleEvent:
    draft = plan.draft
    return ArticleEvent(
        outcome=plan.outcome,
        id=draft.article.id,
        url=draft.entry.url,
        path=plan.path,
        source=draft.source.name if draft.source else "",
        reason=plan.reason,
        late=_lateness(plan),
    )


def _lateness(plan: _Plan) -> timedelta | None:
    """How long after its publication a new article is archived; None where only a day is known."""
    article = plan.draft.article
    if plan.outcome != "archived" or article.precision != "instant" or not article.published:
        return None
    return plan.draft.fetched_at - article.published
