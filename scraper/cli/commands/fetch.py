"""`fetch`: archive these article pages now."""

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session
from scraper.cli.waiting import wait_option
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from scraper.model import Pending
    from scraper.service.context import Service
    from scraper.service.keeping.compose import Draft

_KEPT = frozenset(("archived", "updated", "unchanged"))


@click.command("fetch")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--source", metavar="NAME", help="The source whose profile and tags are used.")
@click.option("--stdout", "to_stdout", is_flag=True, help="Print the document, write nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be archived, write nothing.")
@click.option(
    "--force",
    is_flag=True,
    help="Fetch again what is archived; archive what looks unlike its source's others.",
)
@wait_option
@click.pass_obj
def command(
    session: Session, /, urls: tuple[str, ...], source: str | None, wait: float, **flags: bool
) -> None:
    """Archive these article pages now.

    `-` reads URLs from standard input, one a line.

    Works without a configuration, into ./archive. Exits 1 if any of them was not archived.
    """
    session.check_sources((source,) if source else ())
    session.say_notices()
    wanted = _addresses(urls)
    if flags["to_stdout"] or flags["dry_run"]:
        work = _preview(session, wanted, source or "", to_stdout=flags["to_stdout"])
        complete = asyncio.run(work)
    else:
        asyncio.run(_archive(session, wanted, source or "", wait=wait, force=flags["force"]))
        session.output.summary()
        complete = session.output.articles.keys() <= _KEPT
    raise SystemExit(Exit.DONE if complete else Exit.TROUBLE)


def _addresses(urls: tuple[str, ...]) -> list[str]:
    """What was given, each once. Raises ConfigurationError for what is no http(s) address."""
    from scraper.protocol.urls import resolve

    given = [line for url in urls for line in (_standard_input() if url == "-" else [url])]
    resolved = {text: resolve(text, text) for text in given}
    wrong = [text for text, url in resolved.items() if url is None]
    if wrong:
        raise ConfigurationError(f"no URL: {', '.join(wrong)}; expected http://… or https://…")
    return list(dict.fromkeys(url for url in resolved.values() if url))


def _standard_input() -> list[str]:
    lines = sys.stdin.read().splitlines()
    return [line.strip() for line in lines if line.strip() and not line.startswith("#")]


# -- into the archive ------------------------------------------------------------------------------


async def _archive(
    session: Session, urls: list[str], source: str, *, wait: float, force: bool
) -> None:
    from scraper.cli.progress import shown
    from scraper.cli.signals import on_end
    from scraper.service.crawling.articles import ask_for, drain
    from scraper.service.crawling.picturing import save_pictures

    stop = asyncio.Event()
    async with session.writing(wait) as service:
        asked = [ask_for(service.crawl, url, source) for url in urls]
        wanted = asked if force else await _unknown(service, asked)
        with on_end(stop.set), shown(session.output, len(wanted)):
            await drain(service, wanted, stop, insist=force)
            await save_pictures(service, stop, articles={asked.entry.id for asked in wanted})


async def _unknown(service: "Service", asked: list["Pending"]) -> list["Pending"]:
    """Those that are not in the archive yet; the others are reported as they are."""
    from scraper.model import ArticleEvent

    new = []
    for pending in asked:
        forgotten = await service.disk.run(service.state.forgotten.get, pending.entry.id)
        if forgotten:
            reason = f"forgotten on {forgotten.at:%Y-%m-%d}; --force archives it again"
            service.emit(ArticleEvent("skipped", forgotten.id, pending.entry.url, reason=reason))
            continue
        known = await service.disk.run(service.state.articles.get, pending.entry.id)
        if known is None or known.status != "archived":
            new.append(pending)
            continue
        reason = "archived already; --force fetches it again"
        url, path = pending.entry.url, known.path or ""
        service.emit(ArticleEvent("unchanged", known.id, url, path, known.source, reason))
    return new


# -- without writing -------------------------------------------------------------------------------


async def _preview(session: Session, urls: list[str], source: str, *, to_stdout: bool) -> bool:
    """Fetch and extract only; whether every page was an article."""
    from scraper.service.crawling.articles import ask_for
    from scraper.service.crawling.attempt import attempt
    from scraper.service.keeping.compose import Draft

    complete = True
    async with session.reading() as crawl:
        for url in urls:
            pending = ask_for(crawl, url, source)
            result = await attempt(crawl, pending, crawl.sources.get(source))
            if isinstance(result, Draft) and not result.doubt:
                _show(session, result, to_stdout=to_stdout)
            else:
                complete = False
                reason = result.doubt if isinstance(result, Draft) else result.reason
                session.output.problem(f"not archived {url}: {reason}")
    return complete


def _show(session: Session, draft: "Draft", *, to_stdout: bool) -> None:
    from scraper.markdown.document import render
    from scraper.service.keeping.compose import compose, propose_path

    settings = session.configuration.archive
    if to_stdout:
        document = compose(draft, settings, None)
        click.echo(render(document, settings.front_matter), nl=False)
        return
    session.output.result(
        {
            "event": "article",
            "outcome": "archived",
            "id": draft.article.id,
            "url": draft.entry.url,
            "path": propose_path(draft, settings),
            "dry_run": True,
        },
        f"would be archived: {draft.article.title} → {propose_path(draft, settings)}",
    )
