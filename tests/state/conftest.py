"""A state in a file of its own, and processes beside it."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scraper.state.database import State, open_state


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "archive" / ".scraper" / "state.sqlite"


@pytest.fixture
def state(path: Path) -> Iterator[State]:
    with closing(open_state(path)) as state:
        yield state


@pytest.fixture
def run_on_mount(tmp_path: Path) -> Callable[[str, str], str]:
    """Runs code with `root` set to a folder that `mount` (a shell command on $0) prepares.

    The mount is seen by that process alone and goes with it.
    """

    def run(mount: str, code: str) -> str:
        root = tmp_path / "mounted"
        root.mkdir(exist_ok=True)
        shell = ["unshare", "--mount", "sh", "-c"]
        try:
            subprocess.run([*shell, mount, str(root)], check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            pytest.skip("needs the right to mount")
        code = f"import sys; from pathlib import Path; root = Path(sys.argv[1])\n{code}"
        python = [sys.executable, "-c", code, str(root)]
        command = [*shell, f'{mount} && exec "$@"', str(root), *python]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout

    return run
