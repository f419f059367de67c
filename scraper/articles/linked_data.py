"""What a page says of itself in JSON-LD (https://www.w3.org/TR/json-ld11/, schema.org/Article).

Pages in the wild hold several scripts, control characters inside strings, graphs and arrays.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from scraper.articles.tree import Element, printable, squeeze

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_MAX_DEPTH = 8
_ARTICLE = frozenset(
    "Article NewsArticle ReportageNewsArticle AnalysisNewsArticle OpinionNewsArticle "
    "BackgroundNewsArticle ReviewNewsArticle BlogPosting LiveBlogPosting SocialMediaPosting "
    "Report TechArticle ScholarlyArticle AdvertiserContentArticle SatiricalArticle".split()
)

LinkedData = Mapping[str, Any]


def read_article(scripts: Iterable[Element]) -> LinkedData:
    """The first object of an article type in the page's linked data; empty where there is none."""
    for script in scripts:
        if "ld+json" in (script.get("type") or ""):
            for node in _objects(_load(script.text or ""), 0):
                if _types(node) & _ARTICLE:
                    return node
    return {}


def _load(text: str) -> object:
    """The JSON of a script. Control characters are no JSON (RFC 8259 §7), but pages have them."""
    cleaned = _CONTROL.sub(" ", text).strip().rstrip(";")
    cleaned = cleaned.removeprefix("<!--").removesuffix("-->")
    try:
        return json.loads(cleaned)
    except (ValueError, RecursionError):
        return None


def _objects(data: object, depth: int) -> Iterator[LinkedData]:
    if depth > _MAX_DEPTH:
        return
    if isinstance(data, list):
        for item in data:
            yield from _objects(item, depth + 1)
    elif isinstance(data, dict):
        yield data
        for key in ("@graph", "mainEntity", "hasPart"):
            if key in data:
                yield from _objects(data[key], depth + 1)


def _types(node: LinkedData) -> frozenset[str]:
    named = node.get("@type")
    names = named if isinstance(named, list) else [named]
    return frozenset(str(name).rpartition("/")[2] for name in names if isinstance(name, str))


def text_at(data: LinkedData, key: str) -> str:
    """A property as one line of text; objects give their name, arrays their first element."""
    return next(iter(texts_at(data, key)), "")


def texts_at(data: LinkedData, key: str) -> tuple[str, ...]:
    """A property as lines of text, one an element, empty ones left out."""
    value = data.get(key)
    values = value if isinstance(value, list) else [value]
    return tuple(text for text in map(_text, values) if text)


def address_at(data: LinkedData, key: str) -> str:
    """The address of a property that is a file: an ImageObject's, the first of an array's."""
    value = data.get(key)
    while isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, dict):
        value = value.get("url") or value.get("contentUrl") or value.get("@id")
    return squeeze(printable(value)) if isinstance(value, str) else ""


def _text(value: object) -> str:
    if isinstance(value, dict):
        value = value.get("name") or value.get("url") or value.get("@id")
    return squeeze(printable(value)) if isinstance(value, str) else ""
