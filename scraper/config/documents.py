"""TOML files (TOML 1.0) with the line of every key.

The standard library's parser says nothing of positions, so a scan of the text finds them: of
tables, keys and dotted keys, one a line. Where it finds none, the enclosing table's has to do.
"""

import os
import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scraper.errors import Mistake

Location = tuple[str | int, ...]  # ("sources", 0, "urls"), as pydantic writes it

NAME = r"""(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')"""
NAMES = rf"{NAME}(?:\s*\.\s*{NAME})*"
HEADER = re.compile(rf"\s*(\[\[?)\s*({NAMES})\s*\]\]?\s*(?:\#.*)?$")
KEY = re.compile(rf"\s*({NAMES})\s*=")
MULTILINE = re.compile(r'"""[\s\S]*?"""|\'\'\'[\s\S]*?\'\'\'')
POSITION = re.compile(r"(.*) \(at line (\d+), column (\d+)\)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Document:
    """The values of a TOML file, and where each stands: "config/scraper.toml:12"."""

    name: str
    values: Mapping[str, Any] = field(default_factory=dict)
    places: Mapping[Location, str] = field(default_factory=dict)

    def find(self, location: Location) -> str:
        """The place of a key, else of the nearest table around it, else the file."""
        for end in range(len(location), 0, -1):
            if place := self.places.get(location[:end]):
                return place
        return self.name


def show_path(path: Path) -> str:
    """`path` as the user sees it: relative to the working directory where it is below that."""
    try:
        return path.relative_to(Path.cwd()).as_posix()
    except ValueError:
        return os.fspath(path)


def read_document(path: Path) -> tuple[Document, list[Mistake]]:
    """The TOML file at `path`; where it cannot be read, an empty document and the mistake."""
    name = show_path(path)
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        found = f"byte 0x{error.object[error.start]:02x} at offset {error.start}"
        return Document(name), [Mistake(name, "", found, "UTF-8 text: save the file as UTF-8")]
    except OSError as error:
        found = error.strerror or type(error).__name__
        return Document(name), [Mistake(name, "", found, "a file that can be read")]
    return parse_document(name, text)


def parse_document(name: str, text: str) -> tuple[Document, list[Mistake]]:
    """The same for a text that has been read already; `name` is the file's, for messages."""
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        return Document(name), [_describe_syntax(name, str(error))]
    places = {location: f"{name}:{line}" for location, line in find_lines(text).items()}
    return Document(name, values, places), []


def _describe_syntax(name: str, message: str) -> Mistake:
    position = POSITION.fullmatch(message)
    if position is None:
        return Mistake(name, "", f"a syntax error ({message})", "TOML, see https://toml.io")
    problem, line, column = position.groups()
    found = f"a syntax error in column {column} ({problem})"
    return Mistake(f"{name}:{line}", "", found, "TOML, see https://toml.io")


def find_lines(text: str) -> dict[Location, int]:
    """The line, from 1, of every table and key of a TOML text that starts one."""
    lines: dict[Location, int] = {}
    tables: Counter[Location] = Counter()
    current: Location = ()
    text = MULTILINE.sub(lambda found: "''" + "\n" * found[0].count("\n"), text)
    for number, line in enumerate(text.split("\n"), 1):
        if header := HEADER.match(line):
            names = _split_names(header[2])
            tables[names] += header[1] == "[["
            current = _locate_table(names, tables)
            lines.setdefault(current, number)
        elif key := KEY.match(line):
            lines.setdefault(current + _split_names(key[1]), number)
    return lines


def _split_names(dotted: str) -> tuple[str, ...]:
    return tuple(name.strip("\"'") for name in re.findall(NAME, dotted))


def _locate_table(names: tuple[str, ...], tables: Mapping[Location, int]) -> Location:
    """`names` with the index of the latest element after each array of tables."""
    location: Location = ()
    for end, name in enumerate(names, 1):
        count = tables.get(names[:end], 0)
        location += (name, count - 1) if count else (name,)
    return location
