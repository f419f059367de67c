"""What was received, as WARC records (ISO 28500:2017), each a gzip member of its own.

Bytes of records are made here; `raw.py` says where they go. warcio writes and reads the form.
"""

import hashlib
import io
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from scraper.archive.trouble import translated
from scraper.errors import ArchiveError
from scraper.model import Capture

WARC = "WARC/1.1"
_CHUNK = 1 << 16  # bytes of a file that are read at once
_PIECE = 1 << 20  # bytes of a record that are inflated at once, however well it was packed
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"  # §6.7.2


@dataclass(frozen=True, slots=True)
class Earlier:
    """The record that holds a payload which was received again."""

    url: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Read:
    """A record as it stands in a file. `payload` is in its content coding, empty for a revisit."""

    offset: int
    length: int  # of its gzip member
    kind: str  # "response", "request", "revisit", "warcinfo", …
    url: str
    at: datetime
    article: str  # the id in WARC-Metadata-Article; "" where it is none's
    status: int
    headers: tuple[tuple[str, str], ...]
    payload: bytes
    digest: str  # of the payload, as in WARC-Payload-Digest
    refers_to: Earlier | None = None


def payload_digest(payload: bytes) -> str:
    """The digest of a payload as WARC files write it: SHA-256 in base32 (§5.9)."""
    return f"sha256:{b32encode(hashlib.sha256(payload).digest()).decode()}"


def sha256(data: bytes) -> str:
    """The SHA-256 of some bytes, as 64 hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def write_info(filename: str, software: str, at: datetime) -> bytes:
    """The warcinfo record that begins a file (§6.2)."""
    writer, buffer = _writer()
    info = {
        "software": software,
        "format": "WARC File Format 1.1",
        "conformsTo": "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
    }
    fields = "".join(f"{name}: {value}\r\n" for name, value in info.items()).encode()
    headers = {"WARC-Filename": filename, "WARC-Date": _instant(at)}
    writer.write_record(
        writer.create_warc_record(
            "",
            "warcinfo",
            payload=io.BytesIO(fields),
            length=len(fields),
            warc_content_type="application/warc-fields",
            warc_headers_dict=headers,
        )
    )
    return buffer.getvalue()


def write_exchange(capture: Capture, article: str, earlier: Earlier | None = None) -> bytes:
    """The response, or a revisit where its payload was kept `earlier`, and its request (§6.3)."""
    writer, buffer = _writer()
    answer = _answer(writer, capture, article, earlier)
    request = _request(writer, capture)
    writer.write_record(answer)
    concurrent = answer.rec_headers.get_header("WARC-Record-ID")
    request.rec_headers.add_header("WARC-Concurrent-To", concurrent)
    writer.write_record(request)
    return buffer.getvalue()


def _writer() -> tuple[Any, io.BytesIO]:
    from warcio.warcwriter import WARCWriter  # noqa: PLC0415  # only where something is kept

    buffer = io.BytesIO()
    return WARCWriter(buffer, gzip=True, warc_version=WARC), buffer


def _answer(writer: Any, capture: Capture, article: str, earlier: Earlier | None) -> Any:
    headers = {
        "WARC-Date": _instant(capture.at),
        "WARC-Payload-Digest": payload_digest(capture.payload),
    }
    if article:
        headers["WARC-Metadata-Article"] = article
    if capture.truncated:
        headers["WARC-Truncated"] = "length"
    if earlier:
        headers |= {
            "WARC-Profile": IDENTICAL,
            "WARC-Refers-To-Target-URI": earlier.url,
            "WARC-Refers-To-Date": _instant(earlier.at),
        }
    payload = b"" if earlier else capture.payload
    status = f"{capture.status} {capture.reason}".strip()
    return writer.create_warc_record(
        capture.url,
        "revisit" if earlier else "response",
        payload=io.BytesIO(payload),
        length=len(payload),
        warc_content_type="application/http; msgtype=response",
        warc_headers_dict=headers,
        http_headers=_http(status, capture.headers, "HTTP/1.1"),
    )


def _request(writer: Any, capture: Capture) -> Any:
    target = capture.url.partition("://")[2].partition("/")[2]
    return writer.create_warc_record(
        capture.url,
        "request",
        payload=io.BytesIO(b""),
        length=0,
        warc_content_type="application/http; msgtype=request",
        warc_headers_dict={"WARC-Date": _instant(capture.at)},
        http_headers=_http(f"GET /{target} HTTP/1.1", capture.request, "", request=True),
    )


def _http(
    line: str, headers: tuple[tuple[str, str], ...], protocol: str, *, request: bool = False
) -> Any:
    from warcio.statusandheaders import StatusAndHeaders  # noqa: PLC0415  # with its library

    return StatusAndHeaders(line, list(headers), protocol=protocol, is_http_request=request)


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


# -- reading ---------------------------------------------------------------------------------------


def read_records(path: Path, start: int = 0) -> Iterator[Read]:
    """The whole records of a file from an offset on, requests left out, up to a torn end.

    Raises ArchiveError: the file cannot be read.
    """
    with translated(path, "read"), path.open("rb") as file:
        file.seek(start)
        yield from _records(file)


def read_record(path: Path, offset: int) -> Read:
    """The record at an offset. Raises ArchiveError where there is none."""
    for record in read_records(path, offset):
        return record
    raise ArchiveError(f"{path} holds no record at {offset}: restore it from a backup")


def read_capture(path: Path, offset: int) -> Capture:
    """The exchange whose answer stands at an offset, with the request behind it.

    Of a revisit the payload is empty. Raises ArchiveError where there is none.
    """
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415  # with its library

    answer = read_record(path, offset)
    with translated(path, "read"), path.open("rb") as file:
        file.seek(offset)
        records = ArchiveIterator(file)
        first = next(records)
        phrase = first.http_headers.statusline.partition(" ")[2]
        truncated = first.rec_headers.get_header("WARC-Truncated") is not None
        first.raw_stream.read()
        request = next(records, None)
    asked = request.http_headers.headers if request and request.rec_type == "request" else ()
    return Capture(
        url=answer.url,
        at=answer.at,
        request=tuple(asked),
        status=answer.status,
        reason=phrase,
        headers=answer.headers,
        payload=answer.payload,
        truncated=truncated,
    )


def whole_length(path: Path, start: int = 0) -> int:
    """How long the part of a file is that consists of whole records, from `start` on.

    What stands behind it is the torn end of an append that never finished. Raises ArchiveError.
    """
    end = start
    with translated(path, "read"), path.open("rb") as file:
        file.seek(start)
        for offset, length in _members(file, start):
            end = offset + length
    return end


def _members(file: IO[bytes], start: int) -> Iterator[tuple[int, int]]:
    """Offset and length of every whole gzip member (RFC 1952 §2.2)."""
    import zlib  # noqa: PLC0415  # of the standard library, and only here

    offset, rest = start, b""
    while True:
        inflater, length = zlib.decompressobj(16 + zlib.MAX_WBITS), 0
        while not inflater.eof:
            data = rest or file.read(_CHUNK)
            if not data:
                return
            try:
                rest = _inflate(inflater, data)
            except zlib.error:
                return
            length += len(data) - len(rest)
        yield offset, length
        offset += length


def _inflate(inflater: Any, data: bytes) -> bytes:
    """Feed a member's inflater, whose output is dropped piece by piece; gives what is no part."""
    piece = inflater.decompress(data, _PIECE)
    while not inflater.eof and (inflater.unconsumed_tail or len(piece) == _PIECE):
        piece = inflater.decompress(inflater.unconsumed_tail, _PIECE)
    return bytes(inflater.unused_data)


def _records(file: IO[bytes]) -> Iterator[Read]:
    from warcio.archiveiterator import ArchiveIterator  # noqa: PLC0415  # with its library
    from warcio.exceptions import ArchiveLoadFailed  # noqa: PLC0415

    iterator = ArchiveIterator(file)
    try:
        for record in iterator:
            read = _read(record) if record.rec_type in ("response", "revisit") else None
            if read:
                yield _placed(read, iterator.get_record_offset(), iterator.get_record_length())
    except (ArchiveLoadFailed, EOFError, ValueError):
        return


def _read(record: Any) -> Mapping[str, Any]:
    headers, http = record.rec_headers, record.http_headers
    payload = record.raw_stream.read()
    refers = headers.get_header("WARC-Refers-To-Target-URI")
    return {
        "kind": record.rec_type,
        "url": headers.get_header("WARC-Target-URI") or "",
        "at": datetime.fromisoformat(headers.get_header("WARC-Date") or ""),
        "article": headers.get_header("WARC-Metadata-Article") or "",
        "status": int(http.get_statuscode()) if http else 0,
        "headers": tuple(http.headers) if http else (),
        "payload": payload,
        "digest": headers.get_header("WARC-Payload-Digest") or "",
        "refers_to": Earlier(
            refers, datetime.fromisoformat(headers.get_header("WARC-Refers-To-Date"))
        )
        if refers
        else None,
    }


def _placed(read: Mapping[str, Any], offset: int, length: int) -> Read:
    return Read(offset=offset, length=length, **read)
