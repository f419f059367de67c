"""Instants out of what pages say: ISO 8601, RFC 3339, Chinese dates, American dates, Unix time.

A date is never guessed: what names no year, month and day gives nothing, and what names no time of
day gives a day.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from zoneinfo import ZoneInfo

from scraper.model import Precision

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)  # before the web: a zero or a broken clock

_TIME = (
    r"(?:\D{0,8}?(?P<half>上午|下午|晚上|傍晚|中午|凌晨)?\s*(?P<hour>\d{1,2})[:：时点](?P<minute>\d{2})"
    r"(?:[:：分](?P<second>\d{2})?)?\s*(?P<ampm>[AaPp]\.?[Mm])?)?"
)
_NAMED_UTC = re.compile(r"\s*(?:UTC|GMT|Z)$", re.IGNORECASE)
_YEAR_FIRST = re.compile(
    r"(?<!\d)(?P<year>(?:19|20)\d{2})\s*[年/.-]\s*(?P<month>\d{1,2})\s*[月/.-]\s*(?P<day>\d{1,2})(?!\d)\s*日?"
    + _TIME
)
# Month first, as some pages of China/Hong Kong generations write it: 03/15/2022 - 11:29
_MONTH_FIRST = re.compile(
    r"(?<!\d)(?P<month>\d{2})/(?P<day>\d{2})/(?P<year>(?:19|20)\d{2})(?!\d)" + _TIME
)
_ZONED = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}")


@dataclass(frozen=True, slots=True)
class Moment:
    """A publication instant, and whether the time of day is known."""

    instant: datetime
    precision: Precision = "instant"


def start_of(day: date, zone: str) -> Moment:
    """The first instant of a day in an IANA time zone."""
    return Moment(datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC), "day")


def read_moment(value: object, zone: str) -> Moment | None:
    """The moment that a text or number names; None where it names none.

    Times without an offset are local to `zone` (IANA name). Numbers are Unix seconds, or
    milliseconds where seconds would lie beyond the year 5000.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return _from_unix(value)
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.isdecimal() and len(text) in (10, 13):
        return _from_unix(float(text))
    return _plausible(_from_iso(text, ZoneInfo(zone)) or _from_words(text, ZoneInfo(zone)))


def _plausible(moment: Moment | None) -> Moment | None:
    return moment if moment and moment.instant >= EARLIEST else None


def _from_unix(seconds: float) -> Moment | None:
    try:
        scale = 1000 if seconds > 1e11 else 1
        return _plausible(Moment(datetime.fromtimestamp(seconds / scale, UTC)))
    except (OverflowError, OSError, ValueError):
        return None


def _from_iso(text: str, zone: tzinfo) -> Moment | None:
    if not _ZONED.match(text):
        return None
    try:
        parsed = datetime.fromisoformat(_NAMED_UTC.sub("+00:00", text).replace(" +", "+"))
    except ValueError:
        return None
    return _in_utc(parsed if parsed.tzinfo else parsed.replace(tzinfo=zone), "instant")


def _from_words(text: str, zone: tzinfo) -> Moment | None:
    found = _YEAR_FIRST.search(text) or _MONTH_FIRST.search(text)
    if not found:
        return None
    part = found.groupdict()
    try:
        local = datetime(
            int(part["year"]),
            int(part["month"]),
            int(part["day"]),
            _hour(part),
            int(part["minute"] or 0),
            int(part["second"] or 0),
            tzinfo=zone,
        )
    except ValueError:
        return None
    return _in_utc(local, "instant" if part["hour"] else "day")


def _in_utc(local: datetime, precision: Precision) -> Moment | None:
    try:
        return Moment(local.astimezone(UTC), precision)
    except OverflowError:  # the first or last day of the calendar
        return None


def _hour(part: dict[str, str | None]) -> int:
    """The hour of a 24-hour day, from 11:29 PM, 下午3:05 and the like."""
    hour = int(part["hour"] or 0)
    late = (part["ampm"] or "").lower().startswith("p") or part["half"] in ("下午", "晚上", "傍晚")
    early = (part["ampm"] or "").lower().startswith("a") or part["half"] in ("上午", "凌晨")
    if late and hour < 12:
        return hour + 12
    return 0 if early and hour == 12 else hour
