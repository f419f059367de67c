"""Makes many files durable at once, where the file system is known to keep that promise.

fsync(2) waits for the disk once a file. syncfs(2) waits once for all of them, and since Linux 5.8
tells of errors as fsync does; but what it promises is the file system's affair, and some that run
in user space, on other machines or on top of others promise less. So only those below get it.
"""

import ctypes
import os
from collections.abc import Sequence
from functools import cache
from typing import Final

_FEW: Final = 16  # below that, waiting for what other programs wrote may take longer
_TELLS_ERRORS: Final = (5, 8)  # syncfs(2), section "Versions"
_TRUSTED: Final = frozenset((0xEF53, 0x58465342, 0x9123683E, 0x01021994))  # ext, XFS, Btrfs, tmpfs
_STATFS_BYTES: Final = 256  # more than struct statfs has anywhere; its first word is the type


def synced_at_once(descriptors: Sequence[int]) -> bool:
    """Whether open files were made durable together that were written since they were opened.

    The first descriptor of each file system was opened before anything was written, so no error
    escapes it. A failure is no news yet: the fsync of each file then says which, and why.
    """
    library = _library()
    if library is None or len(descriptors) < _FEW:
        return False
    firsts = {os.fstat(descriptor).st_dev: descriptor for descriptor in reversed(descriptors)}
    trusted = all(_type_of(library, descriptor) in _TRUSTED for descriptor in firsts.values())
    return trusted and not any(library.syncfs(descriptor) for descriptor in firsts.values())


@cache
def _library() -> ctypes.CDLL | None:
    """The C library, where it has what is needed."""
    library = ctypes.CDLL(None, use_errno=True)
    release = tuple(int(number) for number in os.uname().release.split(".")[:2] if number.isdigit())
    usable = os.uname().sysname == "Linux" and release >= _TELLS_ERRORS
    return library if usable and hasattr(library, "syncfs") else None


def _type_of(library: ctypes.CDLL, descriptor: int) -> int:
    answer = ctypes.create_string_buffer(_STATFS_BYTES)
    if library.fstatfs(descriptor, answer):
        return 0
    return ctypes.c_ulong.from_buffer(answer).value
