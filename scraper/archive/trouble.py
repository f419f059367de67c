"""What the operating system refused, as a message that a user can act on.

The one place where an OSError (errno(3)) of the archive's files becomes an ArchiveError.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from scraper.errors import ArchiveError

_SPACE = "free space on that disk and run the command again"
_RIGHTS = "let this user write there, or choose another folder with --archive"
_IN_THE_WAY = (
    "a file or a symbolic link stands where a real folder or file is needed "
    "(the archive never follows links): move it away"
)
_DESCRIPTORS = "raise the limit of open files (ulimit -n)"

_ADVICE = {
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EROFS: "make that disk writable, or choose another folder with --archive",
    errno.EACCES: _RIGHTS,
    errno.EPERM: _RIGHTS,
    errno.ENOTDIR: _IN_THE_WAY,
    errno.ELOOP: _IN_THE_WAY,
    errno.EEXIST: _IN_THE_WAY,
    errno.EISDIR: "a folder stands where a file is needed: move it away",
    errno.ENOENT: "something moved or deleted it: check that nothing else works on the archive",
    errno.ENAMETOOLONG: "shorten `path` in [archive] of the configuration",
    errno.EFBIG: "raise the limit of the file size (ulimit -f)",
    errno.EMFILE: _DESCRIPTORS,
    errno.ENFILE: _DESCRIPTORS,
    errno.EIO: "check that disk",
}


@contextmanager
def translated(path: Path, done: str) -> Iterator[None]:
    """Runs a block that works on `path`; `done` is what could not be: "written", "read".

    Raises:
        ArchiveError: in the place of an OSError, with path, the system's words and what to do.
    """
    try:
        yield
    except OSError as error:
        advice = _ADVICE.get(error.errno or 0, "check the folder and its disk")
        raise ArchiveError(f"{path} cannot be {done}: {error.strerror}; {advice}") from error
