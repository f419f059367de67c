"""Conditional requests, and how long an answer stays fresh (RFC 9110 §8.8, §13; RFC 9111 §4.2, §5).

What is kept of an answer, what is sent back, and how far what a server or a feed says of itself
may lengthen the time to the next poll.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from scraper.model import Hints, Validators

MAX_CHARACTERS = 1024  # a longer validator is not kept: cut short, it would match nothing
# Once a day everything is asked for anew: a 304 that is wrong (a cache between, a validator that
# two versions share) would otherwise hide what is new for ever.
FULL_EVERY = timedelta(days=1)
MAX_LIFETIME = timedelta(days=365)  # RFC 9111 §1.2.2: too large a number is just a large one
MAX_SKIP = timedelta(days=1)  # skipHours and skipDays put a poll off for no longer
_SENDABLE = re.compile(r"[\x20-\x7e]+")
_DIRECTIVE = re.compile(r'([^\s,;="]+)(?:\s*=\s*(?:"([^"]*)"|([^\s,;"]*)))?')
_SECONDS = re.compile(r"[0-9]+")
_HOUR = timedelta(hours=1)


def read_validators(headers: Mapping[str, str]) -> Validators:
    """`ETag` and `Last-Modified` of an answer, opaque; empty where missing or not fit to be sent.

    Names in `headers` may be in any case.
    """
    values = {name.lower(): value for name, value in headers.items()}
    return Validators(
        etag=_sendable(values.get("etag", "")),
        last_modified=_sendable(values.get("last-modified", "")),
    )


def conditional_headers(validators: Validators) -> dict[str, str]:
    """The request headers that ask for a page only if it changed; empty without validators."""
    headers = {
        "If-None-Match": _sendable(validators.etag),
        "If-Modified-Since": _sendable(validators.last_modified),
    }
    return {name: value for name, value in headers.items() if value}


def merge(old: Validators, from_304: Validators) -> Validators:
    """The validators after a 304: those that came with it replace the old (RFC 9110 §15.4.5)."""
    return Validators(
        etag=from_304.etag or old.etag,
        last_modified=from_304.last_modified or old.last_modified,
    )


def is_full_due(full_at: datetime | None, now: datetime) -> bool:
    """Whether it is time to ask without conditions; a last time in the future counts for none."""
    return full_at is None or not timedelta(0) <= now - full_at < FULL_EVERY


# -- how long an answer is fresh -------------------------------------------------------------------


def fresh_for(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long an answer received at `now` stays fresh (RFC 9111 §4.2); None where it does not.

    max-age, else Expires minus Date (§4.2.1), less the Age that it came with (§4.2.3, without the
    time on the way). `no-store` and `no-cache` leave nothing (§5.2.2), and what cannot be read is
    stale (§4.2.1, §5.3). s-maxage is for shared caches, must-revalidate for stale answers: they say
    nothing here. Heuristics (§4.2.2) are not used. Names in `headers` may be in any case.
    """
    values = {name.lower(): value for name, value in headers.items()}
    directives = _directives(values.get("cache-control", ""))
    if directives.keys() & {"no-store", "no-cache"}:
        return None
    if "max-age" in directives:
        lifetime = _seconds(directives["max-age"])
    else:
        lifetime = _until_expiry(values, now)
    if lifetime is None:
        return None
    left = lifetime - (_seconds(values.get("age", "")) or timedelta(0))
    return left if left > timedelta(0) else None


def _directives(value: str) -> dict[str, str]:
    """Cache-Control (RFC 9111 §5.2); of a directive that is repeated, the first (§4.2.1)."""
    found: dict[str, str] = {}
    for name, quoted, token in _DIRECTIVE.findall(value):
        found.setdefault(name.lower(), quoted or token)
    return found


def _until_expiry(values: Mapping[str, str], now: datetime) -> timedelta | None:
    expires = _read_date(values.get("expires", ""))
    if expires is None:
        return None
    return min(expires - (_read_date(values.get("date", "")) or now), MAX_LIFETIME)


def _seconds(text: str) -> timedelta | None:
    """delta-seconds (RFC 9111 §1.2.2)."""
    text = text.strip()
    if not _SECONDS.fullmatch(text):
        return None
    # ten digits are 300 years; more may be more than int() reads
    return min(timedelta(seconds=int(text[:10])), MAX_LIFETIME)


def _read_date(text: str) -> datetime | None:
    """An HTTP date (RFC 9110 §5.6.7)."""
    try:
        at = parsedate_to_datetime(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


# -- how far that lengthens an interval ------------------------------------------------------------


def lengthen(
    wait: timedelta, fresh: timedelta | None, hints: Hints, longest: timedelta, now: datetime
) -> timedelta:
    """The time from `now` to the next poll, at least `wait`, as an answer asks for.

    Its lifetime and <ttl> (RSS 2.0) or the syndication module's period lengthen `wait` up to
    `longest`. A moment in skipHours or skipDays is put off to the end of these, by at most a day.
    """
    asked = max(fresh or timedelta(0), hints.ttl or timedelta(0))
    at = now + max(wait, min(asked, longest))
    return _after_skipped(at, hints) - now


def _after_skipped(at: datetime, hints: Hints) -> datetime:
    """The first moment from `at` on that is not skipped; hints that skip everything say nothing."""
    last, moment = at + MAX_SKIP, at.astimezone(UTC)
    if len(hints.skip_hours) == 24 or len(hints.skip_days) == 7:
        return at
    while moment < last and (
        moment.hour in hints.skip_hours or moment.weekday() in hints.skip_days
    ):
        moment = moment.replace(minute=0, second=0, microsecond=0) + _HOUR
    return min(moment, last)


def _sendable(value: str) -> str:
    text = value.strip(" \t")
    return text if len(text) <= MAX_CHARACTERS and _SENDABLE.fullmatch(text) else ""
