"""A small replica of its own, and the archives that an undisturbed run makes of its days."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.durability.days import Site
from tests.durability.findings import texts
from tests.durability.program import Crawl, flaws
from tests.site_replica import POSTS, REPLICA, Replica

STORIES = 24
FEW = 3


@dataclass(frozen=True)
class Undisturbed:
    """A site, and what runs leave at each of its days that nothing happened to."""

    site: Site
    roots: tuple[Path, ...]  # an archive as it is after each step
    texts: tuple[dict[str, bytes], ...]

    def crawl(self, folder: Path, root: Path | None = None, step: int = 0) -> Crawl:
        """An archive in `folder` just before a step of the site: empty, or what came before."""
        root = root or folder / "archive"
        at = self.site.go(step)
        if step:
            shutil.copytree(self.roots[step - 1], root)
        return Crawl(folder / "crawl", self.site.url, root, at)


@pytest.fixture(scope="session")
def undisturbed(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Undisturbed]:
    """A site, and the archive of all of it."""
    with _site(STORIES) as site:
        yield _archive(site, tmp_path_factory.mktemp("undisturbed"))


@pytest.fixture(scope="session")
def undisturbed_few(
    shared: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Undisturbed]:
    """A very small site, and the archive of all of it."""
    with _site(FEW) as site:
        yield _archive(site, tmp_path_factory.mktemp("undisturbed"))


@contextmanager
def _site(stories: int) -> Iterator[Site]:
    """A site of so many stories."""
    command = [sys.executable, str(REPLICA), "serve", "--posts", str(POSTS)]
    process = subprocess.Popen(
        [*command, "--base-url", "self", "--limit", str(stories)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    try:
        yield Site(Replica(json.loads(process.stdout.readline())["url"], process))
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()


def _archive(site: Site, folder: Path) -> Undisturbed:
    crawl = Crawl(folder, site.url, folder / "archive", site.steps[0].at)
    roots: list[Path] = []
    for number in range(len(site.steps)):
        crawl.at = site.go(number)
        crawl.complete()
        assert flaws(crawl, texts(crawl.root)) == []
        roots.append(Path(shutil.copytree(crawl.root, folder / f"step-{number}")))
    return Undisturbed(site, tuple(roots), tuple(map(texts, roots)))


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
