"""Everything that the demo site answers at one moment, as values: path → resource.

Validators and conditional requests follow RFC 9110, sections 8.8 and 13.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime

from scraper.demo.pages import Frame, feed, plain_page, section_page, story_page
from scraper.demo.pictures import SCENES, draw, draw_label
from scraper.demo.stories import EDITED_AGO, LOCAL, SECTIONS, NewsStory, corrected, load_stories

ROBOTS = "User-agent: *\nDisallow: /members\n"
HTML, RSS = "text/html; charset=utf-8", "application/rss+xml; charset=utf-8"
LABELS = {
    "/logo.svg": ("栖禾新闻", "#b5563c", (120, 32)),
    "/ads/umbrella.svg": ("油纸伞", "#6d5a8c", (300, 120)),
    "/ads/noodles.svg": ("手拉面条", "#a8763e", (300, 120)),
    "/ads/tea.svg": ("鹤背山新茶", "#4d7a52", (300, 120)),
}


@dataclass(frozen=True, slots=True)
class Resource:
    """A body with its media type and when it last changed."""

    body: bytes
    media_type: str
    modified: datetime  # aware, whole seconds
    etag: str

    @property
    def last_modified(self) -> str:
        """The `Last-Modified` field."""
        return format_datetime(self.modified.astimezone(UTC), usegmt=True)


@dataclass(frozen=True, slots=True)
class Edition:
    """The site between two changes."""

    now: datetime  # when the demo began; every instant on the site is relative to it
    origin: str
    edited: bool = False
    published: bool = False

    def stories(self) -> tuple[NewsStory, ...]:
        """The stories that are on the site, newest first."""
        stories = [story for story in load_stories(self.now) if self._shows(story)]
        return tuple(corrected(story, self.now) if self.edited else story for story in stories)

    def resources(self) -> dict[str, Resource]:
        """Every path that answers 200."""
        return dict(self._all_resources())

    def missing_page(self) -> Resource:
        """The page that goes with a 404."""
        return _text(plain_page("missing.html", "找不到这一页", self._frame()), HTML, self.now)

    def _shows(self, story: NewsStory) -> bool:
        return self.published or not story.held_back

    def _frame(self) -> Frame:
        # Sidebars stand still, as if built once a day: a story's page changes when the story does.
        first = tuple(story for story in load_stories(self.now) if not story.held_back)
        return Frame(self.origin, first, self.now.astimezone(LOCAL).date())

    def _changed(self) -> datetime:
        """When lists changed: later with each change, and never after `now`."""
        return self.now.replace(microsecond=0) - EDITED_AGO * (3 - self.edited - self.published)

    def _all_resources(self) -> Iterator[tuple[str, Resource]]:
        frame, stories, changed = self._frame(), self.stories(), self._changed()
        for story in stories:
            modified = story.modified or story.published
            yield story.path, _text(story_page(story, frame), HTML, modified)
        for path, section in _LISTS.items():
            listed = tuple(story for story in stories if section in ("", story.section))
            yield path, _text(section_page(section, listed, frame), HTML, changed)
        yield "/feed.xml", _text(feed(stories, self.origin, changed), RSS, changed)
        yield "/members", _text(plain_page("members.html", "会员登录", frame), HTML, self._start())
        yield "/robots.txt", _text(ROBOTS, "text/plain; charset=utf-8", self._start())
        yield from self._pictures()

    def _pictures(self) -> Iterator[tuple[str, Resource]]:
        for name, scene in SCENES.items():
            yield f"/pictures/{name}.png", _resource(draw(scene), "image/png", self._start())
        for path, label in LABELS.items():
            yield path, _resource(draw_label(*label), "image/svg+xml", self._start())

    def _start(self) -> datetime:
        """When what never changes was last changed."""
        return self.now.replace(microsecond=0) - timedelta(days=30)


def is_current(resource: Resource, if_none_match: str, if_modified_since: str) -> bool:
    """Whether a request with these fields ("" where absent) is answered 304 (RFC 9110, 13.2.2)."""
    if if_none_match:
        tags = {tag.strip().removeprefix("W/") for tag in if_none_match.split(",")}
        return resource.etag in tags or "*" in tags
    try:
        since = parsedate_to_datetime(if_modified_since)
    except ValueError:
        return False  # absent or no date: the condition is ignored
    return resource.modified <= (since if since.tzinfo else since.replace(tzinfo=UTC))


_LISTS = {"/": "", "/news": ""} | {f"/news/{section}": section for section in SECTIONS}


def _text(text: str, media_type: str, modified: datetime) -> Resource:
    return _resource(text.encode(), media_type, modified)


def _resource(body: bytes, media_type: str, modified: datetime) -> Resource:
    etag = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    return Resource(body, media_type, modified, etag)
