"""Which keys of the configuration need an extra: packages that are not installed by default."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Need:
    """An extra of `pip install 'news-scraper[EXTRA]'`, and the key that asks for it."""

    extra: str
    module: str  # by which it is recognised
    table: str
    key: str
    is_asked_for: Callable[[Any], bool]


NEEDS = (
    Need("pictures", "PIL", "archive", "pictures", lambda value: value == "save"),
    Need("alerts", "apprise", "alerts", "to", bool),
    Need("timestamp", "rfc3161_client", "archive", "timestamp", bool),
)


def find_needs(values: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """(extra, key, module) of each that the values in effect ask for."""
    for need in NEEDS:
        table = values.get(need.table, {})
        if need.is_asked_for(table.get(need.key)):
            yield need.extra, f"{need.table}.{need.key}", need.module
