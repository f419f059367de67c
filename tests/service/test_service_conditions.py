"""From what is known to what is wrong, without touching anything."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from scraper.model import Source
from scraper.protocol.alarms import AlertSettings
from scraper.protocol.conditions import Condition, Severity
from scraper.service.watching.conditions import hold_now
from scraper.service.watching.facts import Facts, Space
from scraper.state.conditions import Refusals, Withdrawn
from scraper.state.measures import Drifting
from scraper.state.sources import Fault, FaultKind, SourceRecord
from scraper.state.tallies import StrangeList

NOW = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FIRST, SECOND = "https://news.example.com/list", "https://news.example.com/feed"
SOURCE = Source("news", "山城新闻", (FIRST,), every=10 * MINUTE)
TWO = replace(SOURCE, urls=(FIRST, SECOND))
HEALTHY = SourceRecord("news", last_poll=NOW, last_success=NOW, outcome="unchanged")


def facts(record: SourceRecord | None = HEALTHY, source: Source = SOURCE, **more: Any) -> Facts:
    records = {"news": record} if record else {}
    settings = more.pop("settings", AlertSettings())
    return Facts(NOW, settings, sources={"news": source}, records=records, **more)


def the_one(known: Facts) -> Condition:
    (condition,) = hold_now(known)
    return condition


def failing(
    polls: int, minutes: float, kind: FaultKind = "failing", urls: tuple[str, ...] = (FIRST,)
) -> SourceRecord:
    """A source that failed so many times, and was read last so many minutes ago."""
    since = NOW - (minutes - 10) * MINUTE
    return replace(
        HEALTHY,
        outcome="failed",
        reason=f"{FIRST}: HTTP 503",
        failures=polls,
        last_success=NOW - minutes * MINUTE,
        failing_since=since,
        faults={url: Fault(kind, since, polls) for url in urls},
    )


def test_nothing_is_wrong_with_a_source_that_is_well_or_was_never_polled() -> None:
    assert hold_now(facts()) == ()
    assert hold_now(facts(None)) == ()


@pytest.mark.parametrize(("polls", "minutes"), [(1, 11), (1, 9999), (2, 17)])
def test_a_failure_that_may_be_chance_is_none(polls: int, minutes: float) -> None:
    assert hold_now(facts(failing(polls, minutes))) == ()


@pytest.mark.parametrize(("polls", "minutes"), [(2, 19), (3, 11), (9, 999)])
def test_a_source_that_fails_for_two_intervals_is_degraded(polls: int, minutes: float) -> None:
    condition = the_one(facts(failing(polls, minutes)))
    assert (condition.key, condition.subject) == ("source:news:failing", "news")
    assert condition.title == "news cannot be polled"
    assert "HTTP 503" in condition.message
    assert "`scraper sources check news`" in condition.message
    assert condition.severity is Severity.WARNING
    assert condition.since == NOW - (minutes - 10) * MINUTE


def test_one_that_never_was_read_counts_from_its_first_failure() -> None:
    record = replace(failing(2, 29), last_success=None)
    assert the_one(facts(record)).kind == "failing"
    assert hold_now(facts(replace(record, failing_since=NOW - MINUTE))) == ()
    assert hold_now(facts(replace(record, failing_since=None))) == ()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("empty", "lists nothing any more"),
        ("strange", "gives something else than a list"),
        ("unreachable", "cannot be polled"),
    ],
)
def test_how_it_fails_is_said(kind: FaultKind, words: str) -> None:
    condition = the_one(facts(failing(2, 20, kind)))
    assert (condition.kind, condition.title) == (kind, f"news {words}")


def test_lists_that_fail_in_different_ways_fail() -> None:
    faults = {FIRST: Fault("empty", NOW, 1), SECOND: Fault("strange", NOW, 1)}
    condition = the_one(facts(replace(failing(2, 20), faults=faults), TWO))
    assert condition.kind == "failing"
    no_faults = replace(failing(2, 20), faults={})  # of an earlier version of the state
    assert the_one(facts(no_faults)).kind == "failing"


def test_one_that_fails_for_three_days_is_dead() -> None:
    days = 3 * 24 * 60
    assert the_one(facts(failing(9, days))).severity is Severity.WARNING
    assert the_one(facts(failing(9, days + 11))).severity is Severity.CRITICAL


def test_one_whose_addresses_are_gone_is_dead_and_not_stale() -> None:
    record = replace(failing(9, 999), stopped_at=NOW - MINUTE, stale_since=NOW)
    condition = the_one(facts(record))
    assert (condition.kind, condition.severity) == ("stopped", Severity.CRITICAL)
    assert "take it out of the configuration" in condition.message


def test_where_the_network_is_down_no_source_is_to_blame_for_it() -> None:
    unreachable = facts(failing(5, 99, "unreachable"), network_down=True)
    network, source = hold_now(unreachable)
    assert (network.key, network.silenced) == ("network:down", False)
    assert (source.kind, source.silenced) == ("unreachable", True)
    strange = facts(failing(5, 99, "strange"), network_down=True)
    assert [c.silenced for c in hold_now(strange)] == [False, False]


def test_one_of_several_lists_that_fails_is_said_while_the_others_work() -> None:
    fault = {FIRST: Fault("empty", NOW - 20 * MINUTE, 2)}
    record = replace(HEALTHY, reason=f"{FIRST}: lists nothing", faults=fault)
    condition = the_one(facts(record, TWO))
    assert condition.title == "news: 1 of its 2 lists cannot be read"
    assert "mend the selectors" in condition.message
    assert (condition.since, condition.silenced) == (NOW - 20 * MINUTE, False)
    once = replace(record, faults={FIRST: Fault("empty", NOW, 1)})
    assert hold_now(facts(once, TWO)) == ()


def test_where_all_fail_that_alone_is_said() -> None:
    whole, part = hold_now(facts(failing(2, 20, urls=TWO.urls), TWO))
    assert (whole.kind, whole.silenced) == ("failing", False)
    assert (part.kind, part.silenced) == ("part", True)


def test_a_list_without_news_is_stale_and_may_fail_meanwhile() -> None:
    old = NOW - timedelta(days=3)
    condition = the_one(facts(replace(HEALTHY, stale_since=old)))
    assert (condition.kind, condition.since, condition.silenced) == ("stale", old, False)
    kinds = {c.kind: c.silenced for c in hold_now(facts(replace(failing(3, 40), stale_since=old)))}
    assert kinds == {"failing": False, "stale": True}


@pytest.mark.parametrize(
    ("articles", "refused", "wrong"), [(10, 5, True), (12, 5, False), (6, 5, True), (4, 4, False)]
)
def test_a_wall_is_told_once_most_articles_run_into_it(
    articles: int, refused: int, *, wrong: bool
) -> None:
    known = {"news": Refusals(articles, refused, "a1: a login wall")}
    found = hold_now(facts(refusals=known))
    assert [c.kind for c in found] == ["refused"] * wrong
    assert all("a1: a login wall" in c.message for c in found)
    assert hold_now(facts(refusals={"other": Refusals(20, 20)})) == ()


def test_while_the_source_itself_fails_its_articles_say_nothing_more() -> None:
    known = {"news": Refusals(20, 20, "a1: HTTP 503")}
    kinds = {c.kind: c.silenced for c in hold_now(facts(failing(2, 20), refusals=known))}
    assert kinds == {"failing": False, "refused": True}


def test_withdrawn_articles_are_told_where_that_is_wanted() -> None:
    article = Withdrawn("a1", "标题", "https://news.example.com/a1", "_posts/a1.md", NOW)
    assert hold_now(facts(withdrawn=(article,))) == ()
    wanted = facts(withdrawn=(article,), settings=AlertSettings(withdrawn=True))
    condition = the_one(wanted)
    assert (condition.title, condition.ends) == ("withdrawn: 标题", False)
    assert "_posts/a1.md" in condition.message


def test_coverage_below_the_bound_is_told() -> None:
    assert hold_now(facts(coverage={"news": 0.9, "other": 0.1})) == ()
    condition = the_one(facts(coverage={"news": 0.89}))
    assert (condition.key, condition.subject) == ("source:news:coverage", "news")
    assert "90%" in condition.message


def test_a_wall_is_over_once_an_article_is_archived_again() -> None:
    walled = Refusals(10, 9, "a1: a login wall")
    assert the_one(facts(refusals={"news": walled})).kind == "refused"
    assert hold_now(facts(refusals={"news": replace(walled, latest=False)})) == ()


def test_coverage_is_not_told_where_its_reason_is() -> None:
    walled = {"news": Refusals(20, 20, "a1: a login wall")}
    kinds = {c.kind: c.silenced for c in hold_now(facts(coverage={"news": 0.1}, refusals=walled))}
    assert kinds == {"refused": False, "coverage": True}
    kinds = {c.kind: c.silenced for c in hold_now(facts(failing(2, 20), coverage={"news": 0.1}))}
    assert kinds == {"failing": False, "coverage": True}


def test_articles_that_are_another_kind_than_before_are_told() -> None:
    drift = Drifting("news", "generic", "the latest 20 have 90 characters, not 800", NOW)
    condition = the_one(facts(drifting=(drift,)))
    assert (condition.key, condition.since) == ("source:news:drift", NOW)
    assert "not 800 (read by generic)" in condition.message


def test_a_list_that_is_not_as_usual_is_told() -> None:
    odd = StrangeList("news", FIRST, "lists 3 entries, usually 30", NOW)
    condition = the_one(facts(strange=(odd,)))
    assert (condition.key, condition.kind) == (f"source:news:list:{FIRST}", "strange")
    assert condition.message.startswith(f"{FIRST}: lists 3 entries, usually 30")


def test_a_disk_that_is_nearly_full_is_told() -> None:
    assert hold_now(facts(space=Space(1_000_000_000, 10_000))) == ()
    assert "1 GB" in the_one(facts(space=Space(999_999_999))).message
    assert "10000 files" in the_one(facts(space=Space(9_000_000_000, 9_999))).message
    off = AlertSettings(disk_low=0)
    assert hold_now(facts(space=Space(0, 0), settings=off)) == ()


def test_an_archive_that_cannot_be_written_is_told() -> None:
    condition = the_one(facts(unwritable="/archive: read-only"))
    assert condition.key == "archive:unwritable"
    assert "/archive: read-only" in condition.message
