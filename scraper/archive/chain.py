"""The manifest read as a whole: what it says should be there, and where its own chain is broken.

Reading needs no lock: a line that is being written is not looked at, nor is a day that began after
the reading did.
"""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from scraper.archive.findings import Finding
from scraper.archive.forgetting import Cut, cuts_of
from scraper.archive.manifest import Day, Event, FileFact, RecordFact, days, read_line
from scraper.archive.trouble import translated
from scraper.errors import ArchiveError


@dataclass(frozen=True, slots=True)
class Said:
    """What the manifest said last of a file, when, and of which article."""

    fact: FileFact
    at: datetime
    id: str


@dataclass(slots=True)
class Expected:
    """What should be there after all events so far: files by path, records by file and offset."""

    files: dict[str, Said] = field(default_factory=dict)
    records: dict[str, dict[int, tuple[RecordFact, str]]] = field(default_factory=dict)
    removed: dict[str, Event] = field(default_factory=dict)  # by path: what must not be there
    cuts: dict[str, tuple[Cut, Event]] = field(default_factory=dict)  # the last one of a file

    def take(self, event: Event) -> None:
        """Let one more event have happened; a forgotten article takes its records along."""
        for path in event.removed:
            self.files.pop(path, None)
            self.records.pop(path, None)
            self.removed[path] = event
        if event.event == "forgotten":
            for cut in cuts_of(event):
                self._move_records(cut)
                self.cuts[cut.file] = cut, event
            self._drop_records(event.id)
        for fact in event.files:
            self.files[fact.path] = Said(fact, event.at, event.id)
            self.removed.pop(fact.path, None)
        for record in event.records:
            self.records.setdefault(record.file, {})[record.offset] = (record, event.id)
            self.removed.pop(record.file, None)

    def _move_records(self, cut: Cut) -> None:
        """Records behind what was taken out of their file begin earlier now."""
        kept = self.records.get(cut.file, {})
        places = ((cut.moved(offset), record) for offset, record in kept.items())
        self.records[cut.file] = {
            place: (replace(fact, offset=place), owner)
            for place, (fact, owner) in places
            if place is not None
        }

    def _drop_records(self, article: str) -> None:
        for kept in self.records.values():
            for offset in [o for o, (_, owner) in kept.items() if owner == article]:
                del kept[offset]


def read_chain(root: Path) -> Iterator[Event | Finding]:
    """Every event, the oldest first, and what is wrong with the manifest. Raises ArchiveError."""
    known, link = days(root), None
    for day in known:
        walk = _Walk(root, day, link, is_last=day == known[-1])
        yield from walk.events()
        link = walk.link or link


class _Walk:
    """Reads the file of one day; `link` is what the next one must begin with."""

    def __init__(
        self, root: Path, day: Day, previous: dict[str, str] | None, *, is_last: bool
    ) -> None:
        self.link: dict[str, str] | None = None
        self._root, self._day = root, day
        self._previous, self._is_last = previous, is_last

    def events(self) -> Iterator[Event | Finding]:
        digest, where = hashlib.sha256(), str(self._day.path)
        with translated(self._root / where, "read"), (self._root / where).open("rb") as file:
            for number, line in enumerate(file, start=1):
                digest.update(line)
                if line.endswith(b"\n"):
                    yield from self._line(line, number)
                elif not self._is_last:  # the last day's is being written, or cut at the next start
                    yield Finding("chain", where, f"line {number} is torn")
                self.link = {"day": self._day.day.isoformat(), "sha256": digest.hexdigest()}

    def _line(self, line: bytes, number: int) -> Iterator[Event | Finding]:
        if number == 1:
            yield from self._opening(line)
            return
        try:
            yield read_line(line.decode("utf-8", "replace"), "")
        except ArchiveError:
            yield Finding("chain", str(self._day.path), f"line {number} is no event")

    def _opening(self, line: bytes) -> Iterator[Finding]:
        where = str(self._day.path)
        try:
            opening = json.loads(line)
            day, previous = opening["day"], opening["previous"]
        except (ValueError, KeyError, TypeError):
            yield Finding("chain", where, "its first line, the link to the day before, is broken")
            return
        if day != self._day.day.isoformat():
            yield Finding("chain", where, f"its first line names another day, {day}")
        if previous != self._previous:
            yield Finding("chain", where, _broken(previous, self._previous))


def _broken(said: object, found: dict[str, str] | None) -> str:
    """Which link does not hold."""
    if not isinstance(said, dict):
        return f"it begins the chain, although {(found or {}).get('day')} came before"
    if found is None or said.get("day") != found["day"]:
        return f"the day before it, {said.get('day')}, is missing"
    return f"the file of the day before it, {found['day']}, was changed since"
