"""What pydantic found wrong, as mistakes that a user can act on.

The one place where pydantic's errors are translated. Values of keys that may hold secrets are never
shown.
"""

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from scraper.config.checks import suggest
from scraper.config.documents import Document, Location
from scraper.errors import Mistake

SECRET_KEYS = frozenset({"headers", "cookies", "credentials", "proxy", "to"})
MAX_SHOWN = 80
EXPECTED = {
    "string_type": "a text in quotes",
    "bool_type": "true or false, without quotes",
    "int_type": "a whole number, without quotes",
    "float_type": "a number, without quotes",
    "tuple_type": "a list in square brackets",
    "dict_type": 'a table such as { name = "value" }',
    "model_type": "a table",
    "date_type": "a date such as 2020-01-01, without quotes",
    "missing": "a value: this key has no default",
}

Keys = Mapping[tuple[str, ...], Collection[str]]  # the known keys of every table


def translate(error: ValidationError, document: Document, keys: Keys) -> list[Mistake]:
    """Every error of a validation as a mistake, in the order of the schema."""
    return [_translate(details, document, keys) for details in error.errors(include_url=False)]


def _translate(details: Mapping[str, Any], document: Document, keys: Keys) -> Mistake:
    location: Location = tuple(part for part in details["loc"] if part != "[key]")
    kind, value = details["type"], details["input"]
    place, key = document.find(location), name_key(location, document.values)
    if kind == "extra_forbidden":
        return Mistake(place, key, "an unknown key", _expect_key(location, keys))
    if kind == "missing" or SECRET_KEYS.intersection(location):
        return Mistake(place, key, "", _expect(details))
    return Mistake(place, key, show_value(value), _expect(details))


def _expect(details: Mapping[str, Any]) -> str:
    kind = details["type"]
    if kind == "value_error":
        return str(details["ctx"]["error"])
    if kind == "literal_error":
        return str(details["ctx"]["expected"]).replace("'", '"')
    if kind == "tuple_type" and isinstance(details["input"], Mapping):
        return f"tables headed [[{details['loc'][-1]}]], in double brackets"
    return EXPECTED[kind]


def _expect_key(location: Location, keys: Keys) -> str:
    """What should stand instead of an unknown key: a similar one, or another table."""
    *table, key = (part for part in location if isinstance(part, str))
    known = keys[tuple(table)]
    here = f"a key of [{'.'.join(table)}]" if table else "a table or key of this file"
    if hint := suggest(key, known):
        return here + hint
    others = [".".join(names) for names, inside in keys.items() if key in inside]
    if others:
        return (
            f"{here}; {key} belongs to {f'[{others[0]}]' if others[0] else 'the top of the file'}"
        )
    return f"{here}: {', '.join(known)}"


def name_key(location: Location, values: Any) -> str:
    """A location as users write it: "fetch.delay", "sources.zaobao.every", "lists[2].item"."""
    parts: list[str] = []
    for part in location:
        values = _descend(values, part)
        if isinstance(part, str):
            parts.append(part)
        elif isinstance(values, Mapping):
            name = values.get("name")
            parts[-1] += f".{name}" if isinstance(name, str) and name else f"[{part + 1}]"
    return ".".join(parts)


def _descend(values: Any, part: str | int) -> Any:
    try:
        return values[part]
    except (LookupError, TypeError):
        return None


def show_value(value: object) -> str:
    """A value as TOML writes it, cut to a line, without the credentials of a URL.

    What is inside a table in the wrong place is not shown, for it may be a secret.
    """
    if isinstance(value, Mapping):
        return "a table"
    if isinstance(value, list | tuple) and any(isinstance(item, Mapping) for item in value):
        return "a list of tables"
    text = json.dumps(value, ensure_ascii=False, default=str)
    text = re.sub(r"//.*@", "//***@", text)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 1] + "…"
