"""How a host stands after any sequence of answers."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.breaker import (
    MAX_PAUSE_SECONDS,
    PAUSE_SECONDS,
    THRESHOLD,
    Heard,
    HostRecord,
    Moment,
    Standing,
    after,
    from_record,
    is_too_far,
    to_record,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
JITTER = st.floats(0, 1, exclude_max=True)
FAILED = Heard(failed=True, reason="HTTP 500")
HEARD = st.builds(
    Heard,
    failed=st.booleans(),
    wait=st.sampled_from([0.0, 1.0, 30.0, 3600.0]),
    reason=st.just("HTTP 503"),
)


def at(seconds: float) -> Moment:
    return Moment(seconds, NOW + timedelta(seconds=seconds))


def fail(standing: Standing, times: int, jitter: float = 0.0, start: float = 100.0) -> Standing:
    """Fail in a row, each time when it may be asked again."""
    for _ in range(times):
        start = max(start, standing.held_until())
        standing = after(standing, FAILED, at(start), jitter)
    return standing


def test_a_few_failures_change_nothing() -> None:
    standing = fail(Standing(), THRESHOLD - 1)
    assert standing == Standing(THRESHOLD - 1, at(100).wall, reason="HTTP 500")
    assert not standing.is_broken
    assert standing.held_until() == 0.0


def test_the_fifth_failure_pauses_and_each_trial_that_fails_doubles_the_pause() -> None:
    standing, now, pauses = fail(Standing(), THRESHOLD - 1), 100.0, []
    for _ in range(9):
        standing = after(standing, FAILED, at(now), 0.0)
        assert standing.is_broken
        pauses.append(standing.paused_until - now)
        now = standing.paused_until
    assert pauses == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert standing.failing_since == at(100).wall


@given(st.integers(0, 200), JITTER)
def test_pauses_never_shrink_and_are_capped(trials: int, jitter: float) -> None:
    before = fail(Standing(), THRESHOLD + trials, jitter)
    now = before.paused_until
    later = after(before, FAILED, at(now), jitter)
    shorter = fail(Standing(), THRESHOLD + trials, jitter).paused_until
    earlier = fail(Standing(), THRESHOLD + trials - 1, jitter).held_until() if trials else 100.0
    assert shorter - earlier + 1e-6 >= PAUSE_SECONDS
    assert shorter - earlier <= later.paused_until - now + 1e-6 <= MAX_PAUSE_SECONDS + 2e-6


def test_any_answer_ends_it() -> None:
    broken = fail(Standing(), THRESHOLD + 3)
    assert after(broken, Heard(), at(broken.paused_until), 0.0) == Standing()


def test_failures_of_requests_that_began_before_the_pause_do_not_lengthen_it() -> None:
    broken = fail(Standing(), THRESHOLD)
    assert after(broken, FAILED, at(broken.paused_until - 1), 0.9) == broken


def test_a_429_that_names_a_time_is_neither_failure_nor_recovery() -> None:
    asked = after(fail(Standing(), 3), Heard(wait=30, reason="HTTP 429"), at(200), 0.0)
    assert (asked.failures, asked.asked_until) == (3, 230)


def test_a_503_that_names_a_time_is_a_failure_too() -> None:
    asked = after(Standing(), Heard(failed=True, wait=30, reason="HTTP 503"), at(200), 0.0)
    assert (asked.failures, asked.asked_until, asked.held_until()) == (1, 230, 230)


def test_an_answer_does_not_end_what_the_host_asked_for() -> None:
    asked = after(Standing(), Heard(wait=30), at(200), 0.0)
    assert after(asked, Heard(), at(210), 0.0) == Standing(asked_until=230)
    assert after(asked, Heard(), at(230), 0.0) == Standing()


@given(st.lists(st.tuples(HEARD, st.floats(0, 10_000), JITTER), max_size=30))
def test_what_a_host_asked_for_is_never_shortened(
    events: list[tuple[Heard, float, float]],
) -> None:
    standing, now, promised = Standing(), 1.0, 0.0
    for heard, step, jitter in events:
        now += step
        paused = standing.paused_until
        standing = after(standing, heard, at(now), jitter)
        promised = max(promised, now + heard.wait if heard.wait else 0.0)
        assert standing.held_until() >= min(promised, promised if promised > now else 0.0)
        if heard.failed:  # nor is a pause
            assert standing.paused_until >= (paused if standing.is_broken else 0.0)


# -- between processes -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "standing",
    [
        Standing(),
        Standing(2, NOW, reason="HTTP 500"),
        Standing(asked_until=1600.0, reason="HTTP 429"),
        Standing(THRESHOLD, NOW, paused_until=1600.0, reason="HTTP 500"),
    ],
)
def test_another_process_finds_a_host_as_it_was(standing: Standing) -> None:
    record = to_record("a", standing, at(1000))
    assert record.is_blank is (standing == Standing())
    restarted = Moment(50.0, at(1100).wall)  # its monotonic clock began anew
    found = from_record(record, restarted)
    assert (found.failures, found.failing_since) == (standing.failures, standing.failing_since)
    assert found.held_until() == (550 if standing.held_until() else 0)
    assert bool(found.paused_until) is bool(standing.paused_until)


def test_a_time_that_is_over_is_not_kept() -> None:
    assert to_record("a", Standing(asked_until=900.0), at(1000)).is_blank


@given(st.datetimes(timezones=st.just(UTC)), st.integers(0, 10))
def test_no_clock_silences_a_host_for_more_than_a_day(wrong: datetime, failures: int) -> None:
    record = HostRecord("a", failures, NOW, wrong, "HTTP 429")
    found = from_record(record, Moment(50.0, NOW))
    assert 0 <= found.held_until() <= 50.0 + 86_400
    assert is_too_far(record, NOW) is (wrong - NOW > timedelta(days=1))


def test_a_record_without_a_time_is_not_too_far() -> None:
    assert not is_too_far(HostRecord("a", 2), NOW)
