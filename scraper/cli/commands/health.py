"""`health`: does a daemon live on this archive, or does cron do its work? For probes and cron."""

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session

if TYPE_CHECKING:
    from scraper.state.database import State

HEARTBEAT_SECONDS = 90.0  # the daemon's sign of life comes every 15 s
POLL_SECONDS = 3600.0
PAGE_SECONDS = 5.0


@click.command("health")
@click.option(
    "--once",
    "by_cron",
    is_flag=True,
    help="There is no daemon: ask when a poll last succeeded, of any source.",
)
@click.option(
    "--within",
    type=click.FloatRange(min=1),
    metavar="SECONDS",
    help=f"How old that may be.  [default: {HEARTBEAT_SECONDS:g}; with --once, {POLL_SECONDS:g}]",
)
@click.pass_obj
def command(session: Session, *, by_cron: bool, within: float | None) -> None:
    """Exit 0 if a daemon on this archive is alive, else 1.

    With --once: if `once`, run by cron or a timer, polled a source successfully of late. Choose
    --within longer than the time between two polls of the source that is polled most often.
    """
    from scraper.state.database import open_state

    root = session.configuration.archive.root
    limit = within or (POLL_SECONDS if by_cron else HEARTBEAT_SECONDS)
    state = open_state(root / ".scraper" / "state.sqlite", read_only=True)
    try:
        last = _last_success(session, state) if by_cron else _heartbeat(state)
    finally:
        state.close()
    age = _age(last)
    if not by_cron and age is not None and age > limit:
        # where the archive cannot be written, the daemon that waits for it cannot say so there
        age = _age(_told_by_page(session.configuration.daemon.listen) or last)
    alive = age is not None and age <= limit
    what = "successful poll" if by_cron else "sign of life"
    seen = f"last {what} {age:.0f} s ago" if age is not None else f"no {what}"
    if session.output.as_json:
        session.output.record({"event": "health", "alive": alive, "age_seconds": age})
    elif alive:
        session.output.line(f"alive: {seen}")
    else:
        session.output.problem(
            f"{'no working `once`' if by_cron else 'no daemon'} on {root}: {seen}"
        )
    raise SystemExit(Exit.DONE if alive else Exit.TROUBLE)


def _age(instant: datetime | None) -> float | None:
    return abs((datetime.now(UTC) - instant).total_seconds()) if instant else None


def _told_by_page(listen: str) -> datetime | None:
    """The last sign of life as /healthz has it; None where nobody answers, or with something else.

    Proxies are for the internet, and not asked.
    """
    from urllib.request import ProxyHandler, build_opener

    direct = build_opener(ProxyHandler({}))
    try:
        with direct.open(f"http://{listen}/healthz", timeout=PAGE_SECONDS) as answer:
            age = float(json.load(answer)["age_seconds"])
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return datetime.now(UTC) - timedelta(seconds=age)


def _heartbeat(state: "State") -> datetime | None:
    heartbeat = state.meta.get("heartbeat")
    return datetime.fromisoformat(heartbeat) if heartbeat else None


def _last_success(session: Session, state: "State") -> datetime | None:
    """When a poll of a configured source last succeeded."""
    names = {source.name for source in session.configuration.sources}
    records = [record for record in state.sources.all() if record.name in names]
    return max((r.last_success for r in records if r.last_success), default=None)
