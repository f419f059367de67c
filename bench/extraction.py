"""How much of an article extractors find, and how fast, on real pages with hand-made gold text.

The pages and the measure lie beside the project; see `score.py` there for what F1 and exact mean.
"""

import gzip
import importlib.util
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.contest import Run, compete
from bench.extractors import EXTRACTORS, FLOOR, PROFILED

LANGUAGES = {"en": ("aeb", "fus"), "zh": ("zhds", "gne")}
SETS = tuple(name for sets in LANGUAGES.values() for name in sets)
GENERIC = tuple(name for name in EXTRACTORS if name != PROFILED)


@dataclass(frozen=True, slots=True)
class GoldPage:
    """A saved page and the text that a careful reader found in it."""

    id: str
    set: str
    url: str
    gold: str
    body: bytes


@dataclass(slots=True)
class Standing:
    """How an extractor came off: by set what it found, by language pages per CPU second."""

    name: str
    version: str = ""
    lxml: str = ""
    f1: dict[str, float] = field(default_factory=dict)
    exact: dict[str, float] = field(default_factory=dict)
    rate: dict[str, float] = field(default_factory=dict)
    failed: int = 0  # pages that it raised an exception on


def load_pages(folder: Path) -> list[GoldPage]:
    """Every page of gold.jsonl, decompressed."""
    rows = map(json.loads, (folder / "gold.jsonl").read_text("utf-8").splitlines())
    return [
        GoldPage(
            row["id"],
            row["set"],
            row["url"],
            row["gold"],
            gzip.decompress((folder / row["file"]).read_bytes()),
        )
        for row in rows
    ]


def load_measure(folder: Path) -> Any:
    """The module score.py that the pages came with."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def compare(
    folder: Path, pages: Sequence[GoldPage], names: Sequence[str], rounds: int
) -> list[Standing]:
    """Let them all read the pages, language by language; the best first."""
    measure = load_measure(folder)
    standings = {name: Standing(name) for name in names}
    for language, sets in LANGUAGES.items():
        group = [page for page in pages if page.set in sets]
        runs = compete(names, language, [(page.url, page.body) for page in group], rounds)
        for name, run in runs.items():
            _note(standings[name], language, run)
            if name != FLOOR:
                _score(standings[name], measure, group, run)
    return sorted(standings.values(), key=lambda standing: -sum(standing.f1.values()))


def _note(standing: Standing, language: str, run: Run) -> None:
    standing.version, standing.lxml = run.version, run.lxml
    standing.rate[language] = run.rate
    standing.failed += sum(text is None for text in run.texts)


def _score(standing: Standing, measure: Any, group: Sequence[GoldPage], run: Run) -> None:
    text_of = {page.id: text or "" for page, text in zip(group, run.texts, strict=True)}
    for name in {page.set for page in group}:
        gold = [{"id": page.id, "gold": page.gold} for page in group if page.set == name]
        found = measure.score(gold, text_of)
        standing.f1[name], standing.exact[name] = found["f1"], found["exact"]
