"""Entries as JSON, for as long as their article is wanted: read back, they are exactly the same."""

import json
from datetime import datetime

from scraper.model import Entry


def to_json(entry: Entry) -> str:
    """An entry as ASCII JSON, so that whatever a source wrote, lone surrogates too, survives."""
    return json.dumps(
        {
            "url": entry.url,
            "id": entry.id,
            "title": entry.title,
            "published": entry.published and entry.published.isoformat(),
            "summary": entry.summary,
            "content": entry.content,
            "author": entry.author,
        }
    )


def from_json(text: str) -> Entry:
    """The entry that `to_json` wrote."""
    values = json.loads(text)
    published = values.pop("published")
    return Entry(published=published and datetime.fromisoformat(published), **values)
