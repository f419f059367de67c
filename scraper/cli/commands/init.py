"""`init`: write the commented default configuration."""

import os
from pathlib import Path

import click

from scraper.cli.session import DEFAULT_FILE, Session
from scraper.errors import ConfigurationError


@click.command("init")
@click.pass_obj
def command(session: Session) -> None:
    """Write the commented default configuration, to be edited.

    Into ./config/scraper.toml, or where --config says; a file that exists is left alone.
    """
    from scraper.config.template import read_template

    file = session.options.config or Path(os.environ.get("SCRAPER_CONFIG") or DEFAULT_FILE)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("x", encoding="utf-8") as new:
            new.write(read_template())
    except FileExistsError as error:
        raise ConfigurationError(f"{file} exists already and was left as it is") from error
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be written: {error.strerror}") from error
    session.output.line(f"{file} written; edit it, then: scraper config check; scraper once")
