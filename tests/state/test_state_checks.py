"""The watch over archived articles: kept as it was seen, and due within a budget."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from scraper.model import Validators
from scraper.protocol.withdrawal import Sightings
from scraper.state import schema
from scraper.state.articles import Archived
from scraper.state.checks import Watch, Watched
from scraper.state.database import State, open_state
from scraper.state.instants import to_milliseconds

NOW = datetime(2026, 3, 4, 5, 6, 7, 890_000, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def archive(state: State, *names: str, source: str = "china") -> None:
    state.articles.archive(
        [
            Archived(
                id=name,
                url=f"https://news.example/{name}",
                canonical_url=f"https://news.example/{name}",
                source=source,
                title="标题",
                published=NOW,
                path=f"_posts/{name}.md",
                path_key=name,
                sha256="ab" * 32,
                validators=Validators(),
                fetched_at=NOW,
                file_sha256="cd" * 32,
            )
            for name in names
        ]
    )


def due(state: State, now: datetime, budget: int = 10) -> list[str]:
    return [article_id for article_id, _ in state.checks.due(now, budget)]


def test_what_was_seen_of_an_article_is_kept(state: State) -> None:
    archive(state, "a", "b")
    watch = Watch(
        revision=3,
        revised_at=NOW,
        revised_count=2,
        checked_at=NOW,
        next_check=NOW + MINUTE,
        withdrawn_at=NOW,
        words_sha256="ef" * 32,
        validated_url="https://www.news.example/a",
        sightings=Sightings("missing", NOW - MINUTE, NOW, 2),
    )
    state.checks.save("a", watch)
    assert state.checks.get("a") == watch
    assert state.checks.get("b") == state.checks.get("unknown") == Watch()
    archive(state, "a")  # once more: the watch goes on
    assert state.checks.get("a") == watch


def test_validators_and_the_hash_of_the_file_are_kept_with_the_article(state: State) -> None:
    archive(state, "a")
    state.checks.revalidated("a", Validators('"2"', "x"))
    state.checks.rewritten("a", "12" * 32)
    record = state.articles.get("a")
    assert record
    assert (record.validators, record.file_sha256) == (Validators('"2"', "x"), "12" * 32)


def test_the_longest_waiting_are_due_first_and_the_others_not_yet(state: State) -> None:
    archive(state, "a", "b", "c", "d")
    for name, minutes in (("a", -1), ("b", -5), ("c", 1)):
        state.checks.save(name, Watch(next_check=NOW + minutes * MINUTE))
    assert due(state, NOW) == ["b", "a"]
    assert due(state, NOW + MINUTE) == ["b", "a", "c"]


def test_each_source_has_its_own_budget_for_an_hour(state: State) -> None:
    archive(state, "a", "b", "c")
    archive(state, "x", "y", source="world")
    for name in "abcxy":
        state.checks.save(name, Watch(next_check=NOW))
    assert due(state, NOW, 2) == ["a", "b", "x", "y"]
    assert due(state, NOW, 0) == []
    state.checks.save("a", Watch(checked_at=NOW))
    assert due(state, NOW + MINUTE, 2) == ["b", "x", "y"]
    state.checks.save("b", Watch(checked_at=NOW + MINUTE))
    assert due(state, NOW + 59 * MINUTE, 2) == ["x", "y"]
    assert due(state, NOW + 60 * MINUTE, 2) == ["c", "x", "y"]


def test_a_look_in_the_future_of_a_clock_that_went_back_uses_no_budget(state: State) -> None:
    archive(state, "a", "b")
    state.checks.save("a", Watch(checked_at=NOW + 600 * MINUTE))
    state.checks.save("b", Watch(next_check=NOW))
    assert due(state, NOW, 1) == ["b"]


def test_sources_are_counted(state: State) -> None:
    archive(state, "a", "b", "c")
    state.checks.save("a", Watch(next_check=NOW - MINUTE))
    state.checks.save("b", replace(Watch(next_check=NOW + MINUTE), withdrawn_at=NOW))
    assert state.checks.counts(NOW) == {"china": Watched(2, 1, 1, NOW - MINUTE)}
    assert state.checks.counts(NOW - 2 * MINUTE)["china"].due == 0


def test_young_articles_of_an_older_version_are_looked_at_again(path: Path) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as older:
        for statement in chain.from_iterable(schema.STEPS[:2]):
            older.execute(statement)
        for name, days in (("young", 3), ("old", 300)):
            published = to_milliseconds(now - timedelta(days=days))
            older.execute(
                "INSERT INTO articles (id, url, source, host, title, status, first_seen, published)"
                " VALUES (?, 'https://news.example/', 'a', 'news.example', '', 'archived', ?, ?)",
                (name, published, published),
            )
        older.execute("PRAGMA user_version = 2")
        older.commit()
    with closing(open_state(path)) as state:
        assert due(state, now) == ["young"]
