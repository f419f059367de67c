"""The project's measurements, side by side with the naive pipeline; see README.md beside this file.

Everything but writing is measured in CPU seconds of whole processes and their children, as the
operating system accounts for them: machines are shared, and the clock on the wall measures the
neighbours.
Usage: python -m bench.run [--only PART] [--stories N] [--rounds N]. Needs ../shared.
"""

import argparse
import json
import platform
import resource
import subprocess
import sys
import tempfile
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from bench import report
from bench.editions import measure_editions
from bench.extraction import GENERIC, compare, load_pages
from bench.fidelity import measure_fidelity
from bench.polling import ONCE, SOURCES, prepare
from bench.polling import serve as serve_unchanged
from bench.replica import SHARED, serve
from bench.upkeep import measure_upkeep
from bench.writing import measure_writing

HERE = Path(__file__).resolve().parent
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


def measure_polling() -> None:
    """What a poll costs that learns of nothing new, and what the run costs where none is due."""
    print(f"{SOURCES} unchanged sources: CPU milliseconds a source, of them start-up, peak memory")
    for hosts in (1, 250):
        with serve_unchanged() as url, tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            prepare(folder, url, hosts)
            costs = [measure((*ONCE, "--all"), folder) for _ in range(3)]
            start = measure(ONCE, folder).cpu_seconds * 1000 / SOURCES
            best = min(costs, key=lambda cost: cost.cpu_seconds)
        each = best.cpu_seconds * 1000 / SOURCES
        print(
            f"  on {hosts:4} hosts  {each:6.2f} ms {start:6.2f} ms  {best.peak_megabytes:6.0f} MB"
        )


def measure_process(part: str, stories: int) -> None:
    """What whole processes cost, on a running replica."""
    with serve(stories) as url, tempfile.TemporaryDirectory() as folder:
        if part == "start":
            measure_start(url, Path(folder))
        else:
            measure_journey(url, Path(folder))


def measure_extraction(stories: int, rounds: int) -> None:
    """This project's extractor beside others, with and without a site's profile."""
    folder = SHARED / "bench/extraction"
    standings = compare(folder, load_pages(folder), GENERIC, rounds)
    report.write(standings, measure_editions(min(stories, 300), rounds))


def print_fidelity() -> None:
    """How exactly the replica's stories are read."""
    print("stories read exactly: edition, stories, through the profile, without it")
    for found in measure_fidelity():
        shares = (1 - len(ids) / found.stories for ids in (found.profile, found.generic))
        print(f"  {found.edition:8}{found.stories:6}" + "".join(f"{s:9.2%}" for s in shares))
        for name, ids in (("profile", found.profile), ("generic", found.generic)):
            if ids:
                print(f"    {name} missed {' '.join(ids)}")


def main() -> None:
    """Measure everything, or one part of it, and print it."""
    parts = ("start", "journey", "polling", "writing", "upkeep", "extraction", "fidelity")
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=parts, help="measure this part alone")
    parser.add_argument("--stories", type=int, default=1000, help="of the replica (%(default)s)")
    parser.add_argument("--rounds", type=int, default=3, help="of an extractor (%(default)s)")
    options = parser.parse_args()
    if not SHARED.is_dir():
        sys.exit("bench: needs ../shared with the replica, its posts and the pages with gold text")
    print(f"Python {platform.python_version()}, {platform.machine()}, {platform.system()}")
    for part in (options.only,) if options.only else parts:
        if part == "extraction":
            measure_extraction(options.stories, options.rounds)
        elif part == "fidelity":
            print_fidelity()
        elif part == "polling":
            measure_polling()
        elif part == "upkeep":
            measure_upkeep(measure, SCRAPER, HERE)
        elif part == "writing":
            measure_writing(SHARED / "corpus/zaobao-posts", HERE)
        else:
            measure_process(part, options.stories)
    print(f"(the bench itself: {resource.getrusage(resource.RUSAGE_SELF).ru_utime:.1f} s)")


if __name__ == "__main__":
    main()
