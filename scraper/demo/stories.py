"""The news of the demo site: invented stories, written as TOML files in `texts/`.

A file's name holds a story's number and slug; the instants are relative to the demo's own `now`, so
that the news is always fresh.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Singapore")
SECTIONS = {"town": "镇闻", "culture": "文化", "nature": "自然", "sports": "体育"}

# The edited story says so one minute before the demo's `now`: never in the future.
EDITED_AGO = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Wording:
    """What an editor can correct: plain title and description, the body as an HTML fragment."""

    title: str
    description: str
    body: str


@dataclass(frozen=True, slots=True)
class NewsStory:
    """One story of the demo site, as it stands on its page."""

    number: int
    slug: str
    section: str  # a key of SECTIONS
    byline: str
    published: datetime  # in LOCAL, whole minutes
    wording: Wording
    keywords: tuple[str, ...] = ()
    locked: bool = False  # only a preview is shown, to anybody
    held_back: bool = False  # not on the site until `DemoSite.publish`
    correction: Wording | None = None  # what `DemoSite.edit` puts in place
    modified: datetime | None = None  # in LOCAL

    @property
    def id(self) -> str:
        """The identity that the site profile finds in the path."""
        return f"{self.slug}-{self.number}"

    @property
    def path(self) -> str:
        """The path of its page; the day is the local one."""
        return f"/news/{self.section}/{self.published:%Y/%m/%d}/{self.id}"

    @property
    def picture(self) -> str:
        """The path of its first picture, or ""."""
        found = re.search(r'src="(/pictures/[^"]+)"', self.wording.body)
        return found[1] if found else ""


def load_stories(now: datetime) -> tuple[NewsStory, ...]:
    """Every story, newest first, with the held back one, as of the aware instant `now`."""
    start = _minute(now)
    texts = (files("scraper.demo") / "texts").iterdir()
    return newest_first(_load(text, start) for text in texts if text.name.endswith(".toml"))


def newest_first(stories: Iterable[NewsStory]) -> tuple[NewsStory, ...]:
    """The stories in the order of lists and feeds."""
    return tuple(sorted(stories, key=lambda story: story.published, reverse=True))


def corrected(story: NewsStory, now: datetime) -> NewsStory:
    """The story after its editor's correction; one without a correction stays as it is."""
    if story.correction is None:
        return story
    return replace(
        story, wording=story.correction, modified=_minute(now) - EDITED_AGO, correction=None
    )


def _load(text: Traversable, start: datetime) -> NewsStory:
    number, _, slug = text.name.removesuffix(".toml").partition("-")
    data = tomllib.loads(text.read_text("utf-8"))
    edited = data.get("edited")
    return NewsStory(
        number=int(number),
        slug=slug,
        section=data["section"],
        byline=data["byline"],
        published=start - timedelta(minutes=data["minutes_ago"]),
        wording=_wording(data),
        keywords=tuple(data["keywords"]),
        locked=data.get("locked", False),
        held_back=data.get("held_back", False),
        correction=_wording(edited) if edited else None,
    )


def _minute(now: datetime) -> datetime:
    return now.astimezone(LOCAL).replace(second=0, microsecond=0)


def _wording(data: dict[str, Any]) -> Wording:
    return Wording(data["title"], data["description"], data["body"].strip())
