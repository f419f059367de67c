"""The command line: options before the command, the list of commands, errors to exit codes.

Importing this costs little: each command imports what it needs when it runs.
"""

import sys
from pathlib import Path

import click

from scraper.cli.commands import (
    adopt,
    alerts,
    backfill,
    config,
    daemon,
    demo,
    diff,
    doctor,
    export,
    extract,
    fetch,
    forget,
    health,
    history,
    init,
    once,
    politeness,
    rebuild,
    reextract,
    retry,
    sources,
    status,
    verify,
)
from scraper.cli.exits import exit_code
from scraper.cli.session import Options, Session
from scraper.errors import ScraperError
from scraper.version import VERSION

EPILOG = """\b
Start here:
  scraper demo                          see it work, without a network
  scraper init                          write a configuration to edit
  scraper once                          poll the sources that are due, for cron
  scraper daemon                        do that for ever
  scraper fetch URL                     archive one article now

\b
Exit codes: 0 done; 1 something failed, named on standard error; 2 wrong usage or
configuration; 3 another process is writing this archive; 4 it cannot be written.
"""


class Commands(click.Group):
    """The commands in the order in which somebody new meets them."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """The names as they were added."""
        return list(self.commands)


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The configuration.  [default: $SCRAPER_CONFIG, else ./config/scraper.toml]",
)
@click.option(
    "--archive",
    type=click.Path(path_type=Path),
    help="The archive folder, instead of the configured one.",
)
@click.option("--json", "as_json", is_flag=True, help="Results as JSON Lines.")
@click.option("--quiet", is_flag=True, help="Only what went wrong.")
@click.option(
    "--log-level",
    type=click.Choice(["debug", "info", "warning", "error"]),
    default="info",
    show_default=True,
    help="What is logged on standard error.",
)
@click.option(
    "--log-format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How it is logged.",
)
@click.version_option(VERSION, prog_name="scraper")
@click.pass_context
def scraper(context: click.Context, /, **options: object) -> None:
    """Keep an archive of news as Markdown files that can be trusted."""
    context.obj = Session(Options(**options))  # type: ignore[arg-type]  # click's parameters


COMMANDS = (
    demo,
    init,
    doctor,
    fetch,
    once,
    daemon,
    retry,
    backfill,
    reextract,
    status,
    alerts,
    sources,
    config,
    extract,
    adopt,
    history,
    diff,
    doctor,
    export,
    forget,
    politeness,
    verify,
    rebuild,
    health,
)

for module in COMMANDS:
    scraper.add_command(module.command)


def main() -> None:
    """Run the command line; every error of ours ends as one message and its exit code."""
    try:
        scraper()
    except ScraperError as error:
        click.echo(f"scraper: {error}", err=True)
        sys.exit(exit_code(error))
