"""What happened to the archive, a line an event, a file a day, each chained to the day before.

The first line of a day holds the SHA-256 of the file of the last day before it, so that nothing of
the past can be changed without changing everything since. A day never goes back: when the clock
does, its events stand in the file of the latest day, with the instant that the clock said; and in
that of the day after, where the latest is sealed by a timestamp.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any, Literal

from scraper.archive.appending import Appending
from scraper.archive.folders import Folders
from scraper.archive.trouble import translated
from scraper.errors import ArchiveError

FOLDER = "_manifest"
VERSION = 1
_NAME = re.compile(r"^\d{4}-\d\d-\d\d\.jsonl$")

Happening = Literal[
    "archived",
    "revised",
    "quarantined",
    "released",
    "withdrawn",
    "returned",
    "picture",
    "recorded",
    "reextracted",
    "adopted",
    "kept aside",
    "forgotten",
    "expired",
    "missing",
]


@dataclass(frozen=True, slots=True)
class FileFact:
    """A file as it was written: its path below the root, its SHA-256, its length in bytes."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class RecordFact:
    """An exchange that was appended to a WARC file: the SHA-256 is of its bytes there."""

    file: str
    offset: int
    length: int
    sha256: str
    kind: str = "response"  # or "revisit"


@dataclass(frozen=True, slots=True)
class Event:
    """One line: what happened, to which article (or ""), the files and records that it made.

    `removed` are paths that are there no more; `about` says the rest, in values that JSON holds.
    """

    at: datetime
    event: Happening
    id: str = ""
    files: tuple[FileFact, ...] = ()
    records: tuple[RecordFact, ...] = ()
    removed: tuple[str, ...] = ()
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Day:
    """One day's file as it stands: its day, its path, and the link to the day before."""

    day: date
    path: PurePosixPath


def path_of(day: date) -> PurePosixPath:
    """Where a day's file is, below the archive's root."""
    return PurePosixPath(FOLDER, f"{day:%Y}", f"{day:%Y-%m-%d}.jsonl")


def timestamp_of(day: date) -> PurePosixPath:
    """Where the timestamp of a day's file is, where it has one."""
    return path_of(day).with_suffix(".tsr")


def days(root: Path) -> list[Day]:
    """The days that have a file, the oldest first. Raises ArchiveError."""
    with translated(root / FOLDER, "read"):
        files = [f for f in (root / FOLDER).glob("*/*.jsonl") if _NAME.match(f.name)]
    found = [date.fromisoformat(file.stem) for file in files]
    return [Day(day, path_of(day)) for day in sorted(found)]


class Manifest:
    """Appends events; the caller holds the archive's lock."""

    def __init__(self, root: Path, folders: Folders) -> None:
        self._root = root
        self._appending = Appending(root, folders)
        self._latest: date | None = None

    def open(self) -> int:
        """Find the latest day and cut a torn line off its end; gives the bytes that were cut.

        Raises ArchiveError.
        """
        known = days(self._root)
        if not known:
            return 0
        self._latest = known[-1].day
        path = known[-1].path
        with translated(self._root / path, "read"):
            data = (self._root / path).read_bytes()
        whole = data.rfind(b"\n") + 1
        if whole < len(data):
            self._appending.cut(path, whole)
        return len(data) - whole

    def append(self, events: Sequence[Event]) -> None:
        """Note what happened, durably, in one write. Raises ArchiveError."""
        if not events:
            return
        day = max(filter(None, (self._latest, events[-1].at.astimezone(UTC).date())))
        if (self._root / timestamp_of(day)).exists():  # its file is as an authority has seen it
            day += timedelta(days=1)
        path = path_of(day)
        lines = [as_line(event) for event in events]
        with translated(self._root / path, "read"):
            is_new = not (self._root / path).exists() or not (self._root / path).stat().st_size
        if is_new:
            lines.insert(0, self._opening(day))
        self._appending.append(path, "".join(lines).encode())
        self._latest = day

    def _opening(self, day: date) -> str:
        """The first line of a day; one that a crash kept from beginning is no link."""
        earlier = [known for known in days(self._root) if known.day < day]
        with translated(self._root / FOLDER, "read"):
            before = [known for known in earlier if (self._root / known.path).stat().st_size]
        link = None
        if before:
            last = before[-1]
            link = {"day": last.day.isoformat(), "sha256": hash_of(self._root / last.path)}
        opening = {"day": day.isoformat(), "version": VERSION, "previous": link}
        return json.dumps(opening, separators=(",", ":")) + "\n"


def hash_of(path: Path) -> str:
    """The SHA-256 of a file, as 64 hexadecimal digits. Raises ArchiveError."""
    with translated(path, "read"), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def as_line(event: Event) -> str:
    """An event as one line of JSON; what is empty is left out."""
    at = event.at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    facts: dict[str, Any] = {"at": at, "event": event.event}
    if event.id:
        facts["id"] = event.id
    if event.files:
        facts["files"] = [
            {"path": f.path, "sha256": f.sha256, "bytes": f.bytes} for f in event.files
        ]
    if event.records:
        facts["records"] = [
            {
                "file": r.file,
                "offset": r.offset,
                "length": r.length,
                "sha256": r.sha256,
                "kind": r.kind,
            }
            for r in event.records
        ]
    if event.removed:
        facts["removed"] = list(event.removed)
    if event.about:
        facts["about"] = event.about
    return json.dumps(facts, ensure_ascii=False, separators=(",", ":")) + "\n"


def read_line(line: str, where: str) -> Event:
    """The event of a line. Raises ArchiveError, naming `where`, for what is none."""
    try:
        facts = json.loads(line)
        return Event(
            at=datetime.fromisoformat(facts["at"]),
            event=facts["event"],
            id=facts.get("id", ""),
            files=tuple(FileFact(**fact) for fact in facts.get("files", ())),
            records=tuple(RecordFact(**fact) for fact in facts.get("records", ())),
            removed=tuple(facts.get("removed", ())),
            about=facts.get("about", {}),
        )
    except (ValueError, TypeError, KeyError) as error:
        raise ArchiveError(f"{where}: no event of a manifest; restore it from a backup") from error


def read_events(root: Path, day: Day) -> Iterator[Event]:
    """The events of a day, in order; a torn last line is left out. Raises ArchiveError."""
    with translated(root / day.path, "read"), (root / day.path).open("rb") as file:
        for number, line in enumerate(file, start=1):
            if number > 1 and line.endswith(b"\n"):
                yield read_line(line.decode("utf-8", "replace"), f"{day.path}:{number}")


def read_all(root: Path) -> Iterator[Event]:
    """Every event of the archive, the oldest first. Raises ArchiveError."""
    for day in days(root):
        yield from read_events(root, day)
