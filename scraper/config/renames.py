"""Keys of earlier versions: what was renamed is accepted under its old name, with a notice.

A configuration that worked yesterday works after an upgrade. The program never edits the file; the
notice says what to write instead. The checks see the new names only.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scraper.config.documents import Document, Location


@dataclass(frozen=True, slots=True)
class Rename:
    """A key that is called otherwise, or has had no effect, since a version.

    A key of [[sources]] stays one of theirs; any other may go to another table.
    """

    table: str
    key: str
    since: str  # the first version that knows the new name
    new_table: str = ""
    new_key: str = ""  # "" for a key that is gone

    @property
    def old(self) -> str:
        """The old name, "fetch.pause"."""
        return f"{self.table}.{self.key}"

    @property
    def new(self) -> str:
        """The new name, "fetch.delay"."""
        return f"{self.new_table or self.table}.{self.new_key}"


# Newest last. Nothing was renamed yet; a line that once stood here stays.
RENAMES: tuple[Rename, ...] = ()


@dataclass(slots=True)
class _Draft:
    """A document while keys are being moved in it."""

    values: dict[str, Any]
    places: dict[Location, str]


def rename_keys(
    document: Document, renames: Sequence[Rename] = RENAMES
) -> tuple[Document, tuple[str, ...]]:
    """The document under its new names, and a notice for each old one that was found.

    Where both names stand, the new one counts. Tables of the wrong shape are left to the schema.
    """
    draft = _Draft(_copied(document.values), dict(document.places))
    notices = tuple(
        notice
        for rename in renames
        for location in _find(draft.values, rename)
        for notice in [_move(draft, rename, location, document.find(location))]
    )
    return Document(document.name, draft.values, draft.places), notices


def rename_variables(
    environ: Mapping[str, str], renames: Sequence[Rename] = RENAMES
) -> tuple[Mapping[str, str], tuple[str, ...]]:
    """The same for the environment: SCRAPER_FETCH__PAUSE as SCRAPER_FETCH__DELAY."""
    renamed, notices = dict(environ), []
    for rename in renames:
        old = _variable(rename.old)
        if old in renamed:
            value = renamed.pop(old)
            if rename.new_key:
                renamed.setdefault(_variable(rename.new), value)
            notices.append(f"environment {old}: {_advise(rename, _variable(rename.new))}")
    return renamed, tuple(notices)


def _copied(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values with tables of their own, two levels deep, as far as keys can be renamed."""
    return {
        name: dict(table)
        if isinstance(table, Mapping)
        else [dict(entry) if isinstance(entry, Mapping) else entry for entry in table]
        if isinstance(table, list)
        else table
        for name, table in values.items()
    }


def _find(values: Mapping[str, Any], rename: Rename) -> Iterator[Location]:
    """Where the old key stands: in its table, or in any of several."""
    table = values.get(rename.table)
    if isinstance(table, Mapping) and rename.key in table:
        yield (rename.table, rename.key)
    if isinstance(table, list):
        for index, entry in enumerate(table):
            if isinstance(entry, Mapping) and rename.key in entry:
                yield (rename.table, index, rename.key)


def _move(draft: _Draft, rename: Rename, old: Location, place: str) -> str:
    """Give the value at `old` its new name; what to tell of it."""
    table = draft.values[rename.table]
    for index in old[1:-1]:  # of a source
        table = table[index]
    value = table.pop(rename.key)
    home = (rename.new_table,) if rename.new_table else old[:-1]
    target = draft.values.setdefault(rename.new_table, {}) if rename.new_table else table
    if rename.new_key and isinstance(target, dict) and rename.new_key not in target:
        target[rename.new_key] = value
        draft.places[*home, rename.new_key] = place
    return f"{place}: {rename.old}: {_advise(rename, rename.new)}"


def _advise(rename: Rename, new: str) -> str:
    if not rename.new_key:
        return f"has no effect since version {rename.since}; delete it"
    return f"is called {new} since version {rename.since}; the old name still works: rename it"


def _variable(name: str) -> str:
    table, _, key = name.partition(".")
    return f"SCRAPER_{table}__{key}".upper()
