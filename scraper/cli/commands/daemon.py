"""`daemon`: poll for ever, on the schedule."""

import asyncio
import os
from typing import TYPE_CHECKING

import click

from scraper.cli.session import Session, alerts_of, plan_of
from scraper.cli.waiting import wait_option

if TYPE_CHECKING:
    from scraper.config.loading import Configuration
    from scraper.service.supervising import Setup


@click.command("daemon")
@wait_option
@click.pass_obj
def command(session: Session, wait: float) -> None:
    """Poll every source on its schedule, until told to stop.

    SIGTERM or Ctrl-C finishes the work in hand, for at most daemon.drain; a second one ends at
    once. What was not finished is done at the next start.

    SIGHUP reads the configuration anew: with a mistake in it, the one before stays in force. Where
    the archive cannot be written any more, the daemon says so and waits until it can.
    """
    session.require_file()
    session.say_notices()
    session.output.logging = True
    asyncio.run(_run(session, wait))


async def _run(session: Session, wait: float) -> None:
    from scraper.cli.signals import on_end
    from scraper.service.supervising import Outside, Supervisor
    from scraper.service.watching.health import Pulse
    from scraper.service.watching.service_manager import Notifier

    def reread() -> "Setup":
        configuration = session.read_configuration()
        for notice in configuration.notices:
            session.output.notice(notice)
        return _setup(configuration)

    pulse = Pulse(Notifier.of(os.environ, os.getpid()))
    outside = Outside(reread, session.output.event, alarm=session.alarm)
    supervisor = Supervisor(_setup(session.configuration), outside, pulse)
    with session.locked(wait), on_end(supervisor.stop, supervisor.reload):
        await supervisor.run()
    session.output.log("daemon stopped")


def _setup(configuration: "Configuration") -> "Setup":
    from scraper.service.supervising import Setup

    return Setup(plan_of(configuration), configuration.daemon, alerts_of(configuration))
