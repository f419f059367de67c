"""`daemon`: poll for ever, on the schedule."""

import asyncio
from contextlib import nullcontext

import click

from scraper.cli.session import Session
from scraper.cli.waiting import wait_option


@click.command("daemon")
@wait_option
@click.pass_obj
def command(session: Session, wait: float) -> None:
    """Poll every source on its schedule, until told to stop.

    SIGTERM or Ctrl-C finishes the work in hand, for at most daemon.drain; a second one ends at
    once. What was not finished is done at the next start.
    """
    session.require_file()
    session.say_notices()
    session.output.logging = True
    asyncio.run(_run(session, wait))


async def _run(session: Session, wait: float) -> None:
    from scraper.cli.signals import on_end
    from scraper.service.daemon import Daemon
    from scraper.service.health import Pulse, served

    settings, pulse = session.configuration.daemon, Pulse()
    page = served(settings.listen, pulse) if settings.listen else nullcontext()
    async with session.writing(wait) as service:
        daemon = Daemon(service, settings.drain, pulse)
        with page, on_end(daemon.stop):
            count = len(session.configuration.sources)
            root = session.configuration.archive.root
            session.output.log(f"daemon started: {count} sources, archive {root}")
            await daemon.run()
            session.output.log("daemon stopped")
