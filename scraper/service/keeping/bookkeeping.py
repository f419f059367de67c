"""Keeps the state's rows of what was written: the article, its watch, pictures, raw records."""

from dataclasses import replace

from scraper.archive.archive import Done
from scraper.archive.warc import payload_digest
from scraper.markdown.document import sha256_of_body
from scraper.markdown.names import collision_key
from scraper.markdown.visible import hash_of_words, words_of
from scraper.model import Document, RevisionSettings
from scraper.service.keeping.linking import Linker
from scraper.service.keeping.planning import Plan
from scraper.service.keeping.revising import hash_of_file, planned
from scraper.state.articles import Archived
from scraper.state.checks import Watch
from scraper.state.database import State
from scraper.state.records import RawRecord


class Bookkeeper:
    """Writes the rows of one state; inside a transaction, in the disk's thread."""

    def __init__(self, revisions: RevisionSettings, state: State, linker: Linker) -> None:
        self._revisions = revisions
        self._state = state
        self._linker = linker

    def record(self, plan: Plan, done: Done) -> None:
        """Note what came of a plan. Raises ArchiveError."""
        article, entry = plan.draft.article, plan.draft.entry
        source = plan.draft.source.name if plan.draft.source else ""
        self._state.forgotten.recall(article.id)  # it was asked for by name
        self._state.articles.want([replace(entry, id=article.id)], source, plan.draft.fetched_at)
        if plan.ruling and plan.ruling.verdict in ("doubted", "waiting"):
            pass  # with the validators of the page that is archived, it will be read again
        elif plan.document is None:
            self._state.articles.quarantine(article.id, plan.draft.doubt, plan.path)
        else:
            self._state.articles.archive([_row(plan, plan.document, source, done)])
        if plan.document or plan.ruling:
            self._state.checks.save(article.id, self._watch(plan))
        if plan.document and not (plan.ruling and plan.ruling.owned):
            self._linker.want(article.id, plan.document.body)
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

    def _watch(self, plan: Plan) -> Watch:
        """What is known of the article from now on, and when it is looked at again."""
        draft, ruling = plan.draft, plan.ruling
        published, article_id = draft.article.published, draft.article.id
        revisions = self._revisions
        if ruling is None:
            watch = _first_watch(plan)
            return planned(watch, draft.fetched_at, published, article_id, revisions)
        moved = draft.article.url if draft.article.url != draft.entry.url else ""
        watch = ruling.watch
        if ruling.verdict not in ("doubted", "waiting"):
            watch = replace(watch, validated_url=moved)
        return planned(watch, draft.fetched_at, published, article_id, revisions)


def _row(plan: Plan, document: Document, source: str, done: Done) -> Archived:
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


def _first_watch(plan: Plan) -> Watch:
    article, entry = plan.draft.article, plan.draft.entry
    document = plan.document
    return Watch(
        validated_url=article.url if article.url != entry.url else "",
        words_sha256=hash_of_words(words_of(document.title, document.body)) if document else "",
    )


def _file_sha256(plan: Plan, done: Done) -> str:
    """Of the file as this program wrote it last: whatever its owner made of it meanwhile."""
    written = {fact.path: fact.sha256 for fact in done.files}
    if plan.path in written or plan.ruling is None:
        return written[plan.path]
    if plan.ruling.owned:
        return plan.known.file_sha256 if plan.known else ""
    return hash_of_file(plan.text)
