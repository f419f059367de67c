"""`once`: poll what is due, archive what is new, exit. For cron."""

import asyncio
from contextlib import suppress

import click

from scraper.cli.output import iso
from scraper.cli.session import Session
from scraper.cli.waiting import wait_option
from scraper.errors import ArchiveError


@click.command("once")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--all", "everything", is_flag=True, help="Every source, due or not.")
@wait_option
@click.pass_obj
def command(session: Session, names: tuple[str, ...], *, everything: bool, wait: float) -> None:
    """Poll the sources that are due, archive what is new, and exit.

    A source is due when its interval has passed, within a tenth: a cron line every ten minutes
    polls a ten-minute source each time. Articles that failed before are tried again when their
    time has come.

    A source whose addresses are all gone for good is polled only if it is named, one address of
    several only with --all.
    """
    session.require_file()
    session.check_sources(names)
    session.say_notices()
    asyncio.run(_run(session, names, everything=everything, wait=wait))
    session.output.summary()
    raise SystemExit(session.output.exit)


async def _run(session: Session, names: tuple[str, ...], *, everything: bool, wait: float) -> None:
    from scraper.cli.progress import shown
    from scraper.cli.signals import on_end
    from scraper.service.run import due_sources, next_due, run_once
    from scraper.service.watching.gathering import Told

    alarm, stop = session.alarm, asyncio.Event()
    async with session.writing(wait) as service:
        with on_end(stop.set), shown(session.output):
            sources = await due_sources(service, names, everything=everything)
            if not sources and (first := await next_due(service)):
                session.output.line(
                    f"no source is due: {first.name} is next, at {iso(first.next_poll)}; "
                    "--all polls every one"
                )
            try:
                await run_once(service, sources, stop, insist=everything)
            except ArchiveError as error:
                with suppress(ArchiveError):  # it cannot be remembered, either
                    await alarm.look(service, Told(unwritable=str(error)))
                raise
            await alarm.look(service)
