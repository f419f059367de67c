"""The program as processes that are killed, and the archive that they leave."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.durability.findings import archive_findings, texts

SCRAPER = (sys.executable, "-m", "scraper")
PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 5.0
_CONFIGURATION = """
[archive]
root = {root}
[fetch]
contact = "https://example.org"
delay = "0s"
retries = 0
allow_addresses = ["127.0.0.0/8"]
[daemon]
listen = ""
[[sources]]
name = "all"
site = "zaobao"
urls = ["{url}"]
"""


@dataclass
class Crawl:
    """An archive, the source that fills it, and what its runs have acknowledged so far."""

    folder: Path
    url: str
    root: Path
    acknowledged: set[str] = field(default_factory=set)
    counted: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _CONFIGURATION.format(root=json.dumps(str(self.root)), url=self.url)
        (self.folder / "scraper.toml").write_text(text, "utf-8")

    def start(
        self, *arguments: str, by: Sequence[str] = SCRAPER, descriptors: Sequence[int] = ()
    ) -> "Run":
        """A run with a process group of its own; its output goes to files, which no kill loses.

        `by` is what starts the program, and `descriptors` stay open for it.
        """
        self.counted += 1
        out = self.folder / f"out-{self.counted}"
        err = self.folder / f"err-{self.counted}"
        options = ("--config", str(self.folder / "scraper.toml"), "--json")
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [*by, *options, *arguments],
                cwd=PROJECT,
                env={k: v for k, v in os.environ.items() if not k.startswith("SCRAPER_")},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                pass_fds=descriptors,
                start_new_session=True,
            )
        return Run(process, out, err)

    def end(self, run: "Run") -> "Run":
        """Wait for a run, however it ends, and note what it acknowledged."""
        run.process.wait(100)
        self.acknowledged |= run.archived
        return run

    def once(self) -> "Run":
        """A run to its end."""
        return self.end(self.start("once", "--all"))


def finish(crawl: Crawl, undisturbed: dict[str, bytes]) -> list[str]:
    """Run a crawl to its end; gives what is wrong then, with the archive or with the run."""
    run = crawl.once()
    findings = archive_findings(crawl.root, crawl.acknowledged)
    if run.process.returncode != 0:
        findings.append(f"the last run ended with {run.process.returncode}: {run.errors}")
    differing = {path for path, _ in texts(crawl.root).items() ^ undisturbed.items()}
    return findings + [f"{path}: not as in an undisturbed archive" for path in sorted(differing)]


@dataclass
class Run:
    """A run of the program."""

    process: subprocess.Popen[bytes]
    out: Path
    err: Path

    @property
    def events(self) -> list[Any]:
        """The whole lines that it printed."""
        whole, _, _ = self.out.read_text("utf-8").rpartition("\n")
        return [json.loads(line) for line in whole.splitlines()]

    @property
    def archived(self) -> set[str]:
        """The paths that it said were archived."""
        return {e["path"] for e in self.events if e.get("outcome") in ("archived", "updated")}

    @property
    def errors(self) -> str:
        """What it printed on standard error."""
        return self.err.read_text("utf-8")

    def after(self, lines: int, seconds: float, do: Callable[["Run"], None]) -> None:
        """Do something so long after so many lines were printed, unless the run ends before.

        A daemon that has nothing more to say is not waited for longer than a run may take.
        """
        latest = time.monotonic() + PATIENCE_SECONDS
        while self.out.read_bytes().count(b"\n") < lines and time.monotonic() < latest:
            if self._ended_within(0.001):
                return
        if not self._ended_within(seconds):
            do(self)

    def _ended_within(self, seconds: float) -> bool:
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(seconds)
        return self.process.returncode is not None

    def kill(self) -> None:
        """Kill the main process alone; its workers find out for themselves."""
        self.process.kill()
        self.process.wait(10)

    def kill_all(self) -> None:
        """Kill the process and all that it started."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
