"""Facts from the data that a page's own script starts with.

Only facts: a locked story's data may hold its whole text, and text is taken from what the page
shows to everybody.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scraper.articles.tree import Element
from scraper.site import EmbeddedData


def read_embedded(scripts: Iterable[Element], where: EmbeddedData) -> Mapping[str, Any]:
    """The object that `where` names; empty where the page has none or it cannot be read."""
    for script in scripts:
        text = script.text or ""
        for value in _assigned(text, where.variable) if where.variable in text else ():
            if found := _descend(value, where.path):
                return found
    return {}


def _assigned(text: str, variable: str) -> Iterator[object]:
    """The values of `variable = {…}` or `variable = JSON.parse("…")`."""
    assignment = re.escape(variable) + r"\s*=\s*(?P<call>JSON\.parse\(\s*)?"
    for found in re.finditer(assignment, text):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(text, found.end())
            packed = found["call"] and isinstance(value, str)
            yield json.loads(value, strict=False) if packed else value
        except (ValueError, RecursionError):
            continue


def _descend(data: object, path: tuple[str, ...]) -> Mapping[str, Any]:
    for key in path:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def first_value(data: Mapping[str, Any], keys: tuple[str, ...]) -> object:
    """The value under the first key that is there and says something."""
    return next((data[key] for key in keys if data.get(key)), None)
