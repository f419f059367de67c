"""The figures of each source's latest articles, and what became of them; bounded for each source.

It is what the program learned by itself: losing it costs the time to learn it again.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from scraper.articles.drift import LATEST, UNLIKE
from scraper.articles.measures import Measure, Noted
from scraper.articles.trend import Trend
from scraper.state.connection import Connection
from scraper.state.instants import from_milliseconds, to_milliseconds

KEPT = 200  # of each source's articles of one kind: of one generation, locked or not
HELD = 40  # of those that went into quarantine: these never drive the others out
_SELECT = (
    "SELECT article, at, generation, locked, characters, paragraphs, pictures, linked, shared,"
    " filled, unlike, lines"
)
_LATEST = f"""
    {_SELECT} FROM (
        SELECT * FROM (SELECT * FROM measures WHERE source = ?1 AND held = 0
            ORDER BY id DESC LIMIT ?2)
        UNION ALL
        SELECT * FROM (SELECT * FROM measures WHERE source = ?1 AND held = 1
            ORDER BY id DESC LIMIT ?3)
    ) ORDER BY id
"""
_OF_KIND = f"""
    {_SELECT} FROM measures WHERE source = ? AND generation = ? AND locked = ? ORDER BY id
"""
_ADD = """
    INSERT OR REPLACE INTO measures (source, article, at, generation, locked, characters,
        paragraphs, pictures, linked, shared, filled, held, unlike, lines)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_DROP = """
    DELETE FROM measures WHERE source = ?1 AND generation = ?2 AND locked = ?3 AND held = ?4
    AND id <= (
        SELECT id FROM measures
        WHERE source = ?1 AND generation = ?2 AND locked = ?3 AND held = ?4
        ORDER BY id DESC LIMIT 1 OFFSET ?5)
"""
_BLANK = """
    UPDATE measures SET lines = x'' WHERE lines <> x'' AND source = ?1 AND id <= (
        SELECT id FROM measures WHERE source = ?1 ORDER BY id DESC LIMIT 1 OFFSET ?2)
"""
# The first condition names what the partial index holds.
_HELD_SINCE = """
    SELECT id FROM articles WHERE status <> 'archived' AND status = 'quarantined'
    AND source = ? AND first_seen >= ? AND instr(reason, ?) = 1
"""
_WHOLE = 1000  # thousandths


@dataclass(frozen=True, slots=True)
class Drifting:
    """A source whose articles changed: by which rule the latest are read, how, since when."""

    source: str
    generation: str
    what: str
    since: datetime


class Measures:
    """A row per measured article. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest(self, source: str) -> list[Noted]:
        """The latest of a source's articles, of any kind; the newest last.

        KEPT of those that were archived, HELD of those in quarantine.
        """
        return [_noted(*row) for row in self._connection.rows(_LATEST, (source, KEPT, HELD))]

    def of_kind(self, source: str, generation: str, *, locked: bool) -> list[Noted]:
        """The latest of one kind; the newest last."""
        rows = self._connection.rows(_OF_KIND, (source, generation, locked))
        return [_noted(*row) for row in rows]

    def add(self, source: str, noted: Noted) -> None:
        """Keeps one, in the place of the article's earlier one, and drops what is too much."""
        measure, held = noted.measure, bool(noted.unlike)
        self._connection.run(
            _ADD,
            (
                source,
                noted.article,
                to_milliseconds(noted.at),
                measure.generation,
                measure.locked,
                measure.characters,
                measure.paragraphs,
                measure.pictures,
                round(measure.linked * _WHOLE),
                round(measure.shared * _WHOLE),
                " ".join(sorted(measure.filled)),
                held,
                noted.unlike,
                array("q", sorted(noted.lines)).tobytes(),
            ),
        )
        kind = (source, measure.generation, measure.locked)
        self._connection.run(_DROP, (*kind, held, HELD if held else KEPT))
        self._connection.run(_BLANK, (source, LATEST))

    def held(self, source: str, since: datetime) -> list[str]:
        """The ids of a source's articles in quarantine for what they are like, first seen since."""
        rows = self._connection.rows(_HELD_SINCE, (source, to_milliseconds(since), UNLIKE))
        return [str(article) for (article,) in rows]

    # -- what became of them -----------------------------------------------------------------------

    def drifting(self) -> list[Drifting]:
        """The sources whose articles changed, by name."""
        rows = self._connection.rows(
            "SELECT source, generation, what, since FROM trends ORDER BY source"
        )
        return [_drifting(row) for row in rows]

    def sign(self, source: str) -> str:
        """The sign of what became of a source's articles; "" where nothing did."""
        row = self._connection.row("SELECT sign FROM trends WHERE source = ?", (source,))
        return str(row[0]) if row else ""

    def note(self, source: str, trend: Trend | None, now: datetime) -> None:
        """Keeps what became of a source's articles, since the first time; None: nothing (more)."""
        if trend is None:
            self._connection.run("DELETE FROM trends WHERE source = ?", (source,))
            return
        self._connection.run(
            "INSERT INTO trends VALUES (?, ?, ?, ?, ?) ON CONFLICT (source) DO UPDATE SET"
            " generation = excluded.generation, what = excluded.what, sign = excluded.sign",
            (source, trend.generation, trend.what, trend.sign, to_milliseconds(now)),
        )


def _noted(article: str, at: int, *row: Any) -> Noted:
    generation, locked, characters, paragraphs, pictures, linked, shared, filled, unlike, lines = (
        row
    )
    measure = Measure(
        generation=generation,
        locked=bool(locked),
        characters=characters,
        paragraphs=paragraphs,
        linked=linked / _WHOLE,
        pictures=pictures,
        filled=_names(filled),
        shared=shared / _WHOLE,
    )
    return Noted(article, measure, from_milliseconds(at), frozenset(array("q", lines)), unlike)


@lru_cache(maxsize=64)
def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _drifting(row: Sequence[Any]) -> Drifting:
    return Drifting(row[0], row[1], row[2], from_milliseconds(row[3]))
