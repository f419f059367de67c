"""A daemon under load, watched from outside: does anything grow, is anybody late?

The daemon polls a newsroom that goes on publishing. Every few seconds memory, descriptors, threads
and CPU time are read from /proc, tasks and the delay of the event loop from /metrics; what the
daemon prints says when each source was polled and each article archived.
Usage: python -m bench.endurance [--minutes N] [--sources N] [--every SECONDS] [--stories N] …
"""

import argparse
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from bench.lines import Sample, draw

HERE = Path(__file__).resolve().parent
TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")
_DATE = re.compile(r"^date: (\S+)$", re.MULTILINE)
_ERRORS = re.compile(r"Traceback|unexpected error|never retrieved|was never awaited")


@dataclass(frozen=True, slots=True)
class Load:
    """What the daemon is given to do."""

    minutes: float
    sources: int
    hosts: int
    every: float  # seconds between two polls of a source
    stories: float  # seconds between two stories of a source
    trouble: float  # share of answers that are errors
    listed: int  # stories that a feed lists


@dataclass(slots=True)
class Seen:
    """What the daemon said, and when."""

    polls: list[float] = field(default_factory=list)  # seconds that each began late
    archived: list[tuple[float, str]] = field(default_factory=list)  # when, and the path
    outcomes: dict[str, int] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)

    def take(self, line: str) -> None:
        """One line of its output."""
        facts: dict[str, Any] = json.loads(line)
        now = time.time()
        kind = f"{facts['event']} {facts.get('outcome', '')}".strip()
        self.outcomes[kind] = self.outcomes.get(kind, 0) + 1
        if facts["event"] == "source":
            due = self._due.pop(facts["name"], None)
            if due is not None:
                self.polls.append(now - due)
            if facts["next_check"]:
                self._due[facts["name"]] = datetime.fromisoformat(facts["next_check"]).timestamp()
        elif facts.get("outcome") == "archived":
            self.archived.append((now, facts["path"]))


@contextmanager
def newsroom(load: Load) -> Iterator[str]:
    """The address of a running newsroom."""
    words = map(str, (load.stories, load.trouble, load.listed))
    command = [sys.executable, str(HERE / "newsroom.py"), *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def configure(folder: Path, url: str, load: Load, listen: str) -> None:
    """A configuration for that load, spread over so many addresses of loopback."""
    (folder / "config").mkdir()
    sources = "".join(
        f'[[sources]]\nname = "s{number}"\nevery = "{load.every:g}s"\n'
        f'urls = ["{url.replace("127.0.0.1", f"127.0.0.{1 + number % load.hosts}")}'
        f'/feed/{number}"]\n'
        for number in range(load.sources)
    )
    head = (
        '[fetch]\ncontact = "https://example.org"\nallow_addresses = ["127.0.0.0/8"]\n'
        f'delay = "100ms"\n[daemon]\nlisten = "{listen}"\n'
    )
    (folder / "config/scraper.toml").write_text(head + sources, "utf-8")


def free_address() -> str:
    """An address of loopback that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return f"127.0.0.1:{listener.getsockname()[1]}"


# -- watching --------------------------------------------------------------------------------------


def family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
        below = [c for t in tasks for c in (t / "children").read_text().split()]
    except OSError:
        return []
    return [pid, *(p for child in below for p in family(int(child)))]


def look(pid: int, at: float, listen: str) -> Sample:
    """What a process holds; memory and CPU time with all that it started."""
    memory, cpu = 0.0, 0.0
    for member in family(pid):
        try:
            memory += int(Path(f"/proc/{member}/statm").read_text().split()[1]) * PAGE / 1e6
            fields = Path(f"/proc/{member}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        cpu += sum(map(int, fields[11 : 15 if member == pid else 13])) / TICKS
    status = Path(f"/proc/{pid}/status").read_text()
    threads = int(re.search(r"^Threads:\s+(\d+)", status, re.MULTILINE)[1])  # type: ignore[index]
    descriptors = len(list(Path(f"/proc/{pid}/fd").iterdir()))
    return Sample(at, memory, descriptors, threads, figure(listen, "event_loop_tasks"), cpu)


def figure(listen: str, name: str) -> float:
    """One figure of /metrics, by the end of its name; -1 where there is none."""
    try:
        with urllib.request.urlopen(f"http://{listen}/metrics", timeout=5) as answer:
            text = answer.read().decode()
    except OSError:
        return -1
    found = re.search(rf"^\w*{name}(?:{{[^}}]*}})? ([0-9.e+-]+)$", text, re.MULTILINE)
    return float(found[1]) if found else -1


def follow(stream: IO[str], seen: Seen) -> None:
    for line in stream:
        seen.take(line)


@dataclass(frozen=True, slots=True)
class Result:
    """What was seen of a run."""

    samples: list[Sample]
    seen: Seen
    lags: list[float]  # seconds from a story's publication to its archiving
    slowest: float  # milliseconds that the event loop was blocked at most; -1: not known
    errors: list[str]  # lines of the log that tell of what nobody foresaw
    exit_code: int


def run(load: Load, folder: Path, interval: float = 5.0) -> Result:
    """Run the daemon under a load for its minutes, then stop it as an operator would."""
    listen = free_address()
    with newsroom(load) as url, (folder / "log").open("w") as log:
        configure(folder, url, load, listen)
        command = [sys.executable, "-m", "scraper", "--json", "daemon"]
        with subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=log, text=True
        ) as process:
            assert process.stdout
            seen, samples = Seen(), []
            reader = threading.Thread(target=follow, args=(process.stdout, seen))
            reader.start()
            began = time.monotonic()
            while (at := time.monotonic() - began) < load.minutes * 60:
                time.sleep(interval)
                samples.append(look(process.pid, at, listen))
            slowest = figure(listen, "loop_lag_worst_seconds")
            process.send_signal(signal.SIGTERM)
            code = process.wait(60)
            reader.join()
    errors = [line for line in (folder / "log").read_text().splitlines() if _ERRORS.search(line)]
    return Result(samples, seen, list(_lags(folder, seen)), slowest * 1000, errors, code)


def _lags(folder: Path, seen: Seen) -> Iterator[float]:
    """Of what was published while the daemon ran: before that, nobody could have been in time."""
    began = min((when for when, _ in seen.archived), default=0.0)
    for when, path in seen.archived:
        found = _DATE.search((folder / "archive" / path).read_text("utf-8"))
        published = datetime.fromisoformat(found[1]).timestamp() if found else 0.0
        if published > began:
            yield when - published


# -- telling ---------------------------------------------------------------------------------------


def tell(load: Load, result: Result) -> None:
    """Print what came of it."""
    samples, seen = result.samples, result.seen
    warm = samples[len(samples) // 4 :]  # what is made once is made by then
    print(
        f"{load.sources} sources on {load.hosts} hosts every {load.every:g} s, a story each"
        f" {load.stories:g} s, {load.trouble:.0%} errors, {load.minutes:g} minutes"
    )
    for name in ("megabytes", "descriptors", "threads", "tasks"):
        values = [float(getattr(sample, name)) for sample in warm]
        third = max(len(values) // 3, 1)
        first, last = statistics.median(values[:third]), statistics.median(values[-third:])
        print(
            f"  {name:12} {first:8.1f} at first {last:8.1f} at last"
            f"   from {min(values):.1f} to {max(values):.1f}"
        )
    cpu = (warm[-1].cpu_seconds - warm[0].cpu_seconds) / (warm[-1].at - warm[0].at)
    print(f"  CPU          {cpu:8.1%} of a core")
    _tell_times("poll late", seen.polls)
    _tell_times("lag", result.lags)
    print(f"  event loop blocked at most {result.slowest:.0f} ms")
    print(f"  {seen.outcomes}")
    print(f"  exit code {result.exit_code}, unforeseen errors: {result.errors or 'none'}")


def _tell_times(name: str, seconds: list[float]) -> None:
    if len(seconds) > 1:
        cuts = statistics.quantiles(seconds, n=100)
        print(
            f"  {name:12} {cuts[49]:8.2f} s median, {cuts[94]:.2f} s for 95 %,"
            f" {max(seconds):.2f} s at most, of {len(seconds)}"
        )


def main() -> None:
    """Run, tell, and draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--sources", type=int, default=20)
    parser.add_argument("--hosts", type=int, default=5)
    parser.add_argument("--every", type=float, default=12, help="seconds")
    parser.add_argument("--stories", type=float, default=115, help="seconds between two, a source")
    parser.add_argument("--trouble", type=float, default=0.01, help="share of errors")
    parser.add_argument("--listed", type=int, default=30, help="stories of a feed")
    parser.add_argument("--picture", type=Path, help="an SVG file to draw")
    options = parser.parse_args()
    load = Load(
        options.minutes,
        options.sources,
        options.hosts,
        options.every,
        options.stories,
        options.trouble,
        options.listed,
    )
    with tempfile.TemporaryDirectory() as name:
        result = run(load, Path(name))
    tell(load, result)
    if options.picture:
        options.picture.write_text(draw(result.samples), "utf-8")


if __name__ == "__main__":
    main()
