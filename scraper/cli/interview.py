"""The few questions that `init` asks on a terminal; what was given as an option is not asked."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace

import click

from scraper.config.catalogue import Section, choose
from scraper.config.checks import check_contact
from scraper.errors import ConfigurationError

DEFAULT_ARCHIVE = "archive"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What was given as options; None for what was not, and may be asked."""

    contact: str | None
    archive: str | None
    sections: tuple[Section, ...] | None
    pictures: bool | None


def on_terminal() -> bool:
    """Whether there is somebody to ask."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def ask(wishes: Wishes, offered: Sequence[Section]) -> Wishes:
    """The wishes, with an answer where there was none."""
    if wishes.contact is None:
        wishes = replace(wishes, contact=_ask_contact())
    if wishes.archive is None:
        archive = click.prompt("Folder for the archive", default=DEFAULT_ARCHIVE, err=True)
        wishes = replace(wishes, archive=archive.strip())
    if wishes.sections is None:
        wishes = replace(wishes, sections=_ask_sections(offered))
    if wishes.pictures is None:
        wishes = replace(wishes, pictures=click.confirm("Keep pictures as well?", err=True))
    return wishes


def _ask_contact() -> str:
    text = "URL or e-mail address at which site operators can reach you (empty: none)"
    answer: str = click.prompt(text, "", show_default=False, err=True, value_proc=_read_contact)
    return answer


def _read_contact(text: str) -> str:
    try:
        return check_contact(text.strip())
    except ValueError as error:
        raise click.BadParameter(f"expected {error}") from error


def _ask_sections(offered: Sequence[Section]) -> tuple[Section, ...]:
    for number, section in enumerate(offered, 1):
        click.echo(f"  {number:2}  {section.path:20} {section.label}", err=True)

    def read(text: str) -> tuple[Section, ...]:
        try:
            return choose(offered, text.replace(",", " ").split() or ["1"])
        except ConfigurationError as error:
            raise click.BadParameter(str(error)) from error

    text = "Sections to poll, by number or name, or “all”"
    chosen: tuple[Section, ...] = click.prompt(text, "1", err=True, value_proc=read)
    return chosen
