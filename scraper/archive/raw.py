"""Where received exchanges are kept: WARC files below `_raw/`, one or more a day, that only grow.

A record is appended whole and synced with its fellows; a torn end is cut at the next start. A file
is left when its day is over or it has grown large, so that no file changes that is older than that.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path, PurePosixPath

from scraper.archive import warc
from scraper.archive.appending import Appending
from scraper.archive.folders import Folders
from scraper.archive.manifest import RecordFact
from scraper.archive.trouble import translated
from scraper.archive.warc import Earlier
from scraper.model import Capture

FOLDER = "_raw"
LARGEST = 1_000_000_000  # bytes: what tools and disks still like to copy (ISO 28500 annex C)
_NAME = re.compile(r"^(?P<day>\d{4}-\d\d-\d\d)-(?P<number>\d{3,})\.warc\.gz$")


@dataclass(frozen=True, slots=True)
class Kept:
    """An exchange to be kept, for an article ("" for none), and where its payload was before."""

    capture: Capture
    article: str = ""
    earlier: Earlier | None = None


@dataclass(frozen=True, slots=True)
class RawFile:
    """One WARC file, by its place in the order in which they were written."""

    day: date
    number: int

    @property
    def path(self) -> PurePosixPath:
        """Where it is, below the archive's root."""
        return PurePosixPath(FOLDER, f"{self.day:%Y}", f"{self.day}-{self.number:03}.warc.gz")


def files(root: Path) -> list[RawFile]:
    """The WARC files of an archive, the oldest first. Raises ArchiveError."""
    with translated(root / FOLDER, "read"):
        names = [_NAME.match(file.name) for file in (root / FOLDER).glob("*/*.warc.gz")]
    found = [RawFile(date.fromisoformat(n["day"]), int(n["number"])) for n in names if n]
    return sorted(found, key=lambda file: (file.day, file.number))


def sizes(root: Path) -> dict[RawFile, int]:
    """The bytes of every WARC file, the oldest first. Raises ArchiveError."""
    with translated(root / FOLDER, "read"):
        return {file: (root / file.path).stat().st_size for file in files(root)}


class Raw:
    """Appends exchanges; the caller holds the archive's lock."""

    def __init__(
        self, root: Path, folders: Folders, software: str, *, largest: int = LARGEST
    ) -> None:
        """`software` names this program in the files; beyond `largest` bytes a new one begins."""
        self._root = root
        self._appending = Appending(root, folders)
        self._software = software
        self._largest = largest
        self._latest: RawFile | None = None

    def open(self) -> int:
        """Find the latest file and cut a torn record off its end; gives the bytes that were cut.

        Raises ArchiveError.
        """
        known = files(self._root)
        if not known:
            return 0
        self._latest = known[-1]
        path = self._root / self._latest.path
        whole, length = warc.whole_length(path), self._length(self._latest)
        if whole < length:
            self._appending.cut(self._latest.path, whole)
        return length - whole

    def append(self, kept: Sequence[Kept], now: datetime) -> list[RecordFact]:
        """Keep exchanges durably, all in one write; gives where each of them is.

        Raises ArchiveError; then none is kept.
        """
        if not kept:
            return []
        file, begins = self._choose(now)
        start = b"" if not begins else self._info(file, now)
        records = [warc.write_exchange(k.capture, k.article, k.earlier) for k in kept]
        offset = self._appending.append(file.path, start + b"".join(records)) + len(start)
        self._latest = file
        facts: list[RecordFact] = []
        for exchange, record in zip(kept, records, strict=True):
            kind = "revisit" if exchange.earlier else "response"
            digest = warc.sha256(record)
            facts.append(RecordFact(str(file.path), offset, len(record), digest, kind))
            offset += len(record)
        return facts

    def _choose(self, now: datetime) -> tuple[RawFile, bool]:
        """The file to append to, and whether it begins with that; days never go back."""
        today, latest = now.astimezone(UTC).date(), self._latest
        if latest is None or today > latest.day:
            return RawFile(today, 1), True
        length = self._length(latest)
        if length >= self._largest:
            return RawFile(latest.day, latest.number + 1), True
        return latest, not length

    def _info(self, file: RawFile, now: datetime) -> bytes:
        return warc.write_info(file.path.name, self._software, now)

    def _length(self, file: RawFile) -> int:
        path = self._root / file.path
        with translated(path, "read"):
            return path.stat().st_size if path.exists() else 0
