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
from scraper.feeds.context import Context, keep_articles
from scraper.feeds.hints import read_hints
from scraper.feeds.mending import mend
from scraper.feeds.moments import read_instant
from scraper.feeds.opening import name_root
from scraper.feeds.plain import looks_like_html, plain, without_illegal
from scraper.feeds.shortening import shorten
from scraper.model import Entry, Feed
from scraper.protocol.urls import resolve

_ROOT = re.compile(r"<(?:\w+:)?(?:rss|rdf|feed|channel)\b", re.IGNORECASE)
_ROOTS = frozenset("rss rdf feed channel".split())
_CRASHES = (  # feedparser has no errors of its own: its parsers stumble
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
FULL_CHARACTERS = 400  # a description of HTML this long is the article, as RSSHub puts it


def recognises(text: str, media_type: str) -> bool:
    """A feed's root element at the beginning; or what only calls itself a feed."""
    root = name_root(text)
    return root in _ROOTS or (not root.startswith("htm") and _says_feed(media_type))


def _says_feed(media_type: str) -> bool:
    return "rss" in media_type or "atom" in media_type


def parse(text: str, url: str, context: Context) -> Feed:
    """What a feed lists. Raises FeedError where nothing of it could be read."""
    short = shorten(text, context.timezone)
    parsed = _parse_feed(short.markup, url)
    if not parsed.entries and (parsed.bozo or not parsed.version):
        raise FeedError(f"{url}: a feed that is not well-formed ({_problem(parsed)})")
    base = resolve(url, str(parsed.feed.get("link") or "")) or url
    entries = [_entry(item, context) for item in parsed.entries]
    known = keep_articles(entries, base, url, context)
    title = plain(str(parsed.feed.get("title") or ""))
    return Feed(
        _format(str(parsed.version)),
        known,
        title=title,
        ignored=len(entries) - len(known),
        left_out=short.left_out,
        hints=read_hints(text),
    )


def _parse_feed(text: str, url: str) -> Any:
    """Feedparser's reading, of bytes from the root element on: a prolog may hold entity bombs."""
    import feedparser  # noqa: PLC0415  # 200 ms, and only where there is a feed

    root = _ROOT.search(text)
    markup = mend(without_illegal(text[root.start() if root else 0 :]))
    body = f'<?xml version="1.0" encoding="utf-8"?>{markup}'.encode()
    headers = {"content-type": "application/xml; charset=utf-8"}
    try:
        return feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except _CRASHES as error:
        raise FeedError(f"{url}: a feed that cannot be read ({error!r}); check its XML") from error


def _problem(parsed: Any) -> str:
    return plain(str(parsed.get("bozo_exception") or "no feed"), markup=False)[:200]


def _format(version: str) -> str:
    """Feedparser's version as one of ours."""
    if version.startswith("atom"):
        return "atom"
    return "rdf" if version in ("rss10", "rss090") else "rss"


def _entry(item: Any, context: Context) -> Entry:
    content, summary = _bodies(item)
    return Entry(
        url=_link(item),
        title=plain(str(item.get("title") or "")),
        published=_published(item, context.timezone),
        summary=plain(summary),
        content=without_illegal(content),
        author=plain(str(item.get("author") or "")),
    )


def _link(item: Any) -> str:
    """The article's address: the alternate link, else a guid that is an address.

    FeedBurner's links lead through a counter; it says where to. feedparser takes any guid for a
    link where there is none, even a number.
    """
    given = item.get("link") if item.get("links") else None
    link = str(item.get("feedburner_origlink") or given or "")
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
        if name not in item:  # feedparser would answer for `updated` with `published`, and warn
            continue
        if found := read_instant(str(item[name] or ""), zone):
            return found
        if (parsed := item.get(f"{name}_parsed")) and any(parsed[3:6]):
            return _from_struct(parsed)
    return None


def _from_struct(parsed: Any) -> datetime | None:
    try:
        return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    except ValueError:  # the years 0 and 10000, which are reached by their offsets
        return None
