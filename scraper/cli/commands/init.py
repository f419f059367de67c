"""`init`: write a commented configuration after a few questions, and what makes a site of it."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from scraper.cli.session import DEFAULT_FILE, Session
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from scraper.cli.interview import Wishes


@click.command("init")
@click.option("--contact", metavar="ADDRESS", help="A URL or e-mail address to be reached at.")
@click.option("--archive", metavar="DIR", help="Where articles are kept.  [default: archive]")
@click.option("--section", "sections", multiple=True, metavar="NAME", help="Poll it; repeatable.")
@click.option("--all-sections", is_flag=True, help="Poll every section that is known.")
@click.option("--pictures/--no-pictures", default=None, help="Whether pictures are kept.")
@click.option("--yes", is_flag=True, help="Ask nothing: defaults for what is not given.")
@click.pass_obj
def command(session: Session, /, *, yes: bool, **options: object) -> None:
    """Write a commented configuration, after a few questions on a terminal.

    Into ./config/scraper.toml, or where --config says; and into the archive _config.yml and
    layouts, with which Jekyll builds a site from it. A file that exists is left alone.

    Sections, such as realtime/china, come from a catalogue; a name that is none lists them all.
    """
    file = session.options.config or Path(os.environ.get("SCRAPER_CONFIG") or DEFAULT_FILE)
    is_new = not file.exists()
    if is_new:
        _write_configuration(file, _wishes(session, options), ask_rest=not yes)
    root, written = _write_site(session)
    if not is_new and not written:
        raise ConfigurationError(f"{file} exists already and was left as it is")
    if is_new:
        session.output.line(f"{file} written; look it over, then: scraper doctor; scraper once")
    else:
        session.output.line(f"{file} exists already and was left as it is")
    if written:
        said = ", ".join(written)
        session.output.line(f"{root}: {said} written; there, `jekyll build` makes a site")


def _wishes(session: Session, options: Mapping[str, Any]) -> "Wishes":
    """What was given on the command line. Raises ConfigurationError."""
    from scraper.cli.interview import Wishes
    from scraper.config.catalogue import choose, read_catalogues

    named = ("all",) if options["all_sections"] else options["sections"]
    chosen = choose(read_catalogues(), named) if named else None
    folder = options["archive"] or session.options.archive
    return Wishes(
        contact=options["contact"],
        archive=str(folder) if folder else None,
        sections=chosen,
        pictures=options["pictures"],
    )


def _write_configuration(file: Path, wishes: "Wishes", *, ask_rest: bool) -> None:
    """Ask what is open, then write a file that was checked. Raises ConfigurationError."""
    from scraper.cli.interview import ask, on_terminal
    from scraper.config.catalogue import read_catalogues
    from scraper.config.loading import load_text
    from scraper.config.template import Answers, compose, read_template

    offered = read_catalogues()
    if ask_rest and on_terminal():
        wishes = ask(wishes, offered)
    answers = Answers(
        sections=wishes.sections or offered[:1],
        contact=wishes.contact or "",
        root=_root(wishes.archive, file),
        pictures=bool(wishes.pictures),
    )
    text = compose(read_template(), answers, offered)
    load_text(text, file, os.environ)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(text)
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error


def _root(archive: str | None, file: Path) -> str:
    """The folder as the file names it: from its own place on, unless it is given in full."""
    if not archive or archive.startswith(("/", "~")):
        return archive or ""
    return Path(os.path.relpath(archive, file.parent)).as_posix()


def _write_site(session: Session) -> tuple[Path, list[str]]:
    """The archive's folder, and which files of the site were written there."""
    from scraper.archive.site_files import write_site_files
    from scraper.archive.store import Store

    root = session.configuration.archive.root
    return root, write_site_files(Store(root))
