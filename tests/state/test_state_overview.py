"""What the state amounts to: what waits, and what was archived lately."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.model import Entry, Validators
from scraper.state.articles import Archived
from scraper.state.database import State, open_state
from scraper.state.overview import Queue, Recent

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    state = open_state(tmp_path / "state.sqlite")
    yield state
    state.close()


def archive(state: State, number: int, source: str, fetched: datetime, lag: timedelta) -> None:
    article = f"story-{number}"
    state.articles.archive(
        [
            Archived(
                id=article,
                url=f"https://a/{article}",
                canonical_url=f"https://a/{article}",
                source=source,
                title="t",
                published=fetched - lag,
                path=f"_posts/{article}.md",
                path_key=article,
                sha256="",
                validators=Validators(),
                fetched_at=fetched,
                file_sha256="",
            )
        ]
    )


def test_what_waits_is_counted_by_what_it_waits_for(state: State) -> None:
    assert state.overview.queue(NOW) == Queue()
    names = ("due", "deferred", "due again", "archived", "given up")
    state.articles.want([Entry(f"https://a/{name}", name) for name in names], "s", NOW)
    state.articles.hold([Entry("https://a/h", "held")], "s", NOW)
    state.articles.defer("deferred", "HTTP 500", NOW + timedelta(minutes=1))
    state.articles.defer("due again", "HTTP 500", NOW)
    state.articles.give_up("given up", "HTTP 500")
    archive(state, 1, "s", NOW, DAY)
    state.articles.skip("archived", "robots.txt")
    assert state.overview.queue(NOW) == Queue(pending=2, deferred=1, held=1)


def test_the_lag_is_the_median_of_what_was_archived_lately(state: State) -> None:
    for number, minutes in enumerate((1, 5, 60)):
        archive(state, number, "a", NOW - timedelta(hours=number), timedelta(minutes=minutes))
    archive(state, 10, "a", NOW - 2 * DAY, timedelta(minutes=900))
    archive(state, 11, "b", NOW, 300 * DAY)
    archive(state, 12, "c", NOW, -timedelta(minutes=3))
    archive(state, 13, "unasked", NOW, DAY)
    assert state.overview.recent(["a", "b", "c", "none"], NOW - DAY) == {
        "a": Recent(3, timedelta(minutes=5)),
        "b": Recent(1, None),  # backlog
        "c": Recent(1, timedelta(0)),  # dated ahead
    }
