"""Processes of their own, for locks, limits and disks that are full or read-only."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.archive.store import Store

Run = Callable[[str, Path], str]
_PRELUDE = "import sys; from pathlib import Path; root = Path(sys.argv[1])\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "archive")


@pytest.fixture
def run_python() -> Run:
    """Runs code with `root` set in a process of its own; returns what it printed."""

    def run(code: str, root: Path) -> str:
        command = [sys.executable, "-c", _PRELUDE + code, str(root)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return run


@pytest.fixture
def run_on_mount(tmp_path: Path) -> Callable[[str, str], str]:
    """Runs code with `root` set to a folder that `mount` (a shell command on $0) prepares.

    The mount is seen by that process alone and goes with it.
    """

    def run(mount: str, code: str) -> str:
        root = tmp_path / "mounted"
        root.mkdir()
        unshare = ["unshare", "--mount", "sh", "-c"]
        if os.geteuid() or _fails([*unshare, mount, str(root)]):
            pytest.skip("needs the right to mount")
        script = f'{mount} && exec "$@"'
        python = [sys.executable, "-c", _PRELUDE + code, str(root)]
        command = [*unshare, script, str(root), *python]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return run


def _fails(command: list[str]) -> bool:
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode != 0
    except FileNotFoundError:
        return True
