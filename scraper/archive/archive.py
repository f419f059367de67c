"""The archive as a whole: what was received, the documents, the manifest, written in that order.

A change is durable when its line in the manifest is; the state's row comes after that. Whatever a
crash leaves half-done stands before the line: a record without a document, or a document without a
line, which the next writing of the same article takes up.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain
from pathlib import Path
from typing import Any

from scraper.archive.folders import Folders
from scraper.archive.manifest import Event, FileFact, Happening, Manifest, RecordFact
from scraper.archive.raw import Kept, Raw
from scraper.archive.store import Content, Store


@dataclass(frozen=True, slots=True)
class Change:
    """What is done to the archive for one article: texts or bytes by path, and exchanges.

    `removed` are files that were taken away before.
    """

    event: Happening
    id: str = ""
    files: tuple[tuple[str, Content], ...] = ()
    kept: tuple[Kept, ...] = ()
    removed: tuple[str, ...] = ()
    about: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Done:
    """What a change left: the facts of its files and of its records, in their order."""

    files: tuple[FileFact, ...]
    records: tuple[RecordFact, ...]


class Archive:
    """Writes an archive; the caller holds its lock."""

    def __init__(self, root: Path, software: str) -> None:
        folders = Folders(root)
        self.root = root
        self.store = Store(root)
        self._raw = Raw(root, folders, software)
        self._manifest = Manifest(root, folders)

    def open(self) -> tuple[str, ...]:
        """Clear away what an interrupted run left; says what was found. Raises ArchiveError."""
        self.store.check_writable()
        self.store.sweep()
        cut = {"_raw": self._raw.open(), "_manifest": self._manifest.open()}
        return tuple(
            f"{self.root / name}: cut {count:,} bytes off that an interrupted run had left"
            for name, count in cut.items()
            if count
        )

    def commit(self, changes: Sequence[Change], now: datetime) -> list[Done]:
        """Make changes durable, all of them sharing their syncs.

        Raises ArchiveError; then the same changes may be committed again, and every file is whole.
        """
        records = iter(self._raw.append([k for change in changes for k in change.kept], now))
        self.store.write(list(chain.from_iterable(change.files for change in changes)))
        done = [
            Done(
                files=tuple(fact_of(path, content) for path, content in change.files),
                records=tuple(next(records) for _ in change.kept),
            )
            for change in changes
        ]
        self._manifest.append(
            [_event(change, result, now) for change, result in zip(changes, done, strict=True)]
        )
        return done


def fact_of(path: str, content: Content) -> FileFact:
    """What the manifest says of a file."""
    data = content.encode() if isinstance(content, str) else content
    return FileFact(path, hashlib.sha256(data).hexdigest(), len(data))


def _event(change: Change, done: Done, now: datetime) -> Event:
    return Event(
        now, change.event, change.id, done.files, done.records, change.removed, change.about
    )
