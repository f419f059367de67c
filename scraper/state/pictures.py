"""The pictures that archived articles show: which of them are kept, and which are still to come.

A row says of an address whether its picture is wanted, kept or given up. Which articles show it by
that address and not yet by the archive's copy is noted beside, among the single facts: an article's
line is short-lived, and none is left once all of its pictures are there.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from scraper.state.connection import Connection
from scraper.state.instants import to_milliseconds

_KEY = "pictures of "
_LINES = f"meta.key >= '{_KEY}' AND meta.key < '{_KEY[:-1]}!'"
_ARTICLE = f"substr(meta.key, {len(_KEY) + 1})"
_CHOSEN = f"""(? OR url IN (
    SELECT shown.value FROM meta, json_each(meta.value, '$.urls') AS shown
    WHERE {_LINES} AND {_ARTICLE} IN (SELECT value FROM json_each(?))
))"""
_DUE = f"""
    SELECT url, article, attempts FROM pictures
    WHERE status = 'pending' AND (due IS NULL OR due <= ?) AND {_CHOSEN}
    ORDER BY due, rowid LIMIT ?
"""
_RETRY = f"""
    UPDATE pictures SET status = 'pending', attempts = 0, due = ?, reason = ''
    WHERE (status = 'given_up' OR status = 'pending' AND reason <> '') AND {_CHOSEN}
"""
_UNLINKED = f"""
    SELECT DISTINCT {_ARTICLE} FROM meta, json_each(meta.value, '$.urls') AS shown
    JOIN pictures ON pictures.url = shown.value AND pictures.status = 'saved'
    WHERE {_LINES}
"""
_HEIR = f"""
    SELECT {_ARTICLE} FROM meta, json_each(meta.value, '$.urls') AS shown
    WHERE {_LINES} AND shown.value = pictures.url LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class WantedPicture:
    """A picture that is to be fetched, and an article that shows it."""

    url: str
    article: str
    attempts: int


@dataclass(frozen=True, slots=True)
class LostPicture:
    """A picture that was given up, and why."""

    url: str
    article: str
    reason: str


@dataclass(frozen=True, slots=True)
class Unlinked:
    """What an article shows by addresses on the web.

    `planned` is the SHA-256 of its file as it is about to be written, "" where it is not.
    """

    urls: tuple[str, ...] = ()
    planned: str = ""


class Pictures:
    """One row per address. Every method raises ArchiveError when SQLite refuses."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    # -- what is wanted ----------------------------------------------------------------------------

    def want(self, article: str, urls: Sequence[str]) -> None:
        """Notes what an article shows; what is not known yet is wanted, at once."""
        with self._connection.transaction():
            self._connection.run_many(
                "INSERT OR IGNORE INTO pictures (url, article, status) VALUES (?, ?, 'pending')",
                ((url, article) for url in urls),
            )
            self.note(article, Unlinked(tuple(urls)))

    def due(
        self, now: datetime, limit: int, articles: Collection[str] | None = None
    ) -> list[WantedPicture]:
        """Whose turn it is, the longest waiting first; of these articles only, unless None."""
        ids = json.dumps(list(articles or ()))
        values = (to_milliseconds(now), articles is None, ids, limit)
        return [WantedPicture(*row) for row in self._connection.rows(_DUE, values)]

    def retry(self, articles: Collection[str] | None, now: datetime) -> int:
        """Makes what failed or was given up due now; of these articles only, unless None."""
        ids = json.dumps(list(articles or ()))
        return self._connection.run(_RETRY, (to_milliseconds(now), articles is None, ids))

    # -- what becomes of it ------------------------------------------------------------------------

    def saved(self, urls: Iterable[str]) -> dict[str, str]:
        """Where the pictures at these addresses are kept; those that are not are left out."""
        rows = self._connection.rows(
            "SELECT url, path FROM pictures WHERE status = 'saved'"
            " AND url IN (SELECT value FROM json_each(?))",
            (json.dumps(list(urls)),),
        )
        return dict(rows)

    def save(self, url: str, article: str, path: str, sha256: str) -> None:
        """Notes that a picture is kept at `path`, as the manifest says."""
        self._connection.run(
            "INSERT OR REPLACE INTO pictures (url, article, status, path, sha256)"
            " VALUES (?, ?, 'saved', ?, ?)",
            (url, article, path, sha256),
        )

    def put_off(self, url: str, reason: str, due: datetime, *, attempts: int) -> None:
        """Notes why a picture is not kept yet, and when it is asked for again."""
        self._connection.run(
            "UPDATE pictures SET reason = ?, due = ?, attempts = ? WHERE url = ?",
            (reason, to_milliseconds(due), attempts, url),
        )

    def give_up(self, url: str, reason: str) -> None:
        """Notes that a picture is not asked for any more."""
        self._connection.run(
            "UPDATE pictures SET status = 'given_up', reason = ?, due = NULL WHERE url = ?",
            (reason, url),
        )

    def counts(self) -> dict[str, int]:
        """How many pictures there are, by status; what there is none of is left out."""
        return dict(self._connection.rows("SELECT status, count(*) FROM pictures GROUP BY status"))

    def lost(self, limit: int) -> list[LostPicture]:
        """What was given up, the latest first."""
        rows = self._connection.rows(
            "SELECT url, article, reason FROM pictures WHERE status = 'given_up'"
            " ORDER BY rowid DESC LIMIT ?",
            (limit,),
        )
        return [LostPicture(*row) for row in rows]

    # -- articles that show them by address --------------------------------------------------------

    def unlinked(self) -> list[str]:
        """The articles that show a picture by its address although it is kept."""
        return [str(article) for (article,) in self._connection.rows(_UNLINKED)]

    def unfinished(self) -> list[str]:
        """The articles whose file was about to be written."""
        sql = (
            f"SELECT {_ARTICLE} FROM meta WHERE {_LINES} AND json_extract(value, '$.planned') <> ''"
        )
        return [str(article) for (article,) in self._connection.rows(sql)]

    def lacking(self, articles: Collection[str]) -> set[str]:
        """Those of the articles that show a picture by its address."""
        sql = f"SELECT {_ARTICLE} FROM meta WHERE {_LINES}"
        sql += f" AND {_ARTICLE} IN (SELECT value FROM json_each(?))"
        rows = self._connection.rows(sql, (json.dumps(list(articles)),))
        return {str(article) for (article,) in rows}

    def noted(self, article: str) -> Unlinked:
        """What is noted of an article."""
        row = self._connection.row("SELECT value FROM meta WHERE key = ?", (_KEY + article,))
        if row is None:
            return Unlinked()
        facts = json.loads(row[0])
        return Unlinked(tuple(facts["urls"]), facts["planned"])

    def note(self, article: str, unlinked: Unlinked) -> None:
        """Notes what an article shows by address, in the place of what was noted before."""
        if not unlinked.urls:
            self._connection.run("DELETE FROM meta WHERE key = ?", (_KEY + article,))
            return
        facts = {"urls": unlinked.urls, "planned": unlinked.planned}
        self._connection.run(
            "INSERT OR REPLACE INTO meta VALUES (?, ?)",
            (_KEY + article, json.dumps(facts, ensure_ascii=False)),
        )

    def forget(self, article: str, removed: Collection[str]) -> None:
        """Lets go of an article, and of pictures whose files were removed.

        What another article still shows by its address is wanted for that one; a picture that
        stays is nobody's in particular.
        """
        paths = json.dumps(list(removed))
        gone = (
            "(status <> 'saved' AND article = ?"
            " OR status = 'saved' AND path IN (SELECT value FROM json_each(?)))"
        )
        with self._connection.transaction():
            self.note(article, Unlinked())
            self._connection.run(
                f"DELETE FROM pictures WHERE {gone} AND NOT EXISTS ({_HEIR})", (article, paths)
            )
            self._connection.run(
                f"UPDATE pictures SET article = ({_HEIR}), path = '', sha256 = '',"
                " status = CASE status WHEN 'saved' THEN 'pending' ELSE status END"
                f" WHERE {gone}",
                (article, paths),
            )
            self._connection.run("UPDATE pictures SET article = '' WHERE article = ?", (article,))
