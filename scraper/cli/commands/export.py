"""`export`: what was received, as one file that replay tools open."""

from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command("export")
@click.argument("names", nargs=-1, metavar="[ID]...")
@click.option(
    "--wacz",
    "target",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    help="The WACZ file to write, for ReplayWeb.page and the like.",
)
@click.option("--from", "first", type=_DAY, metavar="DATE", help="Received on this day or later.")
@click.option("--to", "last", type=_DAY, metavar="DATE", help="Received on this day or before.")
@click.pass_obj
def command(
    session: Session,
    names: tuple[str, ...],
    target: Path,
    first: datetime | None,
    last: datetime | None,
) -> None:
    """Write the raw records of these articles, or of all, into one WACZ file.

    ID is a story's id, the path of its file, or its URL. Days are in UTC.
    """
    from scraper.archive.wacz import write_wacz
    from scraper.service.upkeep.exporting import Selection, choose, missing, pages_of
    from scraper.service.upkeep.finding import locate
    from scraper.state.database import open_state
    from scraper.version import VERSION

    settings = session.configuration
    root = settings.archive.root
    days = (first.date() if first else date.min, last.date() if last else date.max)
    with closing(open_state(root / ".scraper" / "state.sqlite", read_only=True)) as state:
        ids = [locate(root, state, settings.sites.values(), name).id for name in names]
        chosen = choose(root, Selection(frozenset(ids), *days))
        for article_id in missing(ids, chosen):
            session.output.refuse(article_id, "no raw record of it is asked for and kept")
        pages = pages_of(state, chosen)
    if not chosen:
        session.output.problem(f"nothing to export: {root} keeps no such raw records")
        raise SystemExit(Exit.TROUBLE)
    write_wacz(target, chosen, pages, f"news-scraper/{VERSION}", datetime.now().astimezone())
    facts: dict[str, object] = {
        "event": "exported",
        "path": str(target),
        "articles": len(pages),
        "records": len(chosen),
    }
    session.output.result(facts, f"{target}: {len(pages)} articles, {len(chosen)} records")
    raise SystemExit(session.output.exit)
