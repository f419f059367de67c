"""Posts of an older archive as its files hold them: looked over first, then read for their bodies.

Both are work for the parsing processes: plain functions of paths and profiles.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.adoption.instants import Stated
from scraper.articles.body import Body
from scraper.articles.fragment import Kept, read_kept
from scraper.articles.language import language_of
from scraper.articles.tree import squeeze
from scraper.errors import DocumentError
from scraper.markdown.body import to_markdown
from scraper.markdown.document import read, sha256_of_body
from scraper.model import Document, Story
from scraper.protocol.identity import choose_site, identify
from scraper.protocol.urls import host
from scraper.service.keeping.compose import on_one_line
from scraper.site import Site

MAX_BYTES = 10_000_000  # of a post; the longest of the archive that this one continues has 150,000
_NUMBER = re.compile(r"^<!--(\d{1,14})-->", re.MULTILINE)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_GONE = "it changed or went away while it was read; adopt it again"


@dataclass(frozen=True, slots=True)
class Post:
    """What is to be known of a post before its text is: little, as there may be many."""

    file: str  # relative to the folder that is adopted
    sha256: str  # of the file
    id: str
    url: str  # that its article is known by
    section: str
    site: str  # the name of its profile; "" without one
    stated: Stated


@dataclass(frozen=True, slots=True)
class Named:
    """A file that is not taken, and why."""

    file: str
    reason: str
    id: str = ""
    url: str = ""
    broken: bool = True  # whether it looks like a post that should have been taken


@dataclass(frozen=True, slots=True)
class Profiles:
    """The site profiles, and the one to use where no host decides."""

    sites: Mapping[str, Site]
    chosen: str = ""

    def identify(self, url: str) -> tuple[Site | None, Story | None]:
        """The profile that knows the story of an address, and that story.

        The chosen profile goes first, whatever the host; without a profile the address is the
        identity. No story: it is no address.
        """
        chosen = self.sites.get(self.chosen)
        for site in (chosen, choose_site(url, self.sites.values())):
            story = identify(url, site, (host(url),) if site is chosen else ()) if site else None
            if story:
                return site, story
        return None, identify(url, None)

    def name_of(self, url: str, site: Site | None) -> str:
        """The profile that cleans a text: its host's, where the address is that of no story."""
        known = site or choose_site(url, self.sites.values())
        return known.name if known else ""


def look_at(root: Path, profiles: Profiles, file: str) -> Post | Named:
    """What a file below `root` is."""
    try:
        text, digest = _text(root / file)
        document = read(text)
    except OSError as error:
        return Named(file, f"it cannot be read: {error.strerror}")
    except UnicodeDecodeError as error:
        return Named(file, f"it is not UTF-8 (byte {error.start})")
    except DocumentError as error:
        return Named(file, str(error))
    site, story = profiles.identify(document.url)
    if story is None:
        return Named(file, f"its `from` is no address: {document.url[:200]!r}")
    return Post(
        file,
        digest,
        story.id,
        url=story.url if site else document.url,
        section=story.section if site else "",
        site=profiles.name_of(document.url, site),
        stated=Stated(
            date=document.published,
            number=_number(text),
            day=story.day if site else None,
            zone=site.timezone if site else "",
        ),
    )


def _text(path: Path) -> tuple[str, str]:
    """A post's text and the SHA-256 of its file."""
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise DocumentError(f"it is longer than {MAX_BYTES:,} bytes, which no post is")
    return data.decode(), hashlib.sha256(data).hexdigest()


def _number(text: str) -> datetime | None:
    """The feed's instant, in milliseconds since 1970."""
    found = _NUMBER.search(text)
    try:
        return _EPOCH + timedelta(milliseconds=int(found[1])) if found else None
    except OverflowError:
        return None


# -- the texts -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Version:
    """One post's document: its text cleaned and written anew, its instant still as stated."""

    post: Post
    document: Document


@dataclass(frozen=True, slots=True)
class Form:
    """How documents are to be written."""

    html: bool  # the body as HTML
    full: bool  # all keys of the front matter


def read_story(
    root: Path, profiles: Profiles, form: Form, posts: Sequence[Post]
) -> list[Version | Named]:
    """The documents of a story's posts."""
    return [_read_version(root, post, profiles, form) for post in posts]


def _read_version(root: Path, post: Post, profiles: Profiles, form: Form) -> Version | Named:
    try:
        text, digest = _text(root / post.file)
    except (OSError, UnicodeDecodeError, DocumentError):
        return Named(post.file, _GONE, post.id, post.url)
    if digest != post.sha256:
        return Named(post.file, _GONE, post.id, post.url)
    document = read(text)
    title = squeeze(document.title) or post.id
    site = profiles.sites.get(post.site)
    kept = Kept(document.body, post.url, title, post.stated.claimed.date())
    body, locked = read_kept(kept, site)
    if not body.html:
        return Named(post.file, "it has no text and no picture", post.id, post.url)
    written = on_one_line(body.html) if form.html else to_markdown(body.html)
    language = language_of("", body.text, site.language if site else "")
    extra = _extra(post, body, language, locked=locked) if form.full else {}
    if form.full:
        extra["sha256"] = sha256_of_body(written)
    return Version(post, replace(document, title=title, url=post.url, body=written, extra=extra))


def _extra(post: Post, body: Body, language: str, *, locked: bool) -> dict[str, object]:
    """The keys beyond the seed's seven, each only when known."""
    known = {
        "story_id": post.id,
        "section": post.section,
        "lang": language,
        "image": body.pictures[0].url if body.pictures else "",
        "paywalled": locked,
    }
    return {key: value for key, value in known.items() if value}
