"""What repeated looks at an article amount to: one bad answer is nothing, a day of them is news.

Servers answer 404 in passing, while a site is deployed or a cache is cold. Pure: sightings in,
sightings out.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

ENOUGH = 3  # sightings in a row
LONG_ENOUGH = timedelta(hours=24)  # from the first of them to the last

Sight = Literal["missing", "shrunken"]


@dataclass(frozen=True, slots=True)
class Sightings:
    """The same thing seen in a row: what, from when to when, how often."""

    sight: Sight
    first: datetime
    last: datetime
    count: int = 1

    @property
    def established(self) -> bool:
        """Whether it is no passing trouble any more: three times, over at least 24 hours."""
        return self.count >= ENOUGH and self.last - self.first >= LONG_ENOUGH


def sighted(before: Sightings | None, sight: Sight, now: datetime) -> Sightings:
    """The sightings after one more at `now`; another thing than before begins anew.

    A clock that went back begins anew, too: nothing is known of how much time has passed.
    """
    if before is None or before.sight != sight or now < before.last:
        return Sightings(sight, now, now)
    return replace(before, last=now, count=before.count + 1)
