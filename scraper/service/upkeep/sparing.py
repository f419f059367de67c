"""Keeps for other articles what a takedown would take from them.

An unchanged answer is a revisit that refers to the record with its payload, and that may be of
another article: one page that was archived under two ids. Before such a record is taken out, the
other article's own exchange is recorded anew, with the payload.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from scraper.archive.archive import Archive, Change
from scraper.archive.raw import Kept
from scraper.archive.warc import payload_digest, read_capture, read_record
from scraper.state.database import State
from scraper.state.records import RawRecord


def spared(root: Path, state: State, article: str) -> tuple[Kept, ...]:
    """The exchanges of others whose payload stands in this article's records alone.

    Raises ArchiveError: a record cannot be read.
    """
    found: dict[tuple[str, str], Kept] = {}
    for record in state.records.of(article):
        key = record.url, record.digest
        if record.kind != "response" or key in found:
            continue
        others = [r for r in state.records.sharing(*key) if r.article != article]
        if others and all(other.kind == "revisit" for other in others):
            found[key] = _whole(root, others[0], record)
    return tuple(found.values())


def _whole(root: Path, revisit: RawRecord, holder: RawRecord) -> Kept:
    """A revisit's exchange with the payload that it had."""
    payload = read_record(root / holder.file, holder.offset).payload
    capture = read_capture(root / revisit.file, revisit.offset)
    return Kept(replace(capture, payload=payload), revisit.article)


def record_anew(archive: Archive, state: State, kept: Sequence[Kept], now: datetime) -> None:
    """Record these exchanges, with a line in the manifest each. Raises ArchiveError."""
    changes = [Change("recorded", one.article, kept=(one,)) for one in kept]
    done = archive.commit(changes, now) if changes else []
    state.records.add(
        RawRecord(
            one.article,
            one.capture.url,
            one.capture.at,
            fact.kind,
            fact.file,
            fact.offset,
            fact.length,
            payload_digest(one.capture.payload),
        )
        for one, result in zip(kept, done, strict=True)
        for fact in result.records
    )
