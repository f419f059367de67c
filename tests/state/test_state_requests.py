"""The log of requests and how hosts stand, kept between processes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from scraper.model import Entry
from scraper.protocol.breaker import HostRecord
from scraper.protocol.conduct import RequestRecord
from scraper.state import requests
from scraper.state.database import State

NOW = datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
RECORD = RequestRecord(
    at=NOW,
    host="news.example",
    url="0123456789abcdef",
    purpose="feed",
    status=200,
    is_conditional=True,
    has_validators=False,
    wire_bytes=10,
    body_bytes=20,
    milliseconds=30,
    delay=1000,
    gap=1010,
    not_before=NOW - timedelta(seconds=5),
)
BARE = replace(RECORD, status=None, gap=None, not_before=None, has_validators=True)


def test_requests_are_read_back_in_order(state: State) -> None:
    earlier = replace(RECORD, at=NOW - timedelta(hours=1))
    state.requests.add([RECORD, earlier], NOW)
    state.requests.add([BARE], NOW)
    assert list(state.requests.all()) == [RECORD, earlier, BARE]


def test_requests_are_dropped_after_30_days(state: State) -> None:
    old = replace(RECORD, at=NOW - timedelta(days=30))
    state.requests.add([old, RECORD], NOW)
    assert list(state.requests.all()) == [old, RECORD]
    state.requests.add([], NOW + timedelta(seconds=1))
    assert list(state.requests.all()) == [RECORD]


def test_the_newest_requests_are_kept(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests, "MAX_ROWS", 3)
    for number in range(5):
        state.requests.add([replace(RECORD, status=200 + number)], NOW)
    assert [record.status for record in state.requests.all()] == [202, 203, 204]


def test_a_host_is_read_back_as_saved(state: State) -> None:
    record = HostRecord("news.example", 3, NOW - timedelta(hours=1), NOW, "HTTP 503")
    assert state.hosts.get("news.example") is None
    state.hosts.save(replace(record, failures=2))
    state.hosts.save(record)
    assert state.hosts.get("news.example") == record
    assert state.hosts.troubled() == [record]


def test_a_host_that_recovered_is_forgotten(state: State) -> None:
    state.hosts.save(HostRecord("news.example", 3, NOW, NOW, "HTTP 503"))
    state.hosts.save(HostRecord("news.example"))
    assert state.hosts.get("news.example") is None
    assert state.hosts.troubled() == []


def test_when_a_host_was_asked_last_is_in_the_log(state: State) -> None:
    state.requests.add([replace(RECORD, at=NOW - timedelta(hours=1)), RECORD], NOW)
    assert state.hosts.get("news.example") == HostRecord("news.example", asked_at=NOW)
    state.hosts.save(HostRecord("news.example", 1, NOW, None, "HTTP 503"))
    assert state.hosts.get("news.example") == HostRecord(
        "news.example", 1, NOW, None, "HTTP 503", NOW
    )
    assert state.hosts.get("other.example") is None


def test_the_last_request_to_a_host_is_looked_up_in_an_index(state: State) -> None:
    plan = state._connection.rows(
        "EXPLAIN QUERY PLAN SELECT at FROM requests WHERE host = ? ORDER BY id DESC LIMIT 1", ("a",)
    )
    assert "requests_by_host" in str(plan)


def test_an_article_that_could_not_be_asked_for_has_no_attempt_more(state: State) -> None:
    entry = Entry("https://news.example/1", "1")
    state.articles.want([entry], "china", NOW)
    state.articles.postpone("1", "the network seems to be down", NOW + timedelta(minutes=1))
    assert state.articles.pending(NOW) == []
    (pending,) = state.articles.pending(NOW + timedelta(minutes=1))
    assert (pending.attempts, pending.reason) == (0, "the network seems to be down")
    assert [record.id for record in state.articles.troubled()] == ["1"]
    assert state.articles.retry(None, NOW) == 1
    assert state.articles.troubled() == []
