"""`retry`: what was given up or put off, tried again now."""

import asyncio

import click

from scraper.cli.session import Session
from scraper.cli.waiting import wait_option


@click.command("retry")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@wait_option
@click.pass_obj
def command(session: Session, ids: tuple[str, ...], wait: float) -> None:
    """Try again now what was given up, put off, skipped or quarantined.

    Without an ID, all of it. `scraper status` lists the ids.
    """
    asyncio.run(_run(session, ids, wait))
    session.output.summary()
    raise SystemExit(session.output.exit)


async def _run(session: Session, ids: tuple[str, ...], wait: float) -> None:
    from scraper.cli.progress import shown
    from scraper.cli.signals import on_end
    from scraper.service.articles import drain
    from scraper.service.run import wanted

    stop = asyncio.Event()
    async with session.writing(wait) as service:
        await service.disk.run(service.state.articles.retry, ids or None, service.now())
        chosen = [p for p in await wanted(service) if not ids or p.entry.id in ids]
        missing = set(ids) - {pending.entry.id for pending in chosen}
        for article_id in sorted(missing):
            session.output.refuse(article_id, "nothing to try again: archived already, or unknown")
        with on_end(stop.set), shown(session.output, len(chosen)):
            await drain(service, chosen, stop)
