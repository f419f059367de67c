"""`rebuild`: the state made anew from the archive's files."""

from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime

import click

from scraper.cli.session import Session
from scraper.cli.waiting import wait_option


@click.command("rebuild")
@wait_option
@click.pass_obj
def command(session: Session, *, wait: float) -> None:
    """Restore the state from Markdown, manifest and WARC files, without the network.

    For when `.scraper/` was lost, or when `scraper verify` finds that state and files differ. What
    is pending stays pending; nothing in the archive's files is changed. `once` and `daemon` do it
    by themselves where the state is new and the archive is not.
    """
    from scraper.archive.lock import ArchiveLock
    from scraper.cli.counting import counted

    lock = ArchiveLock(session.configuration.archive.root)
    lock.acquire(wait)
    try:
        with counted(session.output, "articles") as advance:
            _rebuild(session, advance)
    finally:
        lock.release()


def _rebuild(session: Session, advance: Callable[[int, int], None]) -> None:
    from scraper.archive.archive import Archive
    from scraper.service.upkeep.expiring import finish_expiring
    from scraper.service.upkeep.forgetting import finish_if_begun
    from scraper.service.upkeep.rebuilding import Origins, Rebuilding
    from scraper.state.database import open_state
    from scraper.version import VERSION

    plan, output = session.plan, session.output
    root = plan.archive.root
    found = Archive(root, f"news-scraper/{VERSION}").open()
    with closing(open_state(root / ".scraper" / "state.sqlite")) as state:
        finished = finish_if_begun(root, state)
        finish_expiring(root, state)
        saving = plan.archive.pictures == "save"
        origins = Origins(plan.sources, plan.sites, plan.archive.revisions, saving)
        done = Rebuilding(root, state, origins, datetime.now(UTC)).run(
            lambda count: advance(count, count)
        )
        for notice in (*found, *state.notices, *finished, *done.notices):
            output.notice(notice)
    facts: dict[str, object] = {
        "event": "summary",
        "articles": done.articles,
        "records": done.records,
        "quarantined": done.quarantined,
        "withdrawn": done.withdrawn,
        "missing": done.missing,
        "forgotten": done.forgotten,
    }
    named = [f"{count:,} {what}" for what, count in facts.items() if what != "event" and count]
    output.result(facts, f"restored: {', '.join(named) or 'nothing, as there is no article'}")
