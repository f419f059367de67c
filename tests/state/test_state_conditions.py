"""What is remembered of troubles, and what articles tell of them."""

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.model import Entry, Validators
from scraper.protocol.alarms import Book, Message, Standing, Tries
from scraper.protocol.conditions import Condition, Severity
from scraper.state.articles import Archived
from scraper.state.conditions import LATEST, Refusals
from scraper.state.database import State, open_state
from scraper.state.sources import Fault, SourceRecord

NOW = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
PLAIN = Standing(Condition("disk:low", "disk", "", "full", "free space", since=NOW), NOW)
FULL = Standing(
    Condition(
        key="source:a:failing",
        kind="failing",
        subject="a",
        title="a cannot be polled",
        message="HTTP 503",
        severity=Severity.CRITICAL,
        since=NOW,
        calm=9 * MINUTE,
        silenced=True,
        ends=False,
    ),
    since=NOW,
    looks=2,
    gone_at=NOW + MINUTE,
    told_at=NOW + 2 * MINUTE,
    told_severity=1,
    ended_at=NOW + 3 * MINUTE,
    relapses=4,
)
SENT = Message(NOW, "title", "body\n中文")
WAITING = Message(NOW, "t", "b", {"x": Tries(), "y": Tries(3, NOW + MINUTE)})
BOOK = Book({s.condition.key: s for s in (FULL, PLAIN)}, (SENT, WAITING))


def test_a_book_is_kept_as_it_is(state: State, path: Path) -> None:
    assert state.conditions.load() == Book()
    state.conditions.save(BOOK, Book())
    with closing(open_state(path)) as again:
        assert again.conditions.load() == BOOK


def test_what_changed_takes_the_place_of_what_was(state: State) -> None:
    state.conditions.save(BOOK, Book())
    later = Book({"disk:low": replace(PLAIN, looks=2)}, (SENT,))
    state.conditions.save(later, BOOK)
    assert state.conditions.load() == later


def test_what_did_not_change_is_not_written(state: State) -> None:
    state.conditions.save(BOOK, Book())
    before = state._connection._connection.total_changes
    state.conditions.save(BOOK, BOOK)
    assert state._connection._connection.total_changes == before


def archived(number: int) -> Archived:
    entry = Entry(f"https://a.example/{number}", f"a{number}", "标题")
    return Archived(
        id=entry.id,
        url=entry.url,
        canonical_url=entry.url,
        source="a",
        title=entry.title,
        published=NOW - timedelta(hours=number),
        path=f"_posts/{number}.md",
        sha256="0" * 64,
        validators=Validators(),
        fetched_at=NOW,
        path_key=f"_posts/{number}.md",
    )


def want(state: State, *numbers: int, at: datetime = NOW) -> list[str]:
    entries = [Entry(f"https://a.example/{n}", f"a{n}", "标题") for n in numbers]
    state.articles.want(entries, "a", at)
    return [entry.id for entry in entries]


def test_of_the_latest_articles_those_that_were_tried_count(state: State) -> None:
    assert state.conditions.refusals({"a": None}) == {"a": Refusals(0, 0, latest=False)}
    good, put_off, given_up, quarantined, _, skipped = want(state, *range(6))
    state.articles.archive([archived(0)])
    state.articles.defer(put_off, "a login wall", NOW)
    state.articles.give_up(given_up, "HTTP 403")
    state.articles.quarantine(quarantined, "looks wrong", "_quarantine/a3.md")
    state.articles.skip(skipped, "no article")
    assert good == "a0"
    assert state.conditions.refusals({"a": None}) == {"a": Refusals(4, 3, "a3: looks wrong")}


def test_old_refusals_are_forgotten_over_new_articles(state: State) -> None:
    for article in want(state, *range(100, 105)):
        state.articles.give_up(article, "HTTP 403")
    want(state, *range(LATEST), at=NOW + MINUTE)
    state.articles.archive([archived(number) for number in range(LATEST)])
    assert state.conditions.refusals({"a": None}) == {"a": Refusals(LATEST, 0, latest=False)}


def test_what_was_listed_before_a_trouble_ended_does_not_count(state: State) -> None:
    for article in want(state, *range(5)):
        state.articles.defer(article, "HTTP 503", NOW)
    for article in want(state, 7, at=NOW + MINUTE):
        state.articles.give_up(article, "HTTP 403")
    assert state.conditions.refusals({"a": NOW - MINUTE})["a"].refused == 6
    assert state.conditions.refusals({"a": NOW}) == {"a": Refusals(1, 1, "a7: HTTP 403")}


def test_articles_that_were_withdrawn_lately_are_listed(state: State) -> None:
    want(state, 1, 2, 3)
    state.articles.archive([archived(number) for number in (1, 2, 3)])
    for article, days in (("a1", 0.5), ("a2", 3.0)):
        watch = state.checks.get(article)
        at = NOW - timedelta(days=days)
        state.checks.save(article, replace(watch, withdrawn_at=at))
    (found,) = state.conditions.withdrawn(NOW - timedelta(days=1))
    assert (found.id, found.path, found.title) == ("a1", "_posts/1.md", "标题")
    assert found.at == NOW - timedelta(hours=12)


def test_when_articles_appeared_is_known_by_the_grain(state: State) -> None:
    ids = want(state, 1, 2, 3, 4)
    state.articles.archive([archived(number) for number in (1, 2, 3)])
    state.articles.hold([Entry("https://a.example/9", "a9")], "a", NOW + timedelta(days=1))
    found = state.articles.appearances([*ids, "a9", "unknown"], timedelta(hours=2))
    assert found == (NOW - timedelta(hours=3), NOW - timedelta(hours=1), NOW)


def test_a_source_keeps_its_faults_and_when_something_appeared(state: State) -> None:
    record = SourceRecord(
        "a",
        faults={"https://a.example/": Fault("empty", NOW, 3)},
        appeared="[1714968000]",
        stale_since=NOW,
    )
    state.sources.save(record)
    assert state.sources.get("a") == record
