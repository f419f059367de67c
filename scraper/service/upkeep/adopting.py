"""Takes over an older archive: every post becomes an article of this one, or is named.

The texts are read and written a batch of stories at a time, which is all that is ever held. The
originals are only read.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from itertools import chain
from pathlib import Path
from typing import Any, Literal

from scraper.archive.archive import Archive, Change
from scraper.errors import DocumentError, PageLimitError
from scraper.markdown.document import read, render, sha256_of_body
from scraper.markdown.names import PathFacts, collision_key, relative_path, with_story_id
from scraper.model import ArchiveSettings, Entry, Validators
from scraper.service.keeping.compose import revision_path
from scraper.service.keeping.revising import hash_of_file
from scraper.service.upkeep.batches import answers, in_batches
from scraper.service.upkeep.posts import Form, Named, Post, Profiles, Version, read_story
from scraper.service.upkeep.surveying import Survey
from scraper.service.upkeep.uniting import Text, United, unite
from scraper.service.workers import Workers
from scraper.state.articles import Archived
from scraper.state.database import State

READ = 50  # stories in a batch

Outcome = Literal["archived", "updated", "unchanged", "skipped", "failed"]


@dataclass(frozen=True, slots=True)
class FileEvent:
    """What became of one file.

    "archived": its text is the article's; "updated": it is an earlier text of it; "unchanged": it
    says what another file says.
    """

    outcome: Outcome
    file: str
    id: str = ""
    url: str = ""
    path: str = ""  # in the archive
    reason: str = ""
    late: timedelta = timedelta(0)  # by which its instant was corrected
    doubt: str = ""  # of its instant


@dataclass(frozen=True, slots=True)
class Target:
    """What is adopted, and as what."""

    folder: Path
    settings: ArchiveSettings
    profiles: Profiles
    source: str = ""  # that the articles are counted to
    timezone: str = ""  # of the dates in file names; "" for that of the site's profile
    preview: bool = False  # decide, and write nothing

    @property
    def form(self) -> Form:
        """How the documents are written."""
        return Form(self.settings.body == "html", self.settings.front_matter == "full")


@dataclass(frozen=True, slots=True)
class Plan:
    """Where the texts of one story go."""

    united: United
    path: str

    def placed(self) -> Iterator[tuple[str, Text]]:
        """Each text with its path: the earlier ones among the revisions."""
        *earlier, current = self.united.texts
        for number, text in enumerate(earlier, 1):
            yield revision_path(self.path, number), text
        yield self.path, current

    def changes(self, layout: Literal["full", "seed"]) -> Iterator[Change]:
        """What is done to the archive, an event a text."""
        for path, text in self.placed():
            files = ((path, render(text.document, layout)),)
            yield Change("adopted", text.post.id, files, about=self._about(text))

    def _about(self, text: Text) -> dict[str, Any]:
        judged = self.united.judged
        facts = _original(text.post) | {
            "same": [_original(post) for post in text.same],
            "late_seconds": int(judged.late.total_seconds()),
            "doubt": judged.doubt,
        }
        return {key: value for key, value in facts.items() if value}

    def events(self) -> Iterator[FileEvent]:
        """What becomes of each file."""
        judged, current = self.united.judged, self.united.current
        for path, text in self.placed():
            post = text.post
            for same in text.same:
                reason = f"it says what {post.file} says"
                yield FileEvent("unchanged", same.file, same.id, same.url, path, reason)
            if text is current:
                late, doubt = judged.late, judged.doubt
                yield FileEvent("archived", post.file, post.id, post.url, path, "", late, doubt)
            else:
                reason = f"an earlier text of {current.post.file}"
                yield FileEvent("updated", post.file, post.id, post.url, path, reason)


def _original(post: Post) -> dict[str, Any]:
    return {"from": post.file, "sha256": post.sha256}


class Adoption:
    """Puts stories into one archive; the caller holds its lock, or only asks what would be done."""

    def __init__(self, target: Target, archive: Archive, state: State, survey: Survey) -> None:
        self._target = target
        self._archive = archive
        self._state = state
        self._survey = survey
        self._taken: dict[str, str] = {}  # keys of paths given to stories not yet in the state

    async def run(
        self, workers: Workers, now: Callable[[], datetime], stop: Callable[[], bool]
    ) -> AsyncIterator[list[FileEvent]]:
        """Take the stories over, a batch at a time; what became of each file.

        Raises ArchiveError; what was told of by then is safe, and the same can be run again.
        """
        target = self._target
        read = partial(read_story, target.folder, target.profiles, target.form)
        fresh = (story for story in self._survey.stories if story[0].id not in self.archived)
        async for pairs in answers(workers, read, in_batches(fresh, READ)):
            yield self._take(pairs, now())
            if stop():
                return

    @property
    def wanted(self) -> int:
        """How many posts are to be read."""
        return sum(len(story) for story in self._survey.stories if story[0].id not in self.archived)

    @cached_property
    def archived(self) -> frozenset[str]:
        """The ids of the folder's stories that the archive has already, or shall not have."""
        ids = [story[0].id for story in self._survey.stories]
        known = self._state.articles.statuses(ids)
        settled = {name for name, status in known.items() if status == "archived"}
        return frozenset(settled | self._state.forgotten.among(ids))

    def refused(self) -> Iterator[FileEvent]:
        """The files that are not taken: no posts, or of stories that are archived already."""
        for item in self._survey.named:
            yield _named(item)
        for post in chain.from_iterable(self._survey.stories):
            if post.id in self.archived:
                reason = self._why_settled(post.id)
                yield FileEvent("skipped", post.file, post.id, post.url, reason=reason)

    def _why_settled(self, article: str) -> str:
        if self._state.forgotten.get(article):
            return "its story was forgotten, and does not come back"
        record = self._state.articles.get(article)
        return f"its story is archived already: {record.path if record else article}"

    def _take(
        self,
        pairs: Sequence[tuple[Sequence[Post], list[Version | Named] | PageLimitError]],
        now: datetime,
    ) -> list[FileEvent]:
        events: list[FileEvent] = []
        plans: list[Plan] = []
        for posts, answer in pairs:
            found = _each_named(posts, answer) if isinstance(answer, PageLimitError) else answer
            events += [_named(item) for item in found if isinstance(item, Named)]
            versions = [item for item in found if isinstance(item, Version)]
            if versions:
                plans.append(self._plan(versions))
        if not self._target.preview:
            self._write(plans, now)
        return events + [event for plan in plans for event in plan.events()]

    def _plan(self, versions: Sequence[Version]) -> Plan:
        judged = {v.post.file: self._survey.judge(v.post) for v in versions}
        united = unite(versions, judged, full=self._target.form.full)
        path = self._path(united)
        self._taken[collision_key(path)] = united.current.post.id
        return Plan(united, path)

    def _path(self, united: United) -> str:
        """Where the template puts it; of two that would share a path the later gets its id."""
        target, post, document = self._target, united.current.post, united.current.document
        site = target.profiles.sites.get(post.site)
        zone = target.timezone or (site.timezone if site else "UTC")
        facts = PathFacts(
            title=united.texts[0].document.title,
            published=document.published,
            timezone=zone,
            story_id=post.id,
            section=post.section,
            source=target.source,
        )
        path = relative_path(target.settings.path, facts)
        key = collision_key(path)
        holder = self._taken.get(key) or self._state.articles.holder_of(key)
        if holder not in (None, post.id) or not self._is_ours(path, document.url):
            return with_story_id(path, post.id)
        return path

    def _is_ours(self, path: str, url: str) -> bool:
        """Whether a path is free, or holds this very story (a crash came before its row)."""
        store = self._archive.store
        if not store.exists(path):
            return True
        try:
            return read(store.read(path)).url == url
        except DocumentError:
            return False

    def _write(self, plans: Sequence[Plan], now: datetime) -> None:
        """Files, then the manifest's lines, then the rows."""
        layout = self._target.settings.front_matter
        changes = [change for plan in plans for change in plan.changes(layout)]
        if not changes:
            return
        self._archive.commit(changes, now)
        with self._state.transaction():
            for plan in plans:
                post = plan.united.current.post
                entry = Entry(post.url, post.id, plan.united.current.document.title)
                self._state.articles.want([entry], self._target.source, now)
            self._state.articles.archive([self._row(plan) for plan in plans])

    def _row(self, plan: Plan) -> Archived:
        post, document = plan.united.current.post, plan.united.current.document
        return Archived(
            id=post.id,
            url=post.url,
            canonical_url=post.url,
            source=self._target.source,
            title=document.title,
            published=document.published,
            path=plan.path,
            path_key=collision_key(plan.path),
            sha256=sha256_of_body(document.body),
            validators=Validators(),
            fetched_at=post.stated.date,  # the post was made then
            file_sha256=hash_of_file(render(document, self._target.settings.front_matter)),
        )


def _each_named(posts: Sequence[Post], error: PageLimitError) -> list[Version | Named]:
    return [Named(post.file, f"it {error}", post.id, post.url) for post in posts]


def _named(item: Named) -> FileEvent:
    outcome: Outcome = "failed" if item.broken else "skipped"
    return FileEvent(outcome, item.file, item.id, item.url, reason=item.reason)
