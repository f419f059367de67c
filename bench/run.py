"""The project's measurements, side by side with the naive pipeline; see README.md beside this file.

Everything is measured in CPU seconds of whole processes and their children, as the operating
system accounts for them: machines are shared, and the clock on the wall measures the neighbours.
Usage: run.py [--stories N]. Needs the replica of the site beside the project.
"""

import argparse
import json
import platform
import resource
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
SHARED = HERE.parents[1] / "shared"
SCRAPER = (sys.executable, "-m", "scraper")


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and its children cost."""

    cpu_seconds: float
    peak_megabytes: float  # of the largest single process
    output: str


def measure(command: tuple[str, ...], folder: Path, stdin: str = "") -> Cost:
    """Run a command to its end. Raises CalledProcessError where it fails."""
    done = subprocess.run(
        [sys.executable, str(HERE / "account.py"), *command],
        cwd=folder,
        input=stdin,
        capture_output=True,
        text=True,
        check=True,
    )
    cpu, peak = json.loads(done.stderr.splitlines()[-1])
    return Cost(cpu, peak, done.stdout)


def median_of(command: tuple[str, ...], folder: Path, runs: int = 7) -> float:
    """The median CPU milliseconds of a command."""
    costs = sorted(measure(command, folder).cpu_seconds for _ in range(runs))
    return costs[runs // 2] * 1000


@contextmanager
def replica(stories: int) -> Iterator[str]:
    """A running replica of the site; gives its address."""
    command = [sys.executable, str(SHARED / "replica/replica.py"), "serve", "--base-url", "self"]
    posts = str(SHARED / "corpus/zaobao-posts")
    process = subprocess.Popen(
        [*command, "--posts", posts, "--limit", str(stories)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    url: str = json.loads(process.stdout.readline())["url"]
    try:
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def configure(folder: Path, url: str) -> None:
    """A configuration that takes every story from the sitemap, without delay."""
    (folder / "config").mkdir()
    (folder / "config/scraper.toml").write_text(
        '[fetch]\ncontact = "https://example.org"\ndelay = "0s"\n'
        'allow_addresses = ["127.0.0.0/8"]\n'
        f'[[sources]]\nname = "all"\nsite = "zaobao"\nurls = ["{url}/sitemap.xml"]\n',
        "utf-8",
    )


def measure_journey(url: str, folder: Path) -> None:
    """The whole journey, beside the naive pipeline on the same pages."""
    with urllib.request.urlopen(f"{url}/_replica/truth.json") as answer:
        paths = [story["path"] for story in json.load(answer)["stories"]]
    configure(folder, url)
    (folder / "naive").mkdir()
    naive = (sys.executable, str(HERE / "naive.py"), url, "naive")
    rows = []
    for _ in range(2):  # in turn, so that a change of the machine's speed meets both
        rows.append(("naive", measure(naive, folder, "\n".join(paths))))
        ours = measure((*SCRAPER, "--quiet", "once"), folder)
        rows.append(("scraper once", ours))
        archived = len(list(folder.glob("archive/_posts/**/*.md")))
        assert archived == len(paths), f"{archived} of {len(paths)} archived"
        subprocess.run(["rm", "-rf", str(folder / "archive")], check=True)
    print(f"\n{len(paths)} stories: articles per CPU-second, peak memory of one process")
    for name, cost in rows:
        rate = len(paths) / cost.cpu_seconds
        print(f"  {name:13} {rate:6.1f} articles/CPU-s  {cost.peak_megabytes:6.0f} MB")
    best = {name: max(len(paths) / c.cpu_seconds for n, c in rows if n == name) for name, _ in rows}
    print(f"  ratio {best['scraper once'] / best['naive']:.2f}")


def measure_start(url: str, folder: Path) -> None:
    """What a user waits for at every call."""
    with urllib.request.urlopen(f"{url}/realtime/china") as answer:
        listed = answer.read().decode()
    path = "/realtime/china/story" + listed.split("/realtime/china/story", 1)[1].split('"')[0]
    with urllib.request.urlopen(url + path) as answer:
        (folder / "page.html").write_bytes(answer.read())
    extract = (*SCRAPER, "extract", "page.html", "--site", "zaobao", "--url", url + path)
    print("CPU milliseconds of a whole process, median of 7")
    print(f"  python -c pass     {median_of((sys.executable, '-c', 'pass'), folder):6.0f}")
    print(f"  scraper --version  {median_of((*SCRAPER, '--version'), folder):6.0f}")
    print(f"  scraper extract    {median_of(extract, folder):6.0f}")


def main() -> None:
    """Measure everything and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--stories", type=int, default=1000)
    stories: int = parser.parse_args().stories
    if not SHARED.is_dir():
        sys.exit("bench: needs ../shared with the replica and its posts")
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    with replica(stories) as url, tempfile.TemporaryDirectory() as folder:
        measure_start(url, Path(folder))
        measure_journey(url, Path(folder))
    print(f"  (the bench itself: {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.1f} s)")


if __name__ == "__main__":
    main()
