"""What is known at one moment, as values: what conditions follow from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from scraper.model import Source
from scraper.protocol.alarms import AlertSettings
from scraper.service.watching.outages import Host, is_excused
from scraper.state.conditions import Refusals, Withdrawn
from scraper.state.measures import Drifting
from scraper.state.sources import SourceRecord
from scraper.state.tallies import StrangeList


@dataclass(frozen=True, slots=True)
class Space:
    """What is left on the archive's disk; None where its file system does not say."""

    free_bytes: int
    free_inodes: int | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known at one moment."""

    now: datetime
    settings: AlertSettings
    sources: Mapping[str, Source] = field(default_factory=dict)
    records: Mapping[str, SourceRecord] = field(default_factory=dict)
    refusals: Mapping[str, Refusals] = field(default_factory=dict)  # of the last articles
    withdrawn: tuple[Withdrawn, ...] = ()  # lately
    coverage: Mapping[str, float] = field(default_factory=dict)  # by source: archived of listed
    space: Space | None = None
    unwritable: str = ""  # why the archive cannot be written
    network_down: bool = False
    known: Mapping[str, datetime | None] = field(default_factory=dict)  # lately: key to its end
    drifting: tuple[Drifting, ...] = ()  # sources whose latest articles are of another kind
    strange: tuple[StrangeList, ...] = ()  # lists that answer well and are not as usual

    @property
    def polled(self) -> Iterable[tuple[Source, SourceRecord]]:
        """The configured sources that were polled, with what is known of each."""
        pairs = ((s, self.records.get(name)) for name, s in self.sources.items())
        return [(source, record) for source, record in pairs if record]

    def excuses(self, record: SourceRecord, at: Host | None) -> bool:
        """Whether something else is to blame for a source's failure: its host, or our network."""
        kinds = {fault.kind for fault in record.faults.values()}
        if self.network_down and kinds == {"unreachable"}:
            return True
        hosts = {key.removeprefix("host:") for key in self.known}
        return is_excused(record, at, hosts)
