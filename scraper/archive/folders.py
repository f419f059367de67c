"""The archive's folders, opened step by step so that no symbolic link is ever followed.

openat(2) with O_NOFOLLOW from one folder to the next: what was checked is what is used, even when
somebody plants a link in between. The root itself may be a link: where it is, is the user's choice.
"""

import errno
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath

_FOLDER = os.O_RDONLY | os.O_DIRECTORY
_UNSYNCABLE = (errno.EINVAL, errno.ENOTSUP)


def make_folder(path: Path) -> None:
    """Makes `path` and its missing parents, each durably. Raises OSError."""
    if path.is_dir():
        return
    make_folder(path.parent)
    path.mkdir(exist_ok=True)  # another process may have been faster
    descriptor = os.open(path.parent, _FOLDER)
    try:
        sync_folder(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(descriptor: int) -> None:
    """Makes the names in an open folder durable. Raises OSError.

    Some network file systems have no such operation and say EINVAL: there, their own promises are
    all there is.
    """
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in _UNSYNCABLE:
            raise


class Folders:
    """The folders below a root; paths are relative and free of `..`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._settled: set[PurePosixPath] = set()  # their name in their parent is on the disk

    @contextmanager
    def open(self, folder: PurePosixPath, *, create: bool = False) -> Iterator[int]:
        """A descriptor of `folder`, made first where it is absent and `create` says so.

        Raises:
            OSError: ENOTDIR where a file or a symbolic link is in the way.
        """
        if create:
            make_folder(self._root)
        descriptor = os.open(self._root, _FOLDER)
        try:
            for step in _steps(folder):
                parent = descriptor
                descriptor = self._enter(parent, step, create=create)
                os.close(parent)
            yield descriptor
        finally:
            os.close(descriptor)

    def _enter(self, parent: int, step: PurePosixPath, *, create: bool) -> int:
        flags = _FOLDER | os.O_NOFOLLOW
        try:
            return os.open(step.name, flags, dir_fd=parent)
        except FileNotFoundError:
            if not create:
                raise
        self._settled.discard(step)
        with suppress(FileExistsError):  # by then: the open decides whether it will do
            os.mkdir(step.name, dir_fd=parent)
        return os.open(step.name, flags, dir_fd=parent)

    def sync(self, folders: Iterable[PurePosixPath]) -> None:
        """Makes the names in `folders`, and of the folders themselves, durable. Raises OSError."""
        wanted = set(folders)
        steps = {step for folder in wanted for step in _steps(folder)}
        unsettled = steps - self._settled
        for folder in sorted(wanted | {step.parent for step in unsettled}):
            with self.open(folder) as descriptor:
                sync_folder(descriptor)
        self._settled |= unsettled


def _steps(folder: PurePosixPath) -> list[PurePosixPath]:
    """`a`, `a/b`, `a/b/c` for `a/b/c`; nothing for `.`."""
    return [*reversed(folder.parents), folder][1:]
