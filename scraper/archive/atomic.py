"""Files that are the old or the new one after a crash, never half of one.

Written beside their place under a temporary name, synced, renamed over the old file (rename(2) is
one step), and the folders synced last. A batch shares the syncs of its folders, and a large one
that of its files as well.
"""

import os
import secrets
import stat
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scraper.archive.folders import Folders
from scraper.archive.syncing import synced_at_once
from scraper.archive.trouble import translated
from scraper.errors import ArchiveError

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW
_OPEN_AT_ONCE = 128  # far below the usual limit of 1,024 descriptors


@dataclass(frozen=True, slots=True)
class Bytes:
    """A file to be written: its path below the root, and all it shall hold."""

    path: PurePosixPath
    data: bytes


@dataclass(frozen=True, slots=True)
class _Staged:
    path: PurePosixPath
    temporary: str


def is_temporary(name: str) -> bool:
    """Whether a file of this name is one that an interrupted run left behind."""
    return name.startswith(".") and name.endswith(".tmp")


class Batch:
    """One durable write of several files; used once."""

    def __init__(self, root: Path, folders: Folders) -> None:
        self._root = root
        self._folders = folders
        self._staged: list[_Staged] = []

    def write(self, files: Sequence[Bytes]) -> None:
        """Writes all of them, or, up to the first rename, none.

        After that a failure leaves each file whole, the old or the new one; writing the same batch
        again is always right.

        Raises:
            ArchiveError: naming the path; the temporary files are gone.
        """
        try:
            for group in _groups(files):
                self._stage(group)
            self._publish()
        finally:
            self._discard()
        with translated(self._root, "written"):
            self._folders.sync(file.path.parent for file in files)

    def probe(self, file: Bytes) -> None:
        """Does everything but the rename: finds out whether a file could be written here."""
        try:
            self._stage([file])
        finally:
            self._discard()

    def _stage(self, group: Sequence[Bytes]) -> None:
        with ExitStack() as cleanup:
            descriptors = [self._write_temporary(file, cleanup) for file in group]
            if synced_at_once(descriptors):
                return
            for file, descriptor in zip(group, descriptors, strict=True):
                with translated(self._root / file.path, "written"):
                    os.fsync(descriptor)

    def _write_temporary(self, file: Bytes, cleanup: ExitStack) -> int:
        target = self._root / file.path
        temporary = f".{os.getpid()}-{secrets.token_hex(6)}.tmp"
        with (
            translated(target, "written"),
            self._folders.open(file.path.parent, create=True) as folder,
        ):
            _refuse_link(folder, file.path.name, target)
            descriptor = os.open(temporary, _NEW, 0o666, dir_fd=folder)
            cleanup.callback(os.close, descriptor)
            self._staged.append(_Staged(file.path, temporary))
            _write_all(descriptor, file.data)
        return descriptor

    def _publish(self) -> None:
        while self._staged:
            staged = self._staged[0]
            with (
                translated(self._root / staged.path, "written"),
                self._folders.open(staged.path.parent) as folder,
            ):
                os.replace(staged.temporary, staged.path.name, src_dir_fd=folder, dst_dir_fd=folder)
            del self._staged[0]

    def _discard(self) -> None:
        for staged in self._staged:
            with suppress(OSError), self._folders.open(staged.path.parent) as folder:
                os.unlink(staged.temporary, dir_fd=folder)
        self._staged.clear()


def _groups(files: Sequence[Bytes]) -> Iterator[Sequence[Bytes]]:
    for start in range(0, len(files), _OPEN_AT_ONCE):
        yield files[start : start + _OPEN_AT_ONCE]


def _refuse_link(folder: int, name: str, target: Path) -> None:
    with suppress(FileNotFoundError):
        mode = os.stat(name, dir_fd=folder, follow_symlinks=False).st_mode
        if stat.S_ISLNK(mode):
            raise ArchiveError(
                f"{target} is a symbolic link, and the archive never writes through one: "
                "move it away"
            )


def _write_all(descriptor: int, data: bytes) -> None:
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
