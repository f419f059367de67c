"""The report on the crawler's conduct, from logs made by hand."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.conduct import (
    Conduct,
    Report,
    RequestRecord,
    hash_url,
    review,
    score,
)

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
FULL = RequestRecord(
    at=NOW,
    host="a",
    url="1",
    purpose="feed",
    status=200,
    is_conditional=False,
    has_validators=True,
    wire_bytes=100,
    body_bytes=400,
    milliseconds=20,
    delay=1000,
    gap=None,
    not_before=None,
)
UNCHANGED = replace(FULL, status=304, is_conditional=True, wire_bytes=0, body_bytes=0, gap=1010)


def report(*records: RequestRecord, **articles: int) -> Report:
    return review(records, articles, NOW)


def test_without_requests_there_is_no_score() -> None:
    empty = report()
    assert empty.score is None
    assert empty.hosts == ()
    total = empty.total
    assert (total.hit_rate, total.error_share, total.shortest_gap) == (None, 0.0, None)
    assert (total.requests_per_article, total.bytes_per_article) == (None, None)


def test_an_exemplary_crawler_has_100() -> None:
    found = report(FULL, UNCHANGED, UNCHANGED, a=2)
    assert found.score == 100
    total = found.total
    assert (total.requests, total.repeated, total.unchanged, total.careless) == (3, 2, 2, 0)
    assert total.hit_rate == 1.0
    assert (total.shortest_gap, total.delay) == (1010, 1000)
    assert (total.saved_by_304, total.saved_by_compression) == (200, 300)
    assert (total.requests_per_article, total.bytes_per_article) == (1.5, 50.0)


def test_hosts_are_told_apart_the_busiest_first() -> None:
    other = replace(UNCHANGED, host="b", gap=500, delay=500)
    found = report(FULL, other, other, FULL, replace(other, status=503), a=1, b=3, c=4)
    assert [(c.host, c.requests, c.articles) for c in found.hosts] == [("b", 3, 3), ("a", 2, 1)]
    assert (found.total.shortest_gap, found.total.delay, found.total.articles) == (500, 500, 8)


@pytest.mark.parametrize(
    ("gap", "delay", "breaches"),
    [(999, 1000, 1), (1000, 1000, 0), (None, 1000, 0), (0, 0, 0), (5000, 7000, 1)],
)
def test_a_gap_shorter_than_the_delay_is_a_breach(
    gap: int | None, delay: int, breaches: int
) -> None:
    assert report(replace(FULL, gap=gap, delay=delay)).total.delay_breaches == breaches


@pytest.mark.parametrize(("seconds", "breaches"), [(-1, 0), (0, 0), (0.001, 1)])
def test_a_request_before_its_time_is_a_breach(seconds: float, breaches: int) -> None:
    record = replace(FULL, not_before=NOW + timedelta(seconds=seconds))
    assert report(record).total.retry_after_breaches == breaches


@pytest.mark.parametrize(("status", "errors"), [(None, 1), (429, 1), (503, 1), (404, 0), (301, 0)])
def test_errors(status: int | None, errors: int) -> None:
    assert report(replace(FULL, status=status)).total.errors == errors


def test_only_a_request_for_what_was_received_before_is_repeated() -> None:
    failed = replace(FULL, status=500)
    assert report(failed, failed, FULL).total.repeated == 0
    assert report(FULL, replace(FULL, url="2")).total.repeated == 0
    assert report(FULL, failed).total.repeated == 1


def test_an_unconditional_repetition_is_careless_where_there_were_validators() -> None:
    bare = replace(FULL, has_validators=False)
    assert report(FULL, FULL).total.careless == 1
    assert report(FULL, bare, FULL).total.careless == 1
    assert report(bare, bare).total.careless == 0
    assert report(FULL, UNCHANGED, FULL).total.careless == 1  # a 304 takes none away
    assert report(FULL, replace(FULL, status=500, has_validators=False), FULL).total.careless == 2


def test_a_304_to_nothing_teaches_nothing() -> None:
    assert report(replace(UNCHANGED, is_conditional=False), FULL).total.repeated == 0


def test_what_was_received_before_the_window_is_known_but_not_counted() -> None:
    early = replace(FULL, at=NOW - timedelta(days=9))
    gone = replace(early, host="b")
    found = report(early, gone, UNCHANGED)
    assert [conduct.host for conduct in found.hosts] == ["a"]
    assert (found.total.requests, found.total.repeated, found.total.saved_by_304) == (1, 1, 100)


def test_a_304_whose_full_answer_is_forgotten_counts_without_its_size() -> None:
    found = report(UNCHANGED, UNCHANGED).total
    assert (found.repeated, found.unchanged, found.saved_by_304) == (2, 2, 0)


# -- the score -------------------------------------------------------------------------------------


def conduct(**changes: int) -> Conduct:
    values: dict[str, Any] = {"requests": 100, "repeated": 50} | changes
    return replace(report(FULL, UNCHANGED).total, **values)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 100),
        ({"delay_breaches": 1}, 88),
        ({"retry_after_breaches": 1}, 88),
        ({"delay_breaches": 1, "requests": 10_000}, 95),
        ({"delay_breaches": 3, "retry_after_breaches": 2}, 40),
        ({"delay_breaches": 100}, 40),
        ({"careless": 5}, 100),
        ({"careless": 50}, 70),
        ({"careless": 0, "repeated": 0}, 100),
        ({"errors": 50}, 95),
        ({"errors": 100, "delay_breaches": 100, "careless": 50}, 0),
    ],
)
def test_the_score(changes: dict[str, int], expected: int) -> None:
    assert score(conduct(**changes)) == expected


@given(*[st.integers(0, 100)] * 4, st.integers(1, 1000))
def test_the_score_stays_in_its_bounds_and_no_breach_is_free(
    delay: int, retry: int, careless: int, errors: int, requests: int
) -> None:
    found = conduct(
        requests=requests,
        repeated=max(careless, 1),
        delay_breaches=min(delay, requests),
        retry_after_breaches=min(retry, requests),
        careless=careless,
        errors=min(errors, requests),
    )
    assert 0 <= score(found) <= 100 - 5 * bool(delay or retry)


def test_the_hash_tells_urls_apart_and_does_not_tell_them() -> None:
    url = "https://news.example/feed?token=hush"
    assert hash_url(url) == hash_url(url) != hash_url(url + "2")
    assert len(hash_url(url)) == 16
    assert "hush" not in hash_url(url)
    assert hash_url("\ud800")
