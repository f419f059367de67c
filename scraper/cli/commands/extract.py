"""`extract`: saved pages to articles, without a network."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session
from scraper.errors import ConfigurationError, PageError

if TYPE_CHECKING:
    from scraper.articles.trace import Trace
    from scraper.model import Article, NotArticle

FORMATS = ("markdown", "html", "text", "json")


@click.command("extract")
@click.argument("files", nargs=-1, metavar="FILE...")
@click.option("--url", default="", help="Where the page came from.  [default: what it says itself]")
@click.option("--site", "site_name", metavar="NAME", help="The profile.  [default: by host]")
@click.option("--format", "form", type=click.Choice(FORMATS), default="markdown", show_default=True)
@click.option(
    "--manifest",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help='Many pages: a JSON object {"id", "file", "url"} a line.',
)
@click.option("--jobs", type=click.IntRange(min=1), help="Processes.  [default: one a core]")
@click.option(
    "--explain",
    is_flag=True,
    help="Also tell, on standard error, the steps taken, where each fact was found, and what was "
    "removed by which rule; with JSON as a key `explain`.",
)
@click.pass_obj
def command(
    session: Session,
    /,
    files: tuple[str, ...],
    manifest: Path | None,
    jobs: int | None,
    *,
    explain: bool,
    **how: str,
) -> None:
    """Print the article of saved pages; needs no network.

    FILE is a saved page, plain or gzipped; `-` reads standard input. With --manifest, every line
    becomes one line of JSON, in the same order, with the article or the error.
    """
    if explain and manifest:
        raise ConfigurationError("extract: --explain is for FILE…, one page at a time")
    if bool(files) == bool(manifest):
        raise ConfigurationError("extract: give either FILE… or --manifest FILE.jsonl")
    _ = session.output
    if manifest:
        from scraper.cli.manifest import extract_manifest

        raise SystemExit(extract_manifest(session, manifest, jobs, how["site_name"]))
    done = [_extract(session, name, how, explain=explain) for name in files]
    complete = all(done)
    raise SystemExit(Exit.DONE if complete else Exit.TROUBLE)


def _extract(session: Session, name: str, how: dict[str, str], *, explain: bool) -> bool:
    from scraper.cli.pages import read_page, task_for
    from scraper.cli.presentation import present
    from scraper.model import NotArticle
    from scraper.service.apart import claimed_apart, explain_apart, read_apart

    page = read_page(_read(name), how["url"])
    task = task_for(session, page, how["site_name"], page.url or claimed_apart(page))
    form = "json" if session.options.as_json else how["form"]
    try:
        found, trace = explain_apart(task) if explain else (read_apart(task), None)
    except PageError as error:
        session.output.problem(f"{name}: {error}")
        return False
    if trace and form != "json":
        _explain(session, name, found, trace)
    if isinstance(found, NotArticle):
        if not trace or form == "json":
            session.output.problem(f"{name}: not an article ({found.kind}): {found.reason}")
        return False
    if found.continues:
        session.output.problem(f"{name}: only a part: the article continues at {found.continues}")
    if found.doubt:
        session.output.problem(f"{name}: {found.doubt}; this is its plain text", "quarantined")
    click.echo(present(found, form, trace))
    return True


def _read(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    if not Path(name).is_file():
        raise ConfigurationError(f"{name}: no such file")
    return Path(name).read_bytes()


def _explain(session: Session, name: str, found: "Article | NotArticle", trace: "Trace") -> None:
    from scraper.cli.explanation import as_lines

    for line in as_lines(name, found, trace):
        session.output.problem(line)
