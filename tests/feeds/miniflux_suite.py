"""The feeds of miniflux's tests, and what each says about its title and entries.

A case carries the conditions under which its Go test fails, such as `feed.Title != "Example"`.
"""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from scraper.model import Page

_TEXT = re.compile(
    r'feed\.(?:Entries\[(\d+)\]\.)?(Title|URL) != (?:("(?:[^"\\]|\\.)*")|`([^`]*)`)$'
)
_DATE = re.compile(
    r"!feed\.Entries\[(\d+)\]\.Date\.Equal\(time\.Date\((\d+), time\.(\w+), ([\d, ]+), time\.UTC\)"
)
_COUNT = re.compile(r"len\(feed\.Entries\) != (\d+)")
_FIELDS = {"Title": "title", "URL": "url"}


@dataclass(frozen=True)
class Statement:
    """One thing that a case says: of the feed (`entry` is None) or of an entry, in our words."""

    entry: int | None
    field: str
    value: object


@dataclass(frozen=True)
class Case:
    """A case as the answer that it would be; `fails` where miniflux refuses it."""

    name: str
    page: Page
    statements: tuple[Statement, ...]
    fails: bool


def cases(folder: Path) -> Iterator[Case]:
    for row in json.loads((folder / "cases.json").read_text("utf-8")):
        kind = row["file"].split("/")[1]
        if "feed" in row and kind != "opml":
            statements = tuple(s for text in row["asserts"] for s in _statements(text))
            page = Page(_address(statements), row["feed"].encode())
            fails = "err == nil" in row["asserts"]
            yield Case(f"{kind}/{row['test']}", page, statements, fails)


def _address(statements: tuple[Statement, ...]) -> str:
    """Where the feed came from; the cases do not say, but for what relative links become."""
    plain = any(str(s.value).startswith("http://example.org/") for s in statements)
    return f"{'http' if plain else 'https'}://example.org/feed.xml"


def _statements(condition: str) -> Iterator[Statement]:
    if found := _TEXT.match(condition):
        value = json.loads(found[3]) if found[3] else found[4]
        yield Statement(int(found[1]) if found[1] else None, _FIELDS[found[2]], value)
    elif found := _COUNT.match(condition):
        yield Statement(None, "entries", int(found[1]))
    elif found := _DATE.match(condition):
        day, hour, minute, second, _nanosecond = map(int, found[4].split(","))
        month = datetime.strptime(found[3], "%B").month  # noqa: DTZ007  # a month's name
        instant = datetime(int(found[2]), month, day, hour, minute, second, tzinfo=UTC)
        yield Statement(int(found[1]), "published", instant)
