"""Instants as lists write them: RFC 3339, RFC 822, W3C dates, and the short forms of section pages.

What names no time of day is no instant: an article's day is better known from its page.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

_CLOCK = re.compile(r"(?<!\d)(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?::(?P<second>\d{2}))?(?!\d)")
_FULL_DAY = re.compile(
    r"(?P<year>(?:19|20)\d{2})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})"
)
_DAY = re.compile(r"\d\s*月|\d\s*日|\d[-/]\d")
AHEAD = timedelta(minutes=10)  # of our clock, that a list's may be


def read_instant(text: str, zone: str) -> datetime | None:
    """The instant of a machine-readable date; without an offset, local to `zone` (IANA name)."""
    text = text.strip()
    for read in (datetime.fromisoformat, parsedate_to_datetime):
        try:
            parsed = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        if len(text) > len("2021-11-13"):
            return _in_utc(parsed, zone)
    return None


def _in_utc(parsed: datetime, zone: str) -> datetime | None:
    aware = parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(zone))
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        return None


def read_list_time(text: str, zone: str, now: datetime) -> datetime | None:
    """The instant of a section page's entry: "HH:mm" is today, or yesterday if still to come.

    A day without a time of day, or a month and day without a year, is no instant.
    """
    clock = _CLOCK.search(text)
    if not clock:
        return None
    hour, minute, second = (int(part or 0) for part in clock.groups())
    today = now.astimezone(ZoneInfo(zone))
    full = _FULL_DAY.search(text)
    if not full and _DAY.search(text):
        return None
    try:
        day = today.replace(hour=hour, minute=minute, second=second, microsecond=0)
        if full:
            year, month, number = map(int, full.groups())
            return day.replace(year, month, number).astimezone(UTC)
    except ValueError:
        return None
    return (day if day <= today + AHEAD else day - timedelta(days=1)).astimezone(UTC)
