"""`retry`: what was given up or put off, tried again now."""

import asyncio

import click

from scraper.cli.session import Session
from scraper.cli.waiting import wait_option


@click.command("retry")
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option("--held", is_flag=True, help="What is held back, of these SOURCEs or of all.")
@wait_option
@click.pass_obj
def command(session: Session, names: tuple[str, ...], *, held: bool, wait: float) -> None:
    """Try again now what was given up, put off, skipped or quarantined, pictures included.

    Without an ID, all of it. `scraper status` lists the ids. A page in quarantine for being unlike
    its source's other articles is archived where its ID is given. What is held back, because a feed
    listed its old articles under new ids, is archived with --held, or by its ID.
    """
    if held:
        session.check_sources(names)
    asyncio.run(_run_held(session, names, wait) if held else _run(session, names, wait))
    session.output.summary()
    raise SystemExit(session.output.exit)


async def _run(session: Session, ids: tuple[str, ...], wait: float) -> None:
    from scraper.cli.progress import shown
    from scraper.cli.signals import on_end
    from scraper.service.crawling.articles import drain
    from scraper.service.crawling.picturing import save_pictures
    from scraper.service.run import wanted

    stop = asyncio.Event()
    async with session.writing(wait) as service:
        again = service.state.pictures.retry
        lacking = await service.disk.run(service.state.pictures.lacking, ids)
        await service.disk.run(again, ids or None, service.now())
        await service.disk.run(service.state.articles.retry, ids or None, service.now())
        chosen = [p for p in await wanted(service) if not ids or p.entry.id in ids]
        missing = set(ids) - {pending.entry.id for pending in chosen} - lacking
        for article_id in sorted(missing):
            session.output.refuse(article_id, "nothing to try again: archived already, or unknown")
        with on_end(stop.set), shown(session.output, len(chosen)):
            await drain(service, chosen, stop, insist=bool(ids))
            await save_pictures(service, stop, articles=ids or None)


async def _run_held(session: Session, names: tuple[str, ...], wait: float) -> None:
    from scraper.cli.progress import shown
    from scraper.cli.signals import on_end
    from scraper.service.crawling.articles import drain
    from scraper.service.run import wanted

    stop = asyncio.Event()
    async with session.writing(wait) as service:
        release = service.state.articles.release
        released = set(await service.disk.run(release, names or None, service.now()))
        chosen = [p for p in await wanted(service) if p.entry.id in released]
        with on_end(stop.set), shown(session.output, len(chosen)):
            await drain(service, chosen, stop)
