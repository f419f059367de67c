"""Takes an article down: out of the files, out of the state, and keeps it from coming back.

First a note in the state, then the tombstone in the manifest, then the files, the rows last. A kill
before the tombstone leaves nothing done; after it, the next start finishes what it says.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from scraper.archive.archive import Archive, Change
from scraper.archive.forgetting import (
    Cut,
    Eraser,
    cuts_of,
    instant_of,
    last_of,
    plan_cut,
    write_about,
)
from scraper.archive.heads import read_heads_between
from scraper.archive.manifest import Event, hash_of
from scraper.archive.raw import Kept, sizes
from scraper.archive.trouble import translated
from scraper.archive.versions import earlier_paths, events_of
from scraper.service.keeping.compose import quarantine_path
from scraper.service.upkeep.finding import Found
from scraper.service.upkeep.sparing import record_anew, spared
from scraper.state.database import State
from scraper.state.forgotten import Takedown

_IN_HAND = "forgetting"  # key of the note that one was begun
_ASSET = re.compile(rb"assets/[0-9A-Za-z._/-]+")
_APART = ("_revisions/", "_quarantine/")


@dataclass(frozen=True, slots=True)
class Takeout:
    """What is taken out of the archive for one article: files, and ranges of WARC files."""

    found: Found
    files: tuple[str, ...]
    cuts: tuple[Cut, ...]
    spared: tuple[Kept, ...] = ()  # what other articles need of it, recorded anew for them


def plan(root: Path, state: State, found: Found) -> Takeout:
    """What an article has in the archive; reads only. Raises ArchiveError."""
    events = _since_takedown(found.events)
    texts = [path for path in _texts(root, found, events) if (root / path).is_file()]
    raw = {record.file for record in state.records.of(found.id)}
    raw |= {record.file for event in events for record in event.records}
    raw |= _strays(root, state, found.id)
    cuts = [plan_cut(root, file, found.id) for file in sorted(raw) if (root / file).is_file()]
    saved = {f.path for event in events for f in event.files if _ASSET.match(f.path.encode())}
    files = (*texts, *_assets(root, texts, saved))
    return Takeout(found, files, tuple(filter(None, cuts)), spared(root, state, found.id))


def forget(archive: Archive, state: State, takeout: Takeout, reason: str, now: datetime) -> None:
    """Take it out. Raises ArchiveError; then running it again, or the next start, finishes it."""
    found, files = takeout.found, takeout.files
    record_anew(archive, state, takeout.spared, now)
    state.meta.set(_IN_HAND, found.id)
    hashes = {path: hash_of(archive.root / path) for path in files}
    about = write_about(hashes, takeout.cuts, reason, found.url)
    change = Change("forgotten", found.id, removed=files, about=about)
    archive.commit([change], instant_of(now))
    finish(archive.root, state)


def finish_if_begun(root: Path, state: State) -> tuple[str, ...]:
    """Finish what an interrupted run left; says whose takedown that was. Raises ArchiveError."""
    begun = state.meta.get(_IN_HAND)
    if not begun and not state.upkeep.is_empty():  # a state that is new knows nothing of it
        return ()
    if finish(root, state) != begun or not begun:  # it was not begun before the kill
        return ()
    return (f"finished what an interrupted run had left of forgetting {begun}",)


def finish(root: Path, state: State) -> str:
    """Do what is left of the latest tombstone; the id on it, or "". Raises ArchiveError."""
    tombstone = last_of(root, "forgotten")
    if tombstone and _is_last(root, tombstone):
        Eraser(root).erase(tombstone)
        with state.transaction():
            _note(state, tombstone)
    if state.meta.get(_IN_HAND):
        state.meta.set(_IN_HAND, "")
    return tombstone.id if tombstone else ""


def _is_last(root: Path, tombstone: Event) -> bool:
    """Whether nothing of the article came back since."""
    return list(events_of(root, tombstone.id))[-1] == tombstone


def _note(state: State, tombstone: Event) -> None:
    """Put the takedown into the rows, unless it is there: offsets move once."""
    known = state.forgotten.get(tombstone.id)
    if known and known.at >= tombstone.at:
        return
    state.forgotten.drop_rows(tombstone.id)
    state.pictures.forget(tombstone.id, tombstone.removed)
    for cut in cuts_of(tombstone):
        for start, length in reversed(cut.ranges):
            state.forgotten.move_records(cut.file, start, length)
    about = tombstone.about
    state.forgotten.add(
        Takedown(tombstone.id, about.get("url", ""), tombstone.at, about.get("reason", ""))
    )


# -- what there is ---------------------------------------------------------------------------------


def _since_takedown(events: Sequence[Event]) -> Sequence[Event]:
    """The events of an article's present life: it may have been forgotten and fetched again."""
    ends = [number for number, event in enumerate(events, start=1) if event.event == "forgotten"]
    return events[ends[-1] if ends else 0 :]


def _strays(root: Path, state: State, article: str) -> set[str]:
    """The WARC files with records of the article that the state does not know of.

    A crash may have come between a record and its line: what no row of a file covers is looked at.
    """
    return {
        str(file.path)
        for file, size in sizes(root).items()
        for start, end in _gaps(state.records.places(str(file.path)), size)
        if any(h.article == article for h in read_heads_between(root / file.path, start, end))
    }


def _gaps(places: Sequence[tuple[int, int]], size: int) -> Iterator[tuple[int, int]]:
    """The parts of a file, from and to, that lie outside of these places."""
    at = 0
    for offset, length in [*places, (size, 0)]:
        if offset > at:
            yield at, offset
        at = max(at, offset + length)


def _texts(root: Path, found: Found, events: Sequence[Event]) -> list[str]:
    named = [f.path for event in events for f in event.files if f.path.startswith(_APART)]
    current = [found.path, *earlier_paths(root, found.path)] if found.path else []
    return list(dict.fromkeys([*current, *named, quarantine_path(found.id)]))


def _assets(root: Path, texts: Sequence[str], saved: set[str]) -> list[str]:
    """The pictures that these texts show, or that were saved for them, and no other text shows."""
    shown = _assets_in(root / path for path in texts) | saved
    if not shown:
        return []
    ours = set(texts)
    with translated(root, "read"):
        others = [p for p in root.rglob("*.md") if p.relative_to(root).as_posix() not in ours]
    alone = shown - _assets_in(others)
    return sorted(path for path in alone if ".." not in path and (root / path).is_file())


def _assets_in(files: "Iterator[Path] | Sequence[Path]") -> set[str]:
    found: set[str] = set()
    for file in files:
        with translated(file, "read"):
            found |= {match.decode() for match in _ASSET.findall(file.read_bytes())}
    return found
