"""Events as lines for people and as facts for programs."""

from datetime import UTC, datetime

from scraper.model import ArticleEvent, SourceEvent

# Outcomes that are named on standard error.
NAMED = frozenset(("failed", "quarantined", "deferred", "skipped", "withdrawn"))


def iso(instant: datetime | None) -> str | None:
    """An instant as ISO 8601 UTC; None stays None."""
    if instant is None:
        return None
    return instant.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def source_facts(event: SourceEvent) -> dict[str, object]:
    """A polled source, as in the JSON output."""
    facts: dict[str, object] = {
        "event": "source",
        "name": event.name,
        "outcome": event.outcome,
        "entries": event.entries,
        "new": event.new,
    }
    if event.reason or event.notice:
        facts["reason"] = "; ".join(filter(None, (event.reason, *event.notice.splitlines())))
    return facts | {"next_check": iso(event.next_check)}


def article_facts(event: ArticleEvent) -> dict[str, object]:
    """The end of the work on an article, as in the JSON output."""
    facts: dict[str, object] = {
        "event": "article",
        "outcome": event.outcome,
        "id": event.id,
        "url": event.url,
    }
    named = {"path": event.path, "source": event.source, "reason": event.reason}
    if event.due:
        named["due"] = iso(event.due) or ""
    return facts | {key: value for key, value in named.items() if value}


def source_line(event: SourceEvent) -> str:
    """A polled source, for people."""
    head = f"{event.outcome:9} {event.name}"
    if event.outcome == "failed":
        return f"{head}: {event.reason}"
    reason = f" ({event.reason})" if event.reason else ""
    return f"{head}: {event.entries} listed, {event.new} new{reason}"


def article_line(event: ArticleEvent) -> str:
    """The end of the work on an article, for people."""
    head = f"{event.outcome:9} {event.id or event.url}"
    if event.outcome in NAMED:
        return f"{head}: {event.url}: {event.reason}{tried_again(event)}"
    return f"{head} {event.path}" + (f" ({event.reason})" if event.reason else "")


def tried_again(event: ArticleEvent) -> str:
    """When a deferred article is; "" for others."""
    return f"; tried again after {iso(event.due)}" if event.due else ""
