"""What the running program counts of itself: a plain object that is counted into, and copied out.

Counting is cheap and never fails, so that it can stand where the work is done; how the figures are
written for whoever watches them is no business of whoever counts.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Literal

from scraper.model import ArticleEvent, Event, SourceEvent
from scraper.protocol.conduct import RequestRecord
from scraper.state.overview import BACKLOG

Stage = Literal["fetch", "parse", "extract", "write"]
Labels = tuple[str, ...]

MOST_SOURCES = 500  # that have a label of their own; the others share one
OTHERS = "other"
BY_HAND = "none"  # articles that no source listed
_SINGLE_STATUSES = frozenset((200, 304, 401, 403, 404, 410, 429, 451, 500, 502, 503, 504))

LAG_BOUNDS = (30.0, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 43200, 86400, 259200)
STAGE_BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
LOOP_BOUNDS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5)


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many observations were at most each bound; the last count is of those beyond."""

    bounds: tuple[float, ...]
    counts: tuple[int, ...]
    total: float

    @property
    def number(self) -> int:
        """How many observations there were."""
        return sum(self.counts)


class Tally:
    """A histogram that is counted into."""

    def __init__(self, bounds: tuple[float, ...]) -> None:
        self._bounds = bounds
        self._counts = [0] * (len(bounds) + 1)
        self._total = 0.0

    def observe(self, value: float) -> None:
        """Count one observation."""
        self._counts[bisect_left(self._bounds, value)] += 1
        self._total += value

    def read(self) -> Histogram:
        """What was counted so far."""
        return Histogram(self._bounds, tuple(self._counts), self._total)


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was counted up to one moment. Durations in seconds."""

    polls: Mapping[Labels, int]  # by source and outcome
    articles: Mapping[Labels, int]  # by source and outcome
    requests: Mapping[Labels, int]  # by purpose, kind of host and status
    received_bytes: Mapping[Labels, int]  # of bodies, as transferred; by purpose
    workers: Mapping[Labels, int]  # by what happened to one
    stages: Mapping[str, Histogram]
    lag: Histogram  # from publication to archiving
    loop: Histogram  # how late the event loop was
    worst_loop: float
    tasks: int  # of the event loop, when they were counted last


class Figures:
    """Counts what happens. Every method may be called in any thread."""

    def __init__(self, own_hosts: Collection[str] = ()) -> None:
        self._lock = Lock()
        self._own_hosts = frozenset(own_hosts)
        self._labels: set[str] = set()
        self._polls: Counter[Labels] = Counter()
        self._articles: Counter[Labels] = Counter()
        self._requests: Counter[Labels] = Counter()
        self._bytes: Counter[Labels] = Counter()
        self._workers: Counter[Labels] = Counter()
        self._stages: dict[str, Tally] = {}
        self._lag = Tally(LAG_BOUNDS)
        self._loop = Tally(LOOP_BOUNDS)
        self._worst_loop = 0.0
        self._tasks = 0

    # -- what happens ------------------------------------------------------------------------------

    def event(self, event: Event) -> None:
        """A poll, or the work on an article, ended."""
        with self._lock:
            match event:
                case SourceEvent():
                    self._polls[self._label(event.name), event.outcome] += 1
                case ArticleEvent():
                    self._articles[self._label(event.source), event.outcome] += 1
                    if event.late and event.late < BACKLOG:
                        self._lag.observe(max(event.late.total_seconds(), 0.0))

    def request(self, record: RequestRecord) -> None:
        """A request went out, and was answered or not."""
        kind = "source" if record.host in self._own_hosts else OTHERS
        with self._lock:
            self._requests[record.purpose, kind, status_label(record.status)] += 1
            self._bytes[(record.purpose,)] += record.wire_bytes
            self._stage("fetch", record.milliseconds / 1000)

    def stage(self, stage: Stage, seconds: float) -> None:
        """One piece of work went through a stage of the journey."""
        with self._lock:
            self._stage(stage, seconds)

    def worker(self, event: Literal["killed", "died"]) -> None:
        """Something happened to a process that parses."""
        with self._lock:
            self._workers[(event,)] += 1

    def loop_late(self, seconds: float) -> None:
        """The event loop came back so much later than it was asked to."""
        with self._lock:
            self._loop.observe(seconds)
            self._worst_loop = max(self._worst_loop, seconds)

    def tasks(self, number: int) -> None:
        """The event loop has so many tasks."""
        self._tasks = number

    def _stage(self, stage: Stage, seconds: float) -> None:
        self._stages.setdefault(stage, Tally(STAGE_BOUNDS)).observe(seconds)

    # -- what is read ------------------------------------------------------------------------------

    def label(self, source: str) -> str:
        """What stands for a source: its name, or for the many beyond a bound one name for all."""
        with self._lock:
            return self._label(source)

    def _label(self, source: str) -> str:
        if not source:
            return BY_HAND
        if source not in self._labels:
            if len(self._labels) >= MOST_SOURCES:
                return OTHERS
            self._labels.add(source)
        return source

    def read(self) -> Reading:
        """A copy of all figures."""
        with self._lock:
            return Reading(
                polls=dict(self._polls),
                articles=dict(self._articles),
                requests=dict(self._requests),
                received_bytes=dict(self._bytes),
                workers=dict(self._workers),
                stages={stage: tally.read() for stage, tally in self._stages.items()},
                lag=self._lag.read(),
                loop=self._loop.read(),
                worst_loop=self._worst_loop,
                tasks=self._tasks,
            )


def status_label(status: int | None) -> str:
    """A status that says something by itself, else its class: servers may send any number."""
    if status is None:
        return "none"
    return str(status) if status in _SINGLE_STATUSES else f"{status // 100}xx"
