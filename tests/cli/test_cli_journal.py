"""A daemon's log is quiet when nothing happens, and tells what does once."""

import logging

import pytest

from scraper.cli.journal import REMINDER_SECONDS, Journal
from scraper.model import ArticleEvent, Event, SourceEvent

DEBUG, INFO, WARNING = logging.DEBUG, logging.INFO, logging.WARNING


def failed(reason: str, name: str = "china") -> SourceEvent:
    return SourceEvent(name, "failed", reason=reason)


@pytest.mark.parametrize(
    ("event", "level"),
    [
        (SourceEvent("s", "unchanged", entries=30), DEBUG),
        (SourceEvent("s", "changed", entries=30), DEBUG),
        (SourceEvent("s", "changed", entries=30, new=1), INFO),
        (SourceEvent("s", "unchanged", reason="one of two: HTTP 500"), WARNING),
        (failed("HTTP 500"), WARNING),
        (ArticleEvent("archived", "a", "u", path="p"), INFO),
        (ArticleEvent("updated", "a", "u", path="p"), INFO),
        (ArticleEvent("unchanged", "a", "u", path="p"), DEBUG),
        (ArticleEvent("unchanged", "a", "u", path="p", reason="it was edited by you"), INFO),
        (ArticleEvent("deferred", "a", "u", reason="HTTP 500"), WARNING),
        (ArticleEvent("quarantined", "a", "u", path="p", reason="short"), WARNING),
        (ArticleEvent("withdrawn", "a", "u", path="p", reason="HTTP 404"), WARNING),
    ],
)
def test_what_happened_is_told_and_what_did_not_is_not(event: Event, level: int) -> None:
    assert Journal().entry(event, 0.0).level == level


def test_a_hundred_unchanged_polls_a_minute_leave_the_log_empty() -> None:
    journal = Journal()
    polls = (SourceEvent(f"s{n % 100}", "unchanged") for n in range(6000))
    assert {journal.entry(poll, n * 0.6).level for n, poll in enumerate(polls)} == {DEBUG}


def test_the_same_failure_is_told_once_an_hour() -> None:
    journal = Journal()
    times = range(0, 2 * int(REMINDER_SECONDS), 600)
    levels = [journal.entry(failed(f"HTTP 500 after {t} s"), float(t)).level for t in times]
    assert levels == [WARNING, *[DEBUG] * 5, WARNING, *[DEBUG] * 5]
    assert journal.entry(failed("connection refused"), 7200.0).level == WARNING
    assert journal.entry(failed("connection refused", "other"), 7200.0).level == WARNING


def test_what_works_in_part_all_the_time_is_a_warning_once() -> None:
    journal = Journal()
    partly = SourceEvent("s", "unchanged", reason="one of two: HTTP 500")
    levels = [journal.entry(partly, t).level for t in (0.0, 600.0, 3600.0)]
    assert levels == [WARNING, DEBUG, INFO]


def test_who_is_well_again_is_told_once() -> None:
    journal = Journal()
    journal.entry(failed("HTTP 500"), 0.0)
    entry = journal.entry(SourceEvent("china", "unchanged", entries=3), 60.0)
    assert (entry.level, entry.line) == (INFO, "unchanged china: 3 listed, 0 new, well again")
    assert journal.entry(SourceEvent("china", "unchanged"), 120.0).level == DEBUG


def test_lines_name_source_article_reason_and_duration() -> None:
    def line(event: Event) -> str:
        return Journal().entry(event, 0.0).line

    archived = ArticleEvent("archived", "a1", "u", path="_posts/a.md", source="s", seconds=0.5)
    assert line(archived) == "archived  a1 of s: _posts/a.md [0.50 s]"
    by_hand = ArticleEvent("failed", "", "https://a/", reason="HTTP 404")
    assert line(by_hand) == "failed    https://a/: https://a/: HTTP 404"
    poll = SourceEvent("s", "changed", entries=30, new=2, reason="x", seconds=1.0)
    assert line(poll) == "changed   s: 30 listed, 2 new (x) [1.00 s]"
