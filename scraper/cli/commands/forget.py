"""`forget`: take an article down, for good."""

import sys
from contextlib import closing
from typing import TYPE_CHECKING

import click

from scraper.cli.session import Session
from scraper.cli.waiting import wait_option
from scraper.errors import ConfigurationError, UnknownArticleError

if TYPE_CHECKING:
    from scraper.archive.archive import Archive
    from scraper.service.upkeep.forgetting import Takeout
    from scraper.state.database import State


@click.command("forget")
@click.argument("name", metavar="ID")
@click.option("--reason", default="", metavar="TEXT", help="Noted in the manifest.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@wait_option
@click.pass_obj
def command(session: Session, name: str, *, reason: str, yes: bool, wait: float) -> None:
    """Take an article down: its texts, pictures and raw records are removed for good.

    ID is the story's id, the path of its file, or its URL. The manifest keeps a line that says so,
    and the article is not archived again, unless `fetch --force` asks for it.
    """
    from datetime import UTC, datetime

    from scraper.archive.archive import Archive
    from scraper.archive.lock import ArchiveLock
    from scraper.service.run import open_in_line
    from scraper.version import VERSION

    root = session.configuration.archive.root
    if not root.is_dir():
        raise UnknownArticleError(f"{name}: there is no archive at {root}")
    lock = ArchiveLock(root)
    lock.acquire(wait)
    try:
        archive = Archive(root, f"news-scraper/{VERSION}")
        with closing(open_in_line(archive, session.plan, datetime.now(UTC))) as state:
            for notice in state.notices:
                session.output.notice(notice)
            _forget(session, archive, state, (name, reason), yes=yes)
    finally:
        lock.release()


def _forget(
    session: Session, archive: "Archive", state: "State", asked: tuple[str, str], *, yes: bool
) -> None:
    from datetime import UTC, datetime

    from scraper.service.upkeep.finding import locate
    from scraper.service.upkeep.forgetting import finish, forget, plan

    name, reason = asked
    finish(archive.root, state)
    found = locate(archive.root, state, session.configuration.sites.values(), name)
    if found.forgotten:
        session.output.line(f"{found.id} was forgotten on {found.forgotten:%Y-%m-%d} already")
        return
    takeout = plan(archive.root, state, found)
    if not yes:
        _confirm(session, takeout)
    forget(archive, state, takeout, reason, datetime.now(UTC))
    for kept in takeout.spared:
        session.output.notice(
            f"{kept.article} had the very page: what was received of it is kept for that article"
        )
    session.output.result(_facts(takeout), f"forgotten {found.id}: {_amount(takeout)} removed")


def _confirm(session: Session, takeout: "Takeout") -> None:
    """Ask. Raises ConfigurationError where nobody can answer."""
    if not sys.stdin.isatty() or session.output.as_json:
        raise ConfigurationError("forget removes for good: --yes says that this is meant")
    for path in takeout.files:
        session.output.line(f"  {path}")
    click.confirm(
        f"Remove {_amount(takeout)} of {takeout.found.id} for good?", abort=True, err=True
    )


def _amount(takeout: "Takeout") -> str:
    ranges = [length for cut in takeout.cuts for _, length in cut.ranges]
    return f"{len(takeout.files)} files and {sum(ranges):,} bytes of raw records"


def _facts(takeout: "Takeout") -> dict[str, object]:
    return {
        "event": "forgotten",
        "id": takeout.found.id,
        "url": takeout.found.url,
        "removed": list(takeout.files),
        "raw": [cut.file for cut in takeout.cuts],
    }
