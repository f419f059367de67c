"""A third party's word for when a day's manifest was there: RFC 3161 timestamps, as `.tsr` files.

Each stands beside the day's file and is what the authority answered. As each day's file begins with
the hash of the one before it, a timestamp vouches for all days up to its own.
"""

import hashlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scraper.archive.atomic import Batch, Bytes
from scraper.archive.findings import Finding
from scraper.archive.folders import Folders
from scraper.archive.manifest import Day, days, timestamp_of
from scraper.archive.trouble import translated
from scraper.errors import TimestampError

if TYPE_CHECKING:
    from cryptography.x509 import Certificate

MEDIA_TYPES = ("application/timestamp-query", "application/timestamp-reply")  # RFC 3161 §3.4
_SETTLED = timedelta(hours=1)  # after midnight: what was fetched before it is written by then
_GRANTED = (0, 1)  # PKIStatus, RFC 3161 §2.4.2


@dataclass(frozen=True, slots=True)
class Query:
    """A request for a timestamp of some bytes."""

    sha256: bytes
    nonce: int
    encoded: bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a timestamp says: these bytes were there at that time."""

    sha256: bytes
    at: datetime
    nonce: int | None
    is_trusted: bool = False  # its signature was checked, up to an authority this system trusts


@dataclass(frozen=True, slots=True)
class Attested:
    """A day whose file is as it was when an authority saw its hash."""

    day: date
    stamp: Stamp


def ask(data: bytes) -> Query:
    """A request for a timestamp of `data`. Raises TimestampError without the library."""
    builder = _library().TimestampRequestBuilder(data, _library().HashAlgorithm.SHA256)
    request = builder.build()
    return Query(hashlib.sha256(data).digest(), int(request.nonce or 0), request.as_bytes())


def read_stamp(answer: bytes) -> Stamp:
    """What an authority's answer says.

    Raises TimestampError: it is none, or a refusal; or the library is missing.
    """
    try:
        response = _library().decode_timestamp_response(answer)
        if response.status not in _GRANTED:
            raise TimestampError(f"the authority refuses: {', '.join(response.status_string)}")
        info = response.tst_info
        at, nonce = info.gen_time.astimezone(UTC), info.nonce
        return Stamp(info.message_imprint.message, at, nonce, _is_trusted(response))
    except ValueError as error:
        raise TimestampError(f"no timestamp (RFC 3161): {error}") from error


def check_answer(query: Query, answer: bytes) -> None:
    """Whether an answer is that to a query. Raises TimestampError."""
    stamp = read_stamp(answer)
    if (stamp.sha256, stamp.nonce) != (query.sha256, query.nonce):
        raise TimestampError("the answer is to another request than ours")


def _is_trusted(response: Any) -> bool:
    """Whether the signature holds, by a chain to one of the system's authorities."""
    library = _library()
    verifier = library.VerifierBuilder(roots=list(_roots())).build()
    try:
        return bool(verifier.verify(response, response.tst_info.message_imprint.message))
    except (library.VerificationError, ValueError):
        return False


@cache
def _roots() -> "tuple[Certificate, ...]":
    import ssl  # noqa: PLC0415  # for timestamps alone

    import certifi  # noqa: PLC0415

    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    return tuple(filter(None, map(_certificate, context.get_ca_certs(binary_form=True))))


def _certificate(encoded: bytes) -> "Certificate | None":
    """A certificate; None for one that its reader complains of, as of some very old roots."""
    import warnings  # noqa: PLC0415  # for timestamps alone

    from cryptography.x509 import load_der_x509_certificate  # noqa: PLC0415

    with warnings.catch_warnings(action="error"), suppress(ValueError, UserWarning):
        return load_der_x509_certificate(encoded)
    return None


def _library() -> Any:
    try:
        import rfc3161_client  # noqa: PLC0415  # an extra, and for timestamps alone
    except ImportError as error:
        raise TimestampError(
            "timestamps need another package: pip install 'news-scraper[timestamp]'"
        ) from error
    return rfc3161_client


# -- the files -------------------------------------------------------------------------------------


def unattested(root: Path, now: datetime) -> list[Day]:
    """The days that are over and have no timestamp, the latest first. Raises ArchiveError."""
    last = (now.astimezone(UTC) - _SETTLED).date()
    with translated(root, "read"):
        return [
            day
            for day in reversed(days(root))
            if day.day < last
            and not (root / timestamp_of(day.day)).exists()
            and (root / day.path).stat().st_size  # a crash may have kept it from beginning
        ]


def keep_stamp(root: Path, day: Day, answer: bytes, query: Query) -> bool:
    """Keep an answer beside its day, unless that grew meanwhile. Raises ArchiveError."""
    if _sha256(root, day) != query.sha256:
        return False
    Batch(root, Folders(root)).write([Bytes(timestamp_of(day.day), answer)])
    return True


def are_readable() -> bool:
    """Whether the library that reads timestamps is installed."""
    return find_spec("rfc3161_client") is not None


def stamped(root: Path) -> list[Day]:
    """The days that have a timestamp, the oldest first. Raises ArchiveError."""
    with translated(root, "read"):
        return [day for day in days(root) if (root / timestamp_of(day.day)).exists()]


def verify_stamps(root: Path) -> Iterator[Attested | Finding]:
    """Every timestamp against its day's file. Raises ArchiveError."""
    for day in stamped(root):
        path = timestamp_of(day.day)
        with translated(root / path, "read"):
            answer = (root / path).read_bytes()
        try:
            stamp = read_stamp(answer)
        except TimestampError as error:
            yield Finding("timestamp", str(path), str(error))
            continue
        if stamp.sha256 == _sha256(root, day):
            yield Attested(day.day, stamp)
        else:
            yield Finding("timestamp", str(path), f"it is of another file than {day.path}")


def _sha256(root: Path, day: Day) -> bytes:
    with translated(root / day.path, "read"), (root / day.path).open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()
