"""The whole archive verified: manifest, files, records, and the state's rows against the files.

What is found is looked at a second time, a moment later: beside a running writer, a file may stand
there whose line in the manifest is still to come. Only what both looks find is told.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from scraper.archive.findings import Finding
from scraper.archive.timestamps import Attested, are_readable, stamped, verify_stamps
from scraper.archive.verifying import Look
from scraper.state.database import State, open_state
from scraper.state.upkeep import Placed

STATE = ".scraper/state.sqlite"
PATIENCE = 1.0  # seconds: longer than one batch takes from its first file to its row


@dataclass(frozen=True, slots=True)
class Verified:
    """What was looked at, and what was found."""

    findings: tuple[Finding, ...]
    files: int
    records: int
    attested: tuple[Attested, ...] = ()  # the days with a timestamp that fits, the oldest first
    unread: int = 0  # timestamps that cannot be read without their library

    @property
    def troubles(self) -> int:
        """How many findings say that something is wrong."""
        return sum(finding.is_trouble for finding in self.findings)

    @property
    def counts(self) -> Counter[str]:
        """How many findings there are of each kind."""
        return Counter(finding.kind for finding in self.findings)


def verify(
    root: Path,
    advance: Callable[[int, int], None],
    *,
    fast: bool = False,
    patience: float = PATIENCE,
) -> Verified:
    """Verify the archive at `root`, reading only; `fast`: by size and time.

    `advance` is told how many files are done, and of how many; `patience` is how many seconds a
    writer has to finish what is under way. Raises ArchiveError.
    """
    look = Look(root, fast=fast)
    found = list(_look(look, advance))
    if found:
        time.sleep(patience)
        paths = frozenset(finding.path for finding in found)
        again = Look(root, fast=fast, only=paths, began=look.began)
        confirmed = {(f.kind, f.path) for f in _look(again, lambda *_: None)}
        found = [finding for finding in found if (finding.kind, finding.path) in confirmed]
    found.sort(key=lambda finding: (finding.kind, finding.path))
    records = sum(map(len, look.expected.records.values()))
    if not are_readable():
        return Verified(tuple(found), len(look.seen), records, unread=len(stamped(root)))
    attested = tuple(one for one in verify_stamps(root) if isinstance(one, Attested))
    return Verified(tuple(found), len(look.seen), records, attested)


def _look(look: Look, advance: Callable[[int, int], None]) -> Iterator[Finding]:
    yield from look.chain()
    yield from _stamps(look)
    total, done = len(look.expected.files), 0
    for finding in chain(look.files(), look.records()):
        if finding is None:
            done += 1
            advance(done, max(done, total))
        else:
            yield finding
    yield from _state(look)


def _stamps(look: Look) -> Iterator[Finding]:
    for one in verify_stamps(look.root) if are_readable() else ():
        if isinstance(one, Finding) and look.wants(one.path):
            yield one


def _state(look: Look) -> Iterator[Finding]:
    path = look.root / STATE
    if not path.exists():
        if look.wants(STATE) and (look.seen or look.only):
            yield Finding("state", STATE, "it is not there")
        return
    with closing(open_state(path, read_only=True)) as state:
        yield from _rows(look, state)


def _rows(look: Look, state: State) -> Iterator[Finding]:
    known = set()
    for placed in state.upkeep.placed():
        known.add(placed.path)
        if look.wants(placed.path):
            detail = _disagreement(look, placed)
            if detail:
                yield Finding("state", placed.path, detail)
    for path in sorted(look.seen - known):
        if path.startswith("_posts/") and look.wants(path) and path in look.expected.files:
            yield Finding("state", path, "no row of the state knows of it")


def _disagreement(look: Look, placed: Placed) -> str:
    """How a row differs from the file that it names; "" where it does not."""
    if placed.path not in look.seen:
        if (look.root / placed.path).exists():  # since the folder was listed
            return ""
        return f"the state has it as {placed.status}, under {placed.id}, and it is not there"
    said, body = look.expected.files.get(placed.path), look.bodies.get(placed.path)
    if said and placed.file_sha256 not in ("", said.fact.sha256):
        return f"the state, under {placed.id}, has another SHA-256 of it than the manifest"
    if said and said.id != placed.id and said.id:
        return f"the state has it under {placed.id}, the manifest under {said.id}"
    if body and placed.sha256 and placed.sha256 != body:
        return f"the state, under {placed.id}, has another SHA-256 of its body"
    return ""
