"""Documents that stand in the archive without their line in the manifest: a crash came between.

Only what was written about when the manifest was, or later, is looked at: a start must not take
longer the larger the archive is.
"""

import hashlib
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from scraper.archive.manifest import Event, FileFact, days, hash_of, read_all, read_events
from scraper.archive.trouble import translated
from scraper.markdown.pictures import moved

MARGIN = 3600  # seconds: far longer than one change takes from its files to its line


@dataclass(frozen=True, slots=True)
class Orphan:
    """A document whose text no line of the manifest tells of; new: none tells of its path."""

    path: str
    is_new: bool
    earlier: str = ""  # where the text before it is kept, which has no line either


def manifest_written_at(root: Path) -> float:
    """When the manifest was last written, as a file's time; 0 where there is none.

    To be asked before the archive is opened: cutting a torn line is writing. Raises ArchiveError.
    """
    known = days(root)
    with translated(root, "read"):
        return (root / known[-1].path).stat().st_mtime if known else 0.0


def recent_events(root: Path, since: float) -> list[Event]:
    """The events of the days whose file was written since then. Raises ArchiveError."""
    found: list[Event] = []
    for day in days(root):
        if (root / day.path).stat().st_mtime >= since - MARGIN:
            found.extend(read_events(root, day))
    return found


def orphans(root: Path, events: list[Event], since: float) -> list[Orphan]:
    """Documents that were written since then and that no event tells of. Raises ArchiveError.

    A text that its owner edited is none: the one before it was not put into `_revisions`.
    """
    facts = {fact.path: fact for event in events for fact in event.files}
    unknown = {
        path
        for path in _written_since(root / "_posts", since - MARGIN)
        if (fact := facts.get(str(path.relative_to(root)))) is None or hash_of(path) != fact.sha256
    }
    if not unknown:
        return []
    facts = {fact.path: fact for event in read_all(root) for fact in event.files}
    return [orphan for path in sorted(unknown) if (orphan := _orphan(root, path, facts))]


def _orphan(root: Path, path: Path, facts: Mapping[str, FileFact]) -> Orphan | None:
    name = str(path.relative_to(root))
    fact = facts.get(name)
    if fact is None:
        return Orphan(name, is_new=True)
    if hash_of(path) == fact.sha256:
        return None
    earlier = root / PurePosixPath("_revisions", *PurePosixPath(name).with_suffix("").parts[1:])
    for text in earlier.glob("*.md"):
        kept = str(text.relative_to(root))
        if kept not in facts and _hash_of_moved(text, kept, name) == fact.sha256:
            return Orphan(name, is_new=False, earlier=kept)
    return None


def _hash_of_moved(file: Path, kept: str, name: str) -> str:
    """The SHA-256 that an earlier text had where it stood before, at `name`."""
    with translated(file, "read"):
        text = file.read_bytes().decode("utf-8", "surrogateescape")
    return hashlib.sha256(moved(text, kept, name).encode("utf-8", "surrogateescape")).hexdigest()


def _written_since(top: Path, since: float) -> Iterator[Path]:
    """Documents that were renamed into their folder since then: that changed the folder as well."""
    with translated(top, "read"):
        for folder, _, names, descriptor in os.fwalk(top):
            if os.fstat(descriptor).st_mtime < since:
                continue
            for name in names:
                found = os.stat(name, dir_fd=descriptor, follow_symlinks=False)
                is_document = name.endswith(".md") and stat.S_ISREG(found.st_mode)
                if is_document and found.st_mtime >= since:
                    yield Path(folder, name)
