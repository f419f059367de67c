"""Small disks that lose their power or fill up: ext4 in a file, and memory."""

import fcntl
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

_GOING_DOWN = 0x8004587D  # EXT4_IOC_SHUTDOWN: _IOR('X', 125, __u32)
FLUSH_JOURNAL = 1  # EXT4_GOING_FLAGS_LOGFLUSH: what the journal holds reaches the disk
FLUSH_NOTHING = 2  # EXT4_GOING_FLAGS_NOLOGFLUSH


@dataclass
class Ext4:
    """A file system of its own in a file, mounted."""

    image: Path
    place: Path

    def mount(self) -> None:
        _run("mount", "-o", "loop", self.image, self.place)

    def sync(self) -> None:
        """What was written so far outlives the power."""
        _run("sync", "--file-system", self.place)

    def unmount(self) -> None:
        _run("umount", self.place)

    def cut_power(self, flush: int) -> None:
        """From here on nothing reaches the disk, and every write fails (ioctl_fs_shutdown)."""
        descriptor = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _GOING_DOWN, struct.pack("I", flush))
        finally:
            os.close(descriptor)


@contextmanager
def ext4(folder: Path) -> Iterator[Ext4]:
    """A mounted, empty disk of 64 MB; skips the test where none can be made."""
    _need("mkfs.ext4", "mount", "umount")
    disk = Ext4(folder / "disk.img", folder / "disk")
    disk.place.mkdir()
    with disk.image.open("wb") as file:
        file.truncate(64 << 20)
    _run("mkfs.ext4", "-q", "-F", disk.image)
    _try_mount("-o", "loop", disk.image, disk.place)
    try:
        yield disk
    finally:
        disk.unmount()
        disk.image.unlink()


@contextmanager
def memory_disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A mounted, empty disk of that size; skips the test where none can be made."""
    _need("mount", "umount")
    place = folder / "small"
    place.mkdir()
    _try_mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "none", place)
    try:
        yield place
    finally:
        _run("umount", place)


def fill(place: Path, kilobytes_free: int) -> Path:
    """A file that leaves so much free on a disk; gives it, to be deleted."""
    filler = place / "filler"
    with filler.open("wb") as file:
        left = shutil.disk_usage(place).free - kilobytes_free * 1024
        os.posix_fallocate(file.fileno(), 0, max(1, left))
    return filler


def _need(*tools: str) -> None:
    if os.geteuid():
        pytest.skip("needs root, to mount")
    missing = [tool for tool in tools if not shutil.which(tool)]
    if missing:
        pytest.skip(f"not installed: {', '.join(missing)}")


def _try_mount(*arguments: str | Path) -> None:
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(f"cannot mount here: {done.stderr.strip()}")


def _run(*command: str | Path) -> None:
    subprocess.run(command, check=True, capture_output=True)
