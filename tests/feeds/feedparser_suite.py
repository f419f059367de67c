"""The feeds of feedparser's own suite, and what each says about its title and entries.

A file carries its expectation as a Python expression over feedparser's result, in a comment. Only
comparisons with a literal are taken from it, never evaluated otherwise.
"""

import ast
import re
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from scraper.model import Page
from scraper.protocol.charset import decode

_EXPECT = re.compile(r"Expect:\s*(.*)")
_TYPE = re.compile(
    rb"Content-type:\s*([\w/+.-]+)(?:\s*;\s*charset\s*=\s*[\"']?([\w-]+))?", re.IGNORECASE
)
FIELDS = {  # feedparser's names, and ours
    "title": "title",
    "link": "url",
    "id": "id",
    "guid": "id",
    "published_parsed": "published",
    "updated_parsed": "published",
    "created_parsed": "published",
}
ADDRESS = "http://127.0.0.1:8097/tests/"


@dataclass(frozen=True)
class Statement:
    """One thing that a case says: of the feed (`entry` is None) or of an entry, in our words."""

    entry: int | None
    field: str
    value: Any
    name: str  # the field, in feedparser's words


@dataclass(frozen=True)
class Case:
    """A file of the suite as the answer that it would be."""

    name: str
    page: Page
    text: str
    statements: tuple[Statement, ...]


def cases(folder: Path) -> Iterator[Case]:
    with tarfile.open(folder / "tests.tar.gz") as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None:
                name = member.name.removeprefix("./tests/")
                yield _case(name, file.read())


def _case(name: str, body: bytes) -> Case:
    found = _TYPE.search(body)
    media_type, charset = (part.decode() for part in found.groups(b"")) if found else ("", "")
    text = decode(body, charset).text
    expected = _EXPECT.search(text)
    statements = tuple(_statements(expected[1])) if expected else ()
    return Case(name, Page(ADDRESS + name, body, media_type.lower(), charset), text, statements)


def _statements(expression: str) -> Iterator[Statement]:
    try:
        tree = ast.parse(expression.strip(), mode="eval").body
    except SyntaxError:
        return
    for part in _conjuncts(tree):
        if isinstance(part, ast.Compare) and isinstance(part.ops[0], ast.Eq):
            yield from _statement(part.left, part.comparators[0])


def _conjuncts(node: ast.expr) -> Iterator[ast.expr]:
    if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.And):
        for value in node.values:
            yield from _conjuncts(value)
    else:
        yield node


def _statement(left: ast.expr, right: ast.expr) -> Iterator[Statement]:
    owner, name = _member(left)
    try:
        value = ast.literal_eval(right)
    except ValueError:
        return
    if name not in FIELDS or owner is None:
        return
    whose = ast.unparse(owner)
    if whose == "feed" and name == "title":
        yield Statement(None, "title", value, name)
    elif found := re.fullmatch(r"entries\[(\d+)\]", whose):
        yield Statement(int(found[1]), FIELDS[name], value, name)


def _member(node: ast.expr) -> tuple[ast.expr | None, str]:
    if isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
        return node.value, str(node.slice.value)
    if isinstance(node, ast.Attribute):
        return node.value, node.attr
    return None, ""
