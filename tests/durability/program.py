"""The program as processes that are killed, and the archive that they leave."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from scraper.archive.lock import ArchiveLock
from scraper.cli.session import plan_of
from scraper.config.loading import load
from scraper.fetch.clock import SystemClock
from scraper.model import ArticleEvent, Event
from scraper.service.run import opened, run_once
from scraper.service.upkeep.verifying import verify
from tests.durability.findings import archive_findings, texts

STAGED = (sys.executable, str(Path(__file__).with_name("staged.py")))
PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_SECONDS = 3.0
_CONFIGURATION = """
[archive]
root = {root}
[fetch]
contact = "https://example.org"
delay = "0s"
retries = 0
allow_addresses = ["127.0.0.0/8"]
[revisions]
first = "1m"
longest = "1h"
until = "36500d"
budget = 1000
[daemon]
listen = ""
[[sources]]
name = "all"
site = "zaobao"
urls = ["{url}"]
"""


class StandingClock(SystemClock):
    """A clock that shows one instant."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The instant."""
        return self._instant


@dataclass
class Crawl:
    """An archive, the source that fills it, and what its runs have acknowledged so far."""

    folder: Path
    url: str
    root: Path
    at: datetime  # what time it is for the program
    acknowledged: set[str] = field(default_factory=set)
    counted: int = 0

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        text = _CONFIGURATION.format(root=json.dumps(str(self.root)), url=self.url)
        self.file.write_text(text, "utf-8")

    @property
    def file(self) -> Path:
        """Its configuration."""
        return self.folder / "scraper.toml"

    def start(
        self,
        *arguments: str,
        held: Sequence[int] = (),
        under: Sequence[str] = (),
    ) -> "Run":
        """A run with a process group of its own; its output goes to files, which no kill loses.

        `held` are the descriptors that staged.py waits at; `under` is a command that runs it.
        """
        self.counted += 1
        out = self.folder / f"out-{self.counted}"
        err = self.folder / f"err-{self.counted}"
        stage = (self.at.isoformat(), ",".join(map(str, held)))
        options = ("--config", str(self.file), "--json")
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                [*under, *STAGED, *stage, *options, *arguments],
                cwd=PROJECT,
                env=_environment() | {"PYTHONPATH": str(PROJECT)},
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                pass_fds=held,
                start_new_session=True,
            )
        return Run(process, out, err)

    def end(self, run: "Run") -> "Run":
        """Wait for a run, however it ends, and note what it acknowledged."""
        run.process.wait(100)
        self.acknowledged |= run.archived
        return run

    def once(self, under: Sequence[str] = ()) -> "Run":
        """A run to its end."""
        return self.end(self.start("once", "--all", under=under))

    def complete(self) -> None:
        """The same in this process, which spares its start. Raises what it raises."""
        plan = plan_of(load(self.file, _environment()))
        events: list[Event] = []

        async def run() -> None:
            async with opened(plan, events.append, StandingClock(self.at)) as service:
                await run_once(service, plan.sources.values(), asyncio.Event())

        with ArchiveLock(self.root):
            asyncio.run(run())
        articles = [event for event in events if isinstance(event, ArticleEvent)]
        assert {e.outcome for e in articles} <= {"archived", "updated", "withdrawn"}, articles
        self.acknowledged |= {event.path for event in articles}


def finish(crawl: Crawl, undisturbed: dict[str, bytes]) -> list[str]:
    """Run a crawl to its end; gives what is wrong with the archive then."""
    crawl.complete()
    return flaws(crawl, undisturbed)


def flaws(crawl: Crawl, undisturbed: dict[str, bytes]) -> list[str]:
    """What is wrong with an archive at rest, by its formats, by `verify`, and by comparison."""
    findings = archive_findings(crawl.root, crawl.acknowledged)
    found = verify(crawl.root, lambda *_: None, patience=0).findings
    findings += [f"verify: {one.kind}: {one.path}: {one.detail}" for one in found]
    differing = {path for path, _ in texts(crawl.root).items() ^ undisturbed.items()}
    return findings + [f"{path}: not as in an undisturbed archive" for path in sorted(differing)]


def _environment() -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not k.startswith("SCRAPER_")}


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
