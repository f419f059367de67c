"""When a feed asks to be read again, in its own words: found in the head, before its entries.

<ttl>, <skipHours>, <skipDays> of RSS 2.0 (https://www.rssboard.org/rss-specification), and the
period of the syndication module (https://web.resource.org/rss/1.0/modules/syndication/).
"""

import re
from datetime import timedelta

from scraper.model import Hints

HEAD_CHARACTERS = 16_384  # feeds describe their channel in a few hundred
MAX_TTL = timedelta(days=30)  # the longest interval that a source can be given
_FIRST_ENTRY = re.compile(r"<(?:\w+:)?(?:item|entry)[\s>/]", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_NUMBER = re.compile(r"[0-9]+")
_PERIODS = {  # "daily" where none is named
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
    "monthly": timedelta(days=30),
    "yearly": timedelta(days=365),
}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def read_hints(text: str) -> Hints:
    """The hints of a feed's text; what is missing or senseless is left out."""
    head = text[:HEAD_CHARACTERS]
    first = _FIRST_ENTRY.search(head)
    head = _COMMENT.sub("", head[: first.start()] if first else head)
    minutes = _number(_content(head, "ttl"))
    hours = (_number(hour) for hour in _each(_content(head, "skipHours"), "hour"))
    days = (day.lower() for day in _each(_content(head, "skipDays"), "day"))
    return Hints(
        ttl=timedelta(minutes=minutes) if minutes else _period(head),
        skip_hours=frozenset(hour % 24 for hour in hours if hour is not None and hour <= 24),
        skip_days=frozenset(_DAYS.index(day) for day in days if day in _DAYS),
    )


def _period(head: str) -> timedelta | None:
    """sy:updatePeriod divided by sy:updateFrequency; at most MAX_TTL."""
    name = _content(head, "updatePeriod").lower()
    often = _number(_content(head, "updateFrequency"))
    if name not in _PERIODS and not often:
        return None
    return min(_PERIODS.get(name, _PERIODS["daily"]) / (often or 1), MAX_TTL)


def _content(head: str, name: str) -> str:
    return next(iter(_each(head, name)), "")


def _each(markup: str, name: str) -> list[str]:
    """What stands in the elements of that name, whatever their prefix."""
    element = rf"<(?:\w+:)?{name}\b[^<>]*(?<!/)>(.{{0,2000}}?)</(?:\w+:)?{name}\s*>"
    found = re.findall(element, markup, re.IGNORECASE | re.DOTALL)
    return [text.removeprefix("<![CDATA[").removesuffix("]]>").strip() for text in found]


def _number(text: str) -> int | None:
    """A whole number, of minutes at most MAX_TTL; None for anything else."""
    if not _NUMBER.fullmatch(text):
        return None
    return min(int(text[:9]), int(MAX_TTL.total_seconds()) // 60)
