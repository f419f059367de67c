"""The archive's files, addressed by their path below the archive's root: texts, and pictures.

Only the holder of the archive's lock writes; reading needs no lock, as every file is whole.
"""

import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from scraper.archive.atomic import Batch, Bytes, is_temporary
from scraper.archive.folders import Folders, sync_folder
from scraper.archive.trouble import translated
from scraper.errors import ArchiveError, NotTextError

Content = str | bytes  # of a file: a text, written as UTF-8, or bytes as they are

_NO_NAME = re.compile("[\0\ud800-\udfff]")  # no file system takes these
_SWEPT = ("_posts", "_revisions", "_quarantine", "assets", "_raw", "_manifest")
_PROBE = PurePosixPath("_posts", "probe")


class Store:
    """Reads and durably writes files below `root`, which is made when first needed."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._folders = Folders(root)

    def write(self, files: Sequence[tuple[str, Content]]) -> None:
        """Writes (relative POSIX path, content) pairs; on return they survive a power cut.

        Each file is replaced in one step, and none before all are safely beside their place. The
        same batch may be written again at any time.

        Raises:
            ArchiveError: a path that leaves the archive or goes through a symbolic link, a text
                that is not Unicode (nothing was touched then), a disk that is full or refuses.
        """
        batch = [Bytes(self._checked(path), self._encoded(path, held)) for path, held in files]
        Batch(self._root, self._folders).write(batch)

    def read(self, path: str) -> str:
        """The text of a file, line ends as they are.

        Raises:
            ArchiveError: it is absent, not UTF-8, or reached through a symbolic link.
        """
        place = self._checked(path)
        with translated(self._root / place, "read"), self._folders.open(place.parent) as folder:
            descriptor = os.open(place.name, os.O_RDONLY | os.O_NOFOLLOW, dir_fd=folder)
            with os.fdopen(descriptor, "rb") as file:
                data = file.read()
        try:
            return data.decode()
        except UnicodeDecodeError as error:
            raise NotTextError(
                f"{self._root / place} is not UTF-8 (byte {error.start}): restore it from a backup"
            ) from error

    def exists(self, path: str) -> bool:
        """Whether anything stands at this path, a symbolic link included.

        Raises:
            ArchiveError: the path leaves the archive, or goes through a symbolic link.
        """
        place = self._checked(path)
        with translated(self._root / place, "read"):
            try:
                with self._folders.open(place.parent) as folder:
                    os.stat(place.name, dir_fd=folder, follow_symlinks=False)
            except FileNotFoundError:
                return False
        return True

    def remove(self, path: str) -> None:
        """Takes a file away, durably; one that is absent already is no error.

        Raises:
            ArchiveError: the path leaves the archive, goes through a symbolic link, or the disk
                refuses.
        """
        place = self._checked(path)
        with (
            translated(self._root / place, "removed"),
            suppress(FileNotFoundError),
            self._folders.open(place.parent) as folder,
        ):
            os.unlink(place.name, dir_fd=folder)
            sync_folder(folder)

    def sweep(self) -> int:
        """Removes the temporary files of runs that were killed; returns how many there were.

        Only for the holder of the archive's lock: another writer's files would be among them.

        Raises:
            ArchiveError: one of them cannot be removed.
        """
        return sum(self._sweep_below(self._root / name) for name in _SWEPT)

    def _sweep_below(self, top: Path) -> int:
        removed = 0
        with translated(top, "swept"):
            if not top.is_dir():
                return removed
            # fwalk enters no link, neither the top nor one below it
            for _path, _folders, names, folder in os.fwalk(top):
                for name in filter(is_temporary, names):
                    os.unlink(name, dir_fd=folder)
                    removed += 1
        return removed

    def check_writable(self, size: int = 4096) -> None:
        """Writes, syncs and removes a file of so many bytes where documents go.

        Raises:
            ArchiveError: that cannot be done.
        """
        Batch(self._root, self._folders).probe(Bytes(_PROBE, b"\n" * size))

    def _checked(self, path: str) -> PurePosixPath:
        place = PurePosixPath(path)
        inside = place.parts and not place.is_absolute() and ".." not in place.parts
        if not inside or _NO_NAME.search(path):
            raise ArchiveError(
                f"{path!r} is no path inside the archive {self._root}: it must be relative and "
                "without `..`; check `path` in [archive] of the configuration"
            )
        return place

    def _encoded(self, path: str, content: Content) -> bytes:
        if isinstance(content, bytes):
            return content
        try:
            return content.encode()
        except UnicodeEncodeError as error:
            raise ArchiveError(
                f"{self._root / path} cannot be written: its text holds "
                f"U+{ord(content[error.start]):04X}, which is no character; please report the page"
            ) from error
