"""The demo site's pages and feed: plain templates, filled with escaped text.

Around each story stands what real sites put there (navigation, a sidebar, advertisements also
inside the text, related stories, comments), so that the demo shows what an archive leaves out.
The feed is RSS 2.0 with full HTML in `content:encoded`.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from email.utils import format_datetime
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Any

from scraper.demo.stories import SECTIONS, NewsStory

WALL = (
    '<div class="subscribe-wall"><p>本文为栖禾新闻订户专享，请登录或订阅后阅读全文。</p>'
    '<a href="/members">登录或订阅</a></div>'
)
ADVERT = (
    '<aside class="advert"><span>广告</span><a href="https://shop.example.com/noodles" '
    'rel="sponsored"><img src="/ads/noodles.svg" alt="面条" width="300" height="120"></a>'
    "<p>手拉面条，冷水下锅也不糊，买三送一。</p></aside>"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """What every page needs to know of the site around it."""

    origin: str  # where the site is served, without a trailing slash
    stories: tuple[NewsStory, ...]  # for the sidebar and for related stories, newest first
    today: date  # local


def story_page(story: NewsStory, frame: Frame) -> str:
    """The page of a story."""
    main = _fill(
        "story.html",
        section=story.section,
        section_title=SECTIONS[story.section],
        title=escape(story.wording.title),
        byline=escape(story.byline),
        published=story.published.isoformat(),
        published_local=f"{story.published:%Y年%m月%d日 %H:%M}",
        modified=_modified(story.modified),
        body=_with_advert(story.wording.body),
        wall=WALL if story.locked else "",
        tags="".join(f'<span class="tag">{escape(word)}</span>' for word in story.keywords),
        related=_links(_related(story, frame.stories), "related"),
    )
    return _page(main, frame, _head(story, frame.origin))


def section_page(section: str, stories: Sequence[NewsStory], frame: Frame) -> str:
    """The list of a section, or of all sections where `section` is ""."""
    title = SECTIONS.get(section, "最新")
    cards = "\n".join(_card(story, frame.today) for story in stories)
    main = _fill("section.html", title=title, cards=cards)
    path = f"/news/{section}".rstrip("/")
    return _page(main, frame, {"title": title, "url": frame.origin + path})


def plain_page(template: str, title: str, frame: Frame) -> str:
    """A page that has nothing to fill in: the members' page, the one for what is missing."""
    return _page(_fill(template), frame, {"title": title, "url": frame.origin})


def feed(stories: Sequence[NewsStory], origin: str, built: datetime) -> str:
    """The stories as RSS 2.0; a locked one gives its preview only."""
    items = "\n".join(
        _fill(
            "item.xml",
            title=escape(story.wording.title),
            url=origin + story.path,
            id=story.id,
            published=format_datetime(story.published),
            byline=escape(story.byline),
            section=SECTIONS[story.section],
            description=escape(story.wording.description),
            content=escape(story.wording.body.replace('src="/', f'src="{origin}/')),
        )
        for story in stories
    )
    return _fill("feed.xml", url=origin, built=format_datetime(built), items=items)


@cache
def _template(name: str) -> Template:
    return Template((files("scraper.demo") / "templates" / name).read_text("utf-8"))


def _fill(template: str, **texts: str) -> str:
    return _template(template).substitute(texts).rstrip("\n")


def _page(main: str, frame: Frame, texts: Mapping[str, str]) -> str:
    defaults = {
        "head": '<meta property="og:type" content="website">',
        "description": "栖禾镇的新闻",
    }
    navigation = (f'<a href="/news/{name}">{title}</a>' for name, title in SECTIONS.items())
    surroundings = {
        "main": main,
        "navigation": "".join(navigation),
        "most_read": _links(frame.stories[2:7], "most-read"),
    }
    return _fill("page.html", **(defaults | surroundings | dict(texts)))


def _head(story: NewsStory, origin: str) -> dict[str, str]:
    properties = {
        "og:type": "article",
        "og:image": origin + story.picture if story.picture else "",
        "article:published_time": story.published.isoformat(),
        "article:modified_time": story.modified.isoformat() if story.modified else "",
        "article:section": SECTIONS[story.section],
    }
    metas = (
        f'<meta property="{name}" content="{escape(content)}">'
        for name, content in properties.items()
        if content
    )
    return {
        "title": escape(story.wording.title),
        "description": escape(story.wording.description),
        "url": origin + story.path,
        "head": "\n".join((*metas, _linked_data(story, origin))),
    }


def _linked_data(story: NewsStory, origin: str) -> str:
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": story.wording.title,
        "description": story.wording.description,
        "datePublished": story.published.isoformat(),
        "dateModified": (story.modified or story.published).isoformat(),
        "author": {"@type": "Person", "name": story.byline},
        "publisher": {"@type": "Organization", "name": "栖禾新闻"},
        "articleSection": SECTIONS[story.section],
        "keywords": list(story.keywords),
        "mainEntityOfPage": origin + story.path,
        "isAccessibleForFree": not story.locked,
    }
    if story.picture:
        data["image"] = [origin + story.picture]
    # A script ends at the first "</script", whatever JSON thinks of it.
    text = json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/ld+json">{text}</script>'


def _modified(modified: datetime | None) -> str:
    if modified is None:
        return ""
    iso, local = modified.isoformat(), f"{modified:%Y年%m月%d日 %H:%M}"
    return f' · 更新 <time class="modified" datetime="{iso}">{local}</time>'


def _with_advert(body: str) -> str:
    """The body with an advertisement after its second paragraph, as readers know it."""
    first, second, rest = body.split("</p>", 2)
    return f"{first}</p>{second}</p>\n{ADVERT}{rest}"


def _related(story: NewsStory, others: Sequence[NewsStory]) -> list[NewsStory]:
    return [other for other in others if other.section == story.section and other.id != story.id]


def _links(stories: Sequence[NewsStory], place: str) -> str:
    return "".join(
        f'<li><a href="{story.path}?from={place}">{escape(story.wording.title)}</a></li>'
        for story in stories[:5]
    )


def _card(story: NewsStory, today: date) -> str:
    form = "%H:%M" if story.published.date() == today else "%m月%d日"
    return (
        f'<article class="card"><h2><a href="{story.path}">{escape(story.wording.title)}</a></h2>'
        f'<p class="teaser">{escape(story.wording.description)}</p>'
        f'<time datetime="{story.published.isoformat()}">{story.published:{form}}</time></article>'
    )
