"""`alerts`, and what `status`, `once` and the log say of troubles."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Configure
from tests.conftest import Run
from tests.fetch.conftest import Server, _listen
from tests.targets import Target, webhook


@pytest.fixture
def server() -> Iterator[Server]:
    yield from _listen()


@pytest.fixture
def hook() -> Iterator[Target]:
    with webhook() as target:
        yield target


def configured(configure: Configure, server: Server, *to: str) -> Path:
    """One source that answers 410 for good, and these targets."""
    server.answer("/feed", status=410)
    file = configure(server.url("/feed"), name="news", fetch='delay = "0s"\nretries = 0')
    targets = ", ".join(f'"{target}"' for target in to)
    with file.open("a", encoding="utf-8") as text:
        text.write(f'[alerts]\ndisk_low = "0B"\nto = [{targets}]\n')
    return file


def test_a_test_reaches_every_target_and_says_which_took_it(
    configure: Configure, server: Server, hook: Target, scraper: Run
) -> None:
    with webhook() as other:
        other.status = 403
        configured(configure, server, hook.url, other.url)
        done = scraper("alerts", "test")
    assert done.returncode == 1
    assert done.stdout == "accepted  alerts.to[0] (json)\n"
    assert "not accepted by alerts.to[1] (json): " in done.stderr
    assert "403" in done.stderr
    assert "t0ken" not in done.stdout + done.stderr
    assert [title for title, _ in hook.got] == ["news-scraper: test"]


def test_a_test_for_programs(
    configure: Configure, server: Server, hook: Target, scraper: Run
) -> None:
    configured(configure, server, hook.url)
    done = scraper("--json", "alerts", "test")
    assert done.returncode == 0
    expected = {"event": "alert", "target": "alerts.to[0] (json)", "accepted": True}
    assert json.loads(done.stdout) == expected


def test_without_a_target_there_is_nothing_to_test(
    configure: Configure, server: Server, scraper: Run
) -> None:
    configured(configure, server)
    assert scraper("alerts").stdout == "nothing is wrong\n"
    done = scraper("alerts", "test")
    assert done.returncode == 2
    assert "alerts.to is empty" in done.stderr


def test_a_run_tells_what_is_wrong_once_and_status_shows_it(
    configure: Configure, server: Server, hook: Target, scraper: Run
) -> None:
    configured(configure, server, hook.url)
    first, second = (scraper("once", "--all") for _ in range(2))
    assert "news is gone, since " not in first.stderr
    assert "news is gone, since " in second.stderr
    ((title, body),) = hook.got
    assert title == "news-scraper: news is gone"
    assert "take it out of the configuration" in body

    assert scraper("alerts").stdout.startswith("news is gone, since 20")
    row = json.loads(scraper("--json", "status").stdout.splitlines()[0])
    assert (row["name"], row["health"]) == ("news", "dead")
    (condition,) = row["conditions"]
    assert condition["key"] == "source:news:stopped"
    assert condition["severity"] == "critical"
    assert condition["told_at"]


def test_without_apprise_the_way_to_install_it_is_said(
    configure: Configure, server: Server, hook: Target, scraper: Run, tmp_path: Path
) -> None:
    (tmp_path / "apprise.py").write_text("raise ImportError")
    configured(configure, server, hook.url)
    done = scraper("once")
    assert done.returncode == 2
    assert "pip install 'news-scraper[alerts]'" in done.stderr
