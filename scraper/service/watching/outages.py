"""When a host is down, that is one trouble, however many sources are polled there. Pure.

It is down when two of its sources or more fail, and none was read since the first of them did. What
its sources failed for is not their fault, until each has been asked again.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from scraper.model import Source
from scraper.protocol.urls import host
from scraper.state.sources import SourceRecord

ENOUGH_SOURCES = 2
_SERVERS = frozenset(("down", "unreachable"))  # kinds of faults that a server may be to blame for
_NEVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Host:
    """A host with several sources, and those of them that fail since it was read last."""

    name: str
    read_at: datetime  # when one of its sources was read last
    failing: Mapping[str, SourceRecord]  # by source

    @property
    def is_down(self) -> bool:
        return len(self.failing) >= ENOUGH_SOURCES


def survey(polled: Iterable[tuple[Source, SourceRecord]]) -> dict[str, Host]:
    """The host of each source that shares it with others and has no other, by the source's name."""
    groups: dict[str, list[SourceRecord]] = {}
    for source, record in polled:
        hosts = {host(url) for url in source.urls}
        if len(hosts) == 1:
            groups.setdefault(hosts.pop(), []).append(record)
    return {
        record.name: found
        for name, records in groups.items()
        if len(records) >= ENOUGH_SOURCES
        for found in [_host(name, records)]
        for record in records
    }


def _host(name: str, records: Collection[SourceRecord]) -> Host:
    read_at = max(record.last_success or _NEVER for record in records)
    failing = {record.name: record for record in records if _fails_since(record, read_at)}
    return Host(name, read_at, failing)


def _fails_since(record: SourceRecord, read_at: datetime) -> bool:
    kinds = {fault.kind for fault in record.faults.values()}
    began = record.failing_since
    return bool(record.failures and began and began > read_at and kinds and kinds <= _SERVERS)


def is_excused(record: SourceRecord, at: Host | None, told: Collection[str]) -> bool:
    """Whether a source's failure is its host's; `told` are hosts that are or lately were down."""
    if at is None:
        return False
    if record.name in at.failing:
        return at.is_down
    return at.name in told and (record.last_poll or _NEVER) < at.read_at
