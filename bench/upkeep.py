"""What it costs to verify and to rebuild a large archive: files a second, and peak memory.

The archive is made here, through the archive's own commits: documents of real length, each with its
raw record, three hundred a day. Rates are by the clock on the wall and by CPU seconds of the whole
process: the first is what a user waits for, the second does not measure the neighbours. What was
just written is in the page cache, so no disk is measured.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from scraper.archive.archive import Archive, Change
from scraper.archive.raw import Kept
from scraper.markdown.document import render, sha256_of_body
from scraper.model import Capture, Document
from scraper.version import VERSION

SMALL, LARGE = 10_000, 100_000  # articles
A_DAY = 300
BATCH = 500
ROUNDS = 2
_START = datetime(2025, 1, 1, tzinfo=UTC)
_SENTENCE = "港务部门星期一宣布，旧桥的修缮工程将在雨季之后重新开始，预计需要十四个月的时间完成。"


class Cost(Protocol):
    """What a process cost."""

    @property
    def cpu_seconds(self) -> float:
        """Of all its processes."""

    @property
    def peak_megabytes(self) -> float:
        """Of the largest of them."""


Measure = Callable[[tuple[str, ...], Path], Cost]


@dataclass(frozen=True, slots=True)
class Figure:
    """One command on an archive of so many articles."""

    command: str
    articles: int
    seconds: float
    cpu_seconds: float
    peak_megabytes: float


def build(root: Path, articles: int) -> None:
    """An archive of so many articles without a state."""
    archive = Archive(root, f"news-scraper/{VERSION}")
    archive.open()
    for start in range(0, articles, BATCH):
        numbers = range(start, min(start + BATCH, articles))
        at = _instant(numbers[-1])
        changes = [_change(number) for number in numbers]
        archive.commit(changes, at)
        for path in (path for change in changes for path, _ in change.files):
            os.utime(root / path, (at.timestamp(), at.timestamp()))  # as if written on that day


def _instant(number: int) -> datetime:
    return _START + timedelta(days=number // A_DAY, minutes=number % A_DAY)


def _change(number: int) -> Change:
    at, name = _instant(number), f"story2025-{number:07}"
    url = f"https://news.example.com/story/{name}"
    body = "\n\n".join(f"{_SENTENCE * 3}（{number}-{part}）" for part in range(7))
    extra = {"story_id": name, "section": "要闻", "sha256": sha256_of_body(body)}
    title, names = f"桥上的灯 {number}", ("要闻",)
    document = Document(title, at, "山城新闻", url, names, names, body, extra)
    path = f"_posts/{at:%Y}/{at:%m}/{at:%Y-%m-%d}-{title}.md"
    page = f"<html><title>{title}</title><p>{body}</p></html>".encode()
    headers = (("Content-Type", "text/html; charset=utf-8"),)
    capture = Capture(url, at, (("Host", "news.example.com"),), 200, "OK", headers, page)
    return Change("archived", name, ((path, render(document)),), (Kept(capture, name),))


def figures(
    measure: Measure, command: tuple[str, ...], below: Path, articles: int, rounds: int
) -> Iterator[Figure]:
    """Rebuild, then verify an archive of so many articles; of the rounds, the fastest of each."""
    with tempfile.TemporaryDirectory(dir=below) as name:
        folder = Path(name)
        build(folder / "archive", articles)
        for arguments in (("rebuild",), ("verify",), ("verify", "--fast")):
            found = []
            for _ in range(rounds):
                if arguments == ("rebuild",):
                    shutil.rmtree(folder / "archive/.scraper", ignore_errors=True)
                begun = time.monotonic()
                cost = measure((*command, "--archive", "archive", *arguments), folder)
                seconds = time.monotonic() - begun
                found.append(
                    Figure(
                        " ".join(arguments),
                        articles,
                        seconds,
                        cost.cpu_seconds,
                        cost.peak_megabytes,
                    )
                )
            yield min(found, key=lambda figure: figure.seconds)


def measure_upkeep(
    measure: Measure, command: tuple[str, ...], below: Path, sizes: tuple[int, ...] = (SMALL, LARGE)
) -> None:
    """Print what each command costs at each size, the best of two rounds."""
    print("upkeep, whole processes:  files/s    by CPU   seconds   peak memory")
    for articles in sizes:
        for one in figures(measure, command, below, articles, ROUNDS):
            print(
                f"  {one.articles:7,} {one.command:13} {one.articles / one.seconds:10,.0f}"
                f" {one.articles / one.cpu_seconds:9,.0f} {one.seconds:9.1f}"
                f" {one.peak_megabytes:9.0f} MB"
            )
