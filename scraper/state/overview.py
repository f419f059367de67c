"""What the state amounts to, for whoever watches: sums and medians, none of which reads much.

Each question is answered from an index, whatever the archive has grown to.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from scraper.state.connection import Connection
from scraper.state.instants import to_milliseconds

BACKLOG = timedelta(days=7)  # what is older when it is archived was not late, but never asked for
# "status <> 'archived'" is the condition of the partial index: where it is said, that is used.
_QUEUE = """
    SELECT status, due IS NOT NULL AND due > ?, count(*) FROM articles
    WHERE status <> 'archived' AND status IN ('pending', 'held') GROUP BY 1, 2
"""
_RECENT = """
    SELECT source, fetched_at - published FROM articles
    WHERE source IN (SELECT value FROM json_each(?)) AND status = 'archived' AND fetched_at >= ?
"""


@dataclass(frozen=True, slots=True)
class Queue:
    """Articles that wait: for their turn, for another attempt, for the operator's word."""

    pending: int = 0
    deferred: int = 0
    held: int = 0


@dataclass(frozen=True, slots=True)
class Recent:
    """What was archived of a source lately, and how long after its publication, at the median."""

    archived: int
    lag: timedelta | None  # None: nothing that was published within a week before


class Overview:
    """Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def queue(self, now: datetime) -> Queue:
        """How many articles wait."""
        counts: Counter[str] = Counter()
        for status, is_later, number in self._connection.rows(_QUEUE, (to_milliseconds(now),)):
            counts["deferred" if status == "pending" and is_later else status] += number
        return Queue(counts["pending"], counts["deferred"], counts["held"])

    def recent(self, sources: Collection[str], since: datetime) -> dict[str, Recent]:
        """What was archived since then of each of these sources that has anything."""
        lags: defaultdict[str, list[int | None]] = defaultdict(list)
        values = (json.dumps(list(sources)), to_milliseconds(since))
        for source, lag in self._connection.rows(_RECENT, values):
            lags[source].append(lag)
        return {source: _recent(found) for source, found in lags.items()}


def _recent(lags: list[int | None]) -> Recent:
    longest = BACKLOG / timedelta(milliseconds=1)
    known = [max(lag, 0) for lag in lags if lag is not None and lag < longest]
    return Recent(len(lags), timedelta(milliseconds=median(known)) if known else None)
