"""Extractors side by side on the same pages: a process each, and round after round.

Machines are shared, so only CPU time counts, and a slow minute of the machine meets all of them.
"""

import json
import os
import pickle
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import peers
from bench.extractors import EXTRACTORS

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Run:
    """What an extractor made of the pages."""

    version: str
    lxml: str
    texts: tuple[str | None, ...]  # in the order of the pages; None where it failed
    seconds: tuple[float, ...]  # of CPU, for all the pages, one a round

    @property
    def rate(self) -> float:
        """Pages per CPU second, in the best round: what disturbs can only slow down."""
        return len(self.texts) / min(self.seconds)


class Worker:
    """A running worker.py."""

    def __init__(self, name: str, language: str, pages: bytes, folder: str) -> None:
        """Start it and hand over the pages, a pickle of (address, bytes)."""
        python = str(peers.install()) if EXTRACTORS[name].peer else sys.executable
        self.process = subprocess.Popen(
            [python, "-m", "bench.worker", name, language],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONWARNINGS": "ignore",
                "TMPDIR": folder,
                "XDG_CACHE_HOME": folder,
            },
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert self.process.stdin
        self.process.stdin.write(pages)
        self.process.stdin.flush()
        self.versions: dict[str, str] = self._answer()

    def _answer(self) -> Any:
        assert self.process.stdout
        return json.loads(self.process.stdout.readline())

    def read_all(self) -> float:
        """One round over all pages; its CPU seconds."""
        assert self.process.stdin
        self.process.stdin.write(b"\n")
        self.process.stdin.flush()
        seconds: float = self._answer()
        return seconds

    def finish(self) -> tuple[str | None, ...]:
        """The texts of the last round."""
        assert self.process.stdin
        self.process.stdin.close()
        return tuple(self._answer())


def compete(
    names: Iterable[str], language: str, pages: Iterable[tuple[str, bytes]], rounds: int
) -> dict[str, Run]:
    """Let every extractor read all pages, in turn, as often as there are rounds."""
    pickled = pickle.dumps(list(pages))
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        workers = {name: Worker(name, language, pickled, folder) for name in names}
        for worker in workers.values():
            stack.enter_context(worker.process)
            stack.callback(worker.process.kill)
        times = [
            {name: worker.read_all() for name, worker in workers.items()} for _ in range(rounds)
        ]
        return {
            name: Run(
                **worker.versions, texts=worker.finish(), seconds=tuple(t[name] for t in times)
            )
            for name, worker in workers.items()
        }
