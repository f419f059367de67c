"""What came of asking a source's URLs, and what is remembered of each for the next time. Pure.

What is remembered may only spare work, never hide anything: whatever is not known for certain (a
list that was not understood, or not taken to its end) is asked for anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scraper.feeds.tally import Tally
from scraper.model import Entry, Feed, NotModified, Page, Source, Validators
from scraper.protocol.freshness import is_full_due
from scraper.state.resources import Resource
from scraper.state.sources import FaultKind

MOVED_AFTER = 3  # polls in a row that were redirected for good: one may be a mistake


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one URL: a new feed, nothing new, or a failure."""

    url: str
    resource: Resource | None = None  # to be saved
    feed: Feed | None = None  # None: unchanged, or failed
    failure: str = ""
    kind: FaultKind = "failing"  # of a failure
    first: bool = False  # the first time that it is read to its end
    asked: bool = True  # not where it is known to be gone
    fresh_for: timedelta | None = None
    retry_after: timedelta | None = None  # as a failure asked for
    unreachable: bool = False  # a failure that says nothing of the server
    left_alone: bool = False  # nothing was asked: its host is spared for `retry_after`
    tally: Tally | None = None  # of a new feed


@dataclass(frozen=True, slots=True)
class Poll:
    """What came of a whole source."""

    source: Source
    readings: tuple[Reading, ...]
    entries: tuple[Entry, ...]
    missed: Mapping[str, int] | None  # None where not every URL was read anew

    @property
    def failures(self) -> list[str]:
        return [reading.failure for reading in self.readings if reading.failure]

    @property
    def own(self) -> list[Reading]:
        """What came of the URLs in the configuration, without the sitemaps that these name."""
        return [reading for reading in self.readings if reading.url in self.source.urls]

    @property
    def failed(self) -> bool:
        """A source fails when none of its own URLs could be read."""
        return all(reading.failure or not reading.asked for reading in self.own)

    @property
    def unreachable(self) -> bool:
        """Whether it failed, and not one server gave an answer."""
        return self.failed and all(r.unreachable for r in self.own if r.asked)

    @property
    def left_alone(self) -> bool:
        """Whether it failed, and not one of its servers was asked."""
        return self.failed and all(r.left_alone for r in self.own if r.asked)

    @property
    def gone(self) -> bool:
        """Whether all of its own URLs are gone for good."""
        known = [reading.resource for reading in self.own]
        return bool(known) and all(resource and resource.gone_at for resource in known)


# -- before a URL is asked -------------------------------------------------------------------------


def remembered(known: Resource | None, source: Source, url: str, lastmod: str = "") -> Resource:
    """What is known of a URL, or a blank record; `lastmod` is what its index says of it now."""
    return replace(known or Resource(url, source.name), lastmod_read=lastmod)


def asks_in_full(record: Resource, now: datetime) -> bool:
    """Whether to ask without conditions: nothing is known for certain, or it is time again."""
    return not record.digest or is_full_due(record.full_at, now)


def conditions(record: Resource, now: datetime) -> Validators:
    """The validators to send."""
    return Validators() if asks_in_full(record, now) else record.validators


def is_moved(record: Resource) -> bool:
    """Whether its new address is trusted."""
    return record.moved_seen >= MOVED_AFTER


def starts(record: Resource, now: datetime) -> tuple[str, ...]:
    """Where to ask for a URL, in order, until one of them gives an answer.

    The new address of one that has moved; the configured one as well where that fails, and first
    whenever all is asked for: what was followed by mistake, or was hijacked, heals within a day.
    """
    if not is_moved(record):
        return (record.url,)
    if asks_in_full(record, now):
        return (record.url, record.moved_to)
    return (record.moved_to, record.url)


# -- after it has answered -------------------------------------------------------------------------


def follow_move(record: Resource, start: str, moved_to: str) -> Resource:
    """The record after an answer to `start`; `moved_to` is where permanent redirects led from it.

    Only what the configured address says counts: each poll in a row that leads to the same place.
    """
    if start != record.url:
        return record
    seen = record.moved_seen + 1 if moved_to == record.moved_to else 1
    return replace(record, moved_to=moved_to, moved_seen=min(seen, MOVED_AFTER) if moved_to else 0)


def confirmed(record: Resource, outcome: NotModified, now: datetime) -> Resource:
    """The record after a 304, with the validators that came along (RFC 9110 §15.4.5)."""
    return replace(
        record,
        validators=outcome.validators,
        validated_url=outcome.url,
        checked_at=now,
        gone_at=None,
    )


def received(record: Resource, page: Page, digest: str, now: datetime) -> Resource:
    """The record after a complete answer, before it has been parsed."""
    return replace(
        record,
        validators=_validators_after(record, page, digest, now),
        validated_url=page.url,
        digest=digest,
        checked_at=now,
        full_at=now,
        gone_at=None,
    )


def _validators_after(record: Resource, page: Page, digest: str, now: datetime) -> Validators:
    """The validators of an answer, unless the server does not honour them.

    One that sends the same content again, under the validator that it was asked with, does not
    compare them; they are dropped until the content changes.
    """
    if digest != record.digest:
        return page.validators
    if not record.validators:
        return Validators()
    sent = conditions(record, now) if page.url == record.validated_url else Validators()
    if not sent:
        return page.validators
    # If-None-Match takes precedence (RFC 9110 §13.1.3)
    same = sent.etag == page.validators.etag and (
        bool(sent.etag) or sent.last_modified == page.validators.last_modified
    )
    return Validators() if same else page.validators


def learned(answered: Resource, feed: Feed, now: datetime) -> Reading:
    """A list that was full and is empty now has not been read: something is wrong with it."""
    if answered.entries and not feed.entries and not feed.children:
        reason = f"lists nothing any more (it listed {answered.entries}): was it redesigned?"
        failure = f"{answered.url}: {reason}"
        return Reading(answered.url, doubted(answered, now), failure=failure, kind="empty")
    known = replace(
        answered,
        changed_at=now,
        feed_format=feed.format,
        entries=len(feed.entries),
        children=feed.children,
        hints=feed.hints,
    )
    return Reading(answered.url, known, feed)


def doubted(record: Resource, now: datetime) -> Resource:
    """A record of which no 304 can confirm what was not understood."""
    return replace(record, validators=Validators(), validated_url="", digest="", checked_at=now)


def gone(record: Resource, now: datetime) -> Resource:
    """The record of a URL that answered 410: it is not asked for any more."""
    return replace(doubted(record, now), gone_at=record.gone_at or now)


def unfinished(reading: Reading) -> Reading:
    """A reading whose entries were not all taken: all of it is read again the next time."""
    if reading.resource is None:
        return reading
    blank = replace(reading.resource, validators=Validators(), validated_url="", digest="")
    return replace(reading, resource=replace(blank, full_at=None, lastmod_read=""))
