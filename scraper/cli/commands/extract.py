"""`extract`: saved pages to articles, without a network."""

import sys
from pathlib import Path

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session
from scraper.errors import ConfigurationError

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
@click.pass_obj
def command(
    session: Session,
    /,
    files: tuple[str, ...],
    manifest: Path | None,
    jobs: int | None,
    **how: str,
) -> None:
    """Print the article of saved pages; needs no network.

    FILE is a saved page, plain or gzipped; `-` reads standard input. With --manifest, every line
    becomes one line of JSON, in the same order, with the article or the error.
    """
    if bool(files) == bool(manifest):
        raise ConfigurationError("extract: give either FILE… or --manifest FILE.jsonl")
    _ = session.output
    if manifest:
        from scraper.cli.manifest import extract_manifest

        raise SystemExit(extract_manifest(session, manifest, jobs, how["site_name"]))
    done = [_extract(session, name, how) for name in files]
    complete = all(done)
    raise SystemExit(Exit.DONE if complete else Exit.TROUBLE)


def _extract(session: Session, name: str, how: dict[str, str]) -> bool:
    from scraper.cli.pages import read_page, task_for
    from scraper.cli.presentation import present
    from scraper.model import NotArticle
    from scraper.service.workers import read_article

    body = (
        sys.stdin.buffer.read()
        if name == "-"
        else Path(name).read_bytes()
        if Path(name).is_file()
        else None
    )
    if body is None:
        raise ConfigurationError(f"{name}: no such file")
    task = task_for(session, read_page(body, how["url"]), how["site_name"])
    found = read_article(task)
    if isinstance(found, NotArticle):
        session.output.problem(f"{name}: not an article ({found.kind}): {found.reason}")
        return False
    click.echo(present(found, "json" if session.options.as_json else how["form"]))
    return True
