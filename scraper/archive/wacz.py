"""Records of the archive as one WACZ file, which replay tools open as a whole.

Web Archive Collection Zipped 1.1.1 (https://specs.webrecorder.net/wacz/1.1.1/): a ZIP whose WARC is
stored as it is, so that a record is read at its offset; a CDXJ index, the pages, and a
datapackage.json with the SHA-256 of each.
"""

import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any
from urllib.parse import urlsplit
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from scraper.archive.heads import Head
from scraper.archive.trouble import translated
from scraper.archive.warc import write_info

VERSION = "1.1.1"
WARC_NAME = "data.warc.gz"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # ZIP's: the same records make the same file
_INDEXED = ("response", "revisit")


@dataclass(frozen=True, slots=True)
class Chosen:
    """One record to be copied, and the file that it stands in."""

    file: Path
    head: Head


@dataclass(frozen=True, slots=True)
class PageEntry:
    """A page that a reader of the collection can begin at."""

    id: str
    url: str
    at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class _Resource:
    path: str
    sha256: str
    bytes: int


def write_wacz(
    target: Path, chosen: Sequence[Chosen], pages: Iterable[PageEntry], software: str, now: datetime
) -> None:
    """Write the collection; `target` is replaced in one step. Raises ArchiveError."""
    temporary = target.with_name(f".{target.name}-{secrets.token_hex(6)}.tmp")
    with translated(target, "written"):
        try:
            with temporary.open("xb") as file:
                _fill(file, chosen, pages, (software, now))
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(target)
        finally:
            with suppress(FileNotFoundError):
                temporary.unlink()


def _fill(
    file: IO[bytes],
    chosen: Sequence[Chosen],
    pages: Iterable[PageEntry],
    made: tuple[str, datetime],
) -> None:
    software, now = made
    with ZipFile(file, "w") as archive:
        info = write_info(WARC_NAME, software, now)
        warc, index = _copy(archive, chosen, info)
        resources = [
            warc,
            _add(archive, "indexes/index.cdx", "".join(sorted(index)).encode()),
            _add(archive, "pages/pages.jsonl", _pages(pages)),
        ]
        package = _package(resources, software, now)
        described = _add(archive, "datapackage.json", package)
        digest = {"path": described.path, "hash": f"sha256:{described.sha256}"}
        _add(archive, "datapackage-digest.json", json.dumps(digest).encode())


def _copy(archive: ZipFile, chosen: Sequence[Chosen], info: bytes) -> tuple[_Resource, list[str]]:
    """The records behind one another as one WARC file, and the lines of their index."""
    path, digest, offset = f"archive/{WARC_NAME}", hashlib.sha256(info), len(info)
    index: list[str] = []
    with archive.open(ZipInfo(path, _EARLIEST), "w", force_zip64=True) as target:
        target.write(info)
        for one in chosen:
            data = _bytes_of(one)
            target.write(data)
            digest.update(data)
            if one.head.kind in _INDEXED:
                index.append(index_line(replace(one.head, offset=offset)))
            offset += len(data)
    return _Resource(path, digest.hexdigest(), offset), index


def _bytes_of(chosen: Chosen) -> bytes:
    with chosen.file.open("rb") as source:
        source.seek(chosen.head.offset)
        return source.read(chosen.head.length)


def _add(archive: ZipFile, path: str, data: bytes) -> _Resource:
    stored = ZIP_STORED if path.startswith("datapackage") else ZIP_DEFLATED
    archive.writestr(ZipInfo(path, _EARLIEST), data, stored)
    return _Resource(path, hashlib.sha256(data).hexdigest(), len(data))


def index_line(head: Head) -> str:
    """A record as a line of CDXJ: its key, its instant, and where it is."""
    facts = {
        "url": head.url,
        "mime": "warc/revisit" if head.kind == "revisit" else head.media_type,
        "status": str(head.status),
        "digest": head.digest,
        "length": str(head.length),
        "offset": str(head.offset),
        "filename": WARC_NAME,
    }
    return f"{key_of(head.url)} {head.at.astimezone(UTC):%Y%m%d%H%M%S} {json.dumps(facts)}\n"


def key_of(url: str) -> str:
    """The URL as indexes sort it (SURT): the host's labels turned round, all in lower case."""
    parts = urlsplit(url)
    name = (parts.hostname or "").removeprefix("www.")
    digits = name.replace(".", "").isdigit() or ":" in name
    host = name if digits else ",".join(reversed(name.split(".")))
    port = f":{parts.port}" if parts.port and parts.port not in (80, 443) else ""
    query = "&".join(sorted(parts.query.split("&")))
    return f"{host}{port}){parts.path or '/'}{'?' * bool(query)}{query}".lower()


def _pages(pages: Iterable[PageEntry]) -> bytes:
    lines: list[dict[str, Any]] = [{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}]
    lines += [
        {"id": page.id, "url": page.url, "ts": _instant(page.at), "title": page.title}
        for page in pages
    ]
    return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode()


def _package(resources: Iterable[_Resource], software: str, now: datetime) -> bytes:
    facts = {
        "profile": "data-package",
        "wacz_version": VERSION,
        "software": software,
        "created": _instant(now),
        "resources": [
            {
                "name": resource.path.rpartition("/")[2],
                "path": resource.path,
                "hash": f"sha256:{resource.sha256}",
                "bytes": resource.bytes,
            }
            for resource in resources
        ],
    }
    return json.dumps(facts, indent=2).encode()


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
