"""Paragraphs that are served out of order, as some sites do against copying.

Each of them then carries its place in an attribute, for the page's own script to restore. It is
taken for a place only where the marks of all of them are different whole numbers.
"""

import base64
import binascii
import re

from scraper.articles.tree import Element

_DIGITS = re.compile(r"(\d{1,4})$")
FEW = 2  # marked children that say something
FEW_PLAIN = 3  # with numbers that anybody can read: they may mean something else
SPARSE = 3  # places for each child at the most: ids of a database are farther apart


def restore_order(parent: Element) -> str:
    """Put the children of an element in the order of their marks; gives the attribute used."""
    for name in {key for child in parent for key in child.keys() if key.startswith("data-")}:  # noqa: SIM118  # an element has no other way to name its attributes
        marked = [child for child in parent if child.get(name) is not None]
        places = _places([child.get(name) or "" for child in marked])
        if places and places != sorted(places):
            _rearrange(parent, dict(zip(marked, places, strict=True)))
            return name
    return ""


def _places(marks: list[str]) -> list[int]:
    """The numbers that the marks stand for; empty where they are no places."""
    for read, few in ((_read_decimal, FEW_PLAIN), (_read_base32, FEW)):
        places = [place for mark in marks if (place := read(mark)) is not None]
        dense = len(places) >= few and max(places) - min(places) <= SPARSE * len(places)
        if dense and len(set(places)) == len(places) == len(marks):
            return places
    return []


def _read_decimal(mark: str) -> int | None:
    found = _DIGITS.search(mark)
    return int(found[1]) if found else None


def _read_base32(mark: str) -> int | None:
    """A number in base32 (RFC 4648 §6: groups of eight), whatever characters stand before it."""
    for skip in range(len(mark) % 8, len(mark), 8):
        try:
            return int(base64.b32decode(mark[skip:]).decode("ascii"))
        except (binascii.Error, ValueError):
            continue
    return None


def _rearrange(parent: Element, places: dict[Element, int]) -> None:
    """Marked children by their place, each unmarked one behind the child it stood behind."""
    groups: list[tuple[int, list[Element]]] = [(-1, [])]
    for child in parent:
        if child in places:
            groups.append((places[child], [child]))
        else:
            groups[-1][1].append(child)
    groups.sort(key=lambda group: group[0])
    parent[:] = [child for _, group in groups for child in group]
