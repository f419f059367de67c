"""`status` at a glance: what is in trouble first, within 80 columns, however many sources."""

import fcntl
import json
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from scraper.cli.standings import Reader, Standings
from scraper.cli.standings_table import View, span
from scraper.model import Entry, Validators
from scraper.state.articles import Archived
from scraper.state.database import State, open_state
from scraper.state.sources import SourceRecord
from tests.cli.conftest import Configure
from tests.conftest import Run

NOW = datetime.now(UTC)
MINUTE = timedelta(minutes=1)
WELL = SourceRecord(
    "well",
    last_poll=NOW - 4 * MINUTE,
    last_success=NOW - 4 * MINUTE,
    outcome="unchanged",
    entries=30,
    next_poll=NOW + 6 * MINUTE,
)
FAILING = SourceRecord(
    "failing",
    last_poll=NOW - 20 * MINUTE,
    outcome="failed",
    reason="https://news.example/feed: HTTP 500",
    next_poll=NOW + 140 * MINUTE,
    failures=4,
    failing_since=NOW - timedelta(hours=3, minutes=5),
)


@pytest.fixture
def state(tmp_path: Path) -> Iterator[State]:
    with closing(open_state(tmp_path / "archive" / ".scraper" / "state.sqlite")) as state:
        yield state


def archive(state: State, name: str, source: str, lag: timedelta) -> None:
    url = f"https://news.example/{name}"
    fetched = NOW - 30 * MINUTE
    article = Archived(
        name, url, url, source, name, fetched - lag, name, name, "", Validators(), fetched
    )
    state.articles.archive([article])


def read(state: State, names: list[str], root: Path) -> Standings:
    return Reader(names, root / "archive", 20).read(NOW)


def shown(standings: Standings, *, everything: bool = False) -> list[str]:
    """The lines on a terminal of 80 columns."""
    text = StringIO()
    View(standings, everything=everything).print(Console(file=text, width=80, highlight=False))
    return text.getvalue().splitlines()


def test_a_row_tells_of_polls_lag_and_articles(state: State, tmp_path: Path) -> None:
    state.sources.save(WELL)
    for number, minutes in enumerate((2, 7, 90)):
        archive(state, f"a{number}", "well", minutes * MINUTE)
    heading, row, *_, totals = shown(read(state, ["well"], tmp_path))
    assert heading.split() == "source polled next every state lag a day kept queue bad".split()
    assert row.split() == "well 4 min 6 min 10 min ok 7 min 3 3 0 0".split()
    assert totals.startswith("3 archived, 3 in the last day, 0 pending, 0 quarantined; ")
    assert totals.endswith(" GB free")


def test_what_fails_comes_first_and_says_since_when(state: State, tmp_path: Path) -> None:
    state.sources.save(WELL)
    state.sources.save(FAILING)
    lines = shown(read(state, ["well", "failing", "fresh"], tmp_path))
    assert [line.split()[0] for line in lines[1:4]] == ["failing", "fresh", "well"]
    assert "never polled" in lines[2]
    (told,) = (line for line in lines if line.startswith("failing: "))
    since = f"{FAILING.failing_since:%Y-%m-%d %H:%MZ}"
    assert told.endswith(f"HTTP 500 (4 polls in a row, since {since}, 3 h)")


def test_a_thousand_sources_are_read_in_a_moment(state: State, tmp_path: Path) -> None:
    names = [f"zaobao-section-{number:04}" for number in range(1000)]
    with state.transaction():
        for number, name in enumerate(names):
            kind = FAILING if number % 100 == 7 else WELL
            state.sources.save(_named(kind, name))
    standings = read(state, names, tmp_path)
    lines = shown(standings)
    assert len(lines) < 80
    assert max(map(len, lines[:31])) <= 80
    assert [line.split()[0] for line in lines[1:11]] == names[7::100]
    assert "… and 970 more that are well (--all shows them)" in lines
    everything = shown(standings, everything=True)
    assert sum(line.startswith("zaobao-section") and " ok " in line for line in everything) == 990


def _named(record: SourceRecord, name: str) -> SourceRecord:
    return replace(record, name=name)


def test_hostile_texts_stay_in_their_line(state: State, tmp_path: Path) -> None:
    state.sources.save(_named(FAILING, "failing"))
    state.articles.want([Entry("https://a/x", "x\x1b[2J\n\u202ey")], "failing", NOW)
    state.articles.give_up("x\x1b[2J\n\u202ey", "[red]bad\x9b31m\r\n[/]")
    text = "\n".join(shown(read(state, ["failing"], tmp_path)))
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", text)
    assert "[red]bad" in text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(-5, "0 s"), (59, "59 s"), (60, "1 min"), (5400, "2 h"), (86400 * 1.6, "2 d")],
)
def test_a_span_is_short(seconds: float, text: str) -> None:
    assert span(timedelta(seconds=seconds)) == text


# -- the command -----------------------------------------------------------------------------------


@pytest.fixture
def some(configure: Configure, state: State) -> None:
    """A configuration with one source that fails."""
    configure("https://news.example/feed", name="failing")
    state.sources.save(FAILING)


def test_json_has_all_of_it(some: None, scraper: Run) -> None:
    source, totals = map(json.loads, scraper("--json", "status").stdout.splitlines())
    assert source["condition"] == "failing"
    assert source["interval_seconds"] == 160 * 60
    assert source["polls_per_day"] == 9
    assert source["lag_seconds"] is None
    assert source["failing_since"].endswith("Z")
    assert totals["event"] == "totals"
    assert totals["disk_free_bytes"] > 0


def start(tmp_path: Path, environment: dict[str, str], *arguments: str, out: int) -> "Watching":
    command = [sys.executable, "-m", "scraper", *arguments]
    return subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdin=out, stdout=out, stderr=out
    )


Watching = subprocess.Popen[bytes]


def until(descriptor: int, wanted: bytes, times: int = 1) -> bytes:
    """What is written until something was there so many times."""
    text, deadline = b"", time.monotonic() + 90
    while text.count(wanted) < times:
        assert time.monotonic() < deadline, text
        text += os.read(descriptor, 65536)
    return text


def test_a_terminal_is_drawn_anew_until_ctrl_c(
    some: None, tmp_path: Path, environment: dict[str, str]
) -> None:
    terminal, process_side = pty.openpty()
    fcntl.ioctl(process_side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environment |= {"TERM": "xterm"}
    watch = start(tmp_path, environment, "status", "--watch", "0.5", out=process_side)
    try:
        drawn = until(terminal, b"every 0.5 s; Ctrl-C ends", 2)
        assert b"HTTP 500" in drawn
        watch.send_signal(signal.SIGINT)
        until(terminal, b"\x1b[?1049l")  # the screen is as it was before
        assert watch.wait(30) == 0
    finally:
        watch.kill()
        watch.wait()
    os.close(terminal)
    os.close(process_side)


@pytest.mark.parametrize(("options", "wanted"), [((), b"0 archived"), (("--json",), b'"totals"')])
def test_a_pipe_is_told_again_and_again(
    some: None,
    tmp_path: Path,
    environment: dict[str, str],
    options: tuple[str, ...],
    wanted: bytes,
) -> None:
    reading, writing = os.pipe()
    arguments = (*options, "status", "--watch", "0.5")
    with start(tmp_path, environment, *arguments, out=writing) as watch:
        os.close(writing)
        assert until(reading, wanted, 2).count(b"failing") >= 2
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(30) == 0
    os.close(reading)


def test_it_ends_when_nobody_reads_any_more(
    some: None, tmp_path: Path, environment: dict[str, str]
) -> None:
    reading, writing = os.pipe()
    with start(tmp_path, environment, "--json", "status", "--watch", "0.5", out=writing) as watch:
        os.close(writing)
        until(reading, b'"totals"')
        os.close(reading)
        assert watch.wait(30) == 0
