"""Judges the folder that the archive is kept in, and its disk. Pure."""

import re
from dataclasses import dataclass

from scraper.service.diagnosis.check import Check, failed, ok, warning

MEGABYTE = 1_000_000
LEAST_SPACE = 100 * MEGABYTE  # failed below: a busy day with pictures
LOW_SPACE = 2_000 * MEGABYTE  # about a year of text and raw records of a newspaper's section
LEAST_INODES, LOW_INODES = 1_000, 100_000
NETWORK_SYSTEMS = frozenset("nfs nfs4 cifs smb3 smbfs 9p afs ceph glusterfs lustre".split())
VOLATILE_SYSTEMS = frozenset(("tmpfs", "ramfs"))
FOREIGN_SYSTEMS = frozenset("vfat msdos exfat ntfs ntfs3 fuseblk hfs hfsplus".split())
LAYERED_SYSTEMS = frozenset(("overlay", "aufs"))


@dataclass(frozen=True, slots=True)
class Ownership:
    """Whose the archive's folder is, and who we are (numbers of users)."""

    ours: int
    owner: int
    writable: bool


def judge_ownership(folder: str, found: Ownership) -> Check:
    """Whether this process may write the folder, and others who write it can go on."""
    reason = f"{folder} belongs to user {found.owner}, this is user {found.ours}"
    if not found.writable:
        advice = (
            f"chown -R {found.ours} {folder} (for a container: on the host's side of the mount)"
        )
        return failed("owner", f"{reason}, who may not write there", advice)
    if found.ours == 0 != found.owner:
        advice = f"run it as user {found.owner}, who cannot change what root writes"
        return warning("owner", reason, advice)
    return ok("owner", f"{folder} can be written by user {found.ours}")


def judge_file_system(kind: str) -> Check:
    """The type of the archive's file system, as the kernel calls it; "" where it does not say."""
    name = "filesystem"
    if kind in NETWORK_SYSTEMS or (kind.startswith("fuse.") and kind != "fuse.portal"):
        return warning(
            name,
            f"{kind}: on another machine or in user space, where locks and syncs promise less",
            "let one machine alone write this archive, best on a local disk; NFS needs version 4",
        )
    if kind in VOLATILE_SYSTEMS:
        return warning(name, f"{kind}: gone when the machine stops", "put the archive on a disk")
    if kind in LAYERED_SYSTEMS:
        advice = "mount a volume at the archive's folder"
        return warning(name, f"{kind}: in the container itself, and gone with it", advice)
    if kind in FOREIGN_SYSTEMS:
        advice = "prefer a file system of Linux, such as ext4, XFS or Btrfs"
        return warning(name, f"{kind}: without owners, and careless of case in names", advice)
    return ok(name, kind or "the system does not say which")


def judge_space(free: int, total: int) -> Check:
    """Bytes of the archive's disk."""
    reason = f"{free / MEGABYTE:,.0f} MB of {total / MEGABYTE:,.0f} MB are free"
    advice = "free space on that disk, or move the archive to a larger one"
    if free < LEAST_SPACE:
        return failed("space", reason, advice)
    return warning("space", reason, advice) if free < LOW_SPACE else ok("space", reason)


def judge_inodes(free: int, total: int) -> Check:
    """How many more files the disk can hold; some file systems have no limit and say 0 of 0."""
    if not total:
        return ok("inodes", "files are not limited in number")
    reason = f"{free:,} more files fit"
    advice = "delete small files on that disk, or make its file system with more inodes (mkfs -N)"
    if free < LEAST_INODES:
        return failed("inodes", reason, advice)
    return warning("inodes", reason, advice) if free < LOW_INODES else ok("inodes", reason)


def judge_write(trouble: str) -> Check:
    """Whether a file could be written, synced and renamed; `trouble` says why not, and what to do.

    What an ArchiveError says is both.
    """
    if trouble:
        reason, _, advice = trouble.rpartition("; ")
        return failed("write", reason or trouble, advice if reason else "check that disk")
    return ok("write", "a file was written, synced, renamed and read back")


def judge_folder_sync(trouble: str) -> Check:
    """Whether the names in a folder can be made durable (fsync(2) of a folder)."""
    if trouble:
        return warning(
            "sync",
            f"names of new files cannot be synced: {trouble}",
            "after a power cut the newest articles may be fetched again; a local disk is safer",
        )
    return ok("sync", "folders can be synced")


def judge_names(trouble: str) -> Check:
    """Whether a name of 240 bytes in Chinese characters can be used."""
    if trouble:
        advice = 'shorten `path` in [archive], say "_posts/{year}/{month}/{date}-{story_id}.md"'
        return failed("names", f"a long Chinese file name is refused: {trouble}", advice)
    return ok("names", "long Chinese file names can be used")


def judge_lock(trouble: str, kind: str) -> Check:
    """Whether a second process was refused; `kind` is the file system's type."""
    if trouble:
        where = f" on {kind}" if kind else ""
        return failed(
            "lock",
            f"locks do not hold{where}: {trouble}",
            "put the archive where flock(2) works (a local disk, NFS 4 with its lock service): two"
            " processes could write it at once",
        )
    return ok("lock", "a second process was kept out")


def judge_state(trouble: str) -> Check:
    """Whether the state can be read, where there is one."""
    if trouble:
        return failed("state", trouble, "`scraper rebuild` makes it anew from the archive's files")
    return ok("state", "can be read, or is not there yet")


def find_file_system(mountinfo: str, device: str, path: str) -> str:
    """The type of the file system that holds `path`, "" where it is not listed.

    `mountinfo` is /proc/self/mountinfo (proc(5)), `device` "MAJOR:MINOR" of the path's file
    system. Some file systems show other numbers there: then the innermost mount point decides.
    """
    mounts = [line.split() for line in mountinfo.splitlines() if " - " in line]
    around = [mount for mount in mounts if _is_below(path, _unescaped(mount[4]))]
    exact = [mount for mount in around if mount[2] == device]
    innermost = max(exact or around, key=lambda mount: len(mount[4]), default=[])
    return innermost[innermost.index("-") + 1] if innermost else ""


def _is_below(path: str, mount: str) -> bool:
    return path == mount or path.startswith(f"{mount.rstrip('/')}/")


def _unescaped(path: str) -> str:
    """A path of mountinfo, where blanks and the like stand as octal numbers."""
    return re.sub(r"\\([0-7]{3})", lambda found: chr(int(found[1], 8)), path)
