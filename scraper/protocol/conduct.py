"""How the crawler behaved, from its own log of requests: figures per host, and one score.

The score, from 0 to 100, rounded down, is the sum of

- patience, 60 points: 60 · (1 - 20·b), where b is the share of requests that broke a delay or came
  before the time that the host had asked for; none below 0, and a single breach costs 5 at least;
- thrift, 30 points: 30 · (1 - u), where u is the share of repeated requests that were unconditional
  although the answer before had given validators. A tenth of them is free: now and then a list is
  asked for in full on purpose;
- health, 10 points: 10 · (1 - e), where e is the share of requests that ended without an answer,
  or with 429 or 5xx: a polite crawler backs off from what fails.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from math import floor
from typing import Literal

Purpose = Literal["feed", "page", "robots", "picture"]

PATIENCE_POINTS = 60.0
THRIFT_POINTS = 30.0
HEALTH_POINTS = 10.0
BREACH_FACTOR = 20.0  # one request in twenty is as bad as can be
BREACH_COST = 5.0
FREE_SHARE = 0.1
_FULL = frozenset({200, 203})
_HASH_DIGITS = 16


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """One request that went out: a hop, or one more try of it. Durations in milliseconds."""

    at: datetime  # when it was sent; where no connection came about, when that was given up
    host: str  # with a port that is not the default
    url: str  # its hash, see `hash_url`
    purpose: Purpose
    status: int | None  # None: no answer
    is_conditional: bool
    has_validators: bool  # the answer gave an ETag or Last-Modified
    wire_bytes: int  # of the body, as transferred
    body_bytes: int  # of the body, decoded
    milliseconds: int  # from the turn to the end of the answer
    delay: int  # that had to pass since the request before
    gap: int | None  # that did pass; None: no earlier one is known
    not_before: datetime | None  # until when the host had asked for no requests


@dataclass(frozen=True, slots=True)
class Conduct:
    """The figures of one host, or of all (`host` is "")."""

    host: str
    requests: int
    repeated: int  # of a URL that had answered in full or with 304 before
    unchanged: int  # of those, answered 304
    careless: int  # of those, unconditional although the answer before had validators
    shortest_gap: int | None  # milliseconds; None: never two in a row
    delay: int | None  # milliseconds that had to pass there
    delay_breaches: int
    retry_after_breaches: int
    errors: int  # no answer, 429, 5xx
    wire_bytes: int
    saved_by_304: int  # bytes: the last full answer of each URL that answered 304
    saved_by_compression: int  # bytes
    articles: int  # archived meanwhile

    @property
    def hit_rate(self) -> float | None:
        """The share of repeated requests that cost no more than a 304; None without any."""
        return self.unchanged / self.repeated if self.repeated else None

    @property
    def error_share(self) -> float:
        return self.errors / self.requests if self.requests else 0.0

    @property
    def requests_per_article(self) -> float | None:
        return self.requests / self.articles if self.articles else None

    @property
    def bytes_per_article(self) -> float | None:
        return self.wire_bytes / self.articles if self.articles else None


@dataclass(frozen=True, slots=True)
class Report:
    """The figures of every host, the busiest first, and of all together."""

    hosts: tuple[Conduct, ...]
    total: Conduct
    score: int | None  # None: nothing was asked


def hash_url(url: str) -> str:
    """What stands for a URL in the log, which must not hold secrets: 16 digits of its SHA-256."""
    return hashlib.sha256(url.encode(errors="replace")).hexdigest()[:_HASH_DIGITS]


def review(
    records: Iterable[RequestRecord], articles: Mapping[str, int], since: datetime
) -> Report:
    """The report on the requests since an instant, given in the order in which they were made.

    Earlier ones, where given, only tell what was known of their URLs. `articles` says how many
    were archived since, by host.
    """
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    for record in records:
        tally = tallies[record.host]
        if record.at >= since:
            tally.count(record)
        tally.learn(record)
    hosts = [
        tally.sum_up(host, articles.get(host, 0))
        for host, tally in tallies.items()
        if tally.requests
    ]
    hosts.sort(key=lambda conduct: (-conduct.requests, conduct.host))
    total = _total(hosts, sum(articles.values()))
    return Report(tuple(hosts), total, score(total) if total.requests else None)


def score(conduct: Conduct) -> int:
    """The score of at least one request, by the formula above."""
    breaches = conduct.delay_breaches + conduct.retry_after_breaches
    lost = PATIENCE_POINTS * BREACH_FACTOR * breaches / conduct.requests
    patience = PATIENCE_POINTS - min(PATIENCE_POINTS, max(lost, BREACH_COST)) * bool(breaches)
    careless = conduct.careless / conduct.repeated if conduct.repeated else 0.0
    thrift = THRIFT_POINTS * (1 - max(0.0, careless - FREE_SHARE) / (1 - FREE_SHARE))
    health = HEALTH_POINTS * (1 - conduct.error_share)
    return floor(patience + thrift + health + 1e-9)  # the sum of exact shares is 100, not 99.99…


@dataclass(slots=True)
class _Tally:
    """Counts one host's requests as they come."""

    requests: int = 0
    repeated: int = 0
    unchanged: int = 0
    careless: int = 0
    tightest: tuple[int, int] | None = None  # the shortest gap, and the delay that held there
    delay_breaches: int = 0
    retry_after_breaches: int = 0
    errors: int = 0
    wire_bytes: int = 0
    saved_by_304: int = 0
    saved_by_compression: int = 0
    sizes: dict[str, int] = field(default_factory=dict)  # of the last full answers, by URL
    vouched: set[str] = field(default_factory=set)  # URLs whose last answer gave validators

    def count(self, record: RequestRecord) -> None:
        self.requests += 1
        self.errors += record.status is None or record.status == 429 or record.status >= 500
        self.wire_bytes += record.wire_bytes
        self._time(record)
        self._repeat(record)
        if record.status in _FULL:
            self.saved_by_compression += max(0, record.body_bytes - record.wire_bytes)

    def learn(self, record: RequestRecord) -> None:
        """What later requests of its URL are judged by."""
        if record.status in _FULL:
            self.sizes[record.url] = record.wire_bytes
            (self.vouched.add if record.has_validators else self.vouched.discard)(record.url)
        elif record.status == 304 and record.is_conditional:
            self.sizes.setdefault(record.url, 0)
            self.vouched.add(record.url)

    def _time(self, record: RequestRecord) -> None:
        if record.not_before is not None and record.at < record.not_before:
            self.retry_after_breaches += 1
        if record.gap is None:
            return
        self.delay_breaches += record.gap < record.delay
        if self.tightest is None or record.gap < self.tightest[0]:
            self.tightest = (record.gap, record.delay)

    def _repeat(self, record: RequestRecord) -> None:
        if record.url not in self.sizes and not record.is_conditional:
            return
        self.repeated += 1
        self.careless += record.url in self.vouched and not record.is_conditional
        if record.status == 304:
            self.unchanged += 1
            self.saved_by_304 += self.sizes.get(record.url, 0)

    def sum_up(self, host: str, articles: int) -> Conduct:
        gap, delay = self.tightest or (None, None)
        return Conduct(
            host=host,
            requests=self.requests,
            repeated=self.repeated,
            unchanged=self.unchanged,
            careless=self.careless,
            shortest_gap=gap,
            delay=delay,
            delay_breaches=self.delay_breaches,
            retry_after_breaches=self.retry_after_breaches,
            errors=self.errors,
            wire_bytes=self.wire_bytes,
            saved_by_304=self.saved_by_304,
            saved_by_compression=self.saved_by_compression,
            articles=articles,
        )


def _total(hosts: Iterable[Conduct], articles: int) -> Conduct:
    """All hosts together; the gap is that of the host where it was shortest."""
    listed = list(hosts)
    timed = [conduct for conduct in listed if conduct.shortest_gap is not None]
    tightest = min(timed, key=lambda conduct: conduct.shortest_gap or 0, default=None)
    return Conduct(
        host="",
        requests=sum(conduct.requests for conduct in listed),
        repeated=sum(conduct.repeated for conduct in listed),
        unchanged=sum(conduct.unchanged for conduct in listed),
        careless=sum(conduct.careless for conduct in listed),
        shortest_gap=tightest.shortest_gap if tightest else None,
        delay=tightest.delay if tightest else None,
        delay_breaches=sum(conduct.delay_breaches for conduct in listed),
        retry_after_breaches=sum(conduct.retry_after_breaches for conduct in listed),
        errors=sum(conduct.errors for conduct in listed),
        wire_bytes=sum(conduct.wire_bytes for conduct in listed),
        saved_by_304=sum(conduct.saved_by_304 for conduct in listed),
        saved_by_compression=sum(conduct.saved_by_compression for conduct in listed),
        articles=articles,
    )
