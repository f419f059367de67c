"""`doctor`: is everything here as the program needs it, and what is to be done where it is not?"""

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session
from scraper.errors import ArchiveError, ConfigurationError

if TYPE_CHECKING:
    from scraper.config.loading import Configuration
    from scraper.service.diagnosis.check import Check

MARKS = {"ok": "✓", "warning": "!", "failed": "✗"}
COLOURS = {"ok": "archived", "warning": "deferred", "failed": "failed"}  # as outcomes are shown
NARROWEST, WIDEST = 13, 36  # of the column of names


@click.command("doctor")
@click.option("--offline", is_flag=True, help="Nothing that needs the network.")
@click.pass_obj
def command(session: Session, *, offline: bool) -> None:
    """Check this installation, and say what to do about each thing that is not well.

    The machine, the configuration, the archive's folder and disk, whose files are left as they
    are; then names, certificates, robots.txt and one request for each URL of a source.

    Exits 1 if a check failed; a warning is no failure.
    """
    checks = asyncio.run(_examine(session, offline=offline))
    broken = any(check.outcome == "failed" for check in checks)
    raise SystemExit(Exit.TROUBLE if broken else Exit.DONE)


async def _examine(session: Session, *, offline: bool) -> list["Check"]:
    """Every check, each group told as soon as it is known."""
    from scraper.service.diagnosis.machine import judge_mistakes
    from scraper.service.probing.machine import probe_machine, probe_workers

    try:
        configuration = session.configuration
    except ConfigurationError as error:
        return _tell(
            session,
            [*probe_machine((), 0), await probe_workers(), judge_mistakes(str(error))],
        )
    checks = _tell(session, [*_machine(configuration), await probe_workers()])
    checks += _tell(session, _configured(configuration))
    checks += _tell(session, await asyncio.to_thread(_folder, configuration))
    if not offline:
        checks += _tell(session, await _network(session))
    return checks


def _machine(configuration: "Configuration") -> list["Check"]:
    from scraper.protocol.urls import host
    from scraper.service.probing.machine import probe_machine

    sources = configuration.sources
    hosts = {host(url) for source in sources for url in source.urls}
    return probe_machine({source.timezone for source in sources}, len(hosts))


def _configured(configuration: "Configuration") -> list["Check"]:
    from scraper.cli.extras import find_needs
    from scraper.service.diagnosis import machine as judge
    from scraper.service.probing.machine import find_missing

    file = str(configuration.file or "")
    missing = find_missing(list(find_needs(configuration.values)))
    return [
        judge.judge_configuration(file, len(configuration.sources)),
        judge.judge_contact(configuration.fetch.user_agent),
        judge.judge_extras(missing),
    ]


def _folder(configuration: "Configuration") -> list["Check"]:
    from scraper.service.probing.folder import probe_folder

    return probe_folder(configuration.archive.root)


async def _network(session: Session) -> list["Check"]:
    from scraper.fetch.fetcher import MemoryRobots
    from scraper.service.diagnosis.folder import judge_state
    from scraper.service.probing.network import probe_network

    robots = MemoryRobots()
    try:
        async with session.reading(robots) as crawl:
            return await probe_network(crawl, robots, session.configuration.fetch)
    except ArchiveError as error:  # who asked us to wait is not known: nobody is asked
        return [judge_state(str(error))]


def _tell(session: Session, checks: Sequence["Check"]) -> list["Check"]:
    longest = max((len(check.name) for check in checks), default=0)
    width = min(max(longest, NARROWEST), WIDEST)
    for check in checks:
        _tell_one(session, check, width)
    return list(checks)


def _tell_one(session: Session, check: "Check", width: int) -> None:
    output = session.output
    if output.as_json:
        output.record(
            {
                "event": "check",
                "name": check.name,
                "outcome": check.outcome,
                "reason": check.reason,
                "advice": check.advice,
            }
        )
        return
    line = f"{MARKS[check.outcome]} {check.name:<{width}}  {check.reason}"
    if output.quiet and check.outcome == "failed":
        output.problem(f"{line}; {check.advice}")
    output.line(line, COLOURS[check.outcome])
    if check.advice:
        output.line(f"  {'':<{width}}  → {check.advice}")
