"""How the sources stand, for people: a table of 80 columns, and a line for each trouble below.

What should be looked at comes first; of many sources that are well, a few stand for all.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from scraper.cli.conditions import line_of
from scraper.cli.logs import one_line
from scraper.cli.standings import ORDER, Standing, Standings

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

MOST_WELL = 20  # sources that are well and shown all the same
MOST_TOLD = 20  # sources whose trouble is told in a line
FEW = 5  # sources: each has a line of its own on what is looked at again
_COLOURS = {
    "stopped": "red",
    "dead": "red",
    "failing": "red",
    "degraded": "yellow",
    "partly": "yellow",
    "notice": "yellow",
}


class View:
    """What is shown of the standings at one moment."""

    def __init__(self, standings: Standings, *, everything: bool = False) -> None:
        self._all = standings
        self._everything = everything
        ranked = sorted(standings.sources, key=lambda s: ORDER.index(s.condition))
        well = [s for s in ranked if s.condition in ("ok", "new")]
        self._unwell = ranked[: len(ranked) - len(well)]
        self._shown = ranked if everything else self._unwell + well[:MOST_WELL]
        self._omitted = len(ranked) - len(self._shown)

    def print(self, console: "Console") -> None:
        """Print table and lines."""
        console.print(self.table())
        for line in self.lines():
            console.print(one_line(line), markup=False, soft_wrap=True)

    def table(self) -> "Table":
        """A row for every source that is shown."""
        from rich.table import Table

        table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0))
        table.add_column("source", overflow="fold", min_width=10)
        for heading in ("polled", "next", "every", "state"):
            table.add_column(heading, no_wrap=True)
        for heading in ("lag", "a day", "kept", "queue", "bad"):
            table.add_column(heading, no_wrap=True, justify="right")
        for standing in self._shown:
            table.add_row(*_cells(standing, self._all.at), style=_COLOURS.get(standing.condition))
        return table

    def lines(self) -> Iterator[str]:
        """What is to be said below the table."""
        if self._omitted:
            yield f"… and {self._omitted:,} more that are well (--all shows them)"
        for wrong in self._all.wrong:
            yield ""
            yield line_of(wrong)
        yield from self._troubles()
        yield from self._looked_at_again()
        yield from self._articles()
        yield from self._pictures()
        yield ""
        yield _totals(self._all)

    def _troubles(self) -> Iterator[str]:
        told = self._unwell if self._everything else self._unwell[:MOST_TOLD]
        for standing in told:
            for said in _reasons(standing, self._all.at):
                yield ""
                yield said
        if len(self._unwell) > len(told):
            yield ""
            yield f"… and {len(self._unwell) - len(told):,} more in trouble (--all tells of each)"

    def _looked_at_again(self) -> Iterator[str]:
        found = [s for s in self._all.sources if s.watched]
        lines = [_watch_line([s], s.name or "(by hand)", self._all.at) for s in found]
        if len(found) > FEW:
            lines = [_watch_line(found, "all sources", self._all.at)]
        for line in filter(None, lines):
            yield ""
            yield line

    def _articles(self) -> Iterator[str]:
        if self._all.troubled:
            yield ""
            yield "Not archived:"
        for article in self._all.troubled:
            due = f", again {_until(article.due, self._all.at)}" if article.due else ""
            yield f"  {article.status:11} {article.id}  {article.reason}{due}"

    def _pictures(self) -> Iterator[str]:
        found = self._all.pictures
        if found:
            said = {"saved": "saved", "pending": "to come", "given_up": "given up"}
            yield ""
            yield "Pictures: " + ", ".join(f"{found.get(k, 0):,} {w}" for k, w in said.items())
        for picture in self._all.lost:
            yield f"  given up    {picture.article}  {picture.url}: {picture.reason}"


def _cells(standing: Standing, now: datetime) -> list[str]:
    record, recent, counts = standing.record, standing.recent, standing.counts
    lag = recent.lag if recent else None
    return [
        standing.name or "(by hand)",
        span(now - record.last_poll) if record and record.last_poll else "-",
        span(max(record.next_poll - now, timedelta(0))) if record and record.next_poll else "-",
        span(standing.interval) if standing.interval else "-",
        _state(standing),
        span(lag) if lag is not None else "-",
        str(recent.archived if recent else 0),
        str(counts.get("archived", 0)),
        str(counts.get("pending", 0)),
        str(standing.trouble),
    ]


def _state(standing: Standing) -> str:
    if not standing.name:
        return ""
    return {"new": "never polled"}.get(standing.condition, standing.condition)


def _reasons(standing: Standing, now: datetime) -> Iterator[str]:
    """Why a source is not well: its message and since when, and what is to be done."""
    record = standing.record
    yield from map(line_of, standing.wrong)
    if record and record.reason and not standing.wrong:
        since = (
            f" ({_since(record.failures, record.failing_since, now)})" if record.failures else ""
        )
        yield f"{standing.name}: {record.reason}{since}"
    yield from standing.notices


def _since(failures: int, since: datetime | None, now: datetime) -> str:
    times = f"{failures} polls in a row" if failures > 1 else "the last poll"
    return f"{times}, since {since:%Y-%m-%d %H:%MZ}, {span(now - since)}" if since else times


def _watch_line(standings: Sequence[Standing], name: str, now: datetime) -> str:
    """How many articles are looked at again; "" where none is and none was withdrawn."""
    watched = [standing.watched for standing in standings if standing.watched]
    number, withdrawn = sum(w.watched for w in watched), sum(w.withdrawn for w in watched)
    if not number and not withdrawn:
        return ""
    following = min((w.next_check for w in watched if w.next_check), default=None)
    when = f", the next {_until(following, now)}" if following else ""
    gone = f"; withdrawn: {withdrawn:,}" if withdrawn else ""
    return f"{name}: {number:,} articles are looked at again{when}{gone}"


def _totals(standings: Standings) -> str:
    queue = standings.queue
    counted = {
        "archived": standings.count("archived"),
        "in the last day": standings.archived_lately,
        "pending": queue.pending,
        "deferred": queue.deferred,
        "held back": queue.held,
        "quarantined": standings.count("quarantined"),
        "given up": standings.count("given_up"),
    }
    always = ("archived", "pending", "quarantined")
    said = [f"{number:,} {name}" for name, number in counted.items() if number or name in always]
    free = standings.disk_free
    disk = f"; {free / 1e9:,.1f} GB free" if free is not None else ""
    return f"{', '.join(said)}{disk}"


def span(length: timedelta) -> str:
    """A length of time in its largest unit, for people."""
    seconds = length.total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min")):
        if seconds >= size:
            return f"{seconds / size:.0f} {unit}"
    return f"{max(seconds, 0):.0f} s"


def _until(instant: datetime | None, now: datetime) -> str:
    """How far an instant lies from now."""
    if instant is None:
        return "-"
    length = instant.astimezone(UTC) - now
    return f"in {span(length)}" if length > timedelta(0) else f"{span(-length)} ago"
