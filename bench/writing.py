"""What durable articles cost: batches through the archive, beside one file after the other.

The plain way syncs each file and its folder and keeps no account; the archive's batches share
their syncs, and write the day's manifest as well. The clock on the wall counts here, as a disk is
waited for: both ways take turns on the same disk, so that a change of its speed meets both.
"""

import os
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from scraper.archive.archive import Archive, Change
from scraper.version import VERSION

ARTICLES = 2000
BATCH = 100
ROUNDS = 3

Texts = Sequence[tuple[str, str]]


def write_plainly(root: Path, texts: Texts) -> None:
    """Each file as everybody writes it: temporary file, fsync, rename, fsync of the folder."""
    for path, text in texts:
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = target.with_suffix(".tmp")
        with temporary.open("wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        folder = os.open(target.parent, os.O_RDONLY | os.O_DIRECTORY)
        os.fsync(folder)
        os.close(folder)


def write_in_batches(root: Path, texts: Texts) -> None:
    """The same files through the archive, a hundred a commit, with their lines of the manifest."""
    archive = Archive(root, f"news-scraper/{VERSION}")
    archive.open()
    for start in range(0, len(texts), BATCH):
        group = texts[start : start + BATCH]
        changes = [Change("archived", path, ((path, text),)) for path, text in group]
        archive.commit(changes, datetime.now(UTC))


def articles(posts: Path) -> Texts:
    """So many texts of real length, spread over the months as a day's backlog is."""
    found = [file.read_text("utf-8") for file in sorted(posts.rglob("*.md"))[:ARTICLES]]
    return [
        (f"_posts/2026/{1 + n // 700:02}/2026-01-01-article-{n}.md", found[n % len(found)])
        for n in range(ARTICLES)
    ]


def per_second(write: Callable[[Path, Texts], None], below: Path, texts: Texts) -> float:
    """Articles a second, into a new folder."""
    with tempfile.TemporaryDirectory(dir=below) as folder:
        begun = time.monotonic()
        write(Path(folder), texts)
        seconds = time.monotonic() - begun
        written = len(list(Path(folder).glob("_posts/**/*.md")))
    assert written == len(texts), f"{written} of {len(texts)} written"
    return len(texts) / seconds


def measure_writing(posts: Path, below: Path) -> None:
    """Print both ways' rates, of the best of a few rounds, and how they compare."""
    texts = articles(posts)
    size = sum(len(text.encode()) for _, text in texts) / len(texts)
    plain, batched = [], []
    for _ in range(ROUNDS):
        plain.append(per_second(write_plainly, below, texts))
        batched.append(per_second(write_in_batches, below, texts))
    print(f"{len(texts)} articles of {size:,.0f} bytes, best and worst of {ROUNDS} rounds")
    for name, rates in (("one by one", plain), (f"batches of {BATCH}", batched)):
        print(f"  {name:15} {max(rates):7,.0f} {min(rates):7,.0f} durable articles/s")
    print(f"  ratio {max(batched) / max(plain):.1f}")
