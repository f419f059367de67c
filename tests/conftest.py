"""What every test may ask for: the replica of the site, and the program as a process."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.site_replica import SHARED, Replica, serving


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of data beside the project."""
    if not SHARED.is_dir():
        pytest.skip("the folder ../shared with the replica and the corpus is not here")
    return SHARED


@pytest.fixture(scope="session")
def _replica_process(shared: Path) -> Iterator[Replica]:
    with serving("--limit", "120") as replica:
        yield replica


@pytest.fixture
def replica(_replica_process: Replica) -> Replica:
    """The replica as it starts: no edits, faults or requests yet."""
    _replica_process.control("reset")
    return _replica_process


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def environment() -> dict[str, str]:
    """The environment for a process of the program: none of its own settings."""
    return {key: value for key, value in os.environ.items() if not key.startswith("SCRAPER_")}


@pytest.fixture
def scraper(tmp_path: Path, environment: dict[str, str]) -> Run:
    """Run the program as a process in the test's folder; gives its output and exit code."""

    def run(*arguments: object, stdin: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "scraper", *map(str, arguments)],
            cwd=tmp_path,
            env=environment,
            input=stdin,
            capture_output=True,
            text=True,
            timeout=100,
            check=False,
        )

    return run
