"""The program as a process: a configuration for it, and its lines noted at the moment they come."""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Line:
    """A line of JSON on standard output, and the monotonic time at which it could be read."""

    at: float
    facts: dict[str, Any]


@dataclass(frozen=True)
class Run:
    """All that a process said."""

    code: int
    lines: tuple[Line, ...]
    errors: str
    started: float
    ended: float

    @property
    def sources(self) -> dict[str, Line]:
        """The polls by the source's name."""
        return {line.facts["name"]: line for line in self._of("source")}

    @property
    def articles(self) -> dict[str, Line]:
        """The ends of the work on articles by their URL."""
        return {line.facts["url"]: line for line in self._of("article")}

    @property
    def summary(self) -> dict[str, Any]:
        (line,) = self._of("summary")
        return line.facts

    @property
    def seconds(self) -> float:
        return self.ended - self.started

    def _of(self, event: str) -> list[Line]:
        return [line for line in self.lines if line.facts["event"] == event]


@dataclass
class Program:
    """The program in a folder of its own."""

    folder: Path
    environment: dict[str, str]
    sources: list[dict[str, object]] = field(default_factory=list)

    @property
    def archive(self) -> Path:
        return self.folder / "archive"

    def add(self, name: str, *urls: str, **more: object) -> None:
        """One more source for the configuration."""
        self.sources.append({"name": name, "urls": list(urls)} | more)

    def configure(self, **fetch: object) -> None:
        """Write the configuration, [fetch] being as given but for what every test needs."""
        fetch = {"contact": "https://example.org", "allow_addresses": ["127.0.0.0/8"]} | fetch
        text = "[fetch]\n" + _lines(fetch)
        text += "".join(f"\n[[sources]]\n{_lines(source)}" for source in self.sources)
        file = self.folder / "config" / "scraper.toml"
        file.parent.mkdir(exist_ok=True)
        file.write_text(text, "utf-8")

    def run(self, *arguments: str, seconds: float = 90) -> Run:
        """Run it to its end, for `seconds` at most."""
        started = time.monotonic()
        process = subprocess.Popen(
            [sys.executable, "-m", "scraper", "--json", *arguments],
            cwd=self.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        watchdog = threading.Timer(seconds, process.kill)
        watchdog.start()
        errors: list[str] = []
        assert process.stdout
        assert process.stderr
        reader = threading.Thread(target=errors.extend, args=(process.stderr,))
        reader.start()
        lines = tuple(Line(time.monotonic(), json.loads(text)) for text in process.stdout)
        code = process.wait()
        ended = time.monotonic()
        watchdog.cancel()
        reader.join()
        process.stdout.close()
        process.stderr.close()
        return Run(code, lines, "".join(errors), started, ended)

    def files(self) -> list[str]:
        """Everything that is a document, by its text."""
        folders = ("_posts", "_revisions", "_quarantine")
        found = [path for name in folders for path in self.archive.glob(f"{name}/**/*.md")]
        return [path.read_text("utf-8") for path in found]


def _lines(table: Mapping[str, object]) -> str:
    """Keys and values in TOML; its strings, lists, numbers and truths are those of JSON."""
    return "".join(f"{key} = {json.dumps(value)}\n" for key, value in table.items())
