"""The versions of an article that the archive holds: its current file and those in `_revisions/`.

When each of them came is what the manifest says of its bytes; a file that moved to `_revisions/`
kept them, but for its links to saved pictures, and one that only got such links came when it did
before. A file whose bytes the manifest never named was edited by its owner.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from scraper.archive.manifest import Event, days, read_line
from scraper.archive.store import Store
from scraper.archive.trouble import translated
from scraper.errors import ArchiveError, DocumentError
from scraper.markdown.document import read
from scraper.markdown.pictures import moved
from scraper.model import Document

REVISIONS = "_revisions"
_NO_TEXTS = ("_quarantine/", "_raw/", "_manifest/", "assets/", f"{REVISIONS}/")
_NUMBERED = re.compile(r"^[1-9]\d{0,5}\.md$")


@dataclass(frozen=True, slots=True)
class Held:
    """One version: where its file is, what it says, when it came (None: nobody noted it).

    `edited` says that the file is no longer as this program wrote it.
    """

    number: int
    path: str
    document: Document
    at: datetime | None
    edited: bool = False


def events_of(root: Path, article_id: str) -> Iterator[Event]:
    """What the manifest says of an article, the oldest first. Raises ArchiveError."""
    needle = f'"id":{json.dumps(article_id, ensure_ascii=False)}'.encode()
    for day in days(root):
        with translated(root / day.path, "read"), (root / day.path).open("rb") as file:
            for number, line in enumerate(file, start=1):
                if needle in line and line.endswith(b"\n"):
                    event = read_line(line.decode("utf-8", "replace"), f"{day.path}:{number}")
                    if event.id == article_id:
                        yield event


def current_path(events: Sequence[Event]) -> str:
    """Where an article's current text is, as the manifest has it; "" where it never had one."""
    paths = [f.path for event in events for f in event.files if not f.path.startswith(_NO_TEXTS)]
    return paths[-1] if paths else ""


def revisions_of(path: str) -> PurePosixPath:
    """The folder in `_revisions/` that holds the earlier texts of the article at `path`."""
    return PurePosixPath(REVISIONS, *PurePosixPath(path).with_suffix("").parts[1:])


def earlier_paths(root: Path, path: str) -> list[str]:
    """The files with the earlier texts of an article, by their number. Raises ArchiveError."""
    folder = revisions_of(path)
    with translated(root / folder, "read"):
        if not (root / folder).is_dir():
            return []
        names = [file.name for file in (root / folder).iterdir() if _NUMBERED.match(file.name)]
    return [str(folder / name) for name in sorted(names, key=lambda name: int(name[:-3]))]


def versions_of(root: Path, path: str, events: Sequence[Event]) -> list[Held]:
    """Every version of the article at `path`, numbered from 1, the current one last.

    Raises:
        ArchiveError: a file cannot be read.
        DocumentError: a file is no document; names it.
    """
    store = Store(root)
    came = _arrivals(events)
    named = {fact.path for event in events for fact in event.files}
    paths = [*earlier_paths(root, path), *([path] if store.exists(path) else [])]
    held = [_held(store, (place, path), n, came) for n, place in enumerate(paths, start=1)]
    return [replace(one, edited=one.edited and one.path in named) for one in held]


def _arrivals(events: Sequence[Event]) -> dict[str, datetime]:
    """When each text was first written, by the SHA-256 of its file."""
    came: dict[str, datetime] = {}
    latest: dict[str, str] = {}  # by path
    for event in events:
        for fact in event.files:
            before = latest.get(fact.path, "") if event.event == "picture" else ""
            came.setdefault(fact.sha256, came.get(before, event.at))
            latest[fact.path] = fact.sha256
    return came


def _held(store: Store, places: tuple[str, str], number: int, came: dict[str, datetime]) -> Held:
    """`places`: where the text is, and where it was when it was current."""
    path, before = places
    text = store.read(path)
    try:
        document = read(text)
    except DocumentError as error:
        raise DocumentError(f"{path}: {error}") from error
    at = came.get(_hash_of(moved(text, path, before))) or came.get(_hash_of(text))
    modified = document.extra.get("last_modified_at")
    noted = modified if isinstance(modified, datetime) else None
    return Held(number, path, document, at or noted, edited=at is None)


def _hash_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def id_in(root: Path, path: str) -> str:
    """The `story_id` of the file at `path` below the root; "" where there is none to read."""
    try:
        return str(read(Store(root).read(path)).extra.get("story_id") or "")
    except (ArchiveError, DocumentError):
        return ""
