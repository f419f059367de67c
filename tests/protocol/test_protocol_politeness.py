"""The arithmetic of waiting."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.politeness import (
    ReasonKind,
    backoff,
    next_attempt,
    next_start,
    parse_retry_after,
    postponed,
    spread,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
JITTER = st.floats(0, 1, exclude_max=True)


@pytest.mark.parametrize(
    ("last", "not_before", "expected"),
    [(None, 0.0, 100.0), (99.5, 0.0, 101.5), (10.0, 0.0, 100.0), (99.5, 105.0, 105.0)],
)
def test_next_start(last: float | None, not_before: float, expected: float) -> None:
    assert next_start(last, 2.0, not_before, 100.0) == expected


def test_backoff_doubles_up_to_its_cap() -> None:
    assert [backoff(n, 0.5, 3.0, 0.0) for n in range(5)] == [0.5, 1.0, 2.0, 3.0, 3.0]


@given(st.integers(0, 10_000), JITTER, st.floats(0.001, 1000), st.floats(0.001, 1e6))
def test_backoff_never_shrinks(attempt: int, jitter: float, base: float, cap: float) -> None:
    earlier = backoff(attempt, base, cap, jitter)
    assert 0 < earlier <= backoff(attempt + 1, base, cap, jitter) <= cap
    assert backoff(attempt, base, cap, 0.0) <= earlier


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("0", timedelta(0)),
        (" 120 ", timedelta(seconds=120)),
        ("-7", timedelta(0)),
        ("-0", timedelta(0)),
        ("86400", DAY),
        ("86401", DAY),
        ("9" * 10_000, DAY),
        ("Sun, 01 Mar 2026 12:02:00 GMT", timedelta(minutes=2)),
        ("Sunday, 01-Mar-26 12:02:00 GMT", timedelta(minutes=2)),
        ("Sun Mar  1 12:02:00 2026", timedelta(minutes=2)),
        ("Sun, 01 Mar 2026 20:02:00 +0800", timedelta(minutes=2)),
        ("Sun, 01 Mar 2020 12:02:00 GMT", timedelta(0)),
        ("Sun, 01 Mar 2099 12:02:00 GMT", DAY),
        ("", None),
        ("soon", None),
        ("1.5", None),
        ("+5", None),
        ("١٢", None),
        ("Sun, 99 Mar 2026 12:02:00 GMT", None),
        ("Sun, 01 Mar 2026 12:02:00 +9999999999", None),
    ],
)
def test_retry_after(value: str, expected: timedelta | None) -> None:
    assert parse_retry_after(value, NOW) == expected


@given(st.text())
def test_no_retry_after_raises(value: str) -> None:
    wait = parse_retry_after(value, NOW)
    assert wait is None or timedelta(0) <= wait <= DAY


@pytest.mark.parametrize("kind", ["missing", "failed", "rejected"])
def test_ten_attempts_over_some_days(kind: ReasonKind) -> None:
    waits = []
    for attempts in range(1, 10):
        due = next_attempt(attempts, NOW, kind, None, 0.0)
        assert due is not None
        waits.append((due - NOW) / timedelta(minutes=5))
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256]
    assert next_attempt(10, NOW, kind, None, 0.0) is None


def test_a_refusal_is_asked_again_three_times() -> None:
    waits = [next_attempt(n, NOW, "refused", None, 0.0) for n in range(1, 5)]
    assert waits == [*(NOW + timedelta(hours=n) for n in (1, 2, 4)), None]


def test_an_article_that_was_never_tried_waits_like_the_first_time() -> None:
    assert next_attempt(0, NOW, "failed", None, 0.0) == NOW + timedelta(minutes=5)


@given(
    st.integers(0, 9),
    st.timedeltas(timedelta(0), DAY) | st.none(),
    JITTER,
    st.sampled_from(["missing", "failed", "rejected"]),
)
def test_never_earlier_than_asked_nor_later_than_a_day(
    attempts: int, retry_after: timedelta | None, jitter: float, kind: ReasonKind
) -> None:
    due = next_attempt(attempts, NOW, kind, retry_after, jitter)
    assert due is not None
    assert NOW + (retry_after or timedelta(0)) <= due <= NOW + DAY


@given(st.timedeltas(timedelta(0), timedelta(days=3)), JITTER)
def test_a_wait_is_spread_upwards_and_little(wait: timedelta, jitter: float) -> None:
    longer = spread(wait, jitter)
    assert wait <= longer <= wait + min(wait / 10, timedelta(minutes=5))
    assert longer <= max(wait, DAY)
    assert spread(wait, 0.0) == wait


@given(st.timedeltas(timedelta(0), DAY) | st.none(), JITTER)
def test_what_was_held_up_is_tried_soon_after(wait: timedelta | None, jitter: float) -> None:
    due = postponed(NOW, wait, jitter)
    earliest = NOW + (timedelta(minutes=1) if wait is None else wait)
    assert earliest <= due <= earliest + timedelta(seconds=30)
