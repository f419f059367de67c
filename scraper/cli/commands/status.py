"""`status`: how the sources are doing, at a glance. Reads only, beside a running writer."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

import click

from scraper.cli.commands.alerts import facts_of, line_of
from scraper.cli.logs import one_line
from scraper.cli.output import iso
from scraper.cli.session import Session
from scraper.model import Status

if TYPE_CHECKING:
    from scraper.protocol.alarms import Standing
    from scraper.state.articles import ArticleRecord
    from scraper.state.checks import Watched
    from scraper.state.database import State
    from scraper.state.pictures import LostPicture
    from scraper.state.sources import SourceRecord

STATUSES: tuple[Status, ...] = (
    "archived",
    "pending",
    "given_up",
    "quarantined",
    "skipped",
    "held",
)


@click.command("status")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--limit", default=20, show_default=True, help="Articles in trouble that are shown.")
@click.option("--coverage", is_flag=True, help="What was listed against what is archived, by hour.")
@click.pass_obj
def command(session: Session, names: tuple[str, ...], limit: int, *, coverage: bool) -> None:
    """Show how the sources are doing.

    Per source: the last poll and its outcome, the next one, articles, failures.

    Of archived articles: how many are looked at again for edits, and how many were withdrawn.

    A source is degraded or dead where something is wrong with it: what, and since when, stands
    below.

    Below, the articles that are put off, given up or quarantined, with the reason; and where
    pictures are saved, how many are there, and which were given up.

    With --coverage, for each SOURCE or for all: a map of the last two weeks, the gaps between
    polls, and the newest articles that were listed and are not archived, with the reason.
    """
    if coverage or names:
        from scraper.cli.coverage import show

        show(session, names, limit)
        return
    from scraper.state.database import open_state

    root = session.configuration.archive.root
    state = open_state(root / ".scraper" / "state.sqlite", read_only=True)
    try:
        configured = [source.name for source in session.configuration.sources]
        standings = [s for s in state.conditions.load().standings.values() if s.holds]
        rows = [row | _health(row["name"], standings) for row in _rows(configured, state)]
        troubled = state.articles.troubled(limit=limit)
        pictures, lost = state.pictures.counts(), state.pictures.lost(limit)
    finally:
        state.close()
    if session.output.as_json:
        for row in rows:
            session.output.record({"event": "source"} | row)
        for article in troubled:
            session.output.record(_article_facts(article))
        if pictures:
            session.output.record({"event": "pictures"} | _picture_counts(pictures))
        for standing in standings:
            if not standing.condition.subject:
                session.output.record({"event": "condition"} | facts_of(standing))
    else:
        _print_table(rows, troubled)
        _print_pictures(pictures, lost)
        _print_conditions(standings)


def _rows(names: list[str], state: "State") -> list[dict[str, object]]:
    records = {record.name: record for record in state.sources.all()}
    counts = state.articles.counts()
    others = [name for name in counts if name and name not in names]  # no longer configured
    watched = state.checks.counts(datetime.now(UTC))
    by_hand = [""] if counts.get("") else []
    rows = (
        _facts(name, records.get(name))
        | _counts(counts.get(name, {}))
        | _watched(watched.get(name))
        for name in (*names, *others, *by_hand)
    )
    return [row | {"notices": [*_notices(row), *_of_held(row)]} for row in rows]


def _health(name: object, standings: "list[Standing]") -> dict[str, object]:
    """Whether a source is well, by the worst of its conditions."""
    from scraper.protocol.conditions import Severity

    own = [s for s in standings if name and s.condition.subject == name]
    dead = any(s.condition.severity is Severity.CRITICAL for s in own)
    health = "dead" if dead else "degraded" if own else "ok"
    return {"health": health, "conditions": [facts_of(standing) for standing in own]}


def _of_held(row: dict[str, object]) -> list[str]:
    """What to do about the entries of a source that are held back, if there are any."""
    from scraper.service.outlook import held_notice

    held = int(str(row["held"]))
    return [held_notice(str(row["name"]), held)] if held else []


def _counts(found: Mapping[Status, int]) -> dict[str, object]:
    return {status: found.get(status, 0) for status in STATUSES}


def _watched(found: "Watched | None") -> dict[str, object]:
    """How many archived articles are looked at again, when, and how many were withdrawn."""
    return {
        "rechecked": found.watched if found else 0,
        "recheck_due": found.due if found else 0,
        "next_recheck": iso(found.next_check) if found else None,
        "withdrawn": found.withdrawn if found else 0,
    }


def _facts(name: str, record: "SourceRecord | None") -> dict[str, object]:
    if record is None:
        return {"name": name, "outcome": None, "last_poll": None, "next_poll": None, "failures": 0}
    return {
        "name": name,
        "outcome": record.outcome or None,
        "reason": record.reason or None,
        "last_poll": iso(record.last_poll),
        "last_success": iso(record.last_success),
        "next_poll": iso(record.next_poll),
        "entries": record.entries,
        "new": record.new,
        "failures": record.failures,
        "failing_since": iso(record.failing_since),
        "missed": dict(record.missed),
        "stopped_at": iso(record.stopped_at),
        "notices": record.notice.splitlines(),
    }


def _article_facts(article: "ArticleRecord") -> dict[str, object]:
    return {
        "event": "article",
        "id": article.id,
        "url": article.url,
        "source": article.source,
        "status": article.status,
        "reason": article.reason,
        "attempts": article.attempts,
        "due": iso(article.due),
    }


def _print_table(rows: list[dict[str, object]], troubled: list["ArticleRecord"]) -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in ("source", "last poll", "outcome", "next", "listed", "archived", "waiting"):
        table.add_column(heading, overflow="fold")
    table.add_column("in trouble")
    for row in rows:
        table.add_row(*_cells(row))
    console.print(table)
    for row in rows:
        if row.get("reason") and row["health"] == "ok":
            since = f" (since {row['failing_since']})" if row.get("failing_since") else ""
            console.print(f"\n{row['name']}: {row['reason']}{since}", markup=False)
    for row in rows:
        if row["rechecked"] or row["withdrawn"]:
            console.print(f"\n{_watch_line(row)}", markup=False)
    for notice in (n for row in rows for n in _notices(row) if row["health"] != "dead"):
        console.print(f"\n{notice}", markup=False)
    if troubled:
        console.print("\nNot archived:")
    for article in troubled:
        due = f", again {_ago(iso(article.due))}" if article.due else ""
        console.print(f"  {article.status:11} {article.id}  {article.reason}{due}", markup=False)


def _picture_counts(found: Mapping[str, int]) -> dict[str, object]:
    return {status: found.get(status, 0) for status in ("saved", "pending", "given_up")}


def _print_pictures(found: Mapping[str, int], lost: list["LostPicture"]) -> None:
    if not found:
        return
    said = {"saved": "saved", "pending": "to come", "given_up": "given up"}
    counts = _picture_counts(found)
    click.echo("\nPictures: " + ", ".join(f"{counts[key]} {word}" for key, word in said.items()))
    for picture in lost:
        click.echo(f"  given up    {picture.article}  {picture.url}: {picture.reason}")


def _print_conditions(standings: "list[Standing]") -> None:
    """What is wrong, since when, and what to do."""
    for standing in standings:
        click.echo(f"\n{one_line(line_of(standing))}")


def _watch_line(row: dict[str, object]) -> str:
    withdrawn = f"; withdrawn: {row['withdrawn']}" if row["withdrawn"] else ""
    following = f", the next {_ago(row['next_recheck'])}" if row["next_recheck"] else ""
    name = str(row["name"]) or "(by hand)"
    return f"{name}: {row['rechecked']} articles are looked at again{following}{withdrawn}"


def _notices(row: dict[str, object]) -> list[str]:
    return cast("list[str]", row.get("notices", []))


def _cells(row: dict[str, object]) -> list[str]:
    trouble = int(str(row["given_up"])) + int(str(row["quarantined"]))
    return [
        str(row["name"]) or "(by hand)",
        _ago(row["last_poll"]),
        _outcome(row),
        _ago(row["next_poll"]),
        str(row.get("entries", "")),
        str(row["archived"]),
        str(row["pending"]),
        str(trouble),
    ]


def _outcome(row: dict[str, object]) -> str:
    if row.get("stopped_at"):
        return "stopped"
    outcome = str(row["outcome"] or "never polled" if row["name"] else "")
    return outcome if row["health"] == "ok" else f"{outcome}, {row['health']}"


def _ago(instant: object) -> str:
    """How far an instant lies from now, for people."""
    if not instant:
        return "-"
    seconds = (datetime.fromisoformat(str(instant)) - datetime.now(UTC)).total_seconds()
    for size, unit in ((86400, "d"), (3600, "h"), (60, "min"), (1, "s")):
        if abs(seconds) >= size:
            amount = f"{abs(seconds) / size:.0f} {unit}"
            return f"in {amount}" if seconds > 0 else f"{amount} ago"
    return "now"
