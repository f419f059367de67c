"""What of the sources' articles is archived, and the manifest's word on what is not.

A row is not the archive: that an article is missing, and why, is told in the manifest as well, once
for each reason, so that the ledger outlives the state. An article in quarantine has its page there.
"""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from scraper.archive.archive import Archive, Change
from scraper.protocol.coverage import DAY, Tally, share_since, tally
from scraper.state.articles import ArticleRecord
from scraper.state.database import State
from scraper.state.instants import from_milliseconds

FRESH = timedelta(hours=1)  # what was listed since then and not asked for yet is in hand
IN_HAND = timedelta(minutes=10)  # so long nothing is told of an article that waits for its turn
HELD = timedelta(days=1)  # ids that change with every poll are dropped again before that
_BATCH = 500


def coverage(state: State, now: datetime, least_missing: int = 0) -> dict[str, float]:
    """By source, the share of what it listed in the last 24 hours that is archived, 0 to 1.

    A source that listed nothing has none, nor has one that misses fewer articles than
    `least_missing`. Raises ArchiveError.
    """
    return share_since(tallies(state, now - 2 * DAY, now), now - DAY, least_missing)


def tallies(state: State, since: datetime, now: datetime) -> list[Tally]:
    """What each source listed, by hour, since an instant. Raises ArchiveError."""
    return tally(state.coverage.rows(since), state.coverage.fresh(since, now - FRESH))


def tell_missing(
    archive: Archive, state: State, now: datetime, in_hand: timedelta = timedelta(0)
) -> None:
    """Tell the manifest what is missing and was not told of; in the disk's thread.

    What was listed within `in_hand` and waits for its first attempt is left out. Raises
    ArchiveError.
    """
    while found := state.coverage.untold(now - in_hand, now - HELD, _BATCH):
        ids = [record.id for record in found]
        days = state.coverage.days(ids)
        archive.commit([_change(record, days.get(record.id)) for record in found], now)
        state.coverage.tell(ids)


def _change(record: ArticleRecord, day: int | None) -> Change:
    facts: dict[str, Any] = {
        "status": record.status,
        "reason": record.reason,
        "url": record.url,
        "source": record.source,
        "title": record.title,
        "published": record.published and record.published.isoformat(),
        "day": day and from_milliseconds(day).isoformat(),
        "first_seen": record.first_seen.isoformat(),
    }
    about = {key: value for key, value in facts.items() if value}
    return Change("missing", record.id, about=about)


def newest_missing(
    state: State, sources: Collection[str] = (), limit: int = 20
) -> list[ArticleRecord]:
    """What these sources listed, or all, and is not archived, the newest first.

    Raises ArchiveError.
    """
    if not sources:
        return state.coverage.missing(limit=limit)
    found = [one for source in sources for one in state.coverage.missing(source, limit=limit)]
    return sorted(found, key=lambda one: one.published or one.first_seen, reverse=True)[:limit]
