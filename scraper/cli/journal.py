"""What a daemon's log tells of an event: at which level, in which words, with which facts.

Quiet when nothing happens: a poll without anything new, and the same failure again within an hour,
are for those who look for them (`--log-level debug`). A source that is well again is told.
"""

import logging
import re
from dataclasses import dataclass
from typing import assert_never

from scraper.cli.events import NAMED, article_facts, source_facts, tried_again
from scraper.model import ArticleEvent, Event, SourceEvent

REMINDER_SECONDS = 3600.0  # until the same failure of a source is told again
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log."""

    level: int
    line: str
    facts: dict[str, object]


@dataclass(frozen=True, slots=True)
class _Told:
    """What was said of a source last, and when."""

    reason: str
    at: float


class Journal:
    """Remembers what was told of each source."""

    def __init__(self) -> None:
        self._told: dict[str, _Told] = {}

    def entry(self, event: Event, now: float) -> Entry:
        """The line for an event; `now` is in seconds, of a clock that never goes back."""
        match event:
            case SourceEvent():
                return self._of_source(event, now)
            case ArticleEvent():
                return _of_article(event)
            case _:
                assert_never(event)

    def _of_source(self, event: SourceEvent, now: float) -> Entry:
        before = self._told.pop(event.name, None)
        level, again = logging.DEBUG, ""
        if event.reason:
            reason = _NUMBER.sub("#", event.reason)
            is_new = before is None or before.reason != reason
            if is_new or (before and now - before.at >= REMINDER_SECONDS):
                level = logging.WARNING if event.outcome == "failed" or is_new else logging.INFO
                before = _Told(reason, now)
            self._told[event.name] = before or _Told(reason, now)
        elif before:
            level, again = logging.INFO, ", well again"
        if event.new:
            level = max(level, logging.INFO)
        said = f"{event.entries} listed, {event.new} new{again}"
        if event.reason:
            said = event.reason if event.outcome == "failed" else f"{said} ({event.reason})"
        facts = source_facts(event) | {"source": event.name} | _seconds(event)
        return Entry(level, f"{event.outcome:9} {event.name}: {said}{_took(event)}", facts)


def _of_article(event: ArticleEvent) -> Entry:
    level = logging.WARNING if event.outcome in NAMED else logging.INFO
    if event.outcome == "unchanged" and not event.reason:
        level = logging.DEBUG
    source = f" of {event.source}" if event.source else ""
    said = f"{event.path} ({event.reason})" if event.path and event.reason else event.path
    if event.outcome in NAMED or not event.path:
        said = f"{event.url}: {event.reason}{tried_again(event)}"
    line = f"{event.outcome:9} {event.id or event.url}{source}: {said}{_took(event)}"
    return Entry(level, line, article_facts(event) | _seconds(event))


def _took(event: Event) -> str:
    return "" if event.seconds is None else f" [{event.seconds:.2f} s]"


def _seconds(event: Event) -> dict[str, object]:
    return {} if event.seconds is None else {"seconds": round(event.seconds, 3)}
