"""`diff`: how one version of an article became another, as a redline."""

from typing import TYPE_CHECKING

import click

from scraper.cli.session import Session
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from scraper.edits.compare import Comparison, Version


@click.command("diff")
@click.argument("name", metavar="ID")
@click.argument("numbers", nargs=-1, type=click.IntRange(min=1), metavar="[A B]")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "markdown", "html"]),
    default="text",
    show_default=True,
    help="How it is written.",
)
@click.pass_obj
def command(session: Session, name: str, numbers: tuple[int, ...], form: str) -> None:
    """Show what changed between two versions of an article: by default the last two.

    ID is the story's id, the path of its file, or its URL; `history` numbers the versions.
    """
    from scraper.service.upkeep.edits import compare_versions
    from scraper.service.upkeep.finding import find

    if len(numbers) not in (0, 2):
        raise ConfigurationError("give two versions to compare, or none for the last two")
    settings = session.configuration
    found = find(settings.archive.root, settings.sites.values(), name)
    chosen = (numbers[0], numbers[1]) if numbers else None
    comparison = compare_versions(found.versions, chosen)
    for held in found.versions:
        if held.edited:
            session.output.notice(f"{held.path} was edited in the archive, not by the site")
    if session.output.as_json:
        session.output.record({"event": "diff", "id": found.id} | _facts(comparison))
    else:
        click.echo(_written(comparison, form), nl=False, color=True)


def _written(comparison: "Comparison", form: str) -> str:
    from scraper.cli.redline import as_text, in_colour
    from scraper.markdown.redline import as_html, as_markdown

    match form:
        case "markdown":
            return as_markdown(comparison)
        case "html":
            return as_html(comparison)
        case _:
            return as_text(comparison, colour=in_colour()) + "\n"


def _facts(comparison: "Comparison") -> dict[str, object]:
    return {
        "old": _version(comparison.old),
        "new": _version(comparison.new),
        "kinds": list(comparison.kinds),
        "changes": [
            {
                "kinds": list(change.kinds),
                "paragraph": change.paragraph,
                "pieces": [{"op": piece.op, "text": piece.text} for piece in change.pieces],
            }
            for change in comparison.changes
        ],
    }


def _version(version: "Version") -> dict[str, object]:
    from scraper.cli.output import iso

    return {"number": version.number, "at": iso(version.at), "title": version.title}
