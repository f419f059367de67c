"""The state made anew from the archive's files: manifest, WARC records, documents, in that order.

Everything is gone through once, in batches: memory does not grow with the archive. On a state that
exists it mends what differs; what is pending stays pending.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TypeVar

from scraper.archive import raw
from scraper.archive.chain import read_chain
from scraper.archive.findings import Finding
from scraper.archive.manifest import Event
from scraper.archive.store import Store
from scraper.archive.verifying import files_below
from scraper.archive.warc import Read, read_records
from scraper.errors import ArchiveError, DocumentError
from scraper.markdown.document import sha256_of_body
from scraper.markdown.front_matter import SeedHandler
from scraper.markdown.glance import Glance, glance
from scraper.markdown.names import collision_key
from scraper.markdown.pictures import pictures_of
from scraper.model import Entry, RevisionSettings, Source
from scraper.protocol.identity import choose_site, identify
from scraper.protocol.recheck import jitter_of, next_check
from scraper.service.crawling.missing import MissingRows
from scraper.site import Site
from scraper.state.database import State
from scraper.state.records import RawRecord
from scraper.state.told import ToldFile
from scraper.state.upkeep import Restored

T = TypeVar("T")
BATCH = 500  # documents or events in one transaction


@dataclass(frozen=True, slots=True)
class Origins:
    """Where articles may have come from, and when they are looked at again, as configured."""

    sources: Mapping[str, Source]
    sites: Mapping[str, Site]
    revisions: RevisionSettings = field(default_factory=RevisionSettings)
    pictures: bool = False  # whether they are saved


@dataclass(slots=True)
class Rebuilt:
    """What was restored, and what could not be; a notice names the path."""

    articles: int = 0
    records: int = 0
    quarantined: int = 0
    forgotten: int = 0
    withdrawn: int = 0
    missing: int = 0
    notices: list[str] = field(default_factory=list)


def has_documents(root: Path) -> bool:
    """Whether an archive holds any article. Raises ArchiveError."""
    return next(files_below(root / "_posts"), None) is not None


class Rebuilding:
    """One rebuilding of the state of the archive at `root`; the caller holds its lock."""

    def __init__(self, root: Path, state: State, origins: Origins, now: datetime) -> None:
        self._root, self._store = root, Store(root)
        self._state, self._origins, self._now = state, origins, now
        self._withdrawn: dict[str, datetime | None] = {}
        self._forgotten: set[str] = set()
        self._shown: dict[str, tuple[str, ...]] = {}  # pictures, by the article of this batch
        self._missing = MissingRows(state)
        self._done = Rebuilt()

    def run(self, advance: Callable[[int], None] = lambda _: None) -> Rebuilt:
        """Rebuild; `advance` is told how many articles are restored. Raises ArchiveError."""
        self._state.upkeep.begin()
        self._state.told.begin()
        for events in _batches(read_chain(self._root)):
            with self._state.transaction():
                self._take(events)
        self._records()
        for paths in _batches(self._paths("_posts")):
            self._state.upkeep.restore(list(filter(None, map(self._article, paths))))
            self._want_pictures()
            self._done.articles += len(paths)
            advance(self._done.articles)
        for path in self._paths("_quarantine"):
            self._quarantine(path)
        self._finish()
        return self._done

    def restore(self, paths: Iterable[str], events: Iterable[Event]) -> None:
        """Bring the rows of a few documents in line with their files. Raises ArchiveError."""
        self._state.told.begin()
        self._take(list(events))
        self._state.upkeep.restore(list(filter(None, map(self._article, paths))))
        for article, at in self._withdrawn.items():
            self._state.upkeep.withdraw(article, at)
        self._state.told.end()

    def _finish(self) -> None:
        with self._state.transaction():
            for article, at in self._withdrawn.items():
                self._state.upkeep.withdraw(article, at)
            self._state.told.end()
            self._state.upkeep.end()
        self._done.withdrawn = sum(at is not None for at in self._withdrawn.values())
        self._done.forgotten = len(self._forgotten)
        self._done.missing = self._missing.count()

    # -- the manifest ------------------------------------------------------------------------------

    def _take(self, events: list[Event | Finding] | list[Event]) -> None:
        for event in events:
            if isinstance(event, Finding):
                self._done.notices.append(f"{event.path}: {event.detail}; run `scraper verify`")
                continue
            self._state.told.removed(event.removed)
            self._state.told.files(
                ToldFile(
                    fact.path,
                    event.id,
                    fact.sha256,
                    event.at,
                    event.at if event.event == "revised" else None,
                )
                for fact in event.files
            )
            self._state.told.records((r.file, r.offset, r.length) for r in event.records)
            self._one(event)

    def _one(self, event: Event) -> None:
        """What an event says beyond its files."""
        if event.files and event.id in self._forgotten and event.event != "forgotten":
            self._forgotten.discard(event.id)  # it was let back in
            self._state.forgotten.recall(event.id)
        if event.files or event.event == "forgotten":
            self._missing.found(event.id)
        match event.event:
            case "missing":
                self._missing.restore(event)
            case "withdrawn":
                self._withdrawn[event.id] = event.at
            case "returned":
                self._withdrawn[event.id] = None
            case "forgotten":
                reason, url = (str(event.about.get(key, "")) for key in ("reason", "url"))
                self._state.upkeep.forget(event.id, url, event.at, reason)
                self._state.pictures.forget(event.id, event.removed)
                self._forgotten.add(event.id)
            case "picture":
                url = str(event.about.get("url", ""))
                for fact in event.files if url else ():
                    self._state.pictures.save(url, event.id, fact.path, fact.sha256)

    # -- what was received -------------------------------------------------------------------------

    def _records(self) -> None:
        files = [str(file.path) for file in raw.files(self._root)]
        self._state.upkeep.drop_records_outside(files)
        for file in files:
            lengths = self._state.told.lengths(file)
            rows = (
                _record(read, file, lengths.get(read.offset, read.length))
                for read in read_records(self._root / file)
                if read.article not in self._forgotten
            )
            self._done.records += self._state.upkeep.replace_records(file, rows)

    # -- documents ---------------------------------------------------------------------------------

    def _paths(self, folder: str) -> Iterator[str]:
        for entry in files_below(self._root / folder):
            if entry.name.endswith(".md") and entry.is_file(follow_symlinks=False):
                yield str(Path(entry.path).relative_to(self._root))

    def _article(self, path: str) -> Restored | None:
        """The row of a document; None, with a notice, where there is none."""
        try:
            text = self._store.read(path)
            seen = glance(text)
        except (ArchiveError, DocumentError) as error:
            self._done.notices.append(f"{path}: not restored: {error}")
            return None
        told = self._state.told.file(path)
        article = (told and told.id) or seen.story_id or self._identity(seen.url)
        if not told and self._is_copy(article, path):
            self._done.notices.append(f"{path}: not restored: a copy of the article {article}")
            return None
        if told:
            self._shown[article] = pictures_of(seen.body)
        return self._row(path, seen, told, article)

    def _want_pictures(self) -> None:
        """Want what documents still show by its address, where pictures are saved."""
        with self._state.transaction():
            for article, urls in self._shown.items() if self._origins.pictures else ():
                self._state.pictures.want(article, urls)
        self._shown.clear()

    def _row(self, path: str, seen: Glance, told: ToldFile | None, article: str) -> Restored:
        fetched = told.first if told else self._written_at(path)
        url = self._state.upkeep.first_url(article) or seen.url
        revised = told.revised if told else None
        changed = max(filter(None, (seen.published, revised)))
        settings, jitter = self._origins.revisions, jitter_of(article)
        return Restored(
            id=article,
            url=url,
            canonical_url=seen.url,
            source=source_of(seen, self._origins.sources.values()),
            title=seen.title,
            published=seen.published,
            path=path,
            path_key=collision_key(path),
            sha256=sha256_of_body(seen.body),
            file_sha256=told.sha256 if told else "",
            revision=seen.revision,
            revised_at=revised,
            fetched_at=fetched,
            next_check=next_check(changed, self._now, settings, jitter),
        )

    def _identity(self, url: str) -> str:
        site = choose_site(url, self._origins.sites.values())
        story = identify(url, site) or identify(url, None)
        return story.id if story else url

    def _is_copy(self, article: str, path: str) -> bool:
        """Whether another file, which is still there, is the article's."""
        known = self._state.articles.get(article)
        others = [*self._state.told.posts_of(article), *([known.path] if known else ())]
        return any(p not in ("", path) and self._store.exists(p) for p in others)

    def _written_at(self, path: str) -> datetime:
        return datetime.fromtimestamp((self._root / path).stat().st_mtime, self._now.tzinfo)

    def _quarantine(self, path: str) -> None:
        try:
            handler = SeedHandler()
            facts = handler.load(handler.split(self._store.read(path))[0])
        except (ArchiveError, DocumentError) as error:
            self._done.notices.append(f"{path}: not restored: {error}")
            return
        told = self._state.told.file(path)
        article = (told and told.id) or Path(path).stem
        if self._state.articles.statuses([article]) or article in self._forgotten:
            return
        url = self._state.upkeep.first_url(article) or str(facts.get("from") or "")
        entry = Entry(url, article, str(facts.get("title") or ""))
        self._state.articles.want([entry], "", told.first if told else self._now)
        self._state.articles.quarantine(article, str(facts.get("reason") or ""), path)
        self._done.quarantined += 1


def source_of(seen: Glance, sources: Iterable[Source]) -> str:
    """The name of the source that an article came from, as its tags and address tell; else "".

    Of several sources with the title that it is tagged with, the one whose section it is in.
    """
    fitting = [source for source in sources if source.title in seen.tags]
    if len(fitting) > 1:
        fitting = [s for s in fitting if any(_section(url) in seen.url for url in s.urls)]
    return fitting[0].name if len(fitting) == 1 else ""


def _section(url: str) -> str:
    """The path of a section page, as the addresses of its articles contain it."""
    return "/" + url.partition("://")[2].partition("/")[2].strip("/") + "/"


def _record(read: Read, file: str, length: int) -> RawRecord:
    return RawRecord(
        read.article, read.url, read.at, read.kind, file, read.offset, length, read.digest
    )


def _batches(items: Iterator[T]) -> Iterator[list[T]]:
    return iter(lambda: list(islice(items, BATCH)), [])
