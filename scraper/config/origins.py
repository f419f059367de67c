"""What is in effect, and where each value came from: for `config show`.

Secrets appear as the reference that stands in the file, or as "***".
"""

from typing import Any

from scraper.config.documents import Location
from scraper.config.layers import Layers
from scraper.config.references import is_reference
from scraper.config.schema import DEFAULTS, SOURCE_DEFAULTS, FileTable, as_texts
from scraper.model import Source

HIDDEN = "***"
SOURCE_KEYS = ("name", "urls", *(key for key in SOURCE_DEFAULTS if key != "name"))


def trace_origins(layers: Layers, sources: tuple[Source, ...]) -> dict[str, str]:
    """Where every value came from, by key: "fetch.delay", "sources.NAME.every"."""
    origins = {
        f"{table}.{key}": _trace(layers, (table, key))
        for table, defaults in DEFAULTS.items()
        for key in defaults
    }
    for index, source in enumerate(sources):
        for key in SOURCE_KEYS:
            origins[f"sources.{source.name}.{key}"] = _trace_key(layers, index, source, key)
    return origins


def _trace(layers: Layers, location: Location) -> str:
    return layers.document.find(location) if location in layers.given else "default"


def _trace_key(layers: Layers, index: int, source: Source, key: str) -> str:
    """The origin of a source's key; what is left empty may follow from the URL or the profile."""
    if layers.document.values["sources"][index][key]:
        return _trace(layers, ("sources", index, key))
    profile = f"site profile {source.site}" if source.site else "default"
    follows = {
        "name": "the first URL",
        "title": profile if source.site else "the first URL's host",
        "timezone": profile,
        "site": "the first URL's host" if source.site else "default",
    }
    return follows.get(key) or _trace(layers, ("sources", index, key))


def collect_values(table: FileTable, layers: Layers, sources: tuple[Source, ...]) -> dict[str, Any]:
    """The values in effect as TOML knows them: units as written, paths absolute, secrets hidden."""
    values = layers.document.values
    effective = {name: dict(values[name]) for name in DEFAULTS}
    effective["archive"]["root"] = table.archive.root
    targets = as_texts(effective["alerts"]["to"])
    effective["alerts"]["to"] = [hide(text) for text in targets]
    pairs = zip(values["sources"], sources, strict=True)
    return {**effective, "sources": [_collect_source(given, source) for given, source in pairs]}


def _collect_source(given: dict[str, Any], source: Source) -> dict[str, Any]:
    """One source; `given` is what stands in the file, over the defaults."""
    resolved = {
        "name": source.name,
        "urls": list(source.urls),
        "title": source.title,
        "site": source.site or "",
        "timezone": source.timezone,
        "allow_addresses": list(source.allow_addresses),
        "headers": {name: hide(value) for name, value in given["headers"].items()},
        "cookies": {name: hide(value) for name, value in given["cookies"].items()},
        "credentials": hide(given["credentials"]),
        "proxy": hide(given["proxy"]),
        "ca_file": source.ca_file,
    }
    return {key: resolved.get(key, given.get(key)) for key in SOURCE_KEYS}


def hide(text: str) -> str:
    """A reference as it is, anything else that may be secret as "***"."""
    return text if not text or is_reference(text) else HIDDEN


def find_notices(table: FileTable) -> tuple[str, ...]:
    """What the user should know though nothing is wrong."""
    if table.fetch.contact:
        return ()
    return (
        "fetch.contact is empty: site operators cannot reach you; set it to a URL or an address",
    )
