"""What is left on a disk."""

import os
import shutil
from pathlib import Path

import pytest

from scraper.service.watching.gathering import space_of


def test_what_is_left_is_what_the_system_says(tmp_path: Path) -> None:
    space = space_of(tmp_path)
    assert space is not None
    assert 0 < space.free_bytes <= shutil.disk_usage(tmp_path).total


def test_of_a_folder_that_is_not_there_nothing_is_known(tmp_path: Path) -> None:
    assert space_of(tmp_path / "absent") is None


def test_a_file_system_without_a_number_of_files_has_no_lack_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = os.statvfs(tmp_path)
    countless = os.statvfs_result((*found[:5], 0, 0, 0, *found[8:]))
    monkeypatch.setattr(os, "statvfs", lambda _path: countless)
    space = space_of(tmp_path)
    assert space is not None
    assert space.free_inodes is None
