"""`health`: is a daemon alive on this archive? For containers and cron."""

from datetime import UTC, datetime

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session


@click.command("health")
@click.option(
    "--within",
    type=click.FloatRange(min=1),
    default=90.0,
    show_default=True,
    metavar="SECONDS",
    help="How old the daemon's last sign of life may be.",
)
@click.pass_obj
def command(session: Session, within: float) -> None:
    """Exit 0 if a daemon on this archive is alive, else 1."""
    from scraper.state.database import open_state

    root = session.configuration.archive.root
    state = open_state(root / ".scraper" / "state.sqlite", read_only=True)
    try:
        heartbeat = state.meta.get("heartbeat")
    finally:
        state.close()
    age = _age_seconds(heartbeat)
    alive = age is not None and age <= within
    seen = f"last sign of life {age:.0f} s ago" if age is not None else "no sign of life"
    facts: dict[str, object] = {"event": "health", "alive": alive, "age_seconds": age}
    if session.output.as_json:
        session.output.record(facts)
    elif alive:
        session.output.line(f"alive: {seen}")
    else:
        session.output.problem(f"no daemon on {root}: {seen}")
    raise SystemExit(Exit.DONE if alive else Exit.TROUBLE)


def _age_seconds(heartbeat: str | None) -> float | None:
    if heartbeat is None:
        return None
    return abs((datetime.now(UTC) - datetime.fromisoformat(heartbeat)).total_seconds())
