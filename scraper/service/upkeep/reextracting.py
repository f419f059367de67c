"""Reads the raw records anew by the present rules, and says or writes what comes out otherwise.

A better reading is no revision of the article: the text is replaced where it stands, with its
number of revisions as it was, and the manifest says "reextracted".
"""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from scraper.archive.archive import Change
from scraper.articles.drift import UNLIKE
from scraper.errors import ArchiveError, DocumentError
from scraper.markdown.document import read, render, sha256_of_body
from scraper.markdown.names import collision_key
from scraper.model import ArchiveSettings, Document, Entry, Pending, Source
from scraper.protocol.urls import canonical
from scraper.service.context import Service
from scraper.service.crawling.attempt import attempt
from scraper.service.keeping.compose import Draft, Earlier, compose, quarantine_path, quarantined
from scraper.service.keeping.revising import Standing, hash_of_file, is_owners, with_mark
from scraper.service.upkeep.replay import Replay
from scraper.state.articles import Archived, ArticleRecord
from scraper.state.records import RawRecord

Verdict = Literal["same", "better", "released", "unread", "unrecorded", "owned"]
AT_ONCE = 16  # articles: enough to keep every core busy


@dataclass(frozen=True, slots=True)
class Reread:
    """What the present rules make of an article's raw record."""

    article: ArticleRecord
    verdict: Verdict
    reason: str = ""
    method: str = ""
    before: str = ""  # the texts of its file
    after: str = ""
    draft: Draft | None = None


async def reread(service: Service, ids: Sequence[str]) -> AsyncIterator[Reread]:
    """Read these articles anew, in order, some side by side; writes nothing."""
    for start in range(0, len(ids), AT_ONCE):
        group = ids[start : start + AT_ONCE]
        for found in await asyncio.gather(*(_reread(service, one) for one in group)):
            yield found


async def _reread(service: Service, article_id: str) -> Reread:
    article, records = await service.disk.run(_recall, service, article_id)
    if not records:
        return Reread(article, "unrecorded", "there is no raw record of it")
    source = service.crawl.sources.get(article.source)
    draft = await _replay(service, article, records, source)
    if isinstance(draft, str):
        return Reread(article, "unread", draft)
    if article.status != "archived":
        doubt = draft.doubt or await service.disk.run(_unlike_others, service, article, draft)
        verdict: Verdict = "unread" if doubt else "released"
        return Reread(article, verdict, doubt, draft.article.method, draft=draft)
    return await service.disk.run(_compare, service, article, draft)


async def _replay(
    service: Service, article: ArticleRecord, records: Sequence[RawRecord], source: Source | None
) -> Draft | str:
    """The article as its records are read now; or why it cannot be."""
    entry = article.entry or Entry(article.url, article.id)
    latest = {canonical(record.url): record for record in records}
    replay = Replay(service.keeper.archive.root, latest, entry.url, service.crawl.max_bytes)
    crawl = replace(service.crawl, fetcher=replay, keep_raw=False)
    found = await attempt(crawl, Pending(entry, article.source), source)
    return found if isinstance(found, Draft) else found.reason


# -- in the disk's thread --------------------------------------------------------------------------


def _recall(service: Service, article_id: str) -> tuple[ArticleRecord, list[RawRecord]]:
    article = service.state.articles.get(article_id)
    if article is None:
        raise ArchiveError(f"{article_id}: no such article; `scraper status` lists some")
    records = [_with_payload(service, one) for one in service.state.records.of(article_id)]
    latest = {canonical(record.url): record for record in records}
    if any(record.kind == "revisit" for record in latest.values()):
        return article, []  # a page of it has expired: the others would pass for the whole
    return article, records


def _with_payload(service: Service, record: RawRecord) -> RawRecord:
    """The record that holds a revisit's payload, at the revisit's time; else the revisit."""
    if record.kind != "revisit":
        return record
    holder = service.state.records.with_payload(record.url, record.digest)
    return replace(holder, at=record.at) if holder else record


def _unlike_others(service: Service, article: ArticleRecord, draft: Draft) -> str:
    """Why a page stays in quarantine that is there for being unlike its source's other articles.

    Read as it was, it stays, whatever the others are like by now; read otherwise, it is compared
    with them once more. What is there for another reason is not compared.
    """
    store, path = service.keeper.archive.store, quarantine_path(article.id)
    if not article.reason.startswith(UNLIKE) or not store.exists(path):
        return ""
    if store.read(path) == quarantined(draft, article.reason):
        return article.reason
    (judged,) = service.keeper.norms.judged([draft])
    return judged.doubt


def _compare(service: Service, article: ArticleRecord, draft: Draft) -> Reread:
    """An archived article's file beside what it would be."""
    settings = service.keeper.settings
    try:
        before = service.keeper.archive.store.read(article.path)
        known = read(before)
    except (ArchiveError, DocumentError) as error:
        return Reread(article, "unread", str(error))
    watch = service.state.checks.get(article.id)
    draft = service.keeper.linker.draft(_dated(draft, known), article.path)
    after = render(_document(draft, known, settings), settings.front_matter)
    if after != before and is_owners(Standing(before, article.file_sha256, watch), known):
        return Reread(article, "owned", "its owner edited the file")
    # where a crash came before the line and the row, the file is there, and is written once more
    is_kept = article.file_sha256 in ("", hash_of_file(before))
    verdict: Verdict = "same" if after == before and is_kept else "better"
    return Reread(article, verdict, "", draft.article.method, before, after, draft)


def _dated(draft: Draft, known: Document) -> Draft:
    """With the known instant where the page names none: the entry that did is no longer known."""
    article = draft.article
    if article.published and article.precision == "instant":
        return draft
    precision = "day" if known.extra.get("date_precision") == "day" else "instant"
    dated = replace(article, published=known.published, precision=precision)  # type: ignore[arg-type]
    return replace(draft, article=dated)


def _document(draft: Draft, known: Document, settings: ArchiveSettings) -> Document:
    """The document as it is read now; what is no reading of the page stays as it was."""
    revision, changed = known.extra.get("revision"), known.extra.get("last_modified_at")
    number = revision if isinstance(revision, int) else 1
    earlier = Earlier(
        url=known.url,
        author=known.author,
        tags=known.tags,
        categories=known.categories,
        revision=number - 1,
        modified=changed,
        seen=draft.fetched_at,
    )
    document = compose(draft, settings, earlier)
    if settings.front_matter != "full":
        return document
    own = compose(draft, settings, None).extra.get("last_modified_at")
    extra = {**document.extra, "last_modified_at": changed or own}
    extra = {key: value for key, value in extra.items() if value is not None}
    withdrawn = known.extra.get("withdrawn") is True
    return with_mark(replace(document, extra=extra), withdrawn=withdrawn)


# -- writing ---------------------------------------------------------------------------------------


async def rewrite(service: Service, found: Sequence[Reread]) -> None:
    """Put better texts in the place of what was there, and release what can be read now.

    Raises ArchiveError.
    """
    better = [one for one in found if one.verdict == "better"]
    await service.disk.run(_replace_texts, service, better)
    await service.disk.run(_want_pictures, service, found)
    for one in found:
        if one.verdict == "released" and one.draft:
            await service.keeper.keep(replace(one.draft, insisted=True))


def _replace_texts(service: Service, better: Sequence[Reread]) -> None:
    changes = [
        Change(
            "reextracted",
            one.article.id,
            files=((one.article.path, one.after),),
            about={"method": one.method},
        )
        for one in better
    ]
    service.keeper.archive.commit(changes, service.now())
    service.state.articles.archive([_row(one) for one in better])


def _want_pictures(service: Service, found: Sequence[Reread]) -> None:
    """Want what these texts show: they may have been archived before pictures were saved."""
    with service.state.transaction():
        for one in found:
            if one.verdict in ("same", "better"):
                service.keeper.linker.want(one.article.id, read(one.after).body)


def _row(one: Reread) -> Archived:
    article, document = one.article, read(one.after)
    return Archived(
        id=article.id,
        url=article.url,
        canonical_url=document.url,
        source=article.source,
        title=document.title,
        published=document.published,
        path=article.path,
        path_key=collision_key(article.path),
        sha256=sha256_of_body(document.body),
        validators=article.validators,
        fetched_at=article.fetched_at or article.first_seen,
        file_sha256=hash_of_file(one.after),
    )


def chosen(service: Service, ids: Iterable[str], source: str = "") -> list[str]:
    """The articles to read anew: these, else all that are archived or in quarantine."""
    given = list(ids)
    return given or service.state.articles.readable(source or None)
