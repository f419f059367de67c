"""Holds an archive's files to its manifest: read-only, without the lock, beside a running writer.

Memory grows with the number of files and records, not with their size. Everything that is found is
a value; what was written after the look began is nobody's fault and left to the next look.
"""

import hashlib
import os
import time
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO

from scraper.archive import raw, warc
from scraper.archive.atomic import is_temporary
from scraper.archive.chain import Expected, Said, read_chain
from scraper.archive.findings import Finding
from scraper.archive.forgetting import begins_with
from scraper.archive.manifest import Event, RecordFact
from scraper.archive.trouble import translated
from scraper.errors import DocumentError
from scraper.markdown.document import sha256_of_body
from scraper.markdown.glance import Glance, glance, look

FOLDERS = ("_posts", "_revisions", "_quarantine", "assets")
_SLACK = timedelta(days=1)  # between an event and the writing of its files, clocks included
_AT_ONCE = timedelta(minutes=1)  # the same, as a rule: nobody edits a file sooner
_CHUNK = 1 << 20  # bytes


@dataclass(slots=True)
class Look:
    """One look at an archive. `only` are the paths to look at; None for all."""

    root: Path
    fast: bool = False  # by size and time, reading only the files in which these differ
    only: Collection[str] | None = None
    expected: Expected = field(default_factory=Expected)
    bodies: dict[str, str] = field(default_factory=dict)  # SHA-256 of the body of each document
    seen: set[str] = field(default_factory=set)  # the paths of all files that are there
    began: int = field(default_factory=time.time_ns)

    def wants(self, path: str) -> bool:
        """Whether this look is at that path."""
        return self.only is None or path in self.only

    def chain(self) -> Iterator[Finding]:
        """Read the manifest, for what it expects and for itself. Raises ArchiveError."""
        for event in read_chain(self.root):
            if isinstance(event, Finding):
                yield event
            else:
                self.expected.take(event)

    def files(self) -> Iterator[Finding | None]:
        """Every file against what the manifest says of it; None after each. Raises ArchiveError."""
        prefix = len(os.path.join(self.root, ""))  # noqa: PTH118  # the text before a path
        for folder in FOLDERS:
            if (self.root / folder).is_symlink():
                yield Finding("extra", folder, "a symbolic link, which the archive never follows")
            for entry in files_below(self.root / folder):
                path = entry.path[prefix:]
                if self.wants(path):
                    yield from self._file(entry, path)
                    yield None
        for path in self.expected.files.keys() - self.seen:
            if self.wants(path) and not (self.root / path).is_file():
                yield Finding("missing", path)

    def _file(self, entry: os.DirEntry[str], path: str) -> Iterator[Finding]:
        self.seen.add(path)
        if not entry.is_file(follow_symlinks=False):
            yield Finding("extra", path, "no file: the archive holds neither links nor devices")
            return
        said = self.expected.files.get(path)
        try:
            found = entry.stat(follow_symlinks=False)
            data = None if self.fast and _looks_right(said, found) else _read(entry.path)
        except FileNotFoundError:  # since it was listed
            self.seen.discard(path)
            return
        except OSError:
            with translated(self.root / path, "read"):
                raise
        if data is not None and found.st_mtime_ns < self.began:
            yield from self._judge(path, said, found, data)

    def _judge(
        self, path: str, said: Said | None, found: os.stat_result, data: bytes
    ) -> Iterator[Finding]:
        digest, is_post = hashlib.sha256(data).hexdigest(), path.startswith("_posts/")
        if said is None:
            yield self._unasked(path, digest)
        elif digest == said.fact.sha256:
            yield from self._document(path, data, glance) if is_post else ()
            return
        elif is_post and _is_edit(said, found, data):
            yield Finding("edited", path, f"on {datetime.fromtimestamp(found.st_mtime, UTC):%F}")
            return
        else:
            yield Finding("differs", path, f"{len(data):,} bytes, {said.fact.bytes:,} were written")
        yield from self._document(path, data, look) if is_post else ()

    def _unasked(self, path: str, digest: str) -> Finding:
        """A file that no line expects: one that was to be removed, or somebody else's."""
        event = self.expected.removed.get(path)
        if event and digest == event.about.get("files", {}).get(path):
            return Finding("unfinished", path, _still(event))
        return Finding("extra", path, "the manifest knows nothing of it")

    def _document(self, path: str, data: bytes, see: Callable[[str], Glance]) -> Iterator[Finding]:
        try:
            seen = see(data.decode())
        except (DocumentError, UnicodeDecodeError) as error:
            yield Finding("front matter", path, str(error))
            return
        body = hashlib.sha256(seen.body.encode()).hexdigest()
        self.bodies[path] = body if body == seen.sha256 else sha256_of_body(seen.body)
        if seen.sha256 and seen.sha256 != self.bodies[path]:
            yield Finding("front matter", path, "its sha256 is not that of its body")

    # -- what was received -------------------------------------------------------------------------

    def records(self) -> Iterator[Finding | None]:
        """Every WARC record against its hash; None after each file. Raises ArchiveError."""
        there = [str(file.path) for file in raw.files(self.root)]
        for path in there:
            if self.wants(path):
                yield from self._records(path, is_last=path == there[-1])
                yield None
        for path in self.expected.records.keys() - set(there):
            if self.wants(path) and self.expected.records[path]:
                count = len(self.expected.records[path])
                yield Finding("missing", path, f"with {count:,} records")

    def _records(self, path: str, *, is_last: bool) -> Iterator[Finding]:
        kept = self.expected.records.get(path, {})
        facts = [kept[offset][0] for offset in sorted(kept)]
        with translated(self.root / path, "read"), (self.root / path).open("rb") as file:
            left = self._left_over(path, file)
            if left:
                yield left
                return
            size = os.fstat(file.fileno()).st_size
            end = max((fact.offset + fact.length for fact in facts), default=0)
            if end > size:
                yield Finding("record", path, f"it ends at {size:,}, records reach to {end:,}")
            elif not self.fast:
                yield from _differing(file, path, facts)
        if not (self.fast or is_last) and warc.whole_length(self.root / path, end) < size:
            yield Finding("record", path, f"behind {end:,} it holds bytes that are no record")

    def _left_over(self, path: str, file: IO[bytes]) -> Finding | None:
        """What a takedown, or an expiry, was to take out of a file and has not yet."""
        event = self.expected.removed.get(path)
        if event:
            return Finding("unfinished", path, _still(event))
        cut, event = self.expected.cuts.get(path, (None, None))
        if cut and event and not self.fast and begins_with(file, cut.before):
            return Finding("unfinished", path, f"its records: {_still(event)}")
        return None


def _still(event: Event) -> str:
    """Why a file is not to be there."""
    what = f"{event.id} was forgotten" if event.event == "forgotten" else "it expired"
    return f"{what} on {event.at:%Y-%m-%d}, and it is still there"


def _differing(file: IO[bytes], path: str, facts: list[RecordFact]) -> Iterator[Finding]:
    for fact in facts:
        file.seek(fact.offset)
        digest, left = hashlib.sha256(), fact.length
        while left and (data := file.read(min(left, _CHUNK))):
            digest.update(data)
            left -= len(data)
        if digest.hexdigest() != fact.sha256:
            yield Finding("record", path, f"the record at {fact.offset:,} was changed")


def _looks_right(said: Said | None, found: os.stat_result) -> bool:
    """Whether size and time are those of a file that nobody touched since it was written."""
    if said is None or found.st_size != said.fact.bytes:
        return False
    return found.st_mtime <= (said.at + _SLACK).timestamp()


def _is_edit(said: Said, found: os.stat_result, data: bytes) -> bool:
    """Whether a file that differs is its owner's work: written later, whole, and a document.

    What rots on a disk keeps its time; what was cut off in the middle lacks the last line's end.
    """
    if found.st_mtime <= (said.at + _AT_ONCE).timestamp():
        return False
    if b"\0" in data or not data.endswith(b"\n"):
        return False
    try:
        look(data.decode())
    except (DocumentError, UnicodeDecodeError):
        return False
    return True


def files_below(top: Path) -> Iterator[os.DirEntry[str]]:
    """Whatever is below a folder that is no folder itself; no link is entered."""
    with translated(top, "read"):
        if not top.is_dir() or top.is_symlink():
            return
        pending = [str(top)]
        while pending:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    elif not is_temporary(entry.name):
                        yield entry


def _read(path: str) -> bytes:
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
    with os.fdopen(descriptor, "rb") as file:
        return file.read()
