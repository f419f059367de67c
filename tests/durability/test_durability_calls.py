"""Killed, and refused, at each system call with which the program writes its archive, one by one.

strace sends the signal, or fails the call, as it begins, in the one thread that writes; the calls
of others (the network, the workers) decide nothing about the archive. ROUNDS says how many of the
calls the soak tests take, spread over all of them.
"""

import os
import re
import shutil
import signal
import subprocess
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.durability.conftest import Undisturbed, rounds
from tests.durability.findings import texts
from tests.durability.program import Crawl, Run, finish, flaws

pytestmark = pytest.mark.replica

CALLS = (
    "write pwrite64 fsync fdatasync rename renameat renameat2 openat ftruncate unlink unlinkat "
    "mkdir mkdirat"
).split()
# What a disk refuses without space; the rest of the calls needs none.
TAKE_SPACE = "write pwrite64 fsync fdatasync renameat openat mkdir mkdirat".split()
DAYS = (0, 1, 3, 4)  # with new stories and edits, withdrawals and returns; 2 has nothing of its own


@pytest.fixture
def strace() -> str:
    found = shutil.which("strace")
    if not found:
        pytest.skip("strace is not installed")
    tried = subprocess.run([found, "-o", os.devnull, "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip(f"ptrace is refused: {tried.stderr.decode().strip()}")
    return found


def traced(crawl: Crawl, tracer: Sequence[str]) -> Run:
    """A run whose writing thread is traced from its first call on."""
    ready, told = os.pipe()
    go, release = os.pipe()
    run = crawl.start("once", "--all", held=(told, go))
    os.close(told)
    os.close(go)
    with os.fdopen(ready) as thread:
        attached = [*tracer, "-p", thread.readline().strip()]
    with subprocess.Popen(attached, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr
        assert "attached" in process.stderr.readline()
        os.close(release)
        crawl.end(run)
        run.kill_all()
        process.stderr.read()
    return run


@dataclass(frozen=True)
class Point:
    """One call of a run on one day."""

    day: int
    call: str
    number: int


def points(strace: str, days: Undisturbed, folder: Path) -> list[Point]:
    """Every such call that undisturbed runs make."""
    found: list[Point] = []
    for day in DAYS:
        crawl, log = days.crawl(folder / f"day-{day}", step=day), folder / f"log-{day}"
        run = traced(crawl, [strace, "-o", str(log), "-e", f"trace={','.join(CALLS)}"])
        assert run.process.returncode == 0, run.errors
        found += [Point(day, *call) for call in calls_that_write(log.read_text(errors="replace"))]
    return found


def calls_that_write(log: str) -> Iterator[tuple[str, int]]:
    """The calls of a log and which of its kind each is; of those that open, those that create."""
    counts: Counter[str] = Counter()
    for line in log.splitlines():
        call = line.partition("(")[0]
        if call in CALLS:
            counts[call] += 1
            if call != "openat" or "O_CREAT" in line:
                yield call, counts[call]


def spread(every: Sequence[Point]) -> Sequence[Point]:
    """As many of them as there are rounds; all of them without."""
    return every[:: max(1, len(every) // rounds(len(every)))]


def disturbed(strace: str, crawl: Crawl, point: Point, how: str) -> Run:
    """A run whose calls meet something from that point on, or at it."""
    inject = f"inject={point.call}:{how}"
    return traced(crawl, [strace, "-o", os.devnull, "-e", f"trace={point.call}", "-e", inject])


def kill(strace: str, days: Undisturbed, point: Point, folder: Path) -> tuple[Run, list[str]]:
    """A run killed at that point and one that completes it; what is wrong then."""
    crawl = days.crawl(folder, step=point.day)
    run = disturbed(strace, crawl, point, f"signal=SIGKILL:when={point.number}")
    return run, _completed(crawl, run, days.texts[point.day])


def refuse(strace: str, days: Undisturbed, point: Point, folder: Path) -> tuple[Run, list[str]]:
    """A run whose disk is full from that point on, and one that completes it."""
    crawl, after = days.crawl(folder, step=point.day), days.texts[point.day]
    before = texts(crawl.root)
    run = disturbed(strace, crawl, point, f"error=ENOSPC:when={point.number}+")
    findings = not_whole(crawl, before, after)
    findings += told_wrongly(run) if run.process.returncode else []
    return run, findings + _completed(crawl, run, after)


def _completed(crawl: Crawl, run: Run, after: dict[str, bytes]) -> list[str]:
    """What is wrong with the archive once it is complete: as it is, after a run without trouble.

    The last calls are not made each time, or only tidy up.
    """
    return flaws(crawl, after) if run.process.returncode == 0 else finish(crawl, after)


def not_whole(crawl: Crawl, *texts_of: dict[str, bytes]) -> list[str]:
    """The texts that are neither what they were before nor what they shall be.

    Temporary files may lie about, where a disk refuses even to open their folder.
    """
    right = {item for known in texts_of for item in known.items()}
    found = [item for item in texts(crawl.root).items() if not item[0].endswith(".tmp")]
    return [f"{path}: neither old nor new" for path, text in found if (path, text) not in right]


def told_wrongly(run: Run) -> list[str]:
    """What is wrong with how a run on a full disk ended: 4, and one line that says what to do."""
    told = [line for line in run.errors.splitlines() if not line.startswith("withdrawn ")]
    clear = len(told) == 1 and re.fullmatch(r"scraper: .*free space.*", told[0]) is not None
    return [] if run.process.returncode == 4 and clear else [f"{run.process}: {run.errors}"]


def test_a_kill_at_a_call_that_writes_loses_and_tears_nothing(
    strace: str, undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    run, findings = kill(strace, undisturbed_few, Point(3, "renameat", 2), tmp_path)
    assert (run.process.returncode, findings) == (-signal.SIGKILL, [])


def test_a_call_that_finds_the_disk_full_ends_the_run_with_one_message(
    strace: str, undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    run, findings = refuse(strace, undisturbed_few, Point(3, "write", 2), tmp_path)
    assert (run.process.returncode, findings) == (4, [])


Disturb = Callable[[str, Undisturbed, Point, Path], tuple[Run, list[str]]]


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("disturb", [kill, refuse])
def test_every_call_that_writes_may_be_the_last(
    disturb: Disturb,
    strace: str,
    undisturbed_few: Undisturbed,
    tmp_path: Path,
    say: Callable[[str], None],
) -> None:
    every = points(strace, undisturbed_few, tmp_path)
    if disturb is refuse:
        every = [point for point in every if point.call in TAKE_SPACE]
    chosen, findings, ended = spread(every), list[str](), Counter[int]()
    for done, point in enumerate(chosen, 1):
        folder = tmp_path / f"{point.day}-{point.call}-{point.number}"
        run, found = disturb(strace, undisturbed_few, point, folder)
        ended[run.process.returncode] += 1
        say(f"{done} of {len(chosen)}: {point}: {found or 'fine'}")
        findings += [f"{point}: {line}" for line in found]
        shutil.rmtree(folder)
    say(
        f"{disturb.__name__}: {len(chosen)} of {len(every)} calls, ended with {dict(ended)}, "
        f"findings: {len(findings)}"
    )
    assert findings == []
