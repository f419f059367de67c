"""Holes between two polls: how they are seen, and which sitemaps and entries fill them. Pure.

A list of the latest thirty stories reaches back some hours. Where nearly all of a list is new, it
has rolled over since the last poll, and what it listed meanwhile was never seen. A sitemap lists
that still, by month (https://www.sitemaps.org/protocol.html); its `lastmod` says when a page
changed, not when it was published, and some are wrong.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from scraper.model import Child

SHORTEST_LIST = 5  # entries; a shorter list says nothing
KNOWN_SHARE = 10  # one known entry in so many may be pinned to the top
HOUR = timedelta(hours=1)
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})[-_/]?(0[1-9]|1[0-2])(?!\d)")


@dataclass(frozen=True, slots=True)
class Span:
    """A time of which the stories are looked for."""

    begins: datetime
    ends: datetime

    def holds(self, instant: datetime) -> bool:
        """Whether an instant lies in it, its ends included."""
        return self.begins <= instant <= self.ends

    def touches(self, day: date, timezone: str) -> bool:
        """Whether any of a day lies in it, by the calendar of a time zone (IANA name)."""
        zone = ZoneInfo(timezone)
        return self.begins.astimezone(zone).date() <= day <= self.ends.astimezone(zone).date()


def has_rolled_over(listed: int, known: int) -> bool:
    """Whether a list of which so few entries were known at the last poll has lost some unseen."""
    return listed >= SHORTEST_LIST and KNOWN_SHARE * known < listed


# -- sitemaps --------------------------------------------------------------------------------------


def choose_sitemaps(
    children: Sequence[Child], span: Span, now: datetime, limit: int
) -> tuple[Child, ...]:
    """The sitemaps of an index that may list stories of a span, the newest first, at most `limit`.

    One whose name tells a month counts by that, others by when they changed last: what changed
    before the span lists nothing of it. A change that is still to come is not believed.
    """
    fitting = [child for child in children if _may_hold(child, span, now)]
    fitting.sort(key=lambda child: (_month(child.url) or date.min, child.lastmod), reverse=True)
    return tuple(fitting[:limit])


def _may_hold(child: Child, span: Span, now: datetime) -> bool:
    month = _month(child.url)
    if month:
        # a day more at both ends: the site's months are those of its own time zone
        first, last = (span.begins - 24 * HOUR).date(), (span.ends + 24 * HOUR).date()
        return (first.year, first.month) <= (month.year, month.month) <= (last.year, last.month)
    changed = _instant(child.lastmod)
    return changed is None or changed > now or changed >= span.begins


def _month(url: str) -> date | None:
    found = _MONTH.search(urlsplit(url).path)
    return date(int(found[1]), int(found[2]), 1) if found else None


def _instant(text: str) -> datetime | None:
    """An instant of W3C's date and time format; None for anything else."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


# -- whose an entry is -----------------------------------------------------------------------------


def section_of(url: str) -> str:
    """The path that the stories of a section page stand below; "" for a whole site."""
    path = urlsplit(url).path.strip("/")
    return f"/{path}/" if path else ""


def belongs(url: str, own: Collection[str], others: Collection[str]) -> bool:
    """Whether a story lies below one of a source's own sections, and no nearer to another's."""
    path = urlsplit(url).path
    nearest = max((len(section) for section in own if path.startswith(section)), default=0)
    rival = max((len(section) for section in others if path.startswith(section)), default=0)
    return nearest > 0 and nearest >= rival


def usual_sections(stories: Collection[str]) -> tuple[str, ...]:
    """The sections that a source's stories stand in, by their addresses: each of a tenth at least.

    A section is the path above a story, up to what begins with a digit, as years and days do.
    """
    counts = Counter(map(_section_above, stories))
    return tuple(path for path, n in counts.items() if path != "/" and 10 * n >= len(stories))


def _section_above(url: str) -> str:
    above = urlsplit(url).path.strip("/").split("/")[:-1]
    named = takewhile(lambda part: not part[:1].isdigit(), above)
    return "".join(f"/{part}" for part in named) + "/"


# -- at what pace ----------------------------------------------------------------------------------


def spread(
    reserved: Iterable[datetime], count: int, budget: int, now: datetime
) -> tuple[datetime, ...]:
    """When `count` more requests may be made, so that no hour ever has more than `budget`.

    `reserved` are those of the last hour and of the time to come.
    """
    taken = sorted(reserved)
    for _ in range(count):
        earliest = taken[-budget] + HOUR if len(taken) >= budget else now
        taken.append(max(now, earliest, *taken[-1:]))
    return tuple(taken[len(taken) - count :]) if count else ()
