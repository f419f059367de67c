"""Trying out a machine and a folder for real."""

import asyncio
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from scraper.archive.lock import ArchiveLock
from scraper.service.diagnosis.check import Check
from scraper.service.probing import folder as folder_module
from scraper.service.probing.folder import probe_folder
from scraper.service.probing.machine import find_missing, probe_machine, probe_workers

CHECKS = ["owner", "filesystem", "space", "inodes", "write", "sync", "names", "lock", "state"]


def bad(checks: list[Check]) -> list[str]:
    return [check.name for check in checks if check.outcome == "failed"]


def test_a_folder_is_tried_out_and_nothing_is_left_behind(tmp_path: Path) -> None:
    checks = probe_folder(tmp_path / "not" / "yet")
    assert [check.name for check in checks] == CHECKS
    assert bad(checks) == []
    assert list(tmp_path.iterdir()) == []


def test_an_archive_that_is_being_written_is_left_as_it_is(tmp_path: Path) -> None:
    with ArchiveLock(tmp_path):
        before = sorted(tmp_path.rglob("*"))
        assert bad(probe_folder(tmp_path)) == []
        assert sorted(tmp_path.rglob("*")) == before


def test_a_file_where_the_folder_should_be_is_named(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("", "utf-8")
    checks = probe_folder(tmp_path / "archive")
    assert bad(checks) == ["write"]
    assert str(tmp_path / "archive") in checks[-1].reason
    assert checks[-1].advice


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_of_somebody_else_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    checks = probe_folder(tmp_path / "archive")
    tmp_path.chmod(0o700)
    assert bad(checks) == ["owner", "write"]


def test_a_state_of_a_newer_version_is_named(tmp_path: Path) -> None:
    (tmp_path / ".scraper").mkdir()
    with closing(sqlite3.connect(tmp_path / ".scraper/state.sqlite")) as state:
        state.execute("PRAGMA user_version = 999")
    assert bad(probe_folder(tmp_path)) == ["state"]


def test_locks_that_keep_nobody_out_are_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Loose(ArchiveLock):
        def acquire(self, wait_seconds: float = 0.0) -> None:
            """As on a file system that says yes and locks nothing."""

    monkeypatch.setattr(folder_module, "ArchiveLock", Loose)
    lock = next(check for check in probe_folder(tmp_path) if check.name == "lock")
    assert lock.outcome == "failed"
    assert "a second process was let in" in lock.reason


def test_a_machine_that_runs_these_tests_is_well() -> None:
    checks = [*probe_machine({"Asia/Singapore"}, 1), asyncio.run(probe_workers())]
    assert [check.name for check in checks] == [
        "python",
        "zones",
        "certificates",
        "open-files",
        "workers",
    ]
    assert bad(checks) == []


def test_an_unknown_time_zone_is_named() -> None:
    zones = probe_machine({"Asia/Singapore", "Asia/Atlantis"}, 1)[1]
    assert (zones.outcome, zones.reason) == ("failed", "unknown: Asia/Atlantis")


def test_an_extra_is_missing_where_its_module_is() -> None:
    needs = [("a", "x.a", "json"), ("b", "x.b", "no_such_module_here")]
    assert find_missing(needs) == [("b", "x.b")]
