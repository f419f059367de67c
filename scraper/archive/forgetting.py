"""Taking an article out of the archive's files, so that a crash at any moment can be made good.

The tombstone comes first: a line "forgotten" in the manifest that says all that is to be done, file
by file with its hash. Doing it is looking what is left of it, and may be repeated. The lines of
before stay, so the chain holds; of the records that they name, those of the article are void, and
those behind them in the same file begin earlier, as the line's `cuts` say.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import IO, Any

from scraper.archive.folders import Folders, sync_folder
from scraper.archive.heads import Head, read_heads
from scraper.archive.manifest import Event, Happening, days, hash_of, read_line
from scraper.archive.trouble import translated
from scraper.errors import ArchiveError

_CHUNK = 1 << 20  # bytes
_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW

Range = tuple[int, int]  # offset and length in bytes


@dataclass(frozen=True, slots=True)
class Size:
    """A file, or its beginning: so many bytes of this SHA-256."""

    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Cut:
    """What is taken out of a WARC file: ranges of it as it was before, in their order."""

    file: str
    ranges: tuple[Range, ...]
    before: Size
    after: Size

    def moved(self, offset: int) -> int | None:
        """Where what began at `offset` begins behind the cut; None where it was taken out."""
        if any(start <= offset < start + length for start, length in self.ranges):
            return None
        return offset - sum(length for start, length in self.ranges if start < offset)


def plan_cut(root: Path, file: str, article: str) -> Cut | None:
    """What of a WARC file is an article's: its answers and their requests; None for nothing.

    Raises ArchiveError: the file cannot be read, or is damaged.
    """
    ranges = tuple(_ranges_of(read_heads(root / file), article))
    if not ranges:
        return None
    with translated(root / file, "read"), (root / file).open("rb") as source:
        size = os.fstat(source.fileno()).st_size
        after = _size_of(_pieces(source, _kept(ranges, size)))
        return Cut(file, ranges, _size_of(_pieces(source, [(0, size)])), after)


def _ranges_of(heads: Iterable[Head], article: str) -> Iterator[Range]:
    """The article's records as ranges; those that touch are one."""
    ours: set[str] = set()
    start = end = 0
    for head in heads:
        if head.article == article:
            ours.add(head.record_id)
        elif head.concurrent_to not in ours:
            continue
        if head.offset != end:
            if end > start:
                yield start, end - start
            start = head.offset
        end = head.offset + head.length
    if end > start:
        yield start, end - start


# -- the tombstone ---------------------------------------------------------------------------------


def write_about(
    files: dict[str, str], cuts: Iterable[Cut], reason: str, url: str
) -> dict[str, Any]:
    """What the tombstone says beyond the paths: `files` by path with their SHA-256, the cuts."""
    told = [
        {
            "file": cut.file,
            "ranges": [list(found) for found in cut.ranges],
            "before": {"bytes": cut.before.bytes, "sha256": cut.before.sha256},
            "after": {"bytes": cut.after.bytes, "sha256": cut.after.sha256},
        }
        for cut in cuts
    ]
    about = {"reason": reason, "url": url, "files": files, "cuts": told}
    return {key: value for key, value in about.items() if value}


def cuts_of(event: Event) -> tuple[Cut, ...]:
    """The cuts that a tombstone names. Raises ArchiveError where it is none of ours."""
    try:
        return tuple(
            Cut(
                cut["file"],
                tuple((int(start), int(length)) for start, length in cut["ranges"]),
                Size(**cut["before"]),
                Size(**cut["after"]),
            )
            for cut in event.about.get("cuts", ())
        )
    except (TypeError, KeyError, ValueError) as error:
        raise ArchiveError(
            f"the manifest's line on forgetting {event.id} cannot be read; restore it from a backup"
        ) from error


def last_of(root: Path, happening: Happening) -> Event | None:
    """The latest event of a kind that the manifest names, whoever's it was. Raises ArchiveError."""
    needle = f'"event":"{happening}"'.encode()
    for day in reversed(days(root)):
        with translated(root / day.path, "read"):
            lines = (root / day.path).read_bytes().splitlines(keepends=True)
        for number, line in reversed(list(enumerate(lines, start=1))):
            if needle in line and line.endswith(b"\n"):
                event = read_line(line.decode("utf-8", "replace"), f"{day.path}:{number}")
                if event.event == happening:
                    return event
    return None


def takedowns(events: Iterable[Event]) -> dict[str, Event]:
    """The tombstones of the articles that are forgotten, by id; one that came back is not."""
    found: dict[str, Event] = {}
    for event in events:
        if event.event == "forgotten":
            found[event.id] = event
        elif event.files:
            found.pop(event.id, None)
    return found


def instant_of(now: datetime) -> datetime:
    """An instant as the manifest holds it, in whole milliseconds."""
    return now.astimezone(UTC).replace(microsecond=now.microsecond // 1000 * 1000)


# -- doing it --------------------------------------------------------------------------------------


class Eraser:
    """Does what a tombstone says, as far as it is not done; the caller holds the lock."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders = Folders(root)

    def erase(self, tombstone: Event) -> None:
        """Take out the records, remove the files. Raises ArchiveError; then do it again."""
        for cut in cuts_of(tombstone):
            if (self._root / cut.file).exists():  # it may have expired since
                self._apply(cut)
        for path, digest in tombstone.about.get("files", {}).items():
            self._remove(PurePosixPath(path), digest)

    def _apply(self, cut: Cut) -> None:
        path = self._root / cut.file
        with translated(path, "rewritten"), path.open("rb") as source:
            size = os.fstat(source.fileno()).st_size
            if begins_with(source, cut.before):
                self._rewrite(PurePosixPath(cut.file), source, _kept(cut.ranges, size))
            elif not begins_with(source, cut.after):
                raise ArchiveError(
                    f"{path} is neither as it was before records were taken out of it nor as "
                    "after that: restore it from a backup and run the command again"
                )

    def _rewrite(self, path: PurePosixPath, source: IO[bytes], kept: list[Range]) -> None:
        temporary = f".{os.getpid()}-{secrets.token_hex(6)}.tmp"  # swept if it is left behind
        with self._folders.open(path.parent) as folder:
            descriptor = os.open(temporary, _NEW, 0o666, dir_fd=folder)
            try:
                with os.fdopen(descriptor, "wb") as target:
                    target.writelines(_pieces(source, kept))
                    target.flush()
                    os.fsync(target.fileno())
                os.replace(temporary, path.name, src_dir_fd=folder, dst_dir_fd=folder)
            except OSError:
                with suppress(FileNotFoundError):
                    os.unlink(temporary, dir_fd=folder)
                raise
            sync_folder(folder)

    def _remove(self, path: PurePosixPath, digest: str) -> None:
        """Remove a file, unless another one is in its place by now, and folders left empty."""
        place = self._root / path
        with translated(place, "removed"):
            if place.is_file() and hash_of(place) == digest:
                with self._folders.open(path.parent) as folder:
                    os.unlink(path.name, dir_fd=folder)
                    sync_folder(folder)
            self._prune(path.parent)

    def _prune(self, folder: PurePosixPath) -> None:
        """Remove a folder that holds nothing, whose name may hold a title; its parents too."""
        for step in [folder, *folder.parents][:-2]:
            with suppress(OSError), self._folders.open(step.parent) as parent:
                os.rmdir(step.name, dir_fd=parent)
                sync_folder(parent)


def _kept(ranges: Iterable[Range], size: int) -> list[Range]:
    """What is left of a file of so many bytes."""
    kept: list[Range] = []
    at = 0
    for start, length in [*ranges, (size, 0)]:
        if start > at:
            kept.append((at, start - at))
        at = start + length
    return kept


def _pieces(source: IO[bytes], ranges: Iterable[Range]) -> Iterator[bytes]:
    for start, length in ranges:
        source.seek(start)
        left = length
        while left and (data := source.read(min(left, _CHUNK))):
            left -= len(data)
            yield data


def _size_of(pieces: Iterable[bytes]) -> Size:
    digest, count = hashlib.sha256(), 0
    for piece in pieces:
        digest.update(piece)
        count += len(piece)
    return Size(count, digest.hexdigest())


def begins_with(source: IO[bytes], size: Size) -> bool:
    """Whether a file begins with these bytes; more may have been appended since."""
    return _size_of(_pieces(source, [(0, size.bytes)])) == size
