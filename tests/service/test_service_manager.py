"""What a service manager is told, over a real datagram socket."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.service.watching.service_manager import (
    Notifier,
    Phase,
    read_address,
    read_interval,
    status_line,
)
from scraper.state.sources import SourceRecord

Listen = Callable[[str], socket.socket]


@pytest.fixture
def listen() -> Iterator[Listen]:
    """Listens as a manager does, at a path or at an abstract name."""
    opened: list[socket.socket] = []

    def bind(address: str) -> socket.socket:
        manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        opened.append(manager)
        manager.bind(address)
        manager.settimeout(20)
        return manager

    yield bind
    for manager in opened:
        manager.close()


def test_each_word_is_one_datagram(listen: Listen, tmp_path: Path) -> None:
    path = str(tmp_path / "notify")
    manager = listen(path)
    environ = {"NOTIFY_SOCKET": path, "WATCHDOG_USEC": "30000000"}
    notifier = Notifier.of(environ, os.getpid())
    before = time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    notifier.ready()
    notifier.status("two\nlines \x00")
    notifier.alive()
    notifier.reloading()
    notifier.stopping()
    said = [manager.recv(4096).decode() for _ in range(5)]
    reloading, moment = said.pop(3).split("\nMONOTONIC_USEC=")
    assert said == ["READY=1", "STATUS=two lines \x00", "WATCHDOG=1", "STOPPING=1"]
    assert reloading == "RELOADING=1"
    assert before <= int(moment) <= time.clock_gettime_ns(time.CLOCK_MONOTONIC) // 1000
    assert notifier.interval == 15


def test_each_phase_of_the_daemon_has_its_words(listen: Listen, tmp_path: Path) -> None:
    manager = listen(str(tmp_path / "notify"))
    notifier = Notifier(str(tmp_path / "notify"))
    phases: list[Phase] = ["starting", "ready", "reloading", "waiting", "stopping"]
    for phase in phases:
        notifier.announce(phase)
    said = [manager.recv(4096).decode().partition("\n")[0] for _ in range(6)]
    assert said == [
        "STATUS=opening the archive",
        "READY=1",
        "RELOADING=1",
        "READY=1",
        "STATUS=waiting until the archive can be written",
        "STOPPING=1",
    ]


def test_an_abstract_name_is_reached(listen: Listen) -> None:
    name = f"news-scraper-{os.getpid()}-{time.monotonic_ns()}"
    manager = listen(f"\0{name}")
    Notifier.of({"NOTIFY_SOCKET": f"@{name}"}, os.getpid()).ready()
    assert manager.recv(4096) == b"READY=1"


def test_nothing_is_said_where_nobody_listens(tmp_path: Path) -> None:
    Notifier().ready()
    assert not Notifier().listened_to
    gone = Notifier(str(tmp_path / "gone"), 1.0)
    gone.alive()
    assert gone.listened_to


def test_a_manager_that_does_not_watch_is_sent_no_sign_of_life(
    listen: Listen, tmp_path: Path
) -> None:
    manager = listen(str(tmp_path / "notify"))
    notifier = Notifier(str(tmp_path / "notify"))
    notifier.alive()
    notifier.ready()
    assert manager.recv(4096) == b"READY=1"


@pytest.mark.parametrize("name", ["", "vsock:2:1234", "relative"])
def test_other_addresses_count_as_none(name: str) -> None:
    assert read_address({"NOTIFY_SOCKET": name}) == ""


@pytest.mark.parametrize(
    ("environ", "seconds"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "60000000"}, 30),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "7"}, 30),
        ({"WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "8"}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "soon"}, None),
    ],
)
def test_signs_of_life_come_twice_as_often_as_is_asked(
    environ: dict[str, str], seconds: float | None
) -> None:
    assert read_interval(environ, 7) == seconds


def test_the_line_for_people_says_how_the_polls_go() -> None:
    late = datetime(2026, 3, 1, 12, 30, tzinfo=UTC)
    early = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
    good = SourceRecord("a", last_success=late, outcome="changed")
    bad = SourceRecord("b", last_success=early, outcome="failed")
    assert status_line(1, []) == "1 source; no success yet"
    assert status_line(2, [good]) == "2 sources; last success 2026-03-01 12:30Z"
    assert status_line(2, [good, bad]) == "2 sources, 1 failing; last success 2026-03-01 12:30Z"


def test_the_daemon_says_when_it_is_ready_lives_and_stops(
    listen: Listen, tmp_path: Path, environment: dict[str, str]
) -> None:
    manager = listen(str(tmp_path / "notify"))
    file = tmp_path / "scraper.toml"
    file.write_text('[archive]\nroot = "a"\n[daemon]\nlisten = ""\n', "utf-8")
    told = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "200000"}
    daemon = subprocess.Popen(
        [sys.executable, "-m", "scraper", "--config", file, "--quiet", "daemon"],
        env=environment | told,
    )
    try:
        said = [manager.recv(4096).decode()]
        while "READY=1" not in said or said.count("WATCHDOG=1") < 3:
            said.append(manager.recv(4096).decode())
        daemon.send_signal(signal.SIGTERM)
        while said[-1] != "STOPPING=1":
            said.append(manager.recv(4096).decode())
        assert daemon.wait(20) == 0
    finally:
        daemon.kill()
        daemon.wait()
    assert said[0] == "STATUS=opening the archive"
    assert "READY=1" in said
    assert "STATUS=0 sources; no success yet" in said
