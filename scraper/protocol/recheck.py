"""When an archived article is looked at again: soon while it is young, ever more seldom with age.

Newsrooms edit a story in its first hours and hardly ever after weeks, so a wait is a share of the
article's age. Only arithmetic on given clocks: the same facts give the same answer.
"""

import hashlib
from datetime import UTC, datetime, timedelta

from scraper.model import RevisionSettings

JITTER = 0.1  # a wait is made longer by up to this share, so that articles of one hour do not meet
# While something looks wrong (the page is missing, its text has shrunk), it is looked at again
# within this, so that a day tells.
DOUBTED = timedelta(hours=12)
UNANSWERED = timedelta(hours=6)  # the same for a look to which nobody gave an answer


def next_check(
    since: datetime | None, now: datetime, settings: RevisionSettings, jitter: float
) -> datetime | None:
    """When to look again after a look at `now`; None: never.

    `since` is when the article was published, or last changed if that is later; None where that is
    not known, which counts as now. Waits `share` of the age, from `first` to `longest`, made longer
    by up to a tenth for `jitter` in [0, 1). What would come later than `until` never comes. Planned
    even where looking again is switched off: it may be switched on.
    """
    age = max(now - since, timedelta(0)) if since else timedelta(0)
    if age > settings.until:
        return None
    wait = min(max(age * settings.share, settings.first), settings.longest)
    wait = min(wait * (1 + JITTER * jitter), max(settings.longest, settings.first))
    return now + wait if age + wait <= settings.until else None


def sooner(
    due: datetime | None, now: datetime, longest: timedelta, asked: timedelta | None = None
) -> datetime:
    """`due`, but within `longest` of now; no earlier than after the time that the host asked for.

    So nothing that is in doubt is left so for ever, even past `until`.
    """
    latest = now + longest
    return max(min(due or latest, latest), now + (asked or timedelta(0)))


def jitter_of(article_id: str) -> float:
    """A number in [0, 1) that is an article's own: what spreads articles can be computed again."""
    digest = hashlib.sha256(article_id.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:4]) / 2**32


def may_revise(latest: datetime | None, count: int, now: datetime, per_day: int) -> bool:
    """Whether an article may have one more revision today, after `count` on the day of `latest`."""
    return revised_today(latest, count, now) < per_day


def revised_today(latest: datetime | None, count: int, now: datetime) -> int:
    """How many revisions an article has had today (UTC)."""
    is_today = latest is not None and latest.astimezone(UTC).date() == now.astimezone(UTC).date()
    return count if is_today else 0
