"""`scraper politeness` as its users see it."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.site_replica import Replica


def test_without_a_log_it_says_so(scraper: Run, tmp_path: Path) -> None:
    answer = scraper("politeness")
    assert answer.returncode == 0
    assert "no requests in the last 7 days" in answer.stdout
    assert "scraper once" in answer.stdout
    assert not (tmp_path / "archive").exists()


def test_nothing_is_below_any_score(scraper: Run) -> None:
    answer = scraper("--json", "politeness", "--fail-under", "1")
    assert answer.returncode == 1
    assert "nothing was asked, 1 is wanted" in answer.stderr
    (total,) = map(json.loads, answer.stdout.splitlines())
    assert (total["event"], total["score"], total["requests"]) == ("politeness", None, 0)


def test_a_report_for_programs_and_one_for_people(china: Replica, scraper: Run) -> None:
    scraper("once")
    scraper("once", "--all")
    answer = scraper("--json", "politeness", "--fail-under", "100")
    assert answer.returncode == 0, answer.stderr
    host, total = map(json.loads, answer.stdout.splitlines())
    assert host["host"] == china.url.removeprefix("http://")
    assert host["requests"] == total["requests"] == len(china.requests())
    assert (total["score"], total["hit_rate"], total["careless"]) == (100, 1.0, 0)
    assert (total["articles"], total["requests_per_article"]) == (30, 1.1)
    assert (total["delay_breaches"], total["retry_after_breaches"]) == (0, 0)

    table = scraper("politeness").stdout
    assert "30 articles archived: 1.10 requests" in table
    assert "score: 100 of 100" in table


def test_breaches_end_in_exit_code_1(china: Replica, scraper: Run, tmp_path: Path) -> None:
    scraper("once")
    with closing(sqlite3.connect(tmp_path / "archive/.scraper/state.sqlite")) as state, state:
        state.execute("UPDATE requests SET delay = gap + 1 WHERE gap IS NOT NULL")
    answer = scraper("politeness", "--fail-under", "90")
    assert answer.returncode == 1
    assert "the score is 40, 90 is wanted" in answer.stderr


@pytest.mark.parametrize(
    "arguments", [("--days", "0"), ("--days", "31"), ("--fail-under", "101"), ("--days", "x")]
)
def test_wrong_usage(scraper: Run, arguments: tuple[str, str]) -> None:
    assert scraper("politeness", *arguments).returncode == 2


def test_a_preview_leaves_a_host_alone_that_asked_for_it(
    china: Replica, scraper: Run, tmp_path: Path
) -> None:
    scraper("once")
    host = china.url.removeprefix("http://")
    with closing(sqlite3.connect(tmp_path / "archive/.scraper/state.sqlite")) as state, state:
        soon = "strftime('%s', 'now') * 1000 + 3600000"
        state.execute(f"INSERT INTO hosts VALUES (?, 0, NULL, {soon}, 'HTTP 429')", (host,))
    china.forget_requests()
    answer = scraper("fetch", "--dry-run", f"{china.url}/realtime/china/story20211113-1213060")
    assert answer.returncode == 1
    assert f"{host} asked for no requests for another 3," in answer.stderr
    assert china.requests() == []
