"""`reextract`: the present rules over what was received before; no network."""

import asyncio
import difflib
from collections import Counter
from typing import TYPE_CHECKING

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session
from scraper.cli.waiting import wait_option

if TYPE_CHECKING:
    from scraper.service.upkeep.reextracting import Reread

BATCH = 100  # articles that are written together
SHOWN_LINES = 40  # of a difference
WORDS = {
    "same": "read the same",
    "better": "read otherwise",
    "released": "to be released from quarantine",
    "unread": "not read as an article any more, left as they are",
    "unrecorded": "without a raw record",
    "owned": "edited by their owner, left as they are",
}


@click.command("reextract")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--source", metavar="NAME", help="Only articles of this source.")
@click.option("--preview", is_flag=True, help="Show what would change, write nothing.")
@wait_option
@click.pass_obj
def command(
    session: Session, ids: tuple[str, ...], source: str | None, *, preview: bool, wait: float
) -> None:
    """Read the raw records anew by the present rules; needs no network.

    Without an ID, all articles that are archived or in quarantine. A text that is read otherwise
    now replaces the one in the archive, which is no revision of the article; a page in quarantine
    that can be read now is released. Look with --preview first.
    """
    session.check_sources((source,) if source else ())
    counts = asyncio.run(_run(session, ids, source or "", wait=wait, preview=preview))
    total = ", ".join(f"{counts[kind]} {said}" for kind, said in WORDS.items() if counts[kind])
    facts: dict[str, object] = {"event": "summary", "articles": dict(counts), "preview": preview}
    session.output.result(facts, total or "nothing to read anew")
    raise SystemExit(Exit.TROUBLE if counts["unread"] else Exit.DONE)


async def _run(
    session: Session, ids: tuple[str, ...], source: str, *, wait: float, preview: bool
) -> "Counter[str]":
    from scraper.cli.progress import counted
    from scraper.service.upkeep.reextracting import chosen, reread, rewrite

    counts: Counter[str] = Counter()
    async with session.writing(wait) as service:
        wanted = await service.disk.run(chosen, service, ids, source)
        with counted(session.output, "articles", len(wanted)) as advance:
            for start in range(0, len(wanted), BATCH):
                group = [found async for found in reread(service, wanted[start : start + BATCH])]
                for found in group:
                    counts[found.verdict] += 1
                    _report(session, found)
                    advance(1)
                if not preview:
                    await rewrite(service, group)
    return counts


def _report(session: Session, found: "Reread") -> None:
    if found.verdict in ("same", "unrecorded", "owned"):
        return
    article = found.article
    facts: dict[str, object] = {
        "event": "reextraction",
        "id": article.id,
        "verdict": found.verdict,
        "path": article.path,
        "method": found.method,
        "reason": found.reason,
    }
    if found.verdict == "unread":
        session.output.problem(f"{article.id}: {found.reason}")
        if session.output.as_json:
            session.output.record(facts)
        return
    session.output.result(facts, f"{found.verdict:9} {article.id}  {article.path}")
    session.output.text("\n".join(_difference(found)))


def _difference(found: "Reread") -> list[str]:
    """The lines that change, as in a unified diff."""
    lines = difflib.unified_diff(
        found.before.splitlines(), found.after.splitlines(), lineterm="", n=0
    )
    changed = [f"    {line}" for line in lines if not line.startswith(("---", "+++", "@@"))]
    more = len(changed) - SHOWN_LINES
    return [*changed[:SHOWN_LINES], *([f"    … {more} more lines"] if more > 0 else [])]
