"""What becomes of an archived article whose page was read again.

Decides, and writes nothing: compared by its words, a page is the same, a revision, or not to be
trusted; and the file is this program's, or was edited by its owner.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from scraper.errors import DocumentError
from scraper.markdown.document import read, render, sha256_of_body
from scraper.markdown.visible import hash_of_words, words_of
from scraper.model import ArchiveSettings, Document, RevisionSettings
from scraper.protocol.recheck import (
    DOUBTED,
    jitter_of,
    may_revise,
    next_check,
    revised_today,
    sooner,
)
from scraper.protocol.withdrawal import sighted
from scraper.service.keeping.compose import Draft, Earlier, compose
from scraper.state.checks import Watch

SHRUNKEN = 0.5  # of the words: a text with less is doubted

# same: nothing to write; revise: in place; aside: the file is its owner's, the site's text goes to
# _revisions/; doubted, waiting: the good text stays, for now
Verdict = Literal["same", "revise", "aside", "doubted", "waiting"]


@dataclass(frozen=True, slots=True)
class Standing:
    """An article as the archive has it: its file's text, and what is known of it."""

    text: str
    file_sha256: str  # of the file as it was written; "" where that is not known
    watch: Watch


@dataclass(frozen=True, slots=True)
class Ruling:
    """What to do about a page that was read again, and why; `document` is what it says."""

    verdict: Verdict
    watch: Watch  # the next check is not in it yet
    before: Document | None  # None: the file is none of ours
    document: Document | None = None  # None where the page is not to be trusted
    owned: bool = False  # the file was edited by its owner
    unfinished: bool = False  # the file was written, but a crash came before its row
    returned: bool = False  # it had been withdrawn
    reason: str = ""


def judge(draft: Draft, standing: Standing, settings: ArchiveSettings) -> Ruling:
    """The ruling on an archived article whose page was read again."""
    now = draft.fetched_at
    watch = replace(standing.watch, checked_at=now)
    before = read_or_none(standing.text)
    if draft.doubt and not _is_known_to_be_unlike(draft, before, settings):
        return Ruling("waiting", watch, before, reason=_kept(draft.doubt))
    owned = is_owners(standing, before)
    document = compose(draft, settings, _earlier(before, watch, now))
    unfinished = before is not None and is_unfinished(standing, before)
    ruling = Ruling("same", watch, before, document, owned, unfinished)
    words = words_of(document.title, document.body)
    old = words_of(before.title, before.body) if before else ""
    fresh = replace(watch, words_sha256=hash_of_words(words), sightings=None, withdrawn_at=None)
    if fresh.words_sha256 == (watch.words_sha256 if owned else "") or words == old:
        return replace(ruling, watch=fresh, returned=_was_withdrawn(ruling))
    if _is_locked_now(draft, before) and len(words) < len(old):
        return replace(ruling, verdict="waiting", reason=_kept("the page is locked now"))
    if not owned and len(words) < len(old) * SHRUNKEN:
        left = f"{len(words):,} of {len(old):,}"
        return _shrunken(ruling, fresh, settings.revisions, now, left)
    return _changed(ruling, fresh, settings.revisions, now)


def _is_known_to_be_unlike(
    draft: Draft, before: Document | None, settings: ArchiveSettings
) -> bool:
    """Whether a page that is unlike its source's others says what is archived all the same."""
    if before is None or draft.noted is None or not draft.noted.unlike:
        return False
    document = compose(draft, settings, None)
    return words_of(document.title, document.body) == words_of(before.title, before.body)


def _shrunken(
    ruling: Ruling, fresh: Watch, settings: RevisionSettings, now: datetime, left: str
) -> Ruling:
    """A page that lost most of its text: believed once it has been so for a day."""
    seen = sighted(ruling.watch.sightings, "shrunken", now)
    if seen.established:
        return _changed(ruling, fresh, settings, now)
    reason = _kept(f"the page has only {left} characters left")
    return replace(
        ruling, verdict="doubted", watch=replace(ruling.watch, sightings=seen), reason=reason
    )


def _changed(ruling: Ruling, fresh: Watch, settings: RevisionSettings, now: datetime) -> Ruling:
    watch = ruling.watch
    if not may_revise(watch.revised_at, watch.revised_count, now, settings.per_day):
        reason = f"changed more than {settings.per_day} times today; the change waits for tomorrow"
        return replace(ruling, verdict="waiting", reason=reason)
    count = revised_today(watch.revised_at, watch.revised_count, now) + 1
    fresh = replace(fresh, revised_at=now, revised_count=count)
    ruling = replace(ruling, returned=_was_withdrawn(ruling))
    if ruling.owned:
        reason = "its owner edited the file; the site's later text is in _revisions/"
        return replace(ruling, verdict="aside", watch=fresh, reason=reason)
    number = _revision_of(ruling.document)
    return replace(ruling, verdict="revise", watch=replace(fresh, revision=number))


def _was_withdrawn(ruling: Ruling) -> bool:
    marked = ruling.before is not None and ruling.before.extra.get("withdrawn") is True
    return marked or ruling.watch.withdrawn_at is not None


def _kept(reason: str) -> str:
    return f"{reason}: the text that is archived stays"


def _is_locked_now(draft: Draft, before: Document | None) -> bool:
    was_locked = before is not None and before.extra.get("paywalled") is True
    return draft.article.paywalled and not was_locked


def _earlier(before: Document | None, watch: Watch, now: datetime) -> Earlier | None:
    """What the article keeps for life; None where its file cannot be read."""
    if before is None:
        return None
    return Earlier(
        url=before.url,
        author=before.author,
        tags=before.tags,
        categories=before.categories,
        revision=max(_revision_of(before), watch.revision),
        modified=before.extra.get("last_modified_at"),
        seen=now,
        day=before.published if before.extra.get("date_precision") == "day" else None,
    )


def _revision_of(document: Document | None) -> int:
    revision = document.extra.get("revision") if document else None
    return revision if isinstance(revision, int) else 1


# -- whose file it is ------------------------------------------------------------------------------


def read_or_none(text: str) -> Document | None:
    """The document of a file; None where it is none."""
    try:
        return read(text)
    except DocumentError:
        return None


def is_owners(standing: Standing, before: Document | None) -> bool:
    """Whether somebody else than this program wrote the file as it is now.

    By its SHA-256 as it was written; where the state was lost, by that of the body in the front
    matter.
    """
    if before is None:
        return True
    if not standing.file_sha256:
        stated = before.extra.get("sha256")
        return stated is not None and stated != sha256_of_body(before.body)
    if hash_of_file(standing.text) == standing.file_sha256:
        return False
    return not is_unfinished(standing, before)


def is_unfinished(standing: Standing, before: Document) -> bool:
    """Whether the file is one step ahead of its row: a crash came between the two.

    It is the next revision, or it was what the row knows but for the mark of a withdrawal.
    """
    if not standing.file_sha256 or hash_of_file(standing.text) == standing.file_sha256:
        return False
    if before.extra.get("sha256") != sha256_of_body(before.body):
        return False
    if _revision_of(before) == standing.watch.revision + 1:
        return True
    turned = with_mark(before, withdrawn=before.extra.get("withdrawn") is not True)
    return hash_of_file(render(turned)) == standing.file_sha256


def says_the_same(text: str, other: str) -> bool:
    """Whether two files hold the same text of an article, whenever either was seen."""
    if text == other:
        return True
    one, two = read_or_none(text), read_or_none(other)
    return one is not None and two is not None and _said(one) == _said(two)


def _said(document: Document) -> tuple[str, str, int]:
    return document.title, document.body, _revision_of(document)


def hash_of_file(text: str) -> str:
    """The SHA-256 of a file with this text."""
    return hashlib.sha256(text.encode()).hexdigest()


# -- marks -----------------------------------------------------------------------------------------


def with_mark(document: Document, *, withdrawn: bool) -> Document:
    """The document with `withdrawn: true` in its place, before `revision`, or without it."""
    extra = {key: value for key, value in document.extra.items() if key != "withdrawn"}
    if not withdrawn:
        return replace(document, extra=extra)
    last = [key for key in extra if key in ("revision", "sha256")]
    tail: Mapping[str, object] = {key: extra.pop(key) for key in last}
    return replace(document, extra={**extra, "withdrawn": True, **tail})


def planned(
    watch: Watch,
    now: datetime,
    published: datetime | None,
    article_id: str,
    settings: RevisionSettings,
) -> Watch:
    """The watch with its next check: by the rhythm since publication or the last change."""
    since = max(filter(None, (published, watch.revised_at, watch.withdrawn_at)), default=None)
    due = next_check(since, now, settings, jitter_of(article_id))
    if watch.sightings and not watch.withdrawn_at:
        due = sooner(due, now, DOUBTED)
    return replace(watch, next_check=due)
