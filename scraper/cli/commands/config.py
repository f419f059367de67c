"""`config`: is the configuration right, and what does it come to?"""

import click

from scraper.cli.session import Session


@click.group("config")
def command() -> None:
    """Check the configuration, or show what it comes to."""


@command.command("check")
@click.pass_obj
def check(session: Session) -> None:
    """Name every mistake at once, with its file, key and the value expected."""
    session.require_file()
    session.say_notices()
    count = len(session.configuration.sources)
    session.output.result(
        {"event": "configuration", "file": str(session.file), "sources": count, "valid": True},
        f"{session.file}: no mistakes, {count} source{'s' * (count != 1)}",
    )


@command.command("show")
@click.pass_obj
def show(session: Session) -> None:
    """The effective configuration, with where each value came from; no secret is shown."""
    from scraper.config.description import describe

    click.echo(describe(session.configuration), nl=False)
