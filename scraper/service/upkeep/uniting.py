"""Posts of one story become one article: the newest text current, the others its revisions.

An archive that tells posts apart by file name holds a story twice when its title was changed, or
when midnight came between two runs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from scraper.adoption.instants import Judged
from scraper.model import Document
from scraper.service.upkeep.posts import Post, Version


@dataclass(frozen=True, slots=True)
class Text:
    """One text of a story as it is to be written, its post, and posts that say the same."""

    post: Post
    document: Document
    same: tuple[Post, ...] = ()


@dataclass(frozen=True, slots=True)
class United:
    """A story: its texts, the oldest first, and the judgement of its instant."""

    texts: tuple[Text, ...]
    judged: Judged

    @property
    def current(self) -> Text:
        """The newest text."""
        return self.texts[-1]


def unite(versions: Sequence[Version], judged: Mapping[str, Judged], *, full: bool) -> United:
    """One article of all posts of a story; `judged` is by the posts' files.

    A certain instant goes before a doubtful one, of several the earliest counts.
    """
    ordered = sorted(
        versions, key=lambda v: (v.post.stated.date, v.post.stated.claimed, v.post.file)
    )
    first = min((judged[v.post.file] for v in versions), key=lambda j: (bool(j.doubt), j.instant))
    texts: list[Text] = []
    for version in ordered:
        if texts and _said(texts[-1].document) == _said(version.document):
            texts[-1] = replace(texts[-1], same=(*texts[-1].same, version.post))
        else:
            texts.append(Text(version.post, version.document))
    written = tuple(
        replace(text, document=_document(text, number, first, judged, full=full))
        for number, text in enumerate(texts, 1)
    )
    return United(written, first)


def _said(document: Document) -> tuple[str, str]:
    return document.title, document.body


def _document(
    text: Text, number: int, first: Judged, judged: Mapping[str, Judged], *, full: bool
) -> Document:
    document = replace(text.document, published=first.instant)
    if not full:
        return document
    changed = judged[text.post.file].instant
    facts = {**document.extra} | _known(
        {
            "date_doubt": first.doubt,
            "last_modified_at": changed if number > 1 and changed > first.instant else None,
            "revision": number if number > 1 else None,
        }
    )
    return replace(document, extra={key: facts[key] for key in _KEYS if key in facts})


def _known(facts: Mapping[str, str | int | datetime | None]) -> dict[str, object]:
    return {key: value for key, value in facts.items() if value}


_KEYS = (  # in the order in which documents have them
    "story_id",
    "date_doubt",
    "section",
    "lang",
    "image",
    "last_modified_at",
    "paywalled",
    "revision",
    "sha256",
)
