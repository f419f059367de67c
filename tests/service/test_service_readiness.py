"""Ready is who does its work; whoever does not says why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraper.model import Source
from scraper.service.watching.glance import Glance
from scraper.service.watching.readiness import Seen, judge
from scraper.state.sources import SourceRecord

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCES = tuple(
    Source(name, name, (f"https://{name}/",), every=timedelta(minutes=10)) for name in ("a", "b")
)


def record(name: str, success: timedelta | None, **more: Any) -> SourceRecord:
    """Polled with success so long ago."""
    last = NOW - success if success is not None else None
    return replace(SourceRecord(name, last_poll=NOW, last_success=last, outcome="changed"), **more)


def seen(*records: SourceRecord, **more: Any) -> Seen:
    glance = Glance(NOW, {record.name: record for record in records})
    fine = Seen(glance, 1.0, 2.0, is_working=True, started=NOW - 9 * HOUR)
    return replace(fine, **more)


FINE = seen(record("a", timedelta(minutes=5)), record("b", None))


def reasons(found: Seen) -> dict[str, str]:
    return {name: reason for name, reason in judge(found, SOURCES).items() if reason}


def test_one_source_that_succeeds_is_enough() -> None:
    assert judge(FINE, SOURCES) == dict.fromkeys(("archive", "state", "scheduler", "success"), "")


def test_the_schedule_must_be_kept() -> None:
    assert "told to stop" in reasons(replace(FINE, is_working=False))["scheduler"]
    assert "no sign of life for 75 s" in reasons(replace(FINE, pulse_age=75.0))["scheduler"]


def test_an_archive_and_a_state_say_what_is_wrong() -> None:
    glance = Glance(NOW, archive_trouble="read-only", state_trouble="damaged")
    assert reasons(replace(FINE, glance=glance)) == {"archive": "read-only", "state": "damaged"}


@pytest.mark.parametrize("glance", [FINE.glance, None])
def test_a_disk_that_does_not_answer_is_no_good_news(glance: Glance | None) -> None:
    found = reasons(replace(FINE, glance=glance, glance_age=99.0))
    assert found.keys() == {"archive", "state", "success"}
    assert set(found.values()) == {"the disk has not answered for 99 s"}


def test_no_success_for_an_hour_is_stale() -> None:
    assert not reasons(seen(record("a", HOUR)))
    said = reasons(seen(record("a", HOUR + timedelta(seconds=1)), record("b", 2 * HOUR)))
    assert said["success"].endswith("for 1 hours; the last was 2026-03-01T10:59:59Z")


def test_a_source_that_is_polled_less_often_has_more_time() -> None:
    rare = tuple(replace(source, every=6 * HOUR) for source in SOURCES)
    found = seen(record("a", 17 * HOUR), started=NOW - 99 * HOUR)
    assert not judge(found, rare)["success"]
    assert judge(seen(record("a", 19 * HOUR), started=NOW - 99 * HOUR), rare)["success"]


def test_what_servers_ask_for_counts_as_the_interval() -> None:
    asked = record("a", 2 * HOUR, last_poll=NOW - 2 * HOUR, next_poll=NOW + 2 * HOUR)
    both = (asked, replace(asked, name="b"))
    assert not reasons(seen(*both))


def test_a_restart_is_given_time() -> None:
    old = record("a", 50 * HOUR)
    assert not reasons(seen(old, started=NOW - HOUR / 2))
    assert reasons(seen(old))
    assert "there was none yet" in reasons(seen(record("a", None)))["success"]


def test_sources_that_stopped_are_not_waited_for() -> None:
    gone = (record("a", 50 * HOUR, stopped_at=NOW), record("b", 50 * HOUR, stopped_at=NOW))
    assert not reasons(seen(*gone))
    assert not judge(seen(), ())["success"]
