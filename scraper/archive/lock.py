"""One writer at a time: a lock that the kernel holds (flock(2)) and that is therefore never stale.

It goes with the process, however that ends. The pid and command in the file are for the message to
whoever comes second, and decide nothing.
"""

import fcntl
import os
import shlex
import sys
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from scraper.archive.folders import make_folder
from scraper.archive.trouble import translated
from scraper.errors import ArchiveBusyError

_RETRY_SECONDS = 0.05
_NOTE_BYTES = 200  # enough to recognise a command


class ArchiveLock:
    """The right to write the archive at `root`; not inherited by programs that are started."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = root / ".scraper" / "lock"
        self._descriptor: int | None = None

    def acquire(self, wait_seconds: float = 0.0) -> None:
        """Takes the lock, waiting at most `wait_seconds` for another process to let go of it.

        Raises:
            ArchiveBusyError: it is held; names the pid and the command that hold it.
            ArchiveError: the archive's folder cannot be made or written.
        """
        deadline = time.monotonic() + wait_seconds
        while (descriptor := self._try()) is None:
            left = deadline - time.monotonic()
            if left <= 0:
                raise ArchiveBusyError(
                    f"{self._root} is being written by {self._holder()}; "
                    "--wait SECONDS waits for it"
                )
            time.sleep(min(left, _RETRY_SECONDS))
        self._descriptor = descriptor

    def release(self) -> None:
        """Lets go of the lock; does nothing where it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def __enter__(self) -> Self:
        self.acquire()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.release()

    def _try(self) -> int | None:
        with translated(self._path, "locked"):
            make_folder(self._path.parent)
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW  # Python adds O_CLOEXEC
            descriptor = os.open(self._path, flags, 0o666)
            locked = False
            try:
                locked = self._lock(descriptor)
            finally:
                if not locked:
                    os.close(descriptor)
        return descriptor if locked else None

    def _lock(self, descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        # .scraper may be deleted at any time: a lock on a file without a name excludes nobody
        if not self._is_at_its_place(descriptor):
            return False
        _leave_note(descriptor)
        return True

    def _is_at_its_place(self, descriptor: int) -> bool:
        try:
            return os.path.samestat(os.fstat(descriptor), self._path.lstat())
        except FileNotFoundError:
            return False

    def _holder(self) -> str:
        with suppress(OSError):
            note = self._path.read_bytes()[:_NOTE_BYTES].decode(errors="replace")
            pid, _, command = note.strip().partition(" ")
            if pid.isdecimal():
                return f"process {pid} ({''.join(filter(str.isprintable, command))})"
        return "another process"


def _leave_note(descriptor: int) -> None:
    command = shlex.join([Path(sys.argv[0]).name, *sys.argv[1:]])
    note = f"{os.getpid()} {command}\n".encode(errors="replace")[:_NOTE_BYTES]
    with suppress(OSError):  # a full disk says so where it matters
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, note, 0)
