from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.model import Child, Hints, Validators
from scraper.protocol.robots import Robots
from scraper.state.database import State
from scraper.state.instants import from_milliseconds, to_milliseconds
from scraper.state.resources import Resource
from scraper.state.sources import SourceRecord

NOW = datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)


def test_a_resource_is_read_back_as_saved(state: State) -> None:
    resource = Resource(
        url="https://news.example/sitemap.xml",
        source="china",
        validators=Validators('W/"é"', "Wed, 04 Mar 2026 05:06:07 GMT"),
        digest="ab" * 32,
        checked_at=NOW,
        changed_at=NOW - timedelta(days=1),
        feed_format="sitemapindex",
        entries=3,
        children=(Child("https://news.example/1.xml", "2026-03"), Child("https://x.example/")),
        lastmod_read="2026-03-04",
        validated_url="https://www.news.example/sitemap.xml",
        moved_to="https://new.example/sitemap.xml",
        moved_seen=2,
        gone_at=NOW,
        full_at=NOW - timedelta(hours=1),
        hints=Hints(timedelta(minutes=90), frozenset({0, 23}), frozenset({6})),
    )
    state.resources.save(resource)
    assert state.resources.get(resource.url) == resource

    blank = Resource(resource.url, "world")
    state.resources.save(blank)
    assert state.resources.get(resource.url) == blank
    assert state.resources.get("https://other.example/") is None


def test_a_source_is_read_back_as_saved(state: State) -> None:
    record = SourceRecord(
        name="china",
        last_poll=NOW,
        last_success=NOW - timedelta(hours=2),
        outcome="failed",
        reason="https://news.example/feed: HTTP 500",
        entries=20,
        new=2,
        next_poll=NOW + timedelta(minutes=10),
        failures=4,
        failing_since=NOW - timedelta(hours=1),
        missed={"https://news.example/feed": 3},
        rhythm="[1]",
        notice="one\ntwo",
        held=7,
        stopped_at=NOW,
    )
    state.sources.save(SourceRecord("world"))
    state.sources.save(SourceRecord("china"))
    state.sources.save(record)

    assert state.sources.get("china") == record
    assert state.sources.all() == [record, SourceRecord("world")]
    assert state.sources.get("nowhere") is None


@pytest.mark.parametrize("kind", ["rules", "allow_all", "unreachable"])
def test_robots_are_kept_as_received(state: State, kind: str) -> None:
    origin = "https://news.example"
    assert state.hosts.load_robots(origin) is None
    state.hosts.save_robots(Robots(origin, "allow_all", b"", NOW - timedelta(days=1)))
    robots = Robots(origin, kind, b"User-agent: *\n\xff\0", NOW, Validators('"1"', "Sun"))  # type: ignore[arg-type]  # a str
    state.hosts.save_robots(robots)

    assert state.hosts.load_robots(origin) == robots


def test_what_is_no_character_is_kept_as_a_question_mark(state: State) -> None:
    state.meta.set("key", "a\ud800b\0c")

    assert state.meta.get("key") == "a?b\0c"


@given(st.datetimes(timezones=st.just(UTC)))
def test_instants_keep_their_milliseconds(instant: datetime) -> None:
    kept = from_milliseconds(to_milliseconds(instant))

    assert timedelta(0) <= instant - kept < timedelta(milliseconds=1)
    assert from_milliseconds(to_milliseconds(kept)) == kept


def test_no_instant_stays_none() -> None:
    assert to_milliseconds(None) is None
    assert from_milliseconds(None) is None
