"""What stands where in a WARC file: the heads of all its records, for taking out and indexing."""

import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from scraper.archive.trouble import translated
from scraper.archive.warc import whole_length
from scraper.errors import ArchiveError

_CHUNK = 1 << 20  # bytes


@dataclass(frozen=True, slots=True)
class Head:
    """One record: its gzip member's place and the fields of its head that say what it is."""

    offset: int
    length: int
    kind: str  # "response", "request", "revisit", "warcinfo", …
    record_id: str
    concurrent_to: str  # the id of the record that it was received with; "" for none
    article: str  # the id in WARC-Metadata-Article; "" where it is none's
    url: str
    at: datetime
    status: int  # 0 where it is no answer
    media_type: str  # without parameters
    digest: str


def read_heads(path: Path, *, growing: bool = False) -> Iterator[Head]:
    """The heads of all records, in their order; of one that is `growing`, those that are whole.

    Raises ArchiveError: unreadable, or damaged.
    """
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415  # with its library
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415

    end = whole_length(path)  # warcio passes over a damaged end in silence
    with translated(path, "read"), path.open("rb") as file:
        if not growing and end != os.fstat(file.fileno()).st_size:
            raise _damaged(path, end)
        iterator = ArchiveIterator(file)
        try:
            for record in iterator:
                if iterator.get_record_offset() >= end:
                    return
                while record.raw_stream.read(_CHUNK):
                    pass
                yield _head(record, iterator.get_record_offset(), iterator.get_record_length())
        except (ArchiveLoadFailed, EOFError, ValueError) as error:
            raise _damaged(path, 0) from error


def read_heads_between(path: Path, start: int, end: int) -> Iterator[Head]:
    """The heads of whole records that begin within a part of a file; damage ends them.

    Raises ArchiveError: unreadable.
    """
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415  # with its library
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415

    with translated(path, "read"), path.open("rb") as file:
        file.seek(start)
        iterator = ArchiveIterator(file)
        with suppress(ArchiveLoadFailed, EOFError, ValueError):
            for record in iterator:
                if iterator.get_record_offset() >= end:
                    return
                while record.raw_stream.read(_CHUNK):
                    pass
                yield _head(record, iterator.get_record_offset(), iterator.get_record_length())


def _head(record: Any, offset: int, length: int) -> Head:
    headers, http = record.rec_headers, record.http_headers
    answered = http and record.rec_type in ("response", "revisit")
    return Head(
        offset=offset,
        length=length,
        kind=record.rec_type,
        record_id=headers.get_header("WARC-Record-ID") or "",
        concurrent_to=headers.get_header("WARC-Concurrent-To") or "",
        article=headers.get_header("WARC-Metadata-Article") or "",
        url=headers.get_header("WARC-Target-URI") or "",
        at=datetime.fromisoformat(headers.get_header("WARC-Date")),
        status=int(http.get_statuscode() or 0) if answered else 0,
        media_type=_media_type(http.get_header("Content-Type")) if answered else "",
        digest=headers.get_header("WARC-Payload-Digest") or "",
    )


def _media_type(header: str | None) -> str:
    return (header or "").partition(";")[0].strip().lower()


def _damaged(path: Path, end: int) -> ArchiveError:
    return ArchiveError(f"{path} is damaged behind byte {end:,}: restore it from a backup")
