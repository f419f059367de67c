"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/), forgiving on types."""

import json
from typing import Any

from scraper.errors import FeedError
from scraper.feeds.context import Context, keep_articles
from scraper.feeds.moments import read_instant
from scraper.feeds.plain import plain, without_illegal
from scraper.model import Entry, Feed
from scraper.protocol.urls import resolve

_ADDRESS = ("http://", "https://")


def recognises(text: str, media_type: str) -> bool:
    """A JSON object or array; or what only calls itself JSON."""
    opening = text.lstrip("\ufeff \t\r\n")[:1]
    return opening in ("{", "[") or (opening != "<" and media_type.endswith("json"))


def parse(text: str, url: str, context: Context) -> Feed:
    """What a JSON Feed lists. Raises FeedError where it is other JSON, or none."""
    try:
        data = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise FeedError(f"{url}: broken JSON ({error}); check the address") from error
    items = data.get("items") if isinstance(data, dict) else None
    if not isinstance(items, list) or "jsonfeed" not in str(data.get("version", "")):
        raise FeedError(f"{url}: JSON, but no JSON Feed (no version and items); check the address")
    base = resolve(url, _text(data, "home_page_url")) or url
    entries = [_entry(item, context) for item in items if isinstance(item, dict)]
    known = keep_articles(entries, base, url, context)
    title = plain(_text(data, "title"), markup=False)
    return Feed("json", known, title=title, ignored=len(items) - len(known))


def _entry(item: dict[str, Any], context: Context) -> Entry:
    dates = (_text(item, "date_published"), _text(item, "date_modified"))
    instants = (read_instant(date, context.timezone) for date in dates)
    return Entry(
        url=_url(item),
        title=plain(_text(item, "title")),
        published=next(filter(None, instants), None),
        summary=plain(_text(item, "summary") or _text(item, "content_text")),
        content=without_illegal(_text(item, "content_html")),
        author=plain(_author(item)),
    )


def _url(item: dict[str, Any]) -> str:
    """The article's address; an id is often one, too."""
    guid = _text(item, "id")
    given = _text(item, "url") or _text(item, "external_url")
    return given or (guid if guid.startswith(_ADDRESS) else "")


def _author(item: dict[str, Any]) -> str:
    """The first name: 1.1 has a list of objects, 1.0 one object, and some write just the name."""
    authors = item.get("authors") or item.get("author")
    first = authors[0] if isinstance(authors, list) and authors else authors
    return _text(first, "name") if isinstance(first, dict) else _text({"name": first}, "name")


def _text(data: dict[str, Any], key: str) -> str:
    value = data.get(key)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if isinstance(value, str) else str(value) if number else ""
