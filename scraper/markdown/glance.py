"""What upkeep needs of a document, read without a YAML parser where it is laid out as we write it.

Going through a hundred thousand files, the parser would take most of the time. Whatever is not
plainly of our own layout is read in full, with the same result.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from scraper.markdown.document import body_of, read
from scraper.model import Document

_HEAD: Final = re.compile(
    r'---\nlayout: post\ntitle: "(?P<title>[^"\\\n]*)"\n'
    r"date: (?P<date>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)\nauthor: [^\n]*\n"
    r"from: (?P<url>https?://[!#-;=?-~]*[!#-9;=?-~])\n"
    r"tags: \[ (?P<tags>[一-鿿]\w*(?:, [一-鿿]\w*)*) \]\n"
    r"categories: \[ [^\n]* \]\n(?P<more>(?:[a-z_0-9]+: [^\n]*\n)*)---\n<!--"
)
_MORE: Final = re.compile(r'^(story_id|revision|sha256): (?:"([^"\\\n]*)"|([^\n]*))$', re.MULTILINE)
_PLAIN_ID: Final = re.compile(r"[a-z][-a-z0-9]{5,}")  # no word of YAML's is that long
_PLAIN_HASH: Final = re.compile(r"[a-f][0-9a-f]{63}")  # nor a number, as it begins with a letter


@dataclass(frozen=True, slots=True)
class Glance:
    """Some of a document's values; texts are empty and the revision is 1 where it has none."""

    title: str
    published: datetime
    url: str
    tags: tuple[str, ...]
    body: str
    story_id: str = ""
    revision: int = 1
    sha256: str = ""  # as its front matter states it


def glance(text: str) -> Glance:
    """The values of a document's text.

    Raises:
        DocumentError: it is no document.
    """
    return _quick(text) or look(text)


def look(text: str) -> Glance:
    """The same, always read in full. Raises DocumentError."""
    return _of(read(text))


def _of(document: Document) -> Glance:
    revision = document.extra.get("revision")
    return Glance(
        document.title,
        document.published,
        document.url,
        document.tags,
        document.body,
        str(document.extra.get("story_id") or ""),
        revision if isinstance(revision, int) else 1,
        str(document.extra.get("sha256") or ""),
    )


def _quick(text: str) -> Glance | None:
    head = _HEAD.match(text)
    more = _further(head["more"]) if head else None
    if head is None or more is None:
        return None
    return Glance(
        head["title"],
        datetime.fromisoformat(head["date"]),
        head["url"],
        tuple(head["tags"].split(", ")),
        body_of(text),
        more.get("story_id", ""),
        int(more.get("revision", "1")),
        more.get("sha256", ""),
    )


def _further(lines: str) -> dict[str, str] | None:
    """The keys behind the seven; None where one of them is not written plainly."""
    values: dict[str, str] = {}
    for key, quoted, plain in _MORE.findall(lines):
        if not quoted and not _is_plain(key, plain):
            return None
        values[key] = quoted or plain
    return values


def _is_plain(key: str, value: str) -> bool:
    if key == "revision":
        return value.isascii() and value.isdigit() and value[0] != "0"
    return bool((_PLAIN_ID if key == "story_id" else _PLAIN_HASH).fullmatch(value))
