"""`history`: every version of an article that the archive holds."""

from typing import TYPE_CHECKING

import click

from scraper.cli.session import Session

if TYPE_CHECKING:
    from scraper.cli.output import Output
    from scraper.service.upkeep.edits import Sighting, Step


@click.command("history")
@click.argument("name", metavar="ID")
@click.pass_obj
def command(session: Session, name: str) -> None:
    """Show every version of an article: when it came, its length, what was edited.

    ID is the story's id, the path of its file, or its URL.
    """
    from scraper.service.upkeep.edits import Step, history_of
    from scraper.service.upkeep.finding import find

    settings = session.configuration
    found = find(settings.archive.root, settings.sites.values(), name)
    output = session.output
    output.line(f"{found.id}: {found.versions[-1].document.title} ({found.url})")
    for entry in history_of(found.versions, found.events):
        if isinstance(entry, Step):
            _show_version(output, found.id, entry)
        else:
            _show_sighting(output, found.id, entry)


def _show_version(output: "Output", article_id: str, step: "Step") -> None:
    from scraper.cli.output import iso

    held = step.held
    facts: dict[str, object] = {
        "event": "version",
        "id": article_id,
        "number": held.number,
        "at": iso(held.at),
        "title": held.document.title,
        "words": step.words,
        "kinds": list(step.kinds),
        "path": held.path,
        "edited_by_owner": held.edited,
    }
    edits = f"  {', '.join(step.kinds)}" if step.kinds else ""
    owner = "  (edited in the archive, not by the site)" if held.edited else ""
    when = iso(held.at) or "unknown when"
    line = f"{held.number:>3}  {when:20}  {step.words:>6} words  {held.path}{edits}{owner}"
    output.result(facts, line)


def _show_sighting(output: "Output", article_id: str, sighting: "Sighting") -> None:
    from scraper.cli.output import iso

    facts: dict[str, object] = {
        "event": sighting.turn,
        "id": article_id,
        "at": iso(sighting.at),
    }
    output.result(facts, f"  -  {iso(sighting.at):20}  {sighting.turn} by the site")
