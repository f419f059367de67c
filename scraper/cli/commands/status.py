"""`status`: how the sources are doing, at a glance. Reads only, beside a running writer."""

import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

import click

from scraper.cli.session import Session

if TYPE_CHECKING:
    from rich.console import RenderableType

    from scraper.cli.output import Output
    from scraper.cli.standings import Reader


@dataclass(frozen=True, slots=True)
class _Wish:
    """How it is to be shown."""

    limit: int
    watch: float | None  # seconds
    everything: bool


@click.command("status")
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--limit", default=20, show_default=True, help="Articles in trouble that are shown.")
@click.option("--all", "everything", is_flag=True, help="Every source, however many are well.")
@click.option(
    "--watch",
    type=click.FloatRange(min=0.5),
    is_flag=False,
    flag_value=2.0,
    metavar="[SECONDS]",
    help="Again and again, every 2 seconds where none are given, until Ctrl-C.",
)
@click.option("--coverage", is_flag=True, help="What was listed against what is archived, by hour.")
@click.pass_obj
def command(
    session: Session, /, names: tuple[str, ...], *, coverage: bool, **shown: object
) -> None:
    """Show how the sources are doing.

    Per source: when it was polled last and is polled next, how often, its state (ok, partly: not
    all its URLs can be read, notice, failing, stopped; degraded or dead: what is wrong stands
    below), the lag between publication and archiving (the median of the last day), articles of the
    last day and in all, those that wait, and those that were given up or quarantined. What is in
    trouble comes first.

    Below: what is wrong, and since when; how many archived articles are looked at again for edits,
    and were withdrawn; the articles that are put off, given up or quarantined, with the reason;
    where pictures are saved, how many are there, and which were given up; the sums, and the free
    space of the archive's disk.

    With --coverage, for each SOURCE or for all: a map of the last two weeks, the gaps between
    polls, and the newest articles that were listed and are not archived, with the reason.
    """
    wish = _Wish(**shown)  # type: ignore[arg-type]  # click's parameters
    if coverage or names:
        from scraper.cli import coverage as coverage_map

        coverage_map.show(session, names, wish.limit)
        return
    from scraper.cli.standings import Reader
    from scraper.cli.watching import repeat, watch_in_place

    configured = [source.name for source in session.configuration.sources]
    reader = Reader(configured, session.configuration.archive.root, wish.limit)
    show = partial(_show, session.output, reader, wish)
    if wish.watch is None:
        show()
    elif sys.stdout.isatty() and not session.output.as_json:
        watch_in_place(partial(_draw, reader, wish), wish.watch)
    else:
        repeat(show, wish.watch, session.output)


def _show(output: "Output", reader: "Reader", wish: _Wish) -> None:
    from scraper.cli.conditions import facts_of
    from scraper.cli.standings import article_row, picture_row, source_row, totals_row
    from scraper.cli.standings_table import View
    from scraper.cli.watching import console

    standings = reader.read(datetime.now(UTC))
    if not output.as_json:
        View(standings, everything=wish.everything).print(console())
        return
    for standing in standings.sources:
        output.record({"event": "source"} | source_row(standing))
    for article in standings.troubled:
        output.record(article_row(article))
    if standings.pictures:
        output.record(picture_row(standings))
    for wrong in standings.wrong:
        output.record({"event": "condition"} | facts_of(wrong))
    output.record(totals_row(standings))


def _draw(reader: "Reader", wish: _Wish) -> "RenderableType":
    from rich.console import Group
    from rich.text import Text

    from scraper.cli.logs import one_line
    from scraper.cli.standings_table import View

    standings = reader.read(datetime.now(UTC))
    view = View(standings, everything=wish.everything)
    head = f"{standings.at:%Y-%m-%d %H:%M:%SZ}, every {wish.watch:g} s; Ctrl-C ends"
    lines = (Text(one_line(line)) for line in view.lines())
    return Group(Text(head, style="dim"), view.table(), *lines)
