"""The comparison of extractors as tables: on the terminal, in results/ and in the README."""

import platform
import re
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from bench.chart import draw
from bench.editions import EditionCost
from bench.extraction import LANGUAGES, SETS, Standing
from bench.extractors import FLOOR, OURS, REFERENCE

ROOT = Path(__file__).resolve().parents[1]
MARKED = re.compile(r"(<!-- extraction, .*? -->\n).*?(<!-- /extraction -->)", re.DOTALL)
Row = tuple[str, ...]


def scores(found: dict[str, float]) -> Row:
    """One cell a set; dashes where there is nothing to score."""
    return tuple(f"{found[name]:.3f}" if name in found else "–" for name in SETS)


def rates(standing: Standing) -> Row:
    """Pages per CPU second, one cell a language."""
    return tuple(f"{standing.rate[language]:.0f}" for language in LANGUAGES)


def ratios(standing: Standing, reference: Standing | None) -> Row:
    """How many times as fast as the reference, one cell a language."""
    if not reference:
        return ("–",) * len(LANGUAGES)
    return tuple(f"{standing.rate[name] / reference.rate[name]:.1f}" for name in LANGUAGES)


def full_table(standings: Sequence[Standing]) -> list[Row]:
    """All that was found."""
    reference = next((s for s in standings if s.name == REFERENCE), None)
    head = ("extractor", *(f"F1 {name}" for name in SETS), *(f"exact {name}" for name in SETS))
    pages, times = (
        (f"pages/CPU-s {name}" for name in LANGUAGES),
        (f"× {name}" for name in LANGUAGES),
    )
    return [
        (*head, *pages, *times),
        *(
            (s.name, *scores(s.f1), *scores(s.exact), *rates(s), *ratios(s, reference))
            for s in standings
        ),
    ]


def short_table(standings: Sequence[Standing]) -> list[Row]:
    """What a reader of the README wants to know."""
    head = ("F1 on", *SETS, "pages/CPU-s English", "Chinese")
    return [head, *((s.name, *scores(s.f1), *rates(s)) for s in standings)]


def editions_table(costs: Sequence[EditionCost]) -> list[Row]:
    """The profile beside the floor."""
    head = ("edition", "pages", "KB a page", "profile pages/CPU-s", FLOOR, "share of its speed")
    return [
        head,
        *map(_edition_row, costs),
    ]


def _edition_row(cost: EditionCost) -> Row:
    figures = (cost.pages, cost.kilobytes, cost.profile, cost.floor)
    return (cost.edition, *(f"{figure:.0f}" for figure in figures), f"{cost.share_of_floor:.2f}")


def as_text(table: Sequence[Row]) -> str:
    """A table for the terminal, in columns; only the first is flush left."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join(
        "  ".join(
            cell.rjust(width) if place else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        for row in table
    )


def as_markdown(table: Sequence[Row]) -> str:
    """The same as GFM; this project's row is bold."""
    rule = ("---", *("--:" for _ in table[0][1:]))
    rows = [table[0], rule, *(_bold(row) for row in table[1:])]
    return "\n".join("| " + " | ".join(row) + " |" for row in rows) + "\n"


def _bold(row: Row) -> Row:
    return tuple(f"**{cell}**" for cell in row) if row[0] == OURS else row


def processor() -> str:
    """The model of the CPU, as Linux names it."""
    found = re.search(
        r"^model name\s*: (.+)$", Path("/proc/cpuinfo").read_text("utf-8"), re.MULTILINE
    )
    return found[1] if found else platform.machine()


def notes(standings: Sequence[Standing]) -> Iterator[str]:
    """What the figures were made with, a line each."""
    yield f"{date.today().isoformat()}; Python {platform.python_version()}, {processor()}."  # noqa: DTZ011  # a day's name, no instant
    versions = sorted({(s.name.split(",")[0], s.version) for s in standings if s.name != FLOOR})
    lxml = sorted({s.lxml for s in standings})
    yield f"{', '.join(f'{name} {version}' for name, version in versions)}; lxml {', '.join(lxml)}."
    failed = [f"{s.name} {s.failed}" for s in standings if s.failed]
    yield "CPU time of one process each, best of the rounds, pages in memory."
    yield "The pages were at hand while this project's rules were written: its F1 is a fitted one."
    yield f"Pages that raised an exception and count as empty: {', '.join(failed) or 'none'}."


def document(standings: Sequence[Standing], costs: Sequence[EditionCost]) -> str:
    """The whole of results/extraction.md."""
    return "\n".join(
        (
            "# Extraction, compared\n",
            "Written by `make bench ONLY=extraction`; [../README.md](../README.md) says how.\n",
            *(f"- {note}" for note in notes(standings)),
            "\n![F1 and speed of the extractors](extraction.svg)\n",
            "`×`: times as fast as trafilatura by default.\n",
            as_markdown(full_table(standings)),
            "## With a site's profile\n",
            "The replica's stories in each edition of its markup.\n",
            as_markdown(editions_table(costs)),
        )
    )


def insert(readme: str, table: str) -> str:
    """The README with the table between its markers. Raises ValueError where they are missing."""
    text, count = MARKED.subn(lambda marks: f"{marks[1]}{table}{marks[2]}", readme)
    if count != 1:
        raise ValueError("README.md: one pair of extraction markers is needed")
    return text


def write(standings: Sequence[Standing], costs: Sequence[EditionCost]) -> None:
    """Print the tables; write results/ and the README's part."""
    print("\n" + as_text(full_table(standings)) + "\n\n" + as_text(editions_table(costs)))
    results = ROOT / "bench/results"
    results.mkdir(exist_ok=True)
    (results / "extraction.md").write_text(document(standings, costs), "utf-8")
    (results / "extraction.svg").write_text(draw(standings), "utf-8")
    readme = ROOT / "README.md"
    short = as_markdown(short_table(standings))
    readme.write_text(insert(readme.read_text("utf-8"), short), "utf-8")
