"""RSS 0.9x, 1.0 (RDF), 2.0 and Atom, through feedparser.

feedparser is given bytes only (a string may be taken for a file or a URL), in UTF-8, the charset
being decided before; what it repairs is used, what is no feed at all is an error.
"""

import calendar
import io
import re
from datetime import UTC, datetime
from typing import Any

from scraper.errors import FeedError
from scraper.feeds.context import Context, identified
from scraper.feeds.moments import read_instant
from scraper.feeds.plain import looks_like_html, plain
from scraper.model import Entry, Feed
from scraper.protocol.urls import resolve

_ROOT = re.compile(r"<(?:\w+:)?(rss|rdf|feed|channel)\b", re.IGNORECASE)
_HTML = re.compile(r"^\s*(?:<!doctype\s+html|<html)\b", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
HEAD = 4096
FULL_CHARACTERS = 400  # a description of HTML this long is the article, as RSSHub puts it


def recognises(text: str, media_type: str) -> bool:
    """A feed's root element near the beginning of what is no HTML page."""
    head = text.lstrip("\ufeff")[:HEAD]
    if _HTML.search(head):
        return False
    return bool(_ROOT.search(head)) or "rss" in media_type or "atom" in media_type


def parse(text: str, url: str, context: Context) -> Feed:
    """What a feed lists. Raises FeedError where nothing of it could be read."""
    import feedparser  # noqa: PLC0415  # 200 ms, and only where there is a feed

    body = '<?xml version="1.0" encoding="utf-8"?>' + _DECLARATION.sub("", text.lstrip("\ufeff"))
    stream = io.BytesIO(body.encode("utf-8", "replace"))
    headers = {"content-type": "application/xml; charset=utf-8", "content-location": url}
    parsed = feedparser.parse(
        stream, response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if parsed.bozo and not parsed.entries:
        raise FeedError(f"{url}: a feed that is not well-formed ({_problem(parsed)})")
    base = resolve(url, str(parsed.feed.get("link") or "")) or url
    known = [found for item in parsed.entries if (found := _identified(item, base, url, context))]
    return Feed(
        _format(str(parsed.version)),
        tuple(known),
        title=plain(str(parsed.feed.get("title") or "")),
        ignored=len(parsed.entries) - len(known),
    )


def _problem(parsed: Any) -> str:
    return plain(str(parsed.get("bozo_exception") or "no feed"), markup=False)[:200]


def _format(version: str) -> str:
    """Feedparser's version as one of ours."""
    if version.startswith("atom"):
        return "atom"
    return "rdf" if version in ("rss10", "rss090") else "rss"


def _identified(item: Any, base: str, url: str, context: Context) -> Entry | None:
    entry = _entry(item, context)
    return identified(entry, base if entry.url else url, context) if entry.url else None


def _entry(item: Any, context: Context) -> Entry:
    content, summary = _bodies(item)
    return Entry(
        url=_link(item),
        title=plain(str(item.get("title") or "")),
        published=_published(item, context.timezone),
        summary=plain(summary),
        content=content,
        author=plain(str(item.get("author") or "")),
    )


def _link(item: Any) -> str:
    """The article's address: the alternate link, else a guid that is an address."""
    link = str(item.get("link") or "")
    guid = str(item.get("id") or "")
    return link or (guid if guid.startswith(("http://", "https://")) else "")


def _bodies(item: Any) -> tuple[str, str]:
    """The full HTML where the feed gives it, and the summary."""
    contents = [c.get("value") or "" for c in item.get("content") or [] if _is_html(c)]
    content, summary = max(contents, key=len, default=""), str(item.get("summary") or "")
    if not content and len(summary) >= FULL_CHARACTERS and looks_like_html(summary):
        return summary, ""
    return content, "" if summary == content else summary


def _is_html(content: Any) -> bool:
    return "html" in str(content.get("type") or "html")


def _published(item: Any, zone: str) -> datetime | None:
    """The publication instant; an update's only where nothing else is given.

    feedparser reads times without an offset as UTC, so the text is read first.
    """
    for name in ("published", "created", "updated"):
        if found := read_instant(str(item.get(name) or ""), zone):
            return found
        if parsed := item.get(f"{name}_parsed"):
            return _from_struct(parsed)
    return None


def _from_struct(parsed: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except (OverflowError, OSError, ValueError, TypeError):
        return None
