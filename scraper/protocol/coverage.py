"""How much of what a source listed is archived, by the hour of publication. Pure.

An article counts in the UTC hour of its publication; where only its day is known, in that day;
where nothing is, in the hour in which it was first listed. The share of a time is what is archived
of what was listed; what was listed a moment ago and not asked for yet counts as neither.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
WINDOWS = {"24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """So many articles of one source, hour and status, as the state groups them."""

    source: str
    hour: int  # since 1970 UTC
    whole_day: bool  # only the day is known, which begins in that hour
    status: str
    number: int


@dataclass(frozen=True, slots=True)
class Tally:
    """What a source listed of one hour, or of a day without an hour, and what became of it."""

    source: str
    at: datetime  # the start of the hour, or of the day where `whole_day`
    whole_day: bool
    listed: int = 0
    archived: int = 0
    missing: Mapping[str, int] = field(default_factory=dict)  # by status

    @property
    def share(self) -> float:
        """What is archived of what was listed, from 0 to 1."""
        return self.archived / self.listed if self.listed else 1.0


def tally(rows: Iterable[Row], fresh: Iterable[Row] = ()) -> list[Tally]:
    """The tallies of rows, by source and time; `fresh` are those that do not count yet."""
    groups: dict[tuple[str, int, bool], Counter[str]] = {}
    for row in rows:
        counts = groups.setdefault((row.source, row.hour, row.whole_day), Counter())
        counts[row.status] += row.number
    for row in fresh:
        if counts := groups.get((row.source, row.hour, row.whole_day), Counter()):
            counts[row.status] -= row.number
    return [_tally(key, counts) for key, counts in sorted(groups.items()) if counts.total() > 0]


def _tally(key: tuple[str, int, bool], counts: Counter[str]) -> Tally:
    source, hour, whole_day = key
    missing = {status: n for status, n in sorted(counts.items()) if n > 0 and status != "archived"}
    archived = counts["archived"]
    listed = archived + sum(missing.values())
    return Tally(source, _EPOCH + hour * HOUR, whole_day, listed, archived, missing)


def share_since(
    tallies: Iterable[Tally], since: datetime, least_missing: int = 0
) -> dict[str, float]:
    """The share of each source that listed something since then, by its name.

    An hour counts that began since then, a day that had not ended. Where fewer articles than
    `least_missing` are missing, a source has none.
    """
    listed: Counter[str] = Counter()
    archived: Counter[str] = Counter()
    for one in tallies:
        ends = one.at + (DAY if one.whole_day else HOUR)
        if ends > since:
            listed[one.source] += one.listed
            archived[one.source] += one.archived
    return {
        source: archived[source] / number
        for source, number in listed.items()
        if number - archived[source] >= least_missing
    }


def shares(tallies: Iterable[Tally], now: datetime) -> dict[str, dict[str, float]]:
    """By source, its share of the last 24 hours, 7 days and 30 days: "24h", "7d", "30d".

    A time in which a source listed nothing has no share.
    """
    known = list(tallies)
    found: dict[str, dict[str, float]] = {}
    for name, window in WINDOWS.items():
        for source, share in share_since(known, now - window).items():
            found.setdefault(source, {})[name] = share
    return found


def by_day(tallies: Iterable[Tally]) -> dict[datetime, list[Tally]]:
    """The tallies of one source by the UTC day that they begin in, the newest first."""
    days: dict[datetime, list[Tally]] = {}
    for one in sorted(tallies, key=lambda tally: tally.at, reverse=True):
        days.setdefault(one.at.replace(hour=0), []).append(one)
    return days
