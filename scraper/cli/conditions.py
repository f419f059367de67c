"""What is wrong now, as commands show it."""

from typing import TYPE_CHECKING

from scraper.cli.output import iso

if TYPE_CHECKING:
    from scraper.protocol.alarms import Standing


def facts_of(standing: "Standing") -> dict[str, object]:
    """A condition, as in the JSON output."""
    condition = standing.condition
    return {
        "key": condition.key,
        "kind": condition.kind,
        "source": condition.subject or None,
        "severity": condition.severity.name.lower(),
        "title": condition.title,
        "message": condition.message,
        "since": iso(standing.since),
        "told_at": iso(standing.told_at),
    }


def line_of(standing: "Standing") -> str:
    """A condition, as a line for people."""
    condition = standing.condition
    return f"{condition.title}, since {iso(standing.since)}: {condition.message}"
