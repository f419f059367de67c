"""What is remembered of each source: how its last poll ended and when the next one is due."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from scraper.model import SourceOutcome
from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds

_COLUMNS = (
    "name, last_poll, last_success, outcome, reason, entries, new, next_poll, failures,"
    " failing_since, missed, rhythm, notice, held, stopped_at, faults, appeared, stale_since"
)
_PLACES = ", ".join("?" * len(_COLUMNS.split(",")))
_SELECT = f"SELECT {_COLUMNS} FROM sources"


# empty: a list that was full. strange: no list at all. down: the server failed. unreachable: not a
# byte came of it. failing: it refused, or has no such page.
FaultKind = Literal["failing", "down", "unreachable", "empty", "strange"]


@dataclass(frozen=True, slots=True)
class Fault:
    """A URL that cannot be read; `polls` in a row."""

    kind: FaultKind
    since: datetime
    polls: int = 1


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """How the polling of a source goes. Instants are kept to the millisecond."""

    name: str
    last_poll: datetime | None = None
    last_success: datetime | None = None
    outcome: SourceOutcome | Literal[""] = ""  # of the last poll
    reason: str = ""
    entries: int = 0  # listed by the last poll
    new: int = 0  # of these
    next_poll: datetime | None = None
    failures: int = 0  # consecutive
    failing_since: datetime | None = None
    missed: Mapping[str, int] = field(default_factory=dict)  # by URL: entries only others listed
    rhythm: str = ""  # what was learned of its publishing, as protocol.rhythm writes it
    notice: str = ""  # what its operator should do: it moved, it is gone, entries are held back
    held: int = 0  # entries that wait for the operator's word
    stopped_at: datetime | None = None  # all its URLs are gone: it is not polled any more
    faults: Mapping[str, Fault] = field(default_factory=dict)  # by URL
    appeared: str = ""  # when something new was listed, as protocol.staleness writes it
    stale_since: datetime | None = None  # the newest of these, where that is remarkably old


class Sources:
    """One row per source, by its name."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def get(self, name: str) -> SourceRecord | None:
        """What was saved last for the source, or None. Raises ArchiveError."""
        row = self._connection.row(f"{_SELECT} WHERE name = ?", (name,))
        return None if row is None else _record(row)

    def all(self) -> list[SourceRecord]:
        """Every source that was ever saved, by name. Raises ArchiveError."""
        return [_record(row) for row in self._connection.rows(f"{_SELECT} ORDER BY name")]

    def save(self, record: SourceRecord) -> None:
        """Keeps it in the place of the source's earlier one. Raises ArchiveError."""
        self._connection.run(
            f"INSERT OR REPLACE INTO sources ({_COLUMNS}) VALUES ({_PLACES})",
            (
                record.name,
                to_milliseconds(record.last_poll),
                to_milliseconds(record.last_success),
                record.outcome,
                record.reason,
                record.entries,
                record.new,
                to_milliseconds(record.next_poll),
                record.failures,
                to_milliseconds(record.failing_since),
                json.dumps(dict(record.missed)),
                record.rhythm,
                record.notice,
                record.held,
                to_milliseconds(record.stopped_at),
                _write_faults(record.faults),
                record.appeared,
                to_milliseconds(record.stale_since),
            ),
        )


def _record(row: Sequence[Any]) -> SourceRecord:
    return SourceRecord(
        name=row[0],
        last_poll=from_milliseconds(row[1]),
        last_success=from_milliseconds(row[2]),
        outcome=row[3],
        reason=row[4],
        entries=row[5],
        new=row[6],
        next_poll=from_milliseconds(row[7]),
        failures=row[8],
        failing_since=from_milliseconds(row[9]),
        missed=json.loads(row[10]),
        rhythm=row[11],
        notice=row[12],
        held=row[13],
        stopped_at=from_milliseconds(row[14]),
        faults=_read_faults(row[15]),
        appeared=row[16],
        stale_since=from_milliseconds(row[17]),
    )


def _write_faults(faults: Mapping[str, Fault]) -> str:
    """JSON: URL to [kind, milliseconds, polls]; "" for none."""
    found = {u: [f.kind, to_milliseconds(f.since), f.polls] for u, f in faults.items()}
    return json.dumps(found) if found else ""


def _read_faults(text: str) -> dict[str, Fault]:
    found = json.loads(text) if text else {}
    return {
        url: Fault(kind, from_milliseconds(since), polls)
        for url, (kind, since, polls) in found.items()
    }
