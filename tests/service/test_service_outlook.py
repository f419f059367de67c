"""What a poll means for its source, decided without touching anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Hints, Source
from scraper.protocol import rhythm
from scraper.protocol.freshness import MAX_SKIP
from scraper.protocol.politeness import MAX_RETRY_AFTER
from scraper.service.crawling.outlook import (
    LONGEST_HINT,
    MAX_WAIT,
    Circumstances,
    Taken,
    is_due,
    new_notices,
    next_wait,
    summarise,
)
from scraper.service.crawling.reading import MOVED_AFTER, Poll, Reading
from scraper.state.resources import Resource
from scraper.state.sources import Fault, FaultKind, SourceRecord

NOW = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
URL = "https://news.example.com/list"
SECOND = "https://news.example.com/feed"
EVERY = timedelta(minutes=10)
SOURCE = Source("news", "山城新闻", (URL,), every=EVERY)
ADAPTIVE = replace(SOURCE, every_max=timedelta(hours=2))
KNOWN = Resource(URL, "news")
FAILED = Poll(SOURCE, (Reading(URL, failure=f"{URL}: HTTP 503"),), (), None)
HEALTHY = Poll(SOURCE, (Reading(URL, KNOWN),), (), {})


def at(now: datetime = NOW, jitter: float = 0.0, *, network_down: bool = False) -> Circumstances:
    return Circumstances(now, jitter, network_down)


def due_at(next_poll: datetime | None, **known: object) -> bool:
    record = SourceRecord("news", next_poll=next_poll)
    return is_due(replace(record, **known), SOURCE, NOW)  # type: ignore[arg-type]  # its fields


# -- when a source is due --------------------------------------------------------------------------


@pytest.mark.parametrize("minutes", [-60, 0, 1])
def test_a_source_is_due_within_a_tenth_of_its_interval(minutes: float) -> None:
    assert due_at(NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("minutes", [1.1, 9, 60])
def test_it_is_not_due_before(minutes: float) -> None:
    assert not due_at(NOW + timedelta(minutes=minutes))


def test_a_source_that_was_never_polled_is_due() -> None:
    assert is_due(None, SOURCE, NOW)
    assert due_at(None)


def test_one_that_fails_is_not_asked_a_second_early() -> None:
    assert not due_at(NOW + timedelta(seconds=1), failures=1)
    assert due_at(NOW, failures=1)


@pytest.mark.parametrize(
    ("ahead", "failures", "due"),
    [
        (LONGEST_HINT + MAX_SKIP, 0, False),
        (LONGEST_HINT + MAX_SKIP + timedelta(seconds=1), 0, True),
        (MAX_RETRY_AFTER, 3, False),
        (MAX_RETRY_AFTER + timedelta(seconds=1), 3, True),
    ],
)
def test_a_next_poll_beyond_any_interval_silences_nobody(
    ahead: timedelta, failures: int, due: object
) -> None:
    assert due_at(NOW + ahead, last_poll=NOW, failures=failures) is due


def test_a_poll_in_the_future_comes_from_a_wrong_clock() -> None:
    later = NOW + timedelta(minutes=30)
    assert due_at(later, last_poll=NOW + timedelta(minutes=20))
    assert not due_at(later, last_poll=NOW + timedelta(seconds=10))


# -- when it is asked again ------------------------------------------------------------------------


def test_a_failing_source_is_asked_less_and_less_often_within_a_bound() -> None:
    waits = [next_wait(SOURCE.every, failures) for failures in range(12)]
    assert waits[0] == waits[1] == SOURCE.every
    assert waits == sorted(waits)
    assert waits[-1] == MAX_WAIT


JITTERS = st.floats(0, 1, exclude_max=True)


@given(
    st.timedeltas(timedelta(seconds=10), timedelta(days=30)), st.integers(0, 99), JITTERS, JITTERS
)
def test_back_off_is_monotone_whatever_the_jitter(
    every: timedelta, failures: int, one: float, other: float
) -> None:
    before, after = next_wait(every, failures, one), next_wait(every, failures + 1, other)
    assert every <= before <= after <= max(every, MAX_WAIT)


@given(st.integers(0, 50), st.timedeltas(timedelta(0), MAX_RETRY_AFTER), JITTERS)
def test_retry_after_is_never_undercut(failures: int, asked: timedelta, jitter: float) -> None:
    failed = replace(FAILED, readings=(Reading(URL, failure="HTTP 429", retry_after=asked),))
    before = SourceRecord("news", failures=failures)
    record = summarise(failed, Taken(), before, at(jitter=jitter))
    assert record.next_poll
    assert record.next_poll >= NOW + asked
    assert record.next_poll <= NOW + max(asked, MAX_WAIT)
    assert not is_due(record, SOURCE, record.next_poll - timedelta(microseconds=1))
    assert is_due(record, SOURCE, record.next_poll)


def test_failures_are_counted_from_when_they_began() -> None:
    first = summarise(FAILED, Taken(), None, at())
    second = summarise(FAILED, Taken(), first, at(NOW + timedelta(hours=1)))
    assert (first.failures, second.failures) == (1, 2)
    assert second.failing_since == NOW
    assert second.reason == f"{URL}: HTTP 503"
    healthy = summarise(HEALTHY, Taken(), second, at(NOW + timedelta(hours=2)))
    assert (healthy.failures, healthy.failing_since, healthy.outcome) == (0, None, "unchanged")
    assert healthy.last_success == NOW + timedelta(hours=2)


def test_nobody_is_to_blame_where_the_network_is_down() -> None:
    before = SourceRecord("news", failures=2, failing_since=NOW - EVERY)
    lost = replace(FAILED, readings=(Reading(URL, failure="no route", unreachable=True),))
    record = summarise(lost, Taken(), before, at(network_down=True))
    assert (record.failures, record.failing_since) == (2, NOW - EVERY)
    assert record.outcome == "failed"
    assert record.next_poll == NOW + EVERY
    assert summarise(lost, Taken(), before, at()).failures == 3
    assert summarise(FAILED, Taken(), before, at(network_down=True)).failures == 3  # it answered


def test_a_host_that_is_spared_is_asked_again_once_it_is_free() -> None:
    before = SourceRecord("news", failures=20, failing_since=NOW - 9 * EVERY)

    def spared(minutes: int, url: str = URL) -> Reading:
        pause = timedelta(minutes=minutes)
        return Reading(url, failure="left alone", retry_after=pause, left_alone=True)

    found = Poll(SOURCE, (spared(7),), (), None)
    assert summarise(found, Taken(), before, at()).next_poll == NOW + timedelta(minutes=7)
    two = replace(SOURCE, urls=(URL, SECOND))
    both = Poll(two, (spared(7), spared(3, SECOND)), (), None)
    assert summarise(both, Taken(), before, at()).next_poll == NOW + timedelta(minutes=3)
    asked = Poll(two, (spared(7), Reading(SECOND, failure="HTTP 503")), (), None)
    assert summarise(asked, Taken(), before, at()).next_poll == NOW + MAX_WAIT


def hinted(*readings: Reading, source: Source = SOURCE) -> timedelta:
    record = summarise(Poll(source, readings, (), None), Taken(), None, at())
    assert record.next_poll
    return record.next_poll - NOW


def test_an_answers_lifetime_and_a_feeds_hints_put_the_next_poll_off() -> None:
    assert hinted(Reading(URL, KNOWN, fresh_for=timedelta(minutes=30))) == timedelta(minutes=30)
    assert hinted(Reading(URL, KNOWN, fresh_for=timedelta(days=30))) == LONGEST_HINT
    slow = replace(KNOWN, hints=Hints(timedelta(minutes=20)))
    assert hinted(Reading(URL, slow)) == timedelta(minutes=20)
    day = timedelta(days=1)
    assert hinted(Reading(URL, KNOWN, fresh_for=day), source=ADAPTIVE) == timedelta(hours=2)


def test_of_several_urls_the_first_that_is_ready_decides() -> None:
    fresh = Reading(URL, KNOWN, fresh_for=timedelta(minutes=30))
    both = replace(SOURCE, urls=(URL, SECOND))
    assert hinted(fresh, Reading(SECOND, KNOWN), source=both) == EVERY
    assert hinted(fresh, Reading(SECOND, failure="HTTP 500"), source=both) == EVERY
    gone = Reading(SECOND, replace(KNOWN, gone_at=NOW), asked=False)
    assert hinted(fresh, gone, source=both) == timedelta(minutes=30)


def test_a_source_with_a_longest_interval_follows_its_rhythm() -> None:
    before = SourceRecord("news", last_success=NOW - timedelta(hours=1))
    poll = replace(HEALTHY, source=ADAPTIVE)
    busy = summarise(poll, Taken(appeared=(NOW,) * 30), before, at())
    quiet = summarise(poll, Taken(), before, at())
    assert busy.next_poll == NOW + EVERY
    assert quiet.next_poll
    assert NOW + EVERY < quiet.next_poll <= NOW + timedelta(hours=2)
    assert sum(rhythm.read(busy.rhythm).arrivals) == pytest.approx(30)
    failed = summarise(replace(FAILED, source=ADAPTIVE), Taken(), busy, at())
    assert failed.rhythm == busy.rhythm
    assert summarise(HEALTHY, Taken(), busy, at()).rhythm == ""


# -- what the operator is told ---------------------------------------------------------------------


def test_a_move_is_told_with_the_line_to_write_and_once() -> None:
    moved = replace(KNOWN, moved_to="https://new.example/list", moved_seen=MOVED_AFTER)
    both = replace(SOURCE, urls=(URL, SECOND))
    poll = Poll(both, (Reading(URL, moved), Reading(SECOND, replace(KNOWN, url=SECOND))), (), None)
    record = summarise(poll, Taken(), None, at())
    (notice,) = new_notices(None, record)
    assert (
        'name = "news" of the configuration, write: '
        f'urls = ["https://new.example/list", "{SECOND}"]' in notice
    )
    assert new_notices(record, record) == []
    early = replace(moved, moved_seen=MOVED_AFTER - 1)
    assert (
        summarise(Poll(SOURCE, (Reading(URL, early),), (), None), Taken(), None, at()).notice == ""
    )


def test_a_source_stops_when_all_of_its_urls_are_gone() -> None:
    gone = Reading(URL, replace(KNOWN, gone_at=NOW), failure="HTTP 410")
    record = summarise(Poll(SOURCE, (gone,), (), None), Taken(), None, at())
    assert (record.stopped_at, record.next_poll, record.outcome) == (NOW, None, "failed")
    assert "not polled any more" in record.notice
    both = replace(SOURCE, urls=(URL, SECOND))
    half = Poll(both, (gone, Reading(SECOND, KNOWN)), (), None)
    record = summarise(half, Taken(), None, at())
    assert (record.stopped_at, record.outcome) == (None, "unchanged")
    assert "not asked any more" in record.notice
    again = Reading(URL, replace(KNOWN, gone_at=NOW), asked=False)
    later = summarise(replace(half, readings=(again, half.readings[1])), Taken(), record, at())
    assert later.notice == record.notice
    assert new_notices(record, later) == []


def test_what_is_held_back_is_told_once() -> None:
    none = SourceRecord("news")
    some, more = replace(none, held=25), replace(none, held=30)
    (notice,) = new_notices(none, some)
    assert "25 entries of news" in notice
    assert "scraper retry --held news" in notice
    assert new_notices(some, more) == []
    assert new_notices(None, none) == []


# -- what is at fault ------------------------------------------------------------------------------


def failed(kind: FaultKind = "down", *, unreachable: bool = False) -> Poll:
    reading = Reading(URL, failure=f"{URL}: x", kind=kind, unreachable=unreachable)
    return Poll(SOURCE, (reading,), (), None)


def test_faults_are_counted_from_the_first_poll_in_a_row() -> None:
    first = summarise(failed(), Taken(), None, at())
    assert first.faults == {URL: Fault("down", NOW, 1)}
    second = summarise(failed("empty"), Taken(), first, at(NOW + EVERY))
    assert second.faults == {URL: Fault("empty", NOW, 2)}
    assert summarise(HEALTHY, Taken(), second, at()).faults == {}


def test_for_an_outage_of_our_network_no_list_is_at_fault() -> None:
    unreachable = failed("unreachable", unreachable=True)
    down = at(NOW + EVERY, network_down=True)
    assert summarise(unreachable, Taken(), None, down).faults == {}
    before = summarise(unreachable, Taken(), None, at())
    assert summarise(unreachable, Taken(), before, down).faults == before.faults
    assert summarise(failed(), Taken(), None, down).faults == {URL: Fault("down", NOW + EVERY, 1)}


def test_only_the_source_s_own_lists_are_at_fault() -> None:
    child = Reading("https://news.example.com/child.xml", failure="x")
    found = Poll(SOURCE, (Reading(URL, KNOWN), child), (), {})
    assert summarise(found, Taken(), None, at()).faults == {}


def test_a_list_goes_stale_by_its_own_past_and_a_failure_says_nothing_of_it() -> None:
    hourly = tuple(NOW - timedelta(hours=number) for number in range(240))
    fresh = summarise(HEALTHY, Taken(listed=hourly), None, at())
    assert fresh.stale_since is None
    later = NOW + timedelta(days=2)
    stale = summarise(HEALTHY, Taken(), fresh, at(later))
    assert stale.stale_since == NOW
    kept = summarise(failed(), Taken(), stale, at(later + EVERY))
    assert (kept.stale_since, kept.appeared) == (NOW, stale.appeared)
    again = summarise(HEALTHY, Taken(listed=(later,)), kept, at(later + EVERY))
    assert again.stale_since is None
