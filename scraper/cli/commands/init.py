"""`init`: write the commented default configuration, and what makes the archive a site."""

import os
from pathlib import Path

import click

from scraper.cli.session import DEFAULT_FILE, Session
from scraper.errors import ConfigurationError


@click.command("init")
@click.pass_obj
def command(session: Session) -> None:
    """Write the commented default configuration, to be edited.

    Into ./config/scraper.toml, or where --config says; and into the archive _config.yml and
    layouts, with which Jekyll builds a site from it. A file that exists is left alone.
    """
    file = session.options.config or Path(os.environ.get("SCRAPER_CONFIG") or DEFAULT_FILE)
    is_new = _write_configuration(file)
    root, written = _write_site(session)
    if not is_new and not written:
        raise ConfigurationError(f"{file} exists already and was left as it is")
    if is_new:
        session.output.line(f"{file} written; edit it, then: scraper config check; scraper once")
    else:
        session.output.line(f"{file} exists already and was left as it is")
    if written:
        said = ", ".join(written)
        session.output.line(f"{root}: {said} written; there, `jekyll build` makes a site")


def _write_configuration(file: Path) -> bool:
    """Whether it was written: it is left alone where it exists. Raises ConfigurationError."""
    from scraper.config.template import read_template

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(read_template())
    except FileExistsError:
        return False
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error
    return True


def _write_site(session: Session) -> tuple[Path, list[str]]:
    """The archive's folder, and which files of the site were written there."""
    from scraper.archive.site_files import write_site_files
    from scraper.archive.store import Store

    root = session.configuration.archive.root
    return root, write_site_files(Store(root))
