"""Which WARC files have outlived their keep: whole files, the oldest first, never that of today.

Whole, because a file that is rewritten could not be told from one that was tampered with without
its account in the manifest; and what is old is old together.
"""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from scraper.archive.raw import RawFile
from scraper.model import Retention

DAY = timedelta(days=1)
LEAP = timedelta(days=30)  # that a clock is believed to be ahead of what was received last


def outlived(sizes: Mapping[RawFile, int], retention: Retention, now: datetime) -> list[RawFile]:
    """The files, of so many bytes each, that are to be removed, the oldest first.

    A file's age counts from the end of its day in UTC: until then records were appended to it. A
    clock that is far ahead of what was received before today is not believed: what is removed for
    it would not come back when the clock is set right.
    """
    ordered = sorted(sizes, key=lambda file: (file.day, file.number))
    left, today = sum(sizes.values()), now.astimezone(UTC).date()
    latest = max((file.day for file in ordered if file.day < today), default=today)
    believed = min(now, _end_of(latest) + LEAP)
    found: list[RawFile] = []
    for file in ordered:
        too_much = retention.size is not None and left > retention.size
        if file.day >= today or not (too_much or _is_old(file, retention, believed)):
            break
        found.append(file)
        left -= sizes[file]
    return found


def _is_old(file: RawFile, retention: Retention, now: datetime) -> bool:
    return retention.age is not None and now - _end_of(file.day) >= retention.age


def _end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + DAY
