"""The words of an alert: one message of all that is to be told at a moment, short and plain."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from types import MappingProxyType

from scraper.protocol.alarms import Announcement, Change, Message

MAX_LINES = 20  # of one kind of change; a message is read on a telephone
MAX_LINE = 500  # characters
_HEADINGS: Mapping[Change, str] = MappingProxyType(
    {"begun": "New", "worse": "Worse", "lasting": "Still", "ended": "Over"}
)


def compose(announcements: Sequence[Announcement], now: datetime) -> Message:
    """One message of what is told at `now`; there is something to tell."""
    lines = [line for change in _HEADINGS for line in _part(announcements, change, now)]
    return Message(now, _title(announcements), "\n".join(lines))


def join(messages: Sequence[Message]) -> tuple[str, str]:
    """Title and text for a target that gets these messages at once, the oldest first."""
    if len(messages) == 1:
        return messages[0].title, messages[0].body
    parts = [f"{instant(m.at)}: {m.title}\n{m.body}" for m in messages]
    return f"{messages[-1].title} ({len(messages)} messages)", "\n\n".join(parts)


def line_of(announcement: Announcement, now: datetime) -> str:
    """One thing that is told, as a line."""
    standing = announcement.standing
    title, since = standing.condition.title, standing.since
    if announcement.change == "ended":
        return f"over: {title} (it lasted {duration((standing.gone_at or now) - since)})"
    line = f"{title}, since {instant(since)}: {standing.condition.message}"
    return line if len(line) <= MAX_LINE else f"{line[: MAX_LINE - 1]}…"


def _title(announcements: Sequence[Announcement]) -> str:
    if len(announcements) == 1:
        (one,) = announcements
        words = one.standing.condition.title
        before = {"begun": "", "worse": "", "lasting": "still: ", "ended": "over: "}[one.change]
        return f"news-scraper: {before}{words}"
    over = sum(1 for a in announcements if a.change == "ended")
    wrong = len(announcements) - over
    counts = ((wrong, f"trouble{'s' * (wrong != 1)}"), (over, "over"))
    return f"news-scraper: {', '.join(f'{n} {what}' for n, what in counts if n)}"


def _part(announcements: Sequence[Announcement], change: Change, now: datetime) -> list[str]:
    lines = [line_of(a, now) for a in announcements if a.change == change]
    if not lines:
        return []
    left = len(lines) - MAX_LINES
    more = [f"- and {left} more: `scraper alerts` lists what lasts"] if left > 0 else []
    listed = [f"- {line.removeprefix('over: ')}" for line in lines[:MAX_LINES]]
    return [f"{_HEADINGS[change]}:", *listed, *more]


def instant(at: datetime) -> str:
    """An instant for people, to the minute."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def duration(time: timedelta) -> str:
    """A duration for people: "2 d 3 h", "3 h 20 min", "5 min"."""
    minutes = max(round(time.total_seconds() / 60), 0)
    parts = ((minutes // 1440, "d"), (minutes // 60 % 24, "h"), (minutes % 60, "min"))
    named = [f"{number} {unit}" for number, unit in parts if number]
    return " ".join(named[:2]) or "less than a minute"
