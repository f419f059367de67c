"""The option of every command that writes the archive."""

import click

wait_option = click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="SECONDS",
    help="Wait so long for another process that is writing the archive.",
)
