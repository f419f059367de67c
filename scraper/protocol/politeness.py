"""When the next request may be made: spacing, back-off, Retry-After, and giving up.

Pure arithmetic on given clocks; `fetch/turns.py` and the state's queue put it into force.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Literal, NamedTuple

MAX_RETRY_AFTER = timedelta(hours=24)  # a server asks for time, it does not end the archive
_SPREAD = 0.1
_MAX_SPREAD = timedelta(minutes=5)
_POSTPONED = timedelta(minutes=1)
_DELAY_SECONDS = re.compile(r"-?[0-9]+")

ReasonKind = Literal["missing", "refused", "failed", "rejected"]


class _Patience(NamedTuple):
    base_seconds: float
    cap_seconds: float
    attempts: int


_PATIENT = _Patience(base_seconds=300, cap_seconds=86_400, attempts=10)
_RESPECTFUL = _Patience(base_seconds=3_600, cap_seconds=86_400, attempts=4)
_PATIENCE: Mapping[ReasonKind, _Patience] = MappingProxyType(
    {"missing": _PATIENT, "failed": _PATIENT, "rejected": _PATIENT, "refused": _RESPECTFUL}
)


def next_start(last_start: float | None, delay: float, not_before: float, now: float) -> float:
    """The monotonic time in seconds at which the next request to a host may start.

    `last_start` is when the previous one started (None: there was none), `delay` the seconds from
    start to start, `not_before` a time that the host asked for.
    """
    spaced = now if last_start is None else last_start + delay
    return max(now, spaced, not_before)


def backoff(attempt: int, base: float, cap: float, jitter: float) -> float:
    """Seconds to wait after `attempt` (0 for the first): base·2^attempt, at most `cap`.

    `jitter` in [0, 1) adds up to a half, so that clients that failed together do not return
    together.
    """
    doubled = base * 2.0 ** min(attempt, 64)
    return min(cap, doubled * (1 + jitter / 2))


def parse_retry_after(value: str, now: datetime) -> timedelta | None:
    """The wait that a Retry-After header asks for (RFC 9110 §10.2.3), from 0 to 24 hours.

    Seconds or an HTTP date; None for anything else.
    """
    text = value.strip()
    if _DELAY_SECONDS.fullmatch(text):
        # ten digits are 300 years; more may be more than int() reads
        wait = timedelta(seconds=float(text[:10]))
    else:
        at = parse_date(text)
        if at is None:
            return None
        wait = at - now
    return min(max(wait, timedelta(0)), MAX_RETRY_AFTER)


def spread(wait: timedelta, jitter: float) -> timedelta:
    """A wait that was asked for, made longer by up to a tenth, five minutes at most.

    `jitter` in [0, 1). Everybody was told the same, and should not come back at once. Never less
    than `wait`, nor more than 24 hours where that is no more.
    """
    longer = wait + min(wait * _SPREAD, _MAX_SPREAD) * jitter
    return max(wait, min(longer, MAX_RETRY_AFTER))


def postponed(now: datetime, retry_after: timedelta | None, jitter: float) -> datetime:
    """When an article is tried again for which nothing could be asked: soon, and not all at once.

    After `retry_after`, a minute where that is not known; `jitter` in [0, 1) adds up to a half
    minute.
    """
    wait = _POSTPONED if retry_after is None else retry_after
    return now + wait + _POSTPONED / 2 * jitter


def next_attempt(
    attempts: int,
    now: datetime,
    reason_kind: ReasonKind,
    retry_after: timedelta | None,
    jitter: float,
) -> datetime | None:
    """When a deferred article is tried again, after `attempts` attempts; None: give up.

    5 minutes doubling up to a day, ten attempts; for a refusal (401, 403, a wall) 1 hour doubling,
    four attempts. Never earlier than `retry_after`.
    """
    patience = _PATIENCE[reason_kind]
    if attempts >= patience.attempts:
        return None
    attempt = max(attempts - 1, 0)
    seconds = backoff(attempt, patience.base_seconds, patience.cap_seconds, jitter)
    return now + max(timedelta(seconds=seconds), retry_after or timedelta(0))


def parse_date(text: str) -> datetime | None:
    """The instant of an HTTP date (RFC 9110 §5.6.7), in any of its three forms; else None."""
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at
