"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), forgiving on types."""

import json
from typing import Any

from scraper.errors import FeedError
from scraper.feeds.context import Context, identified
from scraper.feeds.moments import read_instant
from scraper.feeds.plain import plain
from scraper.model import Entry, Feed
from scraper.protocol.urls import resolve


def recognises(text: str, media_type: str) -> bool:
    """A JSON object, whatever the header says."""
    return text.lstrip("\ufeff \t\r\n").startswith("{") and "html" not in media_type


def parse(text: str, url: str, context: Context) -> Feed:
    """What a JSON Feed lists. Raises FeedError where it is other JSON."""
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{url}: broken JSON ({error})") from error
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or "jsonfeed" not in str(data.get("version", "")):
        raise FeedError(f"{url}: JSON, but no JSON Feed (no version and items)")
    base = resolve(url, _text(data, "home_page_url")) or url
    entries = [_entry(item, context) for item in items if isinstance(item, dict)]
    known = [found for entry in entries if (found := identified(entry, base, context))]
    ignored = len(items) - len(known)
    return Feed("json", tuple(known), title=plain(_text(data, "title")), ignored=ignored)


def _entry(item: dict[str, Any], context: Context) -> Entry:
    authors = item.get("authors") or [item.get("author")]
    first = authors[0] if isinstance(authors, list) and authors else None
    return Entry(
        url=_text(item, "url") or _text(item, "external_url") or _address_like(_text(item, "id")),
        title=plain(_text(item, "title")),
        published=read_instant(_text(item, "date_published"), context.timezone),
        summary=plain(_text(item, "summary") or _text(item, "content_text")),
        content=_text(item, "content_html"),
        author=plain(_text(first, "name")) if isinstance(first, dict) else "",
    )


def _address_like(text: str) -> str:
    return text if text.startswith(("http://", "https://")) else ""


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    return value if isinstance(value, str) else str(value) if isinstance(value, int) else ""
