"""Kills a command at the n-th of its calls that change something; run as a program.

A child is forked for every round, so that the imports are paid once; its profile function sends
SIGKILL to itself right before the n-th call of a C function that writes, syncs or asks SQLite.
"""

import json
import os
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path
from types import FrameType

from scraper.cli.main import scraper

_DEADLY = frozenset(
    ("fsync", "replace", "unlink", "rmdir", "writelines", "write", "ftruncate", "executemany")
)


def run(arguments: list[str], deadly_call: int) -> int:
    """The status of a child that runs the command; 0 kills it nowhere."""
    child = os.fork()
    if not child:
        if deadly_call:
            sys.setprofile(_killer(deadly_call))
        scraper(arguments)  # leaves by SystemExit
    return os.waitpid(child, 0)[1]


def _killer(deadly_call: int):  # type: ignore[no-untyped-def]  # noqa: ANN202  # sys.setprofile's
    left = deadly_call

    def profile(_frame: FrameType, event: str, function: object) -> None:
        nonlocal left
        name = getattr(function, "__name__", "")
        if event == "c_call" and (name in _DEADLY or name == "execute"):
            left -= 1
            if not left:
                os.kill(os.getpid(), signal.SIGKILL)

    return profile


def main(template: Path, work: Path, step: int, arguments: list[str]) -> None:
    """Kill at the first call, one a step later, … until a run ends by itself; tell of each.

    The archive of round n stands in `work/n` afterwards, the command finished by a second run.
    """
    n = 1 - step
    shutil.copytree(template, work / "warm")
    with suppress(SystemExit):  # here, so that every late import is paid once
        scraper(["--archive", str(work / "warm"), "--quiet", *arguments])
    while True:
        n += step
        root = work / str(n)
        shutil.copytree(template, root)
        command = ["--archive", str(root), "--quiet", *arguments]
        status = run(command, n)
        killed = os.WIFSIGNALED(status)
        again = run(command, 0) if killed else status
        sys.stdout.write(json.dumps({"n": n, "killed": killed, "again": again}) + "\n")
        sys.stdout.flush()
        if not killed:
            return


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), sys.argv[4:])
