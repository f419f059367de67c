"""`sources`: what is polled, and whether it can be."""

import asyncio
from typing import TYPE_CHECKING

import click

from scraper.cli.commands.sources_discover import discover
from scraper.cli.commands.sources_opml import export_sources, import_sources
from scraper.cli.exits import Exit
from scraper.cli.session import Session

if TYPE_CHECKING:
    from scraper.model import Source
    from scraper.service.crawling.polling import Poll
    from scraper.state.resources import Resource

SHOWN = 10  # entries of a source that `check` prints


@click.group("sources", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List the configured sources, check that they can be read, find new ones."""
    if context.invoked_subcommand is None:
        context.invoke(list_sources)


for other in (discover, import_sources, export_sources):
    command.add_command(other)


@command.command("list")
@click.pass_obj
def list_sources(session: Session) -> None:
    """List the configured sources."""
    for source in session.configuration.sources:
        facts: dict[str, object] = {
            "name": source.name,
            "title": source.title,
            "site": source.site,
            "urls": list(source.urls),
            "every_seconds": source.every.total_seconds(),
            "timezone": source.timezone,
        }
        minutes = source.every.total_seconds() / 60
        site = f"profile {source.site}" if source.site else "no profile"
        session.output.result(
            facts, f"{source.name}  {source.title}, every {minutes:g} min, {site}"
        )
        for url in source.urls:
            session.output.line(f"    {url}")
    if not session.configuration.sources:
        session.output.problem("no sources: `scraper init` writes a configuration with some")


@command.command("check")
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.pass_obj
def check_sources(session: Session, names: tuple[str, ...]) -> None:
    """Poll sources and show what would be archived; writes nothing.

    Exits 1 if a source, or one of its URLs, cannot be read.
    """
    session.check_sources(names)
    chosen = [s for s in session.configuration.sources if not names or s.name in names]
    healthy = asyncio.run(_check(session, chosen))
    raise SystemExit(Exit.DONE if healthy else Exit.TROUBLE)


async def _check(session: Session, sources: list["Source"]) -> bool:
    from scraper.service.crawling.polling import look

    async def forget(_url: str) -> "Resource | None":
        return None  # everything is read anew

    async with session.reading() as crawl:
        polls = await asyncio.gather(*(look(crawl, source, forget) for source in sources))
    for found in polls:
        _report(session, found)
    return not any(found.failures for found in polls)


def _report(session: Session, found: "Poll") -> None:
    name = found.source.name
    outcome = "failed" if found.failed else "changed"
    facts: dict[str, object] = {
        "event": "source",
        "name": name,
        "outcome": outcome,
        "entries": len(found.entries),
        "new": len(found.entries),
        "next_check": None,
    }
    if found.failures:
        facts["reason"] = "; ".join(found.failures)
    session.output.result(facts, f"{name}: {len(found.entries)} articles listed")
    for failure in found.failures:
        session.output.problem(f"{name}: {failure}")
    for entry in found.entries[:SHOWN]:
        when = f"{entry.published:%Y-%m-%d %H:%M}Z" if entry.published else " " * 17
        session.output.line(f"    {when}  {entry.title or entry.url}")
    if len(found.entries) > SHOWN:
        session.output.line(f"    and {len(found.entries) - SHOWN} more")
    for reading in found.readings:
        if reading.feed and reading.feed.left_out:
            older = f"{reading.feed.left_out} of its oldest entries"
            session.output.line(f"    {reading.url} is too long: {older} were not read")
    for url, count in (found.missed or {}).items():
        if count:
            session.output.line(f"    {url} does not list {count} of them")
