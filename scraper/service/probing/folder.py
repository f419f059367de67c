"""Tries out the archive's folder: writes, syncs, renames, locks, and leaves nothing behind.

All of it happens in a folder of its own below .scraper/, so that it may be done beside a daemon
that is writing the archive.
"""

import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path, PurePosixPath

from scraper.archive.atomic import Batch, Bytes
from scraper.archive.folders import Folders, make_folder
from scraper.archive.lock import ArchiveLock
from scraper.archive.trouble import translated
from scraper.errors import ArchiveError
from scraper.service.diagnosis import folder as judge
from scraper.service.diagnosis.check import Check
from scraper.state.database import open_state

_BUSY, _SECONDS = 3, 30.0
_SECOND_WRITER = f"""
import sys
from pathlib import Path
from scraper.archive.lock import ArchiveLock
from scraper.errors import ArchiveBusyError
try:
    ArchiveLock(Path(sys.argv[1])).acquire()
except ArchiveBusyError:
    sys.exit({_BUSY})
"""
_LONG_NAME = "长" * 79 + ".md"  # 240 bytes, as many as an article's name may have


def probe_folder(root: Path) -> list[Check]:
    """Every check of the archive's folder; it is made for that while, where it is missing."""
    try:
        with _borrowed(root) as place:
            found = [_probe_ownership(root), *_probe_disk(root), *_try_out(place)]
    except ArchiveError as error:
        return [*_probe_missing(root), judge.judge_write(str(error))]
    return [*found, _probe_state(root)]


@contextmanager
def _borrowed(root: Path) -> Iterator[Path]:
    """A folder of our own below the archive's; whatever was made for it goes again."""
    missing = [path for path in (root / ".scraper", root, *root.parents) if not path.exists()]
    place = root / ".scraper" / f"doctor-{secrets.token_hex(6)}"
    try:
        with translated(root, "written"):
            make_folder(place)
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)
        for path in missing:
            with suppress(OSError):  # somebody else has put something there
                path.rmdir()


def _probe_missing(root: Path) -> list[Check]:
    """What can be said of the folder that is there, or in which it would be."""
    existing = next((path for path in (root, *root.parents) if path.exists()), root)
    return [_probe_ownership(existing), *_probe_disk(existing)] if existing.is_dir() else []


def _probe_ownership(folder: Path) -> Check:
    owner, writable = folder.stat().st_uid, os.access(folder, os.W_OK | os.X_OK)
    found = judge.Ownership(os.geteuid(), owner, writable)
    return judge.judge_ownership(str(folder), found)


def _probe_disk(root: Path) -> list[Check]:
    disk = os.statvfs(root)
    return [
        judge.judge_file_system(_kind(root)),
        judge.judge_space(disk.f_bavail * disk.f_frsize, disk.f_blocks * disk.f_frsize),
        judge.judge_inodes(disk.f_favail, disk.f_files),
    ]


def _kind(root: Path) -> str:
    """The type of the folder's file system; "" where the system does not say."""
    device = root.stat().st_dev
    numbers = f"{os.major(device)}:{os.minor(device)}"
    with suppress(OSError):
        mountinfo = Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape")
        return judge.find_file_system(mountinfo, numbers, os.path.realpath(root))
    return ""


def _try_out(place: Path) -> list[Check]:
    return [
        judge.judge_write(_try_writing(place)),
        judge.judge_folder_sync(_try_syncing(place)),
        judge.judge_names(_try_name(place)),
        judge.judge_lock(_try_locking(place), _kind(place)),
    ]


def _try_writing(place: Path) -> str:
    """Replace a file while it is being read: the reader keeps the old one, whole."""
    path = PurePosixPath("file")
    try:
        with translated(place / path, "written"):
            Batch(place, Folders(place)).write([Bytes(path, b"old")])
            with (place / path).open("rb") as reader:
                Batch(place, Folders(place)).write([Bytes(path, b"new")])
                kept = reader.read()
            written = (place / path).read_bytes()
    except ArchiveError as error:
        return str(error)
    whole = (kept, written) == (b"old", b"new")
    return "" if whole else f"{place}: a file that was replaced reads {written!r}; check that disk"


def _try_syncing(place: Path) -> str:
    descriptor = os.open(place, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    except OSError as error:
        return error.strerror or "refused"
    finally:
        os.close(descriptor)
    return ""


def _try_name(place: Path) -> str:
    try:
        (place / _LONG_NAME).touch()
        kept = any(path.name == _LONG_NAME for path in place.iterdir())
    except OSError as error:
        return error.strerror or "refused"
    return "" if kept else "it is stored under another name"


def _try_locking(place: Path) -> str:
    """Lock the folder as an archive is locked, and let a second process try the same."""
    command = [sys.executable, "-c", _SECOND_WRITER, os.fspath(place)]
    try:
        with ArchiveLock(place):
            second = subprocess.run(  # noqa: S603  # our own interpreter and text
                command, capture_output=True, text=True, timeout=_SECONDS, check=False
            )
    except (ArchiveError, OSError, subprocess.SubprocessError) as error:
        return str(error)
    if second.returncode == _BUSY:
        return ""
    last = second.stderr.strip().splitlines()[-1:]
    return "a second process was let in" if not second.returncode else "".join(last)


def _probe_state(root: Path) -> Check:
    try:
        with closing(open_state(root / ".scraper" / "state.sqlite", read_only=True)):
            return judge.judge_state("")
    except ArchiveError as error:
        return judge.judge_state(str(error))
