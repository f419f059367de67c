"""What a page shows beside its headline: the line with the date, the source and the author."""

import re
from collections.abc import Iterator

from scraper.articles.tree import Element, text_of

_NAMED = re.compile(r"date|time|pub|info|source|meta|author|byline|writer", re.IGNORECASE)
_AUTHOR = re.compile(r"author|byline|writer", re.IGNORECASE)
_SAID_AUTHOR = re.compile(
    r"(?:作者|记者|撰文|文)\s*[：:/｜|]\s*"
    r"(?P<name>[\u3400-\u9fff·]{2,12}|[A-Z][\w.'-]+(?: [A-Z][\w.'-]+){0,3})"
)
LONG = 120  # characters: what is longer is a paragraph
FAR = 3  # steps up from the headline
MANY = 40  # elements looked at


def lines_near(root: Element, title: str) -> list[tuple[Element, str]]:
    """The short lines around the headline that are marked as facts, the nearest first."""
    heading = next((h for h in root.iter("h1", "h2") if title and text_of(h) == title), None)
    if heading is None:
        return []
    found: dict[Element, str] = {}
    area = heading
    for _ in range(FAR):
        parent = area.getparent()
        if parent is None or parent.tag in ("body", "html"):
            break
        area = parent
        found.update((e, text) for e, text in _marked(area) if e not in found)
        if found:
            break
    return list(found.items())


def _marked(area: Element) -> Iterator[tuple[Element, str]]:
    candidates = (
        e
        for e in area.iter("span", "div", "p", "time", "em", "i", "li", "address", "a")
        if _NAMED.search(f"{e.get('class', '')} {e.get('id', '')}")
    )
    for element, _ in zip(candidates, range(MANY), strict=False):
        text = text_of(element)
        if 0 < len(text) <= LONG:
            yield element, text


def authors_in(lines: list[tuple[Element, str]]) -> Iterator[str]:
    """The authors that the lines name: marked as such, or after “作者：”."""
    for element, text in lines:
        found = _SAID_AUTHOR.search(text)
        if found:
            yield found["name"]
        elif _AUTHOR.search(f"{element.get('class', '')} {element.get('rel', '')}"):
            yield text
