"""`adopt`: take over an archive of posts in the older layout."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.session import Session
from scraper.cli.waiting import wait_option
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from scraper.archive.archive import Archive
    from scraper.cli.adoption import Report
    from scraper.service.upkeep.adopting import Target
    from scraper.state.database import State


@click.command("adopt")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--preview", is_flag=True, help="Show what would be done, and write nothing.")
@click.option("--source", metavar="NAME", help="The source that the articles are counted to.")
@click.option("--site", metavar="NAME", help="The site profile, where hosts do not tell it.")
@wait_option
@click.pass_obj
def command(
    session: Session, /, folder: Path, *, preview: bool, wait: float, **names: str | None
) -> None:
    """Take over the posts below FOLDER; they themselves are only read.

    Texts are cleaned of advertising, instants corrected where the rule is certain and marked
    date_doubt where it is not, posts of one story united. Every file is taken or named with the
    reason. What is archived already is left alone, so the same can be run again.
    """
    target = _target(session, folder, names["source"] or "", names["site"] or "")
    report = asyncio.run(_adopt(session, replace(target, preview=preview), wait))
    report.summary()
    raise SystemExit(report.exit)


def _target(session: Session, folder: Path, source: str, site: str) -> "Target":
    from scraper.service.upkeep.adopting import Target
    from scraper.service.upkeep.posts import Profiles

    configuration = session.configuration
    if source:
        session.check_sources((source,))
    if site and site not in configuration.sites:
        known = ", ".join(sorted(configuration.sites))
        raise ConfigurationError(f"no site profile named {site!r}; there are: {known}")
    root = configuration.archive.root.resolve()
    if root == folder.resolve() or root in folder.resolve().parents:
        raise ConfigurationError(
            f"{folder} is the archive {root}, or inside it; name the folder of the older archive, "
            "or another archive with --archive"
        )
    chosen = next((s for s in configuration.sources if s.name == source), None)
    return Target(
        folder=folder,
        settings=configuration.archive,
        profiles=Profiles(configuration.sites, site or (chosen and chosen.site) or ""),
        source=source,
        timezone=chosen.timezone if chosen else "",
    )


async def _adopt(session: Session, target: "Target", wait: float) -> "Report":
    from datetime import UTC, datetime

    from scraper.cli.adoption import Report
    from scraper.cli.progress import counted
    from scraper.cli.signals import on_end
    from scraper.service.upkeep.adopting import Adoption
    from scraper.service.upkeep.surveying import find_files, survey
    from scraper.service.workers import Workers

    report, stop = Report(session.output, preview=target.preview), asyncio.Event()
    with closing(Workers()) as workers, on_end(stop.set):
        async with _opened(session, target, wait) as (archive, state):
            found = find_files(target.folder, target.settings.root)
            seen = await survey(target.folder, found, target.profiles, workers)
            adoption = Adoption(target, archive, state, seen)
            for event in adoption.refused():
                report.tell(event)
            with counted(session.output, "posts", adoption.wanted) as advance:
                events = adoption.run(workers, lambda: datetime.now(UTC), stop.is_set)
                async for batch in events:
                    for event in batch:
                        report.tell(event)
                    advance(len(batch))
    return report


@asynccontextmanager
async def _opened(
    session: Session, target: "Target", wait: float
) -> AsyncIterator[tuple["Archive", "State"]]:
    """The archive and its state: locked for writing, or for a preview only read."""
    from scraper.archive.archive import Archive
    from scraper.archive.lock import ArchiveLock
    from scraper.state.database import open_state
    from scraper.version import VERSION

    root = target.settings.root
    archive = Archive(root, f"news-scraper/{VERSION}")
    file = root / ".scraper" / "state.sqlite"
    if target.preview:
        with closing(open_state(file, read_only=True)) as state:
            yield archive, state
        return
    lock = ArchiveLock(root)
    lock.acquire(wait)
    try:
        found = archive.open()
        with closing(open_state(file)) as state:
            for notice in (*found, *state.notices):
                session.output.notice(notice)
            yield archive, state
    finally:
        lock.release()
