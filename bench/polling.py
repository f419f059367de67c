"""What it costs to learn that nothing is new: many sources polled by `once`, each answered 304.

A feed a source, on one host and on many. What the feeds list is set aside before the measurement:
it is of polling alone.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = 1000
ENTRIES = 3
ONCE = (sys.executable, "-m", "scraper", "--quiet", "once")
HEAD = '[fetch]\ncontact = "https://example.org"\ndelay = "0s"\nallow_addresses = ["127.0.0.0/8"]\n'


@contextmanager
def serve() -> Iterator[str]:
    """The address of a running site without news."""
    command = [sys.executable, str(HERE / "unchanged.py"), str(ENTRIES)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def configure(folder: Path, url: str, hosts: int) -> None:
    """A configuration of SOURCES sources, spread over so many addresses of loopback."""
    (folder / "config").mkdir()
    sources = "".join(
        f'[[sources]]\nname = "s{number}"\n'
        f'urls = ["{url.replace("127.0.0.1", f"127.0.0.{1 + number % hosts}")}/feed/{number}"]\n'
        for number in range(SOURCES)
    )
    (folder / "config/scraper.toml").write_text(HEAD + sources, "utf-8")


def settle(folder: Path) -> int:
    """Take what waits off the list, so that polling alone is measured; gives how much it was."""
    with closing(sqlite3.connect(folder / "archive/.scraper/state.sqlite")) as state, state:
        return state.execute("UPDATE articles SET status = 'skipped'").rowcount


def prepare(folder: Path, url: str, hosts: int) -> None:
    """Poll everything for the first time."""
    configure(folder, url, hosts)
    subprocess.run([*ONCE, "--all"], cwd=folder, check=True, stderr=subprocess.DEVNULL)
    settle(folder)
