"""When a post of an older archive was truly published, and whether that is certain.

Such a post states two instants: the feed's (`<!--N-->`) and `date`, the earlier of that and of the
moment when the post was made. Its feed called the wall time of the site's zone UTC in some periods,
so that N is late by the zone's offset (8 hours for Singapore), in one period by twice that. Two
facts of each post speak against a value: the day that the story's id names, in the site's zone, and
the clamp, which says that the story was there before N.

The rule, with what it decides for the 1,053 stories of 联合早报 in the corpus, 2020-07 to 2022-03
(978 stand, 38 are corrected by 8 hours and 5 by 16, 32 are flagged, 4 of them corrected):

1. N stands where the id's day and the clamp allow it, even where N less the offset would be allowed
   as well: nothing speaks against it. It is flagged where posts of the days around it are proven
   late (28).
2. Else N is wrong. Where one of the two errors fits, that is it: certain. `story20210121-…`, N 15
   hours after the post was made and on the 22nd: late by 16.
3. Where both fit, the one that posts of the days around it prove; without such posts the simple
   one: certain where N has not the id's day (the seed: N on the 14th in Singapore, the id's day the
   13th), flagged where the clamp alone speaks against N. Flagged, too, where both are proven.
4. Where neither fits, and where no id names a day but the clamp shows that N is wrong, `date` is
   taken, which the story is not younger than, and flagged.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

AROUND = timedelta(days=2)  # how far proof of a feed's error reaches, before and after
NONE = timedelta(0)


@dataclass(frozen=True, slots=True)
class Stated:
    """What a post says of its own time: instants in UTC, the day that the story's id names."""

    date: datetime
    number: datetime | None = None  # the feed's instant, where the post has it
    day: dt.date | None = None
    zone: str = ""  # IANA name, of that day; "" where no profile knows the site

    @property
    def claimed(self) -> datetime:
        """The feed's word for it."""
        return self.number or self.date

    @property
    def clamped(self) -> bool:
        """Whether the post was there before the instant that the feed gave it."""
        return self.number is not None and self.date < self.number


@dataclass(frozen=True, slots=True)
class Judged:
    """The instant that is taken, by how much the feed was late, and what is not certain of it."""

    instant: datetime
    late: timedelta = NONE
    doubt: str = ""


def proven(stated: Stated) -> timedelta | None:
    """The error of the feed that this post alone proves; None where it proves none."""
    fits = _fitting(stated)
    return fits[0] if len(fits) == 1 and fits[0] else None


def judge(stated: Stated, around: Collection[timedelta] = ()) -> Judged:
    """The true instant of a post.

    `around` are the errors that posts of the days around it prove.
    """
    if stated.number is not None and stated.number < stated.date:
        return Judged(stated.date, doubt="its number and its date are two different instants")
    fits = _fitting(stated)
    if not fits:
        return _without_proof(stated)
    if NONE in fits:
        late = NONE
        doubt = "the feed was late on these days" if around and len(fits) > 1 else ""
    else:
        late, doubt = _late(stated, fits, around)
    return Judged(stated.claimed - late, late, doubt)


def _late(
    stated: Stated, fits: list[timedelta], around: Collection[timedelta]
) -> tuple[timedelta, str]:
    """Which of the errors that fit it is, and what is not certain of that."""
    if len(fits) == 1:
        return fits[0], ""
    known = [late for late in fits if late in around]
    if len(known) == 1:
        return known[0], ""
    if known or _has_day(stated, NONE):
        return fits[0], f"the feed may have been late by {_hours(fits[1])} hours as well"
    return fits[0], ""


def _without_proof(stated: Stated) -> Judged:
    if stated.day is not None and stated.zone:
        earlier = min(stated.date, stated.claimed)
        return Judged(earlier, doubt="no known error of the feed makes its day that of its id")
    if stated.clamped:
        return Judged(stated.date, doubt="the feed dated it after it was archived")
    return Judged(stated.claimed)


def _fitting(stated: Stated) -> list[timedelta]:
    """The errors, the smallest first, that neither the id's day nor the clamp speaks against."""
    if stated.day is None or not stated.zone:
        return []
    try:
        offset = stated.claimed.astimezone(ZoneInfo(stated.zone)).utcoffset() or NONE
        errors = dict.fromkeys((NONE, offset, 2 * offset))
        return [late for late in errors if _has_day(stated, late) and _was_there(stated, late)]
    except OverflowError:  # in the first or the last year that there is
        return []


def _has_day(stated: Stated, late: timedelta) -> bool:
    return (stated.claimed - late).astimezone(ZoneInfo(stated.zone)).date() == stated.day


def _was_there(stated: Stated, late: timedelta) -> bool:
    return not stated.clamped or stated.claimed - late <= stated.date


def _hours(late: timedelta) -> str:
    return f"{late / timedelta(hours=1):g}"
