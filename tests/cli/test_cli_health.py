"""`health`: a daemon's sign of life, or the last poll of `once`."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.state.database import State, open_state
from scraper.state.sources import SourceRecord
from tests.cli.conftest import Configure
from tests.conftest import Run
from tests.fetch.conftest import Server, _listen


@pytest.fixture
def state(configure: Configure, tmp_path: Path) -> State:
    configure("http://127.0.0.1:1/feed", name="china")
    (tmp_path / "archive/.scraper").mkdir(parents=True)
    return open_state(tmp_path / "archive/.scraper/state.sqlite")


def test_a_recent_successful_poll_is_enough_without_a_daemon(state: State, scraper: Run) -> None:
    ago = datetime.now(UTC) - timedelta(minutes=30)
    state.sources.save(SourceRecord("china", last_success=ago))
    state.close()
    assert scraper("health").returncode == 1
    answer = scraper("health", "--once")
    assert answer.returncode == 0
    assert "successful poll 18" in answer.stdout  # some 1,800 seconds
    late = scraper("health", "--once", "--within", "60")
    assert late.returncode == 1
    assert "no working `once`" in late.stderr
    facts = json.loads(scraper("--json", "health", "--once").stdout)
    assert facts["alive"]
    assert 1800 <= facts["age_seconds"] < 2000


def test_a_source_that_is_no_longer_configured_does_not_count(state: State, scraper: Run) -> None:
    state.sources.save(SourceRecord("gone", last_success=datetime.now(UTC)))
    state.sources.save(SourceRecord("china"))
    state.close()
    answer = scraper("health", "--once")
    assert answer.returncode == 1
    assert "no successful poll" in answer.stderr


def test_a_daemons_sign_of_life_is_asked_for_by_default(state: State, scraper: Run) -> None:
    state.meta.set("heartbeat", (datetime.now(UTC) - timedelta(seconds=30)).isoformat())
    state.close()
    assert scraper("health").returncode == 0
    assert scraper("health", "--within", "5").returncode == 1
    assert scraper("health", "--once").returncode == 1


@pytest.fixture
def server() -> Iterator[Server]:
    yield from _listen()


def test_a_daemon_that_cannot_write_its_sign_of_life_is_asked_for_it(
    state: State, scraper: Run, server: Server, environment: dict[str, str]
) -> None:
    state.meta.set("heartbeat", (datetime.now(UTC) - timedelta(hours=1)).isoformat())
    state.close()
    assert scraper("health").returncode == 1
    server.answer("/healthz", b'{"alive": true, "age_seconds": 12.5}')
    environment["SCRAPER_DAEMON__LISTEN"] = f"127.0.0.1:{server.port}"
    answer = scraper("health")
    assert answer.returncode == 0, answer.stderr
    assert "last sign of life 1" in answer.stdout
    server.answer("/healthz", b"something else")
    assert scraper("health").returncode == 1
