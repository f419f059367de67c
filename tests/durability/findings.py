"""What is wrong with an archive, judged without the program: by the formats alone.

The program's own `verify` may share a mistake with what writes the archive; this shares no code
with either. It is meant for archives at rest: after a run that ended by itself.
"""

import gzip
import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import frontmatter
from warcio.archiveiterator import ArchiveIterator

_TEXTS = ("_posts", "_revisions", "_quarantine")
_RULE = "\n------\n\n"  # the end of a document's header


def archive_findings(root: Path, acknowledged: Iterable[str] = ()) -> list[str]:
    """Everything that is wrong, a line each; `acknowledged` are paths that must be there."""
    events, findings = _read_manifest(root)
    findings += _documents(root)
    findings += _leftovers(root)
    findings += _named_files(root, events)
    findings += _records(root, events)
    findings += _warc_files(root)
    findings += _state(root)
    missing = (path for path in acknowledged if not (root / path).is_file())
    return [*findings, *(f"{path}: was acknowledged, and is not there" for path in missing)]


def texts(root: Path) -> dict[str, bytes]:
    """Every text of an archive by its path: what a reader takes the archive for."""
    found = [file for name in _TEXTS for file in (root / name).rglob("*") if file.is_file()]
    return {str(file.relative_to(root)): file.read_bytes() for file in sorted(found)}


def _documents(root: Path) -> Iterator[str]:
    stories: Counter[str] = Counter()
    for path, data in texts(root).items():
        if path.startswith("_quarantine"):
            continue
        try:
            keys = frontmatter.loads(data.decode()).metadata
        except ValueError as error:
            yield f"{path}: cannot be parsed: {error}"
            continue
        if path.startswith("_posts"):
            stories[str(keys.get("story_id"))] += 1
        body = data.decode().partition(_RULE)[2].removesuffix("\n")
        if _sha256(body.encode()) != keys.get("sha256") or not data.endswith(b"\n"):
            yield f"{path}: its body is not the one that its front matter names"
    yield from (f"story {story}: {n} files" for story, n in stories.items() if n > 1)


def _leftovers(root: Path) -> Iterator[str]:
    for file in root.rglob("*.tmp"):
        yield f"{file.relative_to(root)}: left behind"


# -- the manifest ----------------------------------------------------------------------------------


def _read_manifest(root: Path) -> tuple[list[Any], list[str]]:
    """The events of all days, and what is wrong with their files."""
    events: list[Any] = []
    findings: list[str] = []
    before = None
    for file in sorted((root / "_manifest").rglob("*.jsonl")):
        data = file.read_bytes()
        lines = data.decode().split("\n")
        if lines.pop():
            findings.append(f"{file.name}: its last line is torn")
        try:
            opening, *rest = map(json.loads, lines)
        except ValueError as error:
            findings.append(f"{file.name}: {error}")
            continue
        if opening.get("previous") != before or opening.get("day") != file.stem:
            findings.append(f"{file.name}: its first line does not name the day before")
        events += rest
        before = {"day": file.stem, "sha256": _sha256(data)}
    return events, findings


def _named_files(root: Path, events: list[Any]) -> Iterator[str]:
    last: dict[str, Any] = {}
    for event in events:
        last |= {fact["path"]: fact for fact in event.get("files", ())}
        for path in event.get("removed", ()):
            last.pop(path, None)
    for path, fact in last.items():
        data = (root / path).read_bytes() if (root / path).is_file() else b""
        if (_sha256(data), len(data)) != (fact["sha256"], fact["bytes"]):
            yield f"{path}: missing, or not what the manifest says"
    yield from (f"{path}: not in the manifest" for path in texts(root) if path not in last)


def _records(root: Path, events: list[Any]) -> Iterator[str]:
    for fact in (fact for event in events for fact in event.get("records", ())):
        place = f"{fact['file']}:{fact['offset']}"
        if not (root / fact["file"]).is_file():
            yield f"{place}: its file is missing"
            continue
        with (root / fact["file"]).open("rb") as file:
            file.seek(fact["offset"])
            if _sha256(file.read(fact["length"])) != fact["sha256"]:
                yield f"{place}: not the record that the manifest names"


# -- what others read ------------------------------------------------------------------------------


def _warc_files(root: Path) -> Iterator[str]:
    for path in sorted((root / "_raw").rglob("*.warc.gz")):
        try:
            with gzip.open(path) as unpacked:
                unpacked.read()
            with path.open("rb") as file:
                for record in ArchiveIterator(file, check_digests="raise"):
                    record.content_stream().read()
        except Exception as error:  # noqa: BLE001  # warcio raises its own and the inflater's
            yield f"{path.relative_to(root)}: {type(error).__name__}: {error}"


def _state(root: Path) -> Iterator[str]:
    path = root / ".scraper" / "state.sqlite"
    with closing(sqlite3.connect(path)) as state:
        ((verdict,),) = state.execute("PRAGMA quick_check(1)")
        rows = state.execute("SELECT path, sha256 FROM articles WHERE status = 'archived'")
        archived = dict(rows.fetchall())
    if verdict != "ok":
        yield f"{path.name}: {verdict}"
    for name, digest in archived.items():
        if digest not in _text(root / name):
            yield f"{name}: not the file that the state's row names"
    for name in texts(root):
        if name.startswith("_posts") and name not in archived:
            yield f"{name}: the state has no row for it"
    yield from (f"{file.name}: set aside" for file in path.parent.glob("*.damaged-*"))


def _text(path: Path) -> str:
    return path.read_text("utf-8", "replace") if path.is_file() else ""


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
