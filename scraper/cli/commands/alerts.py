"""`alerts`: what is wrong now, and whether those who are to be told of it can be reached."""

import asyncio
from collections.abc import Iterable
from contextlib import closing
from typing import TYPE_CHECKING

import click

from scraper.cli.conditions import facts_of, line_of
from scraper.cli.exits import Exit
from scraper.cli.session import Session
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from scraper.protocol.alarms import Standing

TITLE = "news-scraper: test"
BODY = "This is a test of `scraper alerts test`. Nothing is wrong."


@click.group("alerts", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List what is wrong now; test that alerts arrive."""
    if context.invoked_subcommand is None:
        context.invoke(list_alerts)


@command.command("list")
@click.pass_obj
def list_alerts(session: Session) -> None:
    """List what is wrong now, as the last run or the daemon saw it."""
    standings = standing_now(session)
    for standing in standings:
        session.output.result({"event": "condition"} | facts_of(standing), line_of(standing))
    if not standings:
        session.output.line("nothing is wrong")


def standing_now(session: Session) -> "list[Standing]":
    """The conditions that hold, the longest first. Raises ArchiveError."""
    from scraper.state.database import open_state

    root = session.configuration.archive.root
    with closing(open_state(root / ".scraper" / "state.sqlite", read_only=True)) as state:
        return [s for s in state.conditions.load().standings.values() if s.holds]


@command.command("test")
@click.pass_obj
def test_alerts(session: Session) -> None:
    """Send a test message to every target of alerts.to, and say which of them took it.

    Exits 1 if one did not.
    """
    from scraper.service.watching.notifying import describe, require

    targets = session.configuration.alerts.to
    if not targets:
        raise ConfigurationError(
            "alerts.to is empty, so nobody is told: write Apprise URLs into it, "
            'such as to = ["env:ALERT_URL"] under [alerts]'
        )
    require()
    refusals = asyncio.run(_send_all(targets))
    for position, (url, refusal) in enumerate(zip(targets, refusals, strict=True)):
        name = describe(position, url)
        facts: dict[str, object] = {"event": "alert", "target": name, "accepted": not refusal}
        if session.output.as_json:
            session.output.record(facts | ({"reason": refusal} if refusal else {}))
        elif not refusal:
            session.output.line(f"accepted  {name}")
        if refusal:
            session.output.problem(f"not accepted by {name}: {refusal}")
    raise SystemExit(Exit.TROUBLE if any(refusals) else Exit.DONE)


async def _send_all(targets: Iterable[str]) -> list[str]:
    from scraper.service.watching.notifying import send

    return await asyncio.gather(*(send(url, TITLE, BODY) for url in targets))
