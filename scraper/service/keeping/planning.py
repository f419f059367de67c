"""Decides what becomes of drafts: where each goes, whether it changes anything, what is written.

Reads the archive and the state, in the disk's thread, and writes neither.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from scraper.archive.archive import Archive, Change
from scraper.archive.manifest import Happening
from scraper.archive.raw import Kept
from scraper.archive.warc import Earlier as EarlierRecord
from scraper.archive.warc import payload_digest
from scraper.markdown.document import render
from scraper.markdown.names import collision_key, with_story_id
from scraper.markdown.pictures import moved
from scraper.model import ArchiveSettings, ArticleOutcome, Capture, Document
from scraper.service.keeping.compose import (
    Draft,
    compose,
    propose_path,
    quarantine_path,
    quarantined,
    revision_path,
)
from scraper.service.keeping.linking import Linker
from scraper.service.keeping.marking import BACK, text_of
from scraper.service.keeping.revising import (
    Ruling,
    Standing,
    judge,
    read_or_none,
    says_the_same,
    with_mark,
)
from scraper.state.articles import ArticleRecord
from scraper.state.database import State


@dataclass(frozen=True, slots=True)
class Plan:
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

    @property
    def lacks_row(self) -> bool:
        """Whether a crash came between the file of a new article and its row, or its line too."""
        return self.known is None or self.known.status != "archived"

    @property
    def changes(self) -> tuple[Change, ...]:
        """What happened besides: an article that came back with another text is two happenings."""
        ruling = self.ruling
        is_both = ruling is not None and ruling.returned and ruling.verdict != "same"
        return (Change("returned", self.draft.article.id),) if is_both else ()


class Planner:
    """Plans for one archive."""

    def __init__(
        self, settings: ArchiveSettings, archive: Archive, state: State, linker: Linker
    ) -> None:
        self._settings = settings
        self._store = archive.store
        self._state = state
        self._linker = linker

    def plan(self, drafts: Sequence[Draft]) -> list[Plan]:
        """A plan for each draft; no two of them share a path. Raises ArchiveError."""
        taken: dict[str, str] = {}
        return [self._plan(draft, taken) for draft in drafts]

    def _plan(self, draft: Draft, taken: dict[str, str]) -> Plan:
        known = self._state.articles.get(draft.article.id)
        settled = known.path if known and known.status == "archived" else ""
        if draft.doubt and not (settled and self._store.exists(settled)):
            return Plan(draft, quarantine_path(draft.article.id), "quarantined")
        path = settled or self._path(draft, taken)
        taken[collision_key(path)] = draft.article.id
        draft = self._linker.draft(draft, path)
        text = text_of(self._store, path)
        if not text:
            return Plan(draft, path, "archived", compose(draft, self._settings, None), known)
        return self._compare(draft, path, text, known)

    def _compare(self, draft: Draft, path: str, text: str, known: ArticleRecord | None) -> Plan:
        """An article that is archived already changes only where its words changed."""
        watch = self._state.checks.get(draft.article.id)
        standing = Standing(text, known.file_sha256 if known else "", watch)
        ruling = judge(draft, standing, self._settings)
        changed = ruling.verdict == "revise" or ruling.returned
        outcome: ArticleOutcome = "updated" if changed else "unchanged"
        document = ruling.document if ruling.verdict == "revise" else ruling.before
        return Plan(draft, path, outcome, document or ruling.document, known, text, ruling)

    def _path(self, draft: Draft, taken: dict[str, str]) -> str:
        """The path of a new article; of two that would share one, the later gets its id."""
        article = draft.article
        path = propose_path(draft, self._settings)
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

    def change(self, plan: Plan) -> Change | None:
        """What is done to the archive; None where nothing is. Raises ArchiveError."""
        files, kept = self._files(plan), tuple(map(self._kept(plan), plan.draft.captures))
        event = _happening(plan)
        if not files and not kept and event == "recorded":
            return None
        return Change(event, plan.draft.article.id, tuple(files), kept, about=_about(plan))

    def _kept(self, plan: Plan) -> Callable[[Capture], Kept]:
        def kept(capture: Capture) -> Kept:
            """With the record that has the same payload already, if there is one."""
            digest = payload_digest(capture.payload)
            known = self._state.records.with_payload(capture.url, digest)
            earlier = EarlierRecord(known.url, known.at) if known else None
            return Kept(capture, plan.draft.article.id, earlier)

        return kept

    def _files(self, plan: Plan) -> list[tuple[str, str]]:
        if plan.ruling:
            return self._files_again(plan, plan.ruling)
        if plan.document is None:
            return [(plan.path, quarantined(plan.draft, plan.draft.doubt))]
        return [(plan.path, self._render(plan.document))]

    def _files_again(self, plan: Plan, ruling: Ruling) -> list[tuple[str, str]]:
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
        return [(plan.path, plan.text)] if ruling.unfinished or plan.lacks_row else []

    def _render(self, document: Document) -> str:
        return render(document, self._settings.front_matter)

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


def _happening(plan: Plan) -> Happening:
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
    return "archived" if plan.lacks_row else "revised" if ruling.unfinished else "recorded"


def _about(plan: Plan) -> dict[str, Any]:
    ruling = plan.ruling
    if ruling is None:
        return {}
    if ruling.verdict == "revise":
        return {"revision": ruling.watch.revision}
    return {"reason": ruling.reason} if ruling.reason else {}
