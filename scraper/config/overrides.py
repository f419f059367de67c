"""Values that stand outside the file: `SCRAPER_FETCH__DELAY=5s`, `--archive DIR`.

They are texts and become what the key's default is: a switch, a number, a list. A text that cannot
become it stays as it is, for the schema to refuse with the same words as in the file.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scraper.config.checks import suggest
from scraper.config.schema import DEFAULTS
from scraper.errors import Mistake

PREFIX = "SCRAPER_"
OPTIONS = {"archive.root": "--archive"}
SWITCHES = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


@dataclass(frozen=True, slots=True)
class Override:
    """One value for one key of a table, and where it came from."""

    table: str
    key: str
    value: Any
    origin: str


VARIABLES = {
    f"{PREFIX}{table}__{key}".upper(): (table, key) for table in DEFAULTS for key in DEFAULTS[table]
}
SQUASHED = {name.replace("__", "_"): name for name in VARIABLES}


def read_environment(environ: Mapping[str, str]) -> tuple[list[Override], list[Mistake]]:
    """The overrides among the environment's variables, and those that name no key.

    Every SCRAPER_…__… has to name one; so does a name whose double underscore was written single.
    """
    overrides: list[Override] = []
    mistakes: list[Mistake] = []
    for name, text in sorted(environ.items()):
        origin = f"environment {name}"
        if name in VARIABLES:
            overrides.append(_build_override(*VARIABLES[name], text, origin))
        elif name in SQUASHED or (name.startswith(PREFIX) and "__" in name):
            mistakes.append(Mistake(origin, "", "an unknown key", _expect_variable(name)))
    return overrides, mistakes


def read_options(options: Mapping[str, str]) -> tuple[list[Override], list[Mistake]]:
    """The same for values of the command line, by key: {"archive.root": "/data"}."""
    overrides: list[Override] = []
    mistakes: list[Mistake] = []
    known = [f"{table}.{key}" for table, key in VARIABLES.values()]
    for name, text in options.items():
        origin = OPTIONS.get(name, "command line")
        table, _, key = name.partition(".")
        if name in known:
            overrides.append(_build_override(table, key, text, origin))
        else:
            hint = suggest(name, known)
            mistakes.append(Mistake(origin, name, "an unknown key", f"TABLE.KEY{hint}"))
    return overrides, mistakes


def _expect_variable(name: str) -> str:
    if name.startswith(f"{PREFIX}SOURCES_"):
        return "sources in the configuration file, not in the environment"
    hint = f"; did you mean {SQUASHED[name]}?" if name in SQUASHED else suggest(name, VARIABLES)
    return f"{PREFIX}TABLE__KEY with a key of the configuration{hint}"


def _build_override(table: str, key: str, text: str, origin: str) -> Override:
    return Override(table, key, read_value(text, DEFAULTS[table][key]), origin)


def read_value(text: str, default: Any) -> Any:
    """`text` as a value of the kind of `default`, else the text as it is."""
    if isinstance(default, bool):
        return SWITCHES.get(text.strip().lower(), text)
    if isinstance(default, int):
        return int(text) if re.fullmatch(r"[0-9]{1,9}", text.strip()) else text
    if isinstance(default, float):
        return float(text) if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", text.strip()) else text
    if isinstance(default, list):
        return _read_list(text)
    return text


def _read_list(text: str) -> Any:
    """A TOML array, or texts between commas."""
    if text.lstrip().startswith("["):
        try:
            return tomllib.loads(f"list = {text}")["list"]
        except tomllib.TOMLDecodeError:
            return text
    return [part.strip() for part in text.split(",") if part.strip()]
