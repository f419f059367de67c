"""Killed at each system call with which the program writes its archive, one after the other.

strace sends the signal as the call begins, in the one thread that writes; the calls of others
(the network, the workers) decide nothing about the archive.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.durability.conftest import Undisturbed, rounds
from tests.durability.program import Crawl, Run, finish

pytestmark = pytest.mark.replica

CALLS = (
    "write pwrite64 fsync fdatasync rename renameat renameat2 openat ftruncate unlink unlinkat "
    "mkdir mkdirat"
).split()
_HELD = Path(__file__).with_name("held.py")


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
    held = (sys.executable, str(_HELD), str(told), str(go))
    run = crawl.start("once", "--all", by=held, descriptors=(told, go))
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


def counted(strace: str, few: Undisturbed, folder: Path) -> Counter[str]:
    """How often an undisturbed run makes each of the calls."""
    crawl, log = Crawl(folder / "crawl", few.url, folder / "archive"), folder / "log"
    run = traced(crawl, [strace, "-o", str(log), "-e", f"trace={','.join(CALLS)}"])
    assert run.process.returncode == 0, run.errors
    return Counter(re.findall(r"^(\w+)\(", log.read_text(errors="replace"), re.MULTILINE))


def killed_at(strace: str, crawl: Crawl, call: str, number: int) -> Run:
    inject = f"inject={call}:signal=SIGKILL:when={number}"
    tracer = [strace, "-o", os.devnull, "-e", f"trace={call}", "-e", inject]
    return traced(crawl, tracer)


@pytest.mark.parametrize(("call", "number"), [("pwrite64", 100), ("renameat", 2)])
def test_a_kill_at_a_call_that_writes_loses_and_tears_nothing(
    call: str, number: int, strace: str, undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    crawl = Crawl(tmp_path / "crawl", undisturbed_few.url, tmp_path / "archive")
    run = killed_at(strace, crawl, call, number)
    assert run.process.returncode == -signal.SIGKILL
    assert finish(crawl, undisturbed_few.texts) == []


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_a_kill_at_every_call_that_writes_loses_and_tears_nothing(
    strace: str, undisturbed_few: Undisturbed, tmp_path: Path, say: Callable[[str], None]
) -> None:
    counts = counted(strace, undisturbed_few, tmp_path)
    points = [(call, n) for call, count in counts.items() for n in range(1, count + 1)]
    chosen = points[:: max(1, len(points) // rounds(len(points)))]
    kills, findings = 0, list[str]()
    for call, number in chosen:
        folder = tmp_path / f"{call}-{number}"
        crawl = Crawl(folder / "crawl", undisturbed_few.url, folder / "archive")
        run = killed_at(strace, crawl, call, number)
        kills += run.process.returncode == -signal.SIGKILL
        found = [f"{call} {number}: {line}" for line in finish(crawl, undisturbed_few.texts)]
        say(f"{call} {number} of {counts[call]}: {found or 'fine'}")
        findings += found
        shutil.rmtree(folder)
    say(
        f"kills at calls that write: {kills} of {len(points)} calls ({dict(counts)}), "
        f"findings: {len(findings)}"
    )
    assert findings == []
