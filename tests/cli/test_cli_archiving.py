"""The command line against the replica: results, exit codes, locks and signals."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Configure
from tests.conftest import Run
from tests.site_replica import Replica

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Start:
    """Start the program and leave it running."""

    def begin(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "scraper", *arguments],
            cwd=tmp_path,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    return begin


def until(condition: Callable[[], object], seconds: float = 30) -> None:
    """Wait for what another process does."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.02)


def posts(folder: Path) -> list[Path]:
    return sorted(folder.glob("archive/_posts/**/*.md"))


def story(replica: Replica, number: int = 0) -> str:
    newest = sorted(replica.truth().values(), key=lambda s: s["published_iso"], reverse=True)
    path: str = newest[number]["path"]
    return path


def test_once_reports_every_event_as_json_and_a_summary(china: Replica, scraper: Run) -> None:
    answer = scraper("--json", "once")
    assert answer.returncode == 0, answer.stderr
    events = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [event["event"] for event in events] == ["source", *["article"] * 30, "summary"]
    assert events[0].items() >= {"name": "china", "outcome": "changed", "entries": 30}.items()
    assert {event["outcome"] for event in events[1:-1]} == {"archived"}
    assert events[-1]["articles"] == {"archived": 30}
    assert events[-1]["sources"] == {"changed": 1}


def test_a_source_that_is_not_due_is_left_alone(china: Replica, scraper: Run) -> None:
    scraper("once")
    china.forget_requests()
    assert scraper("once").returncode == 0
    assert china.requests() == []
    assert "no source is due: china is next, at 20" in scraper("once").stdout


def test_a_failed_source_is_one_clear_line_and_exit_code_1(
    configure: Configure, scraper: Run
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    configure(f"http://127.0.0.1:{port}/realtime/china", fetch="retries = 0")
    answer = scraper("once")
    assert answer.returncode == 1
    (line,) = answer.stderr.splitlines()
    assert f"127.0.0.1:{port}" in line
    assert "connection refused" in line


def test_a_story_put_off_is_named_and_no_reason_for_exit_code_1(
    china: Replica, scraper: Run
) -> None:
    china.control("fault", match=story(china, 4), kind="status:404", times=None)
    answer = scraper("once")
    assert answer.returncode == 0
    (line,) = answer.stderr.splitlines()
    assert line.startswith("deferred")
    assert story(china, 4) in line
    assert "404" in line
    assert story(china, 4).rpartition("/")[2] in scraper("status").stdout


def test_retry_tries_at_once_what_was_put_off(china: Replica, scraper: Run, tmp_path: Path) -> None:
    china.control("fault", match=story(china, 4), kind="status:503", times=1)
    scraper("once")
    assert len(posts(tmp_path)) == 29
    assert scraper("retry").returncode == 0
    assert len(posts(tmp_path)) == 30


def test_fetch_prints_a_document_and_writes_nothing(
    china: Replica, scraper: Run, tmp_path: Path
) -> None:
    url = china.url + story(china)
    answer = scraper("fetch", url, "--source", "china", "--stdout")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("---\nlayout: post\n")
    assert f"from: https://www.zaobao.com{story(china)}\n" in answer.stdout
    assert not (tmp_path / "archive").exists()


def test_fetch_archives_urls_from_standard_input(
    china: Replica, scraper: Run, tmp_path: Path
) -> None:
    urls = [china.url + story(china, number) for number in range(3)]
    answer = scraper("fetch", "-", "--source", "china", stdin="\n".join(urls))
    assert answer.returncode == 0, answer.stderr
    assert len(posts(tmp_path)) == 3


def test_a_url_that_was_not_archived_makes_fetch_exit_1(china: Replica, scraper: Run) -> None:
    urls = [china.url + story(china), f"{china.url}/realtime/china/story20200101-9000001"]
    answer = scraper("fetch", *urls, "--source", "china")
    assert answer.returncode == 1
    assert "archived" in answer.stdout
    assert "story20200101-9000001" in answer.stderr


def test_loopback_is_refused_unless_it_is_allowed(
    replica: Replica, scraper: Run, tmp_path: Path
) -> None:
    replica.forget_requests()
    answer = scraper("fetch", replica.url + story(replica))
    assert answer.returncode == 1
    assert "allow_addresses" in answer.stderr
    assert replica.requests() == []
    assert posts(tmp_path) == []


def test_sources_check_shows_what_would_be_archived_and_writes_nothing(
    china: Replica, configure: Configure, scraper: Run, tmp_path: Path
) -> None:
    configure(china.url + "/rss/realtime/china", name="trap")
    answer = scraper("sources", "check")
    assert answer.returncode == 1
    assert "china: 30 articles listed" in answer.stdout
    assert "trap" in answer.stderr
    assert not (tmp_path / "archive").exists()


def test_an_archive_that_cannot_be_written_is_exit_code_4(
    china: Replica, scraper: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("no folder", "utf-8")
    answer = scraper("--archive", tmp_path / "file", "once")
    assert answer.returncode == 4
    assert "file" in answer.stderr


def test_of_two_writers_one_works_and_readers_are_not_held_up(
    china: Replica, scraper: Run, start: Start, tmp_path: Path
) -> None:
    china.control("fault", match="/realtime/china$", kind="slow:3", times=1)
    first = start("once")
    until((tmp_path / "archive/.scraper/lock").exists)
    until(china.requests)
    refused = scraper("once")
    assert refused.returncode == 3
    assert str(first.pid) in refused.stderr
    assert scraper("status").returncode == 0
    assert scraper("--json", "once", "--all", "--wait", 60).returncode == 0
    assert first.wait(60) == 0
    assert len(posts(tmp_path)) == 30
    first.communicate()


def test_sigterm_in_the_middle_of_a_fetch_ends_cleanly_and_the_rest_is_done_later(
    china: Replica, scraper: Run, start: Start, tmp_path: Path
) -> None:
    china.control("fault", match=story(china, 8), kind="slow:1.5", times=1)
    daemon = start("daemon")
    until(lambda: any(story(china, 8) in request["path"] for request in china.requests()))
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(30) == 0
    daemon.communicate()
    assert list(tmp_path.glob("archive/**/*.tmp")) == []
    before = {file: file.read_bytes() for file in posts(tmp_path)}
    assert all(text.endswith(b"\n") and text.startswith(b"---\n") for text in before.values())
    assert scraper("once").returncode == 0
    after = {file: file.read_bytes() for file in posts(tmp_path)}
    assert len(after) == 30
    assert {file: text for file, text in after.items() if file in before} == before


def test_a_reader_who_leaves_does_not_end_the_work(
    china: Replica, start: Start, tmp_path: Path
) -> None:
    once = start("once")
    assert once.stdout
    once.stdout.readline()
    once.stdout.close()
    assert once.wait(60) == 0
    assert len(posts(tmp_path)) == 30
    assert once.stderr
    assert once.stderr.read() == ""
    once.stderr.close()


def test_a_second_signal_ends_the_daemon_at_once(china: Replica, start: Start) -> None:
    china.control("fault", match="/realtime/china$", kind="slow:20", times=1)
    daemon = start("daemon")
    until(china.requests)
    daemon.send_signal(signal.SIGTERM)
    daemon.send_signal(signal.SIGINT)
    assert daemon.wait(4) == 0
    daemon.communicate()


def test_a_hang_up_reads_the_configuration_anew_and_a_wrong_one_changes_nothing(
    china: Replica, configure: Configure, start: Start
) -> None:
    file = configure(china.url + "/sitemap.xml", name="again")
    right = file.read_text("utf-8")
    file.write_text(right.partition('[[sources]]\nname = "again"')[0], "utf-8")
    daemon = start("daemon")
    assert daemon.stderr

    def said(words: str) -> list[str]:
        """What the daemon says up to that."""
        lines: list[str] = []
        while words not in "".join(lines[-1:]):
            assert daemon.stderr
            lines.append(daemon.stderr.readline())
            assert lines[-1], "".join(lines)
        return lines

    said("daemon started: 1 sources")
    file.write_text(right.replace("drain", "drian") + "every = 5\n", "utf-8")
    daemon.send_signal(signal.SIGHUP)
    wrong = "".join(said("not reloaded"))
    assert "daemon.drian" in wrong
    assert wrong.count("expected") == 2
    file.write_text(right, "utf-8")
    daemon.send_signal(signal.SIGHUP)
    said("daemon reloaded: 2 sources")
    said("changed   again")
    daemon.send_signal(signal.SIGTERM)
    assert daemon.wait(30) == 0
    daemon.communicate()


def test_what_is_held_back_is_shown_and_archived_on_demand(
    china: Replica, scraper: Run, tmp_path: Path
) -> None:
    china.control("fault", match="story20", kind="status:404", times=30)
    scraper("once")
    file = tmp_path / "archive" / ".scraper" / "state.sqlite"
    with closing(sqlite3.connect(file)) as state, state:
        state.execute("UPDATE articles SET status = 'held', due = NULL")
    assert "scraper retry --held china" in scraper("status").stdout
    row, totals = (json.loads(line) for line in scraper("--json", "status").stdout.splitlines())
    assert totals["held"] == 30
    assert (row["held"], len(row["notices"])) == (30, 1)

    assert scraper("retry").returncode == 0
    assert posts(tmp_path) == []
    assert scraper("retry", "--held", "nowhere").returncode == 2
    assert scraper("retry", "--held", "china").returncode == 0
    assert len(posts(tmp_path)) == 30
    assert "held" not in scraper("status").stdout


def test_an_address_that_is_gone_is_told_once_and_stops_its_source(
    configure: Callable[..., Path], replica: Replica, scraper: Run
) -> None:
    configure(replica.url + "/realtime/china", fetch='delay = "0s"\nretries = 0')
    replica.control("fault", match="/realtime/china", kind="status:410", times=2)
    answer = scraper("--json", "once")
    assert answer.returncode == 1
    source = json.loads(answer.stdout.splitlines()[0])
    assert set(source) == {"event", "name", "outcome", "entries", "new", "reason", "next_check"}
    assert "scraper once --all china" in source["reason"]
    assert answer.stderr.count("gone for good") == 1

    assert scraper("once").stdout.startswith("nothing to do")
    status = scraper("status").stdout
    assert "stopped" in status
    assert "gone for good" in status
    again = scraper("once", "china")
    assert (again.returncode, "gone for good" in again.stderr) == (1, False)
    assert scraper("once", "china").returncode == 0
    assert "stopped" not in scraper("status").stdout
