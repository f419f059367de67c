"""Instants as lists write them: RFC 3339, RFC 822, W3C dates, and the short forms of section pages.

What names no time of day is no instant: an article's day is better known from its page.
"""

import re
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from zoneinfo import ZoneInfo

_CLOCK = re.compile(
    r"(?<!\d)(?P<hour>\d{1,2})[:：](?P<minute>\d{2})(?:[:：](?P<second>\d{2}))?(?!\d)"
)
_OFFSET = re.compile(r":\d\d\s*(?:Z|UTC|GMT|(?P<sign>[+-])(?P<hours>\d{1,2}):?(?P<minutes>\d{2}))$")
_ZONE = re.compile(r"\b[A-Z]{3,5}$")  # by a name that only some know
_HAS_TIME = re.compile(r"\d:\d|\dT\d")
_FULL_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?!\d)")
_DAY = re.compile(r"(?<!\d)(\d{1,2})\s*[-/月]\s*(\d{1,2})(?!\d)")
_OTHER_DAY = re.compile(r"昨|前天|周|星期|\d\s*[年月日天]")
_AFTERNOON = re.compile(r"\bp\.?m\b|下午|晚上", re.IGNORECASE)
_MORNING = re.compile(r"\ba\.?m\b|上午|凌晨|早上", re.IGNORECASE)
AHEAD = timedelta(minutes=10)  # of our clock, that a list's may be
EARLIEST = datetime(1970, 1, 2, tzinfo=UTC)  # what lies before is a zero that stands for none
YEARS = 8  # from one 29 February to the next, at most (1896 to 1904)


def read_instant(text: str, zone: str) -> datetime | None:
    """The instant of a feed's date; without an offset, local to `zone` (IANA name)."""
    text = text.strip()
    if not _HAS_TIME.search(text):
        return None
    for read in (datetime.fromisoformat, parsedate_to_datetime, _read_parts):
        try:
            parsed = read(text)
        except (ValueError, TypeError, IndexError, OverflowError):
            continue
        unzoned = "UTC" if text.endswith("-0000") else zone  # RFC 5322 §3.3: UTC, place unknown
        return _in_utc(parsed if parsed.tzinfo else parsed.replace(tzinfo=ZoneInfo(unzoned)))
    return None


def believable(instant: datetime | None, now: datetime) -> datetime | None:
    """The instant, unless it is to come or stands for none: then the page has to say.

    Neither is moved to where it might be: an article's instant is never made up.
    """
    return instant if instant and EARLIEST <= instant <= now + AHEAD else None


def _read_parts(text: str) -> datetime:
    """What looks nearly like ISO 8601: "2021年11月13日 20:00", "2021/11/13 9:05:00 +8:00"."""
    day, clock, offset = _FULL_DAY.search(text), _read_clock(text), _OFFSET.search(text)
    if day is None or clock is None or (offset is None and _ZONE.search(text)):
        raise ValueError(text)
    year, month, number = map(int, day.groups())
    naive = datetime(year, month, number, *clock)  # noqa: DTZ001  # as the text says, or not
    if offset is None:
        return naive
    sign = -1 if offset["sign"] == "-" else 1
    hours, minutes = int(offset["hours"] or 0), int(offset["minutes"] or 0)
    return naive.replace(tzinfo=timezone(sign * timedelta(hours=hours, minutes=minutes)))


def read_list_time(text: str, zone: str, now: datetime) -> datetime | None:
    """The instant of a section page's entry, local to `zone`; None without a time of day.

    "11:29" is today, or yesterday if still to come; "10月2日 11:29" is in the latest year in
    which it is not still to come.
    """
    clock = _read_clock(text)
    if clock is None:
        return None
    today = now.astimezone(ZoneInfo(zone))
    hour, minute, second = clock
    try:
        wall = today.replace(hour=hour, minute=minute, second=second, microsecond=0)
        if full := _FULL_DAY.search(text):
            year, month, day = map(int, full.groups())
            return _in_utc(wall.replace(year, month, day))
    except ValueError:
        return None
    if partial := _DAY.search(text):
        return _in_latest_year(wall, int(partial[1]), int(partial[2]), today + AHEAD)
    if _OTHER_DAY.search(text):
        return None
    return _in_utc(wall if wall <= today + AHEAD else wall - timedelta(days=1))


def _read_clock(text: str) -> tuple[int, int, int] | None:
    found = _CLOCK.search(text)
    if not found:
        return None
    hour, minute, second = (int(part or 0) for part in found.groups())
    if hour < 12 and _AFTERNOON.search(text):
        hour += 12
    elif hour == 12 and _MORNING.search(text):
        hour = 0
    return hour, minute, second


def _in_latest_year(wall: datetime, month: int, day: int, limit: datetime) -> datetime | None:
    for year in range(wall.year, wall.year - YEARS - 1, -1):
        try:
            moment = wall.replace(year, month, day)
        except ValueError:
            continue
        if moment <= limit:
            return _in_utc(moment)
    return None


def _in_utc(aware: datetime) -> datetime | None:
    try:
        return aware.astimezone(UTC)
    except OverflowError:
        return None
