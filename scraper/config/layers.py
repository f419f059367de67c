"""Values laid over each other: the command line, the environment, the file, the defaults.

Which keys were given is remembered, and so is where.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scraper.config.documents import Document, Location
from scraper.config.overrides import Override
from scraper.config.schema import DEFAULTS, SOURCE_DEFAULTS
from scraper.config.settings import name_source
from scraper.errors import Mistake


@dataclass(frozen=True, slots=True)
class Layers:
    """The values of all layers together, and the keys that are no defaults."""

    document: Document
    given: frozenset[Location]


def lay(document: Document, overrides: Iterable[Override], cwd: Path) -> Layers:
    """`overrides` over `document` over the defaults; later overrides win.

    What has the wrong shape stays as it is, for the schema to refuse. Relative paths in overrides
    start from `cwd`.
    """
    values = dict(document.values)
    places = dict(document.places)
    given = set(_list_given(values))
    for table, defaults in DEFAULTS.items():
        values[table] = _fill(values.get(table, {}), defaults)
    for override in overrides:
        location = (override.table, override.key)
        if isinstance(values[override.table], Mapping):
            values[override.table] |= {override.key: _anchor(override, cwd)}
        places[location] = override.origin
        given.add(location)
    sources = values.get("sources", [])
    if isinstance(sources, list):
        values["sources"] = [_fill(source, SOURCE_DEFAULTS) for source in sources]
    return Layers(Document(document.name, values, places), frozenset(given))


def _fill(table: Any, defaults: Mapping[str, Any]) -> Any:
    return {**defaults, **table} if isinstance(table, Mapping) else table


def _anchor(override: Override, cwd: Path) -> Any:
    """The override's value; a path from `cwd`, not from the file's folder."""
    is_path = (override.table, override.key) == ("archive", "root")
    if is_path and override.value and not override.value.startswith("~"):
        return str(cwd / override.value)
    return override.value


def _list_given(values: Mapping[str, Any]) -> Iterable[Location]:
    """The location of every key that stands in the file."""
    for name, table in values.items():
        if isinstance(table, Mapping):
            yield from ((name, key) for key in table)
        elif isinstance(table, list):
            for index, source in enumerate(table):
                keys = source if isinstance(source, Mapping) else ()
                yield from ((name, index, key) for key in keys)


def find_duplicates(document: Document) -> list[Mistake]:
    """A mistake for every source whose name an earlier one has."""
    sources = document.values["sources"]
    names = [_name(source) for source in sources] if isinstance(sources, list) else []
    return [
        Mistake(
            document.find(("sources", index, "name")),
            f"sources.{name}.name",
            f'"{name}" a second time',
            "a name that no other source has",
        )
        for index, name in enumerate(names)
        if name and name in names[:index]
    ]


def _name(source: Any) -> str:
    """The name that a source has or will be given; "" where it is too broken to have one."""
    if not isinstance(source, Mapping):
        return ""
    name, urls = source.get("name"), source.get("urls")
    first = urls[0] if isinstance(urls, list) and urls else urls
    derived = name_source(first) if isinstance(first, str) else ""
    return (name or derived) if isinstance(name, str) else ""
