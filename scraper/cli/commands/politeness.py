"""`politeness`: how the crawler behaved, from its own log. Reads only, beside a running writer."""

from contextlib import closing
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session

if TYPE_CHECKING:
    from scraper.protocol.conduct import Conduct, Report

HEADINGS = ("host", "requests", "304", "careless", "gap", "breaches", "errors")


HELP = """\
Report how the crawler behaved towards the hosts that it asked.

Every request that went out is in a log of 30 days, without its address. Per host and in total:

\b
requests  hops, retries and robots.txt included
304       of the requests for what had been received before, how many cost no more than that
careless  of those, how many were unconditional although the server had given validators
gap       the shortest time between two requests, and what had to be kept
          (fetch.delay, or the Crawl-delay of robots.txt)
breaches  requests sooner than that, or before the time that a Retry-After had named
errors    without an answer, or answered with 429 or 5xx

Bytes are those of bodies, as transferred; a 304 saves the size of the last full answer. With
--json, they are given per host, too.

\b
The score is the sum of
  60 for patience, less 12 for each percent of requests that were breaches, 5 at least for any
  30 for thrift, less the share of careless requests among the repeated ones (a tenth is free)
  10 for health, less the share of errors
"""


@click.command("politeness", help=HELP, short_help="Report how the crawler behaved.")
@click.option(
    "--days",
    type=click.FloatRange(min=0, min_open=True, max=30),
    default=7.0,
    show_default=True,
    metavar="N",
    help="How far back to look; the log is kept for 30 days.",
)
@click.option(
    "--fail-under",
    type=click.IntRange(0, 100),
    metavar="N",
    help="Exit 1 if the score is lower, or if nothing was asked: for CI.",
)
@click.pass_obj
def command(session: Session, days: float, fail_under: int | None) -> None:
    """Print the report; exit 1 below `fail_under`. Raises ArchiveError."""
    from scraper.protocol.conduct import review
    from scraper.state.database import open_state

    since = datetime.now(UTC) - timedelta(days=days)
    root = session.configuration.archive.root
    path = root / ".scraper" / "state.sqlite"
    with closing(open_state(path, read_only=True)) as state:
        report = review(state.requests.all(), state.articles.archived_since(since), since)
    _show(session, report, f"no requests in the last {days:g} days in {path}: nothing to report")
    if fail_under is not None and (report.score is None or report.score < fail_under):
        found = "nothing was asked" if report.score is None else f"the score is {report.score}"
        session.output.problem(f"politeness: {found}, {fail_under} is wanted")
        raise SystemExit(Exit.TROUBLE)


def _show(session: Session, report: "Report", nothing: str) -> None:
    output = session.output
    if output.as_json:
        for conduct in report.hosts:
            output.record({"event": "host", "host": conduct.host} | _facts(conduct))
        output.record({"event": "politeness", "score": report.score} | _facts(report.total))
    elif report.score is None:
        output.line(f"{nothing}; run `scraper once` or `scraper daemon` first")
    elif not output.quiet:
        _print_report(report)


def _facts(conduct: "Conduct") -> dict[str, object]:
    return {
        "requests": conduct.requests,
        "repeated": conduct.repeated,
        "unchanged": conduct.unchanged,
        "hit_rate": _rounded(conduct.hit_rate),
        "careless": conduct.careless,
        "shortest_gap_ms": conduct.shortest_gap,
        "delay_ms": conduct.delay,
        "delay_breaches": conduct.delay_breaches,
        "retry_after_breaches": conduct.retry_after_breaches,
        "error_share": _rounded(conduct.error_share),
        "wire_bytes": conduct.wire_bytes,
        "saved_by_304": conduct.saved_by_304,
        "saved_by_compression": conduct.saved_by_compression,
        "articles": conduct.articles,
        "requests_per_article": _rounded(conduct.requests_per_article),
        "bytes_per_article": _rounded(conduct.bytes_per_article),
    }


def _print_report(report: "Report") -> None:
    from rich.console import Console
    from rich.table import Table

    console = Console(highlight=False, soft_wrap=True)
    table = Table(box=None, pad_edge=False)
    for heading in HEADINGS:
        is_name = heading == "host"
        table.add_column(
            heading, justify="left" if is_name else "right", overflow="fold", no_wrap=not is_name
        )
    for conduct in report.hosts:
        table.add_row(conduct.host, *_cells(conduct))
    if len(report.hosts) > 1:
        table.add_row("in total", *_cells(report.total))
    console.print(table)
    for line in ("", _bytes(report.total), _per_article(report.total)):
        console.print(line, markup=False)
    console.print(f"score: {report.score} of 100", markup=False)


def _cells(conduct: "Conduct") -> list[str]:
    gap = "-"
    if conduct.shortest_gap is not None and conduct.delay is not None:
        gap = f"{conduct.shortest_gap / 1000:.2f} of {conduct.delay / 1000:g} s"
    return [
        str(conduct.requests),
        _share(conduct.hit_rate),
        str(conduct.careless),
        gap,
        str(conduct.delay_breaches + conduct.retry_after_breaches),
        _share(conduct.error_share),
    ]


def _bytes(total: "Conduct") -> str:
    return (
        f"{_size(total.wire_bytes)} received; {_size(total.saved_by_304)} saved by 304, "
        f"{_size(total.saved_by_compression)} by compression"
    )


def _per_article(total: "Conduct") -> str:
    if total.requests_per_article is None or total.bytes_per_article is None:
        return "no articles were archived meanwhile"
    return (
        f"{total.articles} articles archived: {total.requests_per_article:.2f} requests and "
        f"{_size(total.bytes_per_article)} for each"
    )


def _share(share: float | None) -> str:
    return "-" if share is None else f"{share:.0%}"


def _size(size: float) -> str:
    for limit, unit in ((1e9, "GB"), (1e6, "MB"), (1e3, "KB")):
        if size >= limit:
            return f"{size / limit:.1f} {unit}"
    return f"{size:.0f} B"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
