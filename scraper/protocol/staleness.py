"""When a list that answers as ever has gone stale: nothing new for far longer than is usual for it.

Judged by its own past. A newsroom that rests at night and on Sundays is not stale on Monday; one
that seldom publishes is never judged.
"""

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise

WINDOW = timedelta(days=28)  # four weekends are enough to know them
GRAIN = timedelta(hours=2)  # of what appeared within, the last is remembered
SHORTEST = timedelta(days=1)  # no silence is remarkable that is shorter
YOUNG = timedelta(days=8)  # a shorter past may not hold a weekend
SHORTEST_YOUNG = timedelta(days=3)
TIMES_USUAL = 8
TIMES_LONGEST = 1.5
FORTNIGHT = timedelta(days=14)  # one odd silence in so long is no habit
ENOUGH = 6  # appearances, to know a habit
RARE = timedelta(days=1)  # a source whose usual gap is longer is not judged

Appearances = tuple[datetime, ...]  # when something new appeared, in order, at most one a grain


def appeared(known: Appearances, found: Iterable[datetime], now: datetime) -> Appearances:
    """What is remembered after a list was read that shows articles of these dates."""
    past = sorted(at for at in (*known, *found) if at <= now)
    latest = {int(at.timestamp() // GRAIN.total_seconds()): at for at in past}
    return tuple(at for at in latest.values() if past[-1] - at < WINDOW)


def patience(known: Appearances) -> timedelta | None:
    """How long a silence may last before it is remarkable; None where that cannot be known.

    Longer than a day, than eight times the usual gap, and than one and a half times the longest;
    of the longest gaps, one in a fortnight is left out.
    """
    gaps = sorted(later - earlier for earlier, later in pairwise(known))
    if len(gaps) < ENOUGH:
        return None
    span = known[-1] - known[0]
    usual = span / len(gaps)
    if usual > RARE:
        return None
    longest = gaps[-1 - span // FORTNIGHT]
    shortest = SHORTEST if span >= YOUNG else SHORTEST_YOUNG
    return max(shortest, usual * TIMES_USUAL, longest * TIMES_LONGEST)


def stale_since(known: Appearances, read_at: datetime) -> datetime | None:
    """Since when a list that was read at `read_at` shows nothing new; None where that is usual."""
    longest = patience(known)
    if longest is None or read_at - known[-1] <= longest:
        return None
    return known[-1]


def write(known: Appearances) -> str:
    """As a line of JSON: whole seconds since 1970."""
    return json.dumps([int(at.timestamp()) for at in known], separators=(",", ":"))


def read(text: str) -> Appearances:
    """What was written; nothing for anything else: it can be learned again."""
    try:
        return tuple(sorted(datetime.fromtimestamp(int(at), UTC) for at in json.loads(text)))
    except (ValueError, TypeError, OverflowError, OSError, RecursionError):
        return ()
