"""Puts the archive's own copies of pictures into the documents that show them.

A later text is composed with them at once; a document that was there before is written anew, which
is no revision: its words are the same. Everything here runs in the disk's thread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from scraper.archive.archive import Archive, Change
from scraper.markdown.document import render, sha256_of_body
from scraper.markdown.pictures import linked, linked_html, pictures_of
from scraper.model import ArchiveSettings, Document
from scraper.service.keeping.compose import Draft
from scraper.service.keeping.marking import text_of
from scraper.service.keeping.revising import Standing, hash_of_file, is_owners, read_or_none
from scraper.state.articles import ArticleRecord
from scraper.state.database import State
from scraper.state.pictures import Unlinked

BATCH = 100  # documents that share their syncs


@dataclass(frozen=True, slots=True)
class _Rewrite:
    """A document that is written anew; `text` is all of it."""

    record: ArticleRecord
    text: str
    document: Document


class Linker:
    """Links documents to saved pictures; the caller holds the archive's lock."""

    def __init__(self, settings: ArchiveSettings, archive: Archive, state: State) -> None:
        self._settings = settings
        self._archive = archive
        self._pictures = state.pictures
        self._state = state

    def draft(self, draft: Draft, path: str) -> Draft:
        """A draft whose document, at `path`, shows the copies that there are."""
        article = draft.article
        if self._settings.body == "html":
            urls = pictures_of(f"<div>{article.html}")
            copies = self._pictures.saved(urls) if urls else {}
            article = replace(article, html=linked_html(article.html, copies, path))
        else:
            urls = pictures_of(article.markdown)
            copies = self._pictures.saved(urls) if urls else {}
            article = replace(article, markdown=linked(article.markdown, copies, path))
        return replace(draft, article=article) if copies else draft

    def want(self, article: str, body: str) -> None:
        """Note the pictures that an article's body shows by their addresses: they are wanted."""
        if self._settings.pictures == "save":
            self._pictures.want(article, pictures_of(body))

    # -- documents that are there ------------------------------------------------------------------

    def relink(self, now: datetime) -> int:
        """Write every document anew whose pictures have come; gives their number.

        Raises ArchiveError; what is left then is done by the next call, or the next start.
        """
        return self._relink(self._pictures.unlinked(), now)

    def finish(self, now: datetime) -> int:
        """Do what an interrupted run had begun, for the next start. Raises ArchiveError."""
        return self._relink(self._pictures.unfinished(), now)

    def _relink(self, ids: Iterable[str], now: datetime) -> int:
        done, rest = 0, iter(ids)
        while batch := list(islice(rest, BATCH)):
            rewrites = list(filter(None, map(self._rewrite, batch)))
            if rewrites:
                self._write(rewrites, now)
            done += len(rewrites)
        return done

    def _rewrite(self, article_id: str) -> _Rewrite | None:
        """What becomes of a document; None, and noted, where there is nothing to be done."""
        record = self._state.articles.get(article_id)
        is_there = record is not None and record.status == "archived"
        found = self._judge(record) if record and is_there else Unlinked()
        if isinstance(found, _Rewrite):
            return found
        self._pictures.note(article_id, found)
        return None

    def _judge(self, record: ArticleRecord) -> _Rewrite | Unlinked:
        """A document as it will be; or what it shows by address, where that cannot be helped."""
        text = text_of(self._archive.store, record.path)
        document = read_or_none(text)
        if document is None:
            return Unlinked()
        noted = self._pictures.noted(record.id)
        if hash_of_file(text) == noted.planned != record.file_sha256:
            return _Rewrite(record, text, document)  # written, but a crash came before its row
        standing = Standing(text, record.file_sha256, self._state.checks.get(record.id))
        if is_owners(standing, document):
            return Unlinked()  # never written again
        urls = pictures_of(document.body)
        copies = self._pictures.saved(urls)
        if not copies:
            return Unlinked(urls)
        after = _with_body(document, linked(document.body, copies, record.path))
        return _Rewrite(record, render(after, "full"), after)

    def _write(self, rewrites: Sequence[_Rewrite], now: datetime) -> None:
        """First a note of what the files will be: by it the next start knows them for its own."""
        with self._state.transaction():
            for one in rewrites:
                noted = self._pictures.noted(one.record.id)
                planned = replace(noted, planned=hash_of_file(one.text))
                self._pictures.note(one.record.id, planned)
        self._archive.commit([_change(one) for one in rewrites], now)
        with self._state.transaction():
            for one in rewrites:
                body = one.document.body
                sha256 = sha256_of_body(body)
                self._state.checks.rewritten(one.record.id, hash_of_file(one.text), sha256)
                self._pictures.note(one.record.id, Unlinked(pictures_of(body)))


def _change(one: _Rewrite) -> Change:
    return Change("picture", one.record.id, files=((one.record.path, one.text),))


def _with_body(document: Document, body: str) -> Document:
    """The document with another body, and its hash where the front matter states one."""
    extra = dict(document.extra)
    if "sha256" in extra:
        extra["sha256"] = sha256_of_body(body)
    return replace(document, body=body, extra=extra)
