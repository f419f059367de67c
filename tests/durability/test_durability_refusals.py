"""Disks that are full, and archives that must not be written: one message, and nothing is lost.

That each call of the program may be refused is tried in test_durability_calls.py.
"""

import os
import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import pytest

from scraper.errors import ArchiveError
from tests.durability.conftest import Undisturbed
from tests.durability.disks import fill, memory_disk
from tests.durability.findings import texts
from tests.durability.program import Crawl, Run, finish, flaws
from tests.durability.test_durability_calls import not_whole, told_wrongly

pytestmark = pytest.mark.replica

SMALL = 4000  # bytes: the probe of a page is longer
EDITED = 1  # a day on which there is something new, and something is edited


def fill_up(kilobytes: int, folder: Path, days: Undisturbed, day: int) -> tuple[Run, list[str]]:
    """A run on a disk with so much space, and what is wrong with the archive after another one."""
    folder.mkdir(exist_ok=True)
    with memory_disk(folder, 4096) as place:
        crawl = days.crawl(folder, place / "archive", step=day)
        before = texts(crawl.root)
        filler = fill(place, kilobytes)
        run = crawl.once()
        findings = not_whole(crawl, before, days.texts[day])
        filler.unlink()
        findings += told_wrongly(run) if run.process.returncode else []
        return run, findings + finish(crawl, days.texts[day])


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("day", [0, 3])
def test_the_disk_is_full_at_every_page_of_it(
    day: int, tmp_path: Path, undisturbed_few: Undisturbed, say: Callable[[str], None]
) -> None:
    findings, kilobytes = list[str](), 0
    while kilobytes < 4000:
        run, found = fill_up(kilobytes, tmp_path / str(kilobytes), undisturbed_few, day)
        found = [f"day {day}, {kilobytes} kB: {line}" for line in found]
        say(f"day {day}, {kilobytes} kB: {found or 'fine'}")
        findings += found
        if run.process.returncode == 0:
            break
        kilobytes += 4  # tmpfs gives space by the page
    say(f"day {day}: full disks up to {kilobytes} kB, findings: {len(findings)}")
    assert findings == []


# -- refusals --------------------------------------------------------------------------------------


@contextmanager
def immutable(crawl: Crawl) -> Iterator[tuple[str, ...]]:
    """The folders of the archive get the attribute `i` (chattr(1))."""
    folders = [str(path) for path in crawl.root.rglob("*") if path.is_dir()]
    tried = subprocess.run(["chattr", "+i", *folders], capture_output=True, text=True, check=False)
    try:
        if tried.returncode:
            pytest.skip(f"no immutable folders here: {tried.stderr.strip()}")
        yield ()
    finally:
        subprocess.run(["chattr", "-i", *folders], capture_output=True, check=False)


@contextmanager
def read_only(crawl: Crawl) -> Iterator[tuple[str, ...]]:
    """The archive's disk is mounted read-only."""
    root = str(crawl.root)
    steps = (["--bind", root, root], ["-o", "remount,bind,ro", root])
    if os.geteuid():
        pytest.skip("needs root, to mount")
    for arguments in steps:
        tried = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
        if tried.returncode:
            pytest.skip(f"cannot mount here: {tried.stderr.strip()}")
    try:
        yield ()
    finally:
        subprocess.run(["umount", root], check=True, capture_output=True)


@contextmanager
def not_ours(crawl: Crawl) -> Iterator[tuple[str, ...]]:
    """Nobody may write the archive's folders; root may all the same, so somebody else runs."""
    folders = [crawl.root, *(path for path in crawl.root.rglob("*") if path.is_dir())]
    for folder in folders:
        folder.chmod(0o555)
    try:
        if os.geteuid():
            yield ()
        elif shutil.which("setpriv") is None:
            pytest.skip("setpriv is not installed")
        else:
            yield ("setpriv", "--bounding-set=-dac_override", "--inh-caps=-dac_override")
    finally:
        for folder in folders:
            folder.chmod(0o755)


@contextmanager
def small_files(_crawl: Crawl) -> Iterator[tuple[str, ...]]:
    """No long file may be written (RLIMIT_FSIZE); what is printed goes to a file as well."""
    yield ("prlimit", f"--fsize={SMALL}")


Refusal = Callable[[Crawl], AbstractContextManager[tuple[str, ...]]]


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (not_ours, "let this user write"),
        pytest.param(small_files, "raise the limit of the file size", marks=pytest.mark.soak),
    ],
)
def test_a_refused_run_ends_with_one_message_and_leaves_the_archive_as_it_is(
    refusal: Refusal, words: str, undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    crawl = undisturbed_few.crawl(tmp_path, step=EDITED)
    with refusal(crawl) as under:
        run = crawl.once(under)
    assert run.process.returncode == 4
    assert run.errors.startswith(f"scraper: {crawl.root}/")
    assert run.errors.endswith("\n")
    assert (run.errors.count("\n"), words in run.errors) == (1, True)
    assert flaws(crawl, undisturbed_few.texts[EDITED - 1]) == []


@pytest.mark.parametrize(
    ("refusal", "words"),
    [(immutable, "let this user write"), (read_only, "make that disk writable")],
)
def test_an_archive_that_refuses_is_named_and_left_as_it_is(
    refusal: Refusal, words: str, undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    crawl = undisturbed_few.crawl(tmp_path, step=EDITED)
    with refusal(crawl), pytest.raises(ArchiveError, match=f"{crawl.root}/.*{words}"):
        crawl.complete()
    assert flaws(crawl, undisturbed_few.texts[EDITED - 1]) == []


# -- a daemon --------------------------------------------------------------------------------------


def until(condition: Callable[[], bool], seconds: float = 60) -> None:
    """Wait for what a daemon does by itself."""
    latest = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < latest, "it did not happen"
        time.sleep(0.02)


def no_larger_files(run: Run, _place: Path) -> Callable[[], object]:
    """That process may write short files only (RLIMIT_FSIZE); gives what undoes it."""
    limit = (SMALL, resource.RLIM_INFINITY)
    before = resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, limit)
    return lambda: resource.prlimit(run.process.pid, resource.RLIMIT_FSIZE, before)


def no_more_space(_run: Run, place: Path) -> Callable[[], object]:
    """The disk is full; gives what undoes it."""
    return fill(place, 0).unlink


def outlive(
    refuse: Callable[[Run, Path], Callable[[], object]], place: Path, days: Undisturbed
) -> None:
    """A daemon whose disk refuses before its last article, and takes it later."""
    crawl = days.crawl(place.parent, place / "archive", step=1)
    late = days.site.steps[1].deeds[0][1]["id"]  # an article that was edited on that day
    days.site.replica.control("fault", match=late, kind="slow:1", times=1)
    run = crawl.start("daemon")
    until(lambda: len(run.archived) == 1)
    allow = refuse(run, place)
    until(lambda: "the daemon waits" in run.errors)
    assert run.process.poll() is None
    allow()
    run.process.send_signal(signal.SIGHUP)  # else it may wait for some seconds
    until(lambda: len(run.archived) == 2)
    run.process.send_signal(signal.SIGTERM)
    assert crawl.end(run).process.returncode == 0, run.errors
    assert run.errors.count("waits until the archive can be written again") == 1
    assert run.errors.count("the archive can be written again, work goes on") == 1
    assert finish(crawl, days.texts[1]) == []


def test_a_daemon_outlives_a_limit_of_its_files(
    undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    place = tmp_path / "disk"
    place.mkdir()
    outlive(no_larger_files, place, undisturbed_few)


@pytest.mark.soak
def test_a_daemon_outlives_a_full_disk(undisturbed_few: Undisturbed, tmp_path: Path) -> None:
    with memory_disk(tmp_path, 8192) as place:
        outlive(no_more_space, place, undisturbed_few)
