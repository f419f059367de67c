"""Files that only grow: what was appended and synced stays, and a torn end is found and cut.

A line or record counts when it is whole and synced; what a crash left half-written behind it is cut
off at the next start, by whoever knows where the last whole one ends.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from scraper.archive.folders import Folders
from scraper.archive.trouble import translated

_APPEND = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW


class Appending:
    """The growing files below a root; the caller holds the archive's lock."""

    def __init__(self, root: Path, folders: Folders) -> None:
        self._root = root
        self._folders = folders
        self._torn: dict[PurePosixPath, int] = {}  # where a cut was refused as well

    def append(self, path: PurePosixPath, data: bytes) -> int:
        """Append durably; gives the offset at which `data` begins.

        A failure leaves the file as long as it was; where the disk refuses even that, the next
        append does it first. Raises ArchiveError.
        """
        with translated(self._root / path, "written"):
            if path in self._torn:
                self.cut(path, self._torn[path])
            with self._opened(path) as (descriptor, start):
                self._torn[path] = start
                try:
                    _write_all(descriptor, data)
                    os.fsync(descriptor)
                except OSError:
                    os.ftruncate(descriptor, start)
                    raise
            if not start:
                self._folders.sync([path.parent])
            del self._torn[path]
        return start

    def cut(self, path: PurePosixPath, length: int) -> None:
        """Make a file end at `length`. Raises ArchiveError."""
        with (
            translated(self._root / path, "cut"),
            self._opened(path) as (descriptor, _),
        ):
            os.ftruncate(descriptor, length)
            os.fsync(descriptor)
        self._torn.pop(path, None)

    @contextmanager
    def _opened(self, path: PurePosixPath) -> Iterator[tuple[int, int]]:
        """A descriptor, and the length of the file."""
        with self._folders.open(path.parent, create=True) as folder:
            descriptor = os.open(path.name, _APPEND, 0o666, dir_fd=folder)
        try:
            yield descriptor, os.fstat(descriptor).st_size
        finally:
            os.close(descriptor)


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
