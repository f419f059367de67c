"""A small replica of its own, and the archive that an undisturbed run makes of it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.durability.findings import archive_findings, texts
from tests.durability.program import Crawl
from tests.site_replica import POSTS, REPLICA

STORIES = 24
FEW = 3


@dataclass(frozen=True)
class Undisturbed:
    """What a run leaves that nothing happened to, and the list that it read."""

    url: str
    root: Path
    texts: dict[str, bytes]
    seconds: float  # that it took


@pytest.fixture(scope="session")
def undisturbed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    """A site, and the archive of all of it."""
    with _site(STORIES) as url:
        yield _archive(url, tmp_path_factory.mktemp("undisturbed"), STORIES)


@pytest.fixture(scope="session")
def undisturbed_few(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Undisturbed]:
    """A very small site, and the archive of all of it."""
    with _site(FEW) as url:
        yield _archive(url, tmp_path_factory.mktemp("undisturbed"), FEW)


@contextmanager
def _site(stories: int) -> Iterator[str]:
    """The address of the list of a site that never changes."""
    command = [sys.executable, str(REPLICA), "serve", "--posts", str(POSTS)]
    process = subprocess.Popen(
        [*command, "--base-url", "self", "--limit", str(stories)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield json.loads(process.stdout.readline())["url"] + "/sitemap.xml"
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()


def _archive(url: str, folder: Path, stories: int) -> Undisturbed:
    crawl = Crawl(folder, url, folder / "archive")
    begun = time.monotonic()
    run = crawl.once()
    seconds = time.monotonic() - begun
    assert run.process.returncode == 0, run.errors
    assert len(crawl.acknowledged) == stories
    assert archive_findings(crawl.root, crawl.acknowledged) == []
    return Undisturbed(url, crawl.root, texts(crawl.root), seconds)


@pytest.fixture
def crawl(undisturbed: Undisturbed, tmp_path: Path) -> Crawl:
    """An empty archive of the site."""
    return Crawl(tmp_path / "crawl", undisturbed.url, tmp_path / "archive")


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Callable[[str], None]:
    """Prints a figure of a long test where its reader sees it."""

    def say(text: str) -> None:
        with capsys.disabled():
            print(f"\n{text}", flush=True)  # noqa: T201  # figures are what soak tests are run for

    return say


def rounds(usual: int) -> int:
    """How many rounds a soak test makes; ROUNDS in the environment says otherwise."""
    return int(os.environ.get("ROUNDS", usual))
