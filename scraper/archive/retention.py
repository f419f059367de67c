"""Which WARC files have outlived their keep: whole files, the oldest first, never that of today.

Whole, because a file that is rewritten could not be told from one that was tampered with without
its account in the manifest; and what is old is old together.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from scraper.archive.raw import RawFile
from scraper.model import Retention

DAY = timedelta(days=1)


def outlived(sizes: Mapping[RawFile, int], retention: Retention, now: datetime) -> list[RawFile]:
    """The files, of so many bytes each, that are to be removed, the oldest first.

    A file's age counts from the end of its day in UTC: until then records were appended to it.
    """
    ordered = sorted(sizes, key=lambda file: (file.day, file.number))
    left, today = sum(sizes.values()), now.astimezone(UTC).date()
    found: list[RawFile] = []
    for file in ordered:
        too_much = retention.size is not None and left > retention.size
        if file.day >= today or not (too_much or _is_old(file, retention, now)):
            break
        found.append(file)
        left -= sizes[file]
    return found


def _is_old(file: RawFile, retention: Retention, now: datetime) -> bool:
    over = datetime(file.day.year, file.day.month, file.day.day, tzinfo=UTC) + DAY
    return retention.age is not None and now - over >= retention.age
