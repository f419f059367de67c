"""Instants out of what pages say: ISO 8601, RFC 3339, Chinese and English dates, Unix time.

A date is never guessed: what names no year, month and day gives nothing, and what names no time of
day gives a day.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
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
# As English pages write them: May 6, 2024 08:30; 6 May 2024; Mon, 06 May 2024 08:30:00 +0800
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_NAMED_MONTH = (
    r"(?P<name>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|"
    r"sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\b\.?"
)
_DAY_NUMBER = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
_YEAR = r"(?P<year>(?:19|20)\d{2})(?!\d)"
_ENGLISH_TIME = (
    r"(?:\D{0,8}?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?"
    r"\s*(?P<ampm>[AaPp]\.?[Mm])?\s*"
    r"(?P<offset>[+-]\d{2}:?\d{2}(?!\d)|(?:UTC|GMT|Z)\b|(?-i:[A-Z]{1,4}T)\b)?)?"
)
_UTC = frozenset(("UTC", "GMT", "Z"))
_MONTH_NAMED = tuple(
    re.compile(rf"(?<![\w]){order}{_ENGLISH_TIME}", re.IGNORECASE)
    for order in (
        rf"{_NAMED_MONTH}\s+{_DAY_NUMBER},?\s+{_YEAR}",
        rf"{_DAY_NUMBER}[\s-]+{_NAMED_MONTH},?[\s-]+{_YEAR}",
    )
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
    found = found or next(filter(None, (form.search(text) for form in _MONTH_NAMED)), None)
    if not found:
        return None
    part = found.groupdict()
    name, offset = part.get("name"), part.get("offset") or ""
    month = _MONTHS.index(name[:3].lower()) + 1 if name else int(part["month"] or 0)
    if offset.isalpha() and offset.upper() not in _UTC:  # EST, IST: whose is not said
        part.update(hour=None, minute=None, second=None, ampm=None)
    try:
        local = datetime(
            int(part["year"] or 0),
            month,
            int(part["day"] or 0),
            _hour(part),
            int(part["minute"] or 0),
            int(part["second"] or 0),
            tzinfo=_zone_of(offset if part["hour"] else "", zone),
        )
    except ValueError:
        return None
    return _in_utc(local, "instant" if part["hour"] else "day")


def _zone_of(offset: str, zone: tzinfo) -> tzinfo:
    """The zone that a text names, else the page's. Raises ValueError for an impossible one."""
    if not offset:
        return zone
    if offset[0] not in "+-":
        return UTC
    shift = timedelta(hours=int(offset[1:3]), minutes=int(offset[-2:]))
    return timezone(-shift if offset[0] == "-" else shift)


def _in_utc(local: datetime, precision: Precision) -> Moment | None:
    try:
        return Moment(local.astimezone(UTC), precision)
    except OverflowError:  # the first or last day of the calendar
        return None


def _hour(part: dict[str, str | None]) -> int:
    """The hour of a 24-hour day, from 11:29 PM, 下午3:05 and the like."""
    hour = int(part["hour"] or 0)
    half, ampm = part.get("half") or "", (part["ampm"] or "").lower()
    late = ampm.startswith("p") or half in ("下午", "晚上", "傍晚")
    early = ampm.startswith("a") or half in ("上午", "凌晨")
    if late and hour < 12:
        return hour + 12
    return 0 if early and hour == 12 else hour
