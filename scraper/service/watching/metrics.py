"""The metrics that a daemon gives: every one with its labels and meaning, and its values. Pure.

Labels are bounded: a source is one of at most 500 names, nothing is labelled with a host or an
address.
"""

import platform
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from scraper.protocol.conditions import Condition, Severity
from scraper.service.watching.figures import OTHERS, Histogram, Labels, Reading
from scraper.service.watching.glance import Glance
from scraper.state.sources import SourceRecord
from scraper.version import VERSION

Kind = Literal["counter", "gauge", "histogram"]
Values = Mapping[Labels, float]


@dataclass(frozen=True, slots=True)
class Metric:
    """One metric: what it is called and what it means."""

    name: str
    kind: Kind
    meaning: str
    labels: Labels = ()


METRICS = (
    Metric(
        "scraper_polls_total",
        "counter",
        "Polls of a source that ended: changed, unchanged, failed.",
        ("source", "outcome"),
    ),
    Metric(
        "scraper_article_outcomes_total",
        "counter",
        "Ends of the work on an article: archived, updated, deferred, quarantined, failed, …",
        ("source", "outcome"),
    ),
    Metric(
        "scraper_archiving_lag_seconds",
        "histogram",
        "From the publication of an article to its archiving; of articles of the last week.",
    ),
    Metric(
        "scraper_stage_seconds",
        "histogram",
        "Duration of a stage: fetch (a request), parse (a list), extract (a page), write (a batch)."
        " Parse and extract include the wait for a process.",
        ("stage",),
    ),
    Metric(
        "scraper_requests_total",
        "counter",
        "Requests that went out, by purpose (feed, page, robots, picture), host (source: one that"
        " a source is polled at; other) and status (none: no answer).",
        ("purpose", "host", "status"),
    ),
    Metric(
        "scraper_received_bytes_total",
        "counter",
        "Bytes of bodies that were received, as transferred.",
        ("purpose",),
    ),
    Metric(
        "scraper_queue_articles",
        "gauge",
        "Articles that wait: pending (their turn), deferred (another attempt), held (your word).",
        ("state",),
    ),
    Metric(
        "scraper_articles",
        "gauge",
        "Known articles that do not wait: archived, quarantined, given_up, skipped.",
        ("status",),
    ),
    Metric("scraper_disk_free_bytes", "gauge", "Free space on the archive's disk."),
    Metric("scraper_disk_size_bytes", "gauge", "Size of the archive's disk."),
    Metric(
        "scraper_workers_ended_total",
        "counter",
        "Processes that parse and came to a bad end: killed (took too long), died.",
        ("how",),
    ),
    Metric(
        "scraper_workers_restarted_total",
        "counter",
        "Processes that parse and were started in the place of another.",
    ),
    Metric(
        "scraper_event_loop_lag_seconds",
        "histogram",
        "How late the event loop came back from a sleep of 0.1 s.",
    ),
    Metric(
        "scraper_event_loop_lag_worst_seconds",
        "gauge",
        "The latest that the event loop ever came back.",
    ),
    Metric("scraper_event_loop_tasks", "gauge", "Tasks of the event loop."),
    Metric("scraper_threads", "gauge", "Threads of the daemon's process."),
    Metric(
        "scraper_sources",
        "gauge",
        "Configured sources: up, failing (the last poll failed), stopped (gone for good), new.",
        ("condition",),
    ),
    Metric(
        "scraper_conditions",
        "gauge",
        "What is wrong now, by severity: `scraper alerts` names each.",
        ("severity",),
    ),
    Metric(
        "scraper_source_up",
        "gauge",
        "1 where the last poll of a source succeeded, else 0; at most 500 sources.",
        ("source",),
    ),
    Metric(
        "scraper_source_degraded",
        "gauge",
        "1 where something is wrong with a source (`scraper alerts` says what), else 0.",
        ("source",),
    ),
    Metric(
        "scraper_source_failures",
        "gauge",
        "Polls of a source that failed in a row.",
        ("source",),
    ),
    Metric(
        "scraper_source_last_success_timestamp_seconds",
        "gauge",
        "When a source was polled with success last, in seconds since 1970.",
        ("source",),
    ),
    Metric("scraper_ready", "gauge", "1 where /readyz says that the daemon does its work."),
    Metric("scraper_heartbeat_age_seconds", "gauge", "Age of the event loop's last sign of life."),
    Metric(
        "scraper_build_info",
        "gauge",
        "1; its labels say what runs.",
        ("version", "python"),
    ),
)
# Of the process, as prometheus-client reads them from proc(5): on Linux alone.
PROCESS_METRICS = (
    Metric("process_cpu_seconds_total", "counter", "CPU time of the daemon's process."),
    Metric("process_resident_memory_bytes", "gauge", "Its resident memory."),
    Metric("process_virtual_memory_bytes", "gauge", "Its address space."),
    Metric("process_open_fds", "gauge", "Its open file descriptors."),
    Metric("process_max_fds", "gauge", "How many it may open."),
    Metric("process_start_time_seconds", "gauge", "When it started, in seconds since 1970."),
)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that is written at one scrape."""

    reading: Reading
    glance: Glance | None
    label: Callable[[str], str]  # of a source
    restarts: int  # of processes that parse
    is_ready: bool
    pulse_age: float  # seconds


def histograms_of(reading: Reading) -> dict[str, Mapping[Labels, Histogram]]:
    """The histograms by the name of their metric and their labels."""
    return {
        "scraper_archiving_lag_seconds": {(): reading.lag},
        "scraper_stage_seconds": {(stage,): found for stage, found in reading.stages.items()},
        "scraper_event_loop_lag_seconds": {(): reading.loop},
    }


def values(snapshot: Snapshot) -> dict[str, Values]:
    """The values of counters and gauges, by the name of their metric and their labels."""
    reading, glance = snapshot.reading, snapshot.glance
    found: dict[str, Values] = {
        "scraper_polls_total": reading.polls,
        "scraper_article_outcomes_total": reading.articles,
        "scraper_requests_total": reading.requests,
        "scraper_received_bytes_total": reading.received_bytes,
        "scraper_workers_ended_total": {("killed",): 0, ("died",): 0} | dict(reading.workers),
        "scraper_workers_restarted_total": {(): snapshot.restarts},
        "scraper_event_loop_lag_worst_seconds": {(): reading.worst_loop},
        "scraper_event_loop_tasks": {(): reading.tasks},
        "scraper_threads": {(): threading.active_count()},
        "scraper_ready": {(): int(snapshot.is_ready)},
        "scraper_heartbeat_age_seconds": {(): snapshot.pulse_age},
        "scraper_build_info": {(VERSION, platform.python_version()): 1},
    }
    return found | (_of_state(glance, snapshot.label) if glance else {})


def _of_state(glance: Glance, label: Callable[[str], str]) -> dict[str, Values]:
    queue = glance.queue
    statuses = ("archived", "quarantined", "given_up", "skipped")
    found: dict[str, Values] = {
        "scraper_queue_articles": {
            ("pending",): queue.pending,
            ("deferred",): queue.deferred,
            ("held",): queue.held,
        },
        "scraper_articles": {(name,): glance.articles.get(name, 0) for name in statuses},
        "scraper_sources": _conditions(glance.records.values()),
        "scraper_conditions": _wrong(glance.wrong),
    }
    if not glance.archive_trouble:
        found |= {
            "scraper_disk_free_bytes": {(): glance.disk_free},
            "scraper_disk_size_bytes": {(): glance.disk_size},
        }
    return found | _of_sources(glance, label)


def _wrong(conditions: Iterable[Condition]) -> Values:
    counts: dict[Labels, int] = {(severity.name.lower(),): 0 for severity in Severity}
    for condition in conditions:
        counts[(condition.severity.name.lower(),)] += 1
    return counts


def _conditions(records: Iterable[SourceRecord]) -> Values:
    counts: dict[Labels, int] = {(name,): 0 for name in ("up", "failing", "stopped", "new")}
    for record in records:
        counts[(_condition(record),)] += 1
    return counts


def _condition(record: SourceRecord) -> str:
    if record.stopped_at:
        return "stopped"
    return {"": "new", "failed": "failing"}.get(record.outcome, "up")


def _of_sources(glance: Glance, label: Callable[[str], str]) -> dict[str, Values]:
    """What is said of each source that has a label of its own."""
    known = {(label(name),): record for name, record in glance.records.items()}
    wrong = {condition.subject for condition in glance.wrong}
    known.pop((OTHERS,), None)
    return {
        "scraper_source_up": {key: int(_condition(r) == "up") for key, r in known.items()},
        "scraper_source_degraded": {key: int(r.name in wrong) for key, r in known.items()},
        "scraper_source_failures": {key: r.failures for key, r in known.items()},
        "scraper_source_last_success_timestamp_seconds": {
            key: _timestamp(r.last_success) for key, r in known.items() if r.last_success
        },
    }


def _timestamp(instant: datetime) -> float:
    return instant.timestamp()
