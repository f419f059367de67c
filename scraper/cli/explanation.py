"""`extract --explain`: why an article reads as it does, for people and as JSON."""

from collections.abc import Iterator
from dataclasses import asdict

from scraper.articles.trace import Removal, Trace
from scraper.cli.logs import one_line
from scraper.model import Article, NotArticle

MOST_REMOVALS = 200  # shown to people; JSON has them all


def as_lines(name: str, found: Article | NotArticle, trace: Trace) -> Iterator[str]:
    """The explanation as lines of text."""
    yield f"{name}: {_verdict(found)}"
    yield "steps"
    yield from (f"  {number}. {one_line(step)}" for number, step in enumerate(trace.steps, 1))
    if trace.origins:
        yield "facts"
        yield from (f"  {fact:12} from {one_line(said)}" for fact, said in trace.origins.items())
    yield from _removals(trace.removals)


def _removals(removals: list[Removal]) -> Iterator[str]:
    if not removals:
        return
    total = sum(removal.characters for removal in removals)
    yield f"removed: {len(removals)} pieces, {total:,} characters"
    for removal in removals[:MOST_REMOVALS]:
        where = f"<{removal.where}> " if removal.where else ""
        said = one_line(removal.sample)
        yield f"  {removal.characters:6,}  {removal.rule}: {where}“{said}”"
    if len(removals) > MOST_REMOVALS:
        yield f"  … and {len(removals) - MOST_REMOVALS} more (--format json shows all)"


def _verdict(found: Article | NotArticle) -> str:
    if isinstance(found, NotArticle):
        return f"not an article ({found.kind}): {found.reason}"
    held_back = ", partly behind a paywall" if found.paywalled else ""
    return f"an article of {found.words:,} words by the rule “{found.method}”{held_back}"


def as_json(trace: Trace) -> dict[str, object]:
    """The explanation as a value for JSON."""
    return asdict(trace)
