"""The rows of missing articles, made anew from what the manifest tells of them."""

from datetime import datetime
from typing import Any

from scraper.archive.manifest import Event
from scraper.model import Entry
from scraper.state.database import State


class MissingRows:
    """Restores rows of one rebuilding; what the state knew before stays as it is."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._restored: set[str] = set()

    def restore(self, event: Event) -> None:
        """Make the row of an article say what an event tells. Raises ArchiveError."""
        if event.id in self._restored:
            self.found(event.id)
        elif not event.id or self._state.articles.statuses([event.id]):
            return
        self._restored.add(event.id)
        about = event.about
        entry = Entry(_text(about, "url"), event.id, _text(about, "title"), _at(about, "published"))
        self._note(entry, about, _at(about, "first_seen") or event.at)
        day = _at(about, "day")
        self._state.coverage.date([(event.id, day)] if day else [])
        self._state.coverage.tell([event.id])

    def _note(self, entry: Entry, about: dict[str, Any], seen: datetime) -> None:
        articles = self._state.articles
        reason, source, status = (_text(about, key) for key in ("reason", "source", "status"))
        if status == "held":
            articles.hold([entry], source, seen)
            return
        articles.want([entry], source, seen)
        match status:
            case "given_up":
                articles.give_up(entry.id, reason)
            case "skipped":
                articles.skip(entry.id, reason)
            case _:
                articles.postpone(entry.id, reason, seen)

    def found(self, article: str) -> None:
        """An article is not missing any more, or in another way. Raises ArchiveError."""
        if article in self._restored:
            self._restored.discard(article)
            self._state.coverage.drop(article)

    def count(self) -> int:
        """How many rows were restored."""
        return len(self._restored)


def _text(about: dict[str, Any], key: str) -> str:
    return str(about.get(key) or "")


def _at(about: dict[str, Any], key: str) -> datetime | None:
    text = _text(about, key)
    return datetime.fromisoformat(text) if text else None
