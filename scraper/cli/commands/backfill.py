"""`backfill`: what a source published in a time and is missing, found in sitemaps and archived."""

import asyncio
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from scraper.cli.output import iso
from scraper.cli.session import Session
from scraper.cli.waiting import wait_option
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from scraper.protocol.gaps import Span
    from scraper.service.crawling.backfilling import Found
    from scraper.service.crawling.sitemaps import Dated

_DAY = click.DateTime(["%Y-%m-%d"])
SHOWN = 20  # stories of a preview


@dataclass(frozen=True, slots=True)
class _Wish:
    name: str
    first: date
    last: date
    limit: int | None
    preview: bool


@click.command("backfill")
@click.argument("name", metavar="SOURCE")
@click.option("--from", "first", type=_DAY, metavar="DATE", required=True, help="The first day.")
@click.option("--to", "last", type=_DAY, metavar="DATE", required=True, help="The last day.")
@click.option("--preview", is_flag=True, help="Show what would be archived, write nothing.")
@click.option(
    "--limit", type=click.IntRange(min=1), metavar="N", help="Archive no more than N articles."
)
@wait_option
@click.pass_obj
def command(  # noqa: PLR0913  # one for each option
    session: Session,
    name: str,
    first: datetime,
    last: datetime,
    limit: int | None,
    *,
    preview: bool,
    wait: float,
) -> None:
    """Archive what SOURCE published from one day to another and is missing.

    The site's sitemaps are read, those that the site profile or robots.txt names; of what they
    list, what stands in the source's section and in that time is archived. Days are those of the
    source's time zone.

    What was given up, is in quarantine or held back is named; `scraper retry` asks for it again. A
    run that was interrupted, or had a limit, goes on when it is started again.
    """
    session.require_file()
    session.check_sources((name,))
    if last < first:
        raise ConfigurationError(f"--to {last:%Y-%m-%d} is before --from {first:%Y-%m-%d}")
    session.say_notices()
    wish = _Wish(name, first.date(), last.date(), limit, preview)
    asyncio.run(_run(session, wish, wait))
    session.output.summary()
    raise SystemExit(session.output.exit)


async def _run(session: Session, wish: _Wish, wait: float) -> None:
    from scraper.cli.progress import counted, shown
    from scraper.cli.signals import on_end
    from scraper.service.crawling.articles import drain
    from scraper.service.crawling.backfilling import look_up, span_of, want

    stop = asyncio.Event()
    async with session.writing(wait) as service:
        source = service.crawl.sources[wish.name]
        span = span_of(wish.first, wish.last, source.timezone, service.now())
        with on_end(stop.set):
            with counted(session.output, "sitemaps", 0) as advance:
                found = await look_up(service, source, span, stop, advance)
            _report(session, wish, span, found)
            if wish.preview or stop.is_set():
                return
            chosen = await want(service, source, span, found, wish.limit)
            with shown(session.output, len(chosen)):
                await drain(service, chosen, stop)


def _report(session: Session, wish: _Wish, span: "Span", found: "Found") -> None:
    missing = len(found.new) + len(found.waiting)
    left_out = max(missing - wish.limit, 0) if wish.limit else 0
    facts: dict[str, object] = {
        "event": "backfill",
        "source": wish.name,
        "from": iso(span.begins),
        "to": iso(span.ends),
        "sitemaps": found.sitemaps,
        "archived": found.archived,
        "new": len(found.new),
        "waiting": len(found.waiting),
        "lost": len(found.lost),
        "left_out": left_out,
        "preview": wish.preview,
    }
    line = (
        f"{wish.name}: {missing} articles are missing ({found.sitemaps} sitemaps read, "
        f"{found.archived} of what they list is archived)"
    )
    session.output.result(facts, f"{line}; {left_out} of them another time" if left_out else line)
    for trouble in found.troubles:
        session.output.sources["failed"] += 1
        session.output.problem(f"{wish.name}: {trouble}")
    for record in found.lost:
        reason = f"{record.status.replace('_', ' ')}: {record.reason}".rstrip(": ")
        session.output.problem(f"{record.id}: {record.url}: {reason}", "deferred")
    if wish.preview:
        _preview(session, found.new[: wish.limit])


def _preview(session: Session, new: "tuple[Dated, ...]") -> None:
    for number, one in enumerate(new):
        day = one.day.date().isoformat() if one.day else None
        facts: dict[str, object] = {
            "event": "missing",
            "id": one.entry.id,
            "url": one.entry.url,
            "published": iso(one.entry.published),
            "day": day,
        }
        if session.output.as_json:
            session.output.record(facts)
        elif number < SHOWN:
            session.output.line(f"    {iso(one.entry.published) or day}  {one.entry.url}")
    if len(new) > SHOWN:
        session.output.line(f"    and {len(new) - SHOWN} more")
