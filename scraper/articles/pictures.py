"""Which file a picture is, and whether it says anything.

Lazy loading keeps the real address in a data attribute while `src` is a spacer; the names of those
attributes are what scripts in use agree on (lazysizes, lozad, WordPress).
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase

from scraper.articles.tree import Element, squeeze
from scraper.protocol.urls import resolve

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-url", "data-echo")
_SETS = ("data-srcset", "srcset", "data-lazy-srcset")
_FILE_NAME = re.compile(r"^[\w.%~()-]+\.(?:jpe?g|png|gif|webp|avif|svg|bmp)$", re.IGNORECASE)
_CANDIDATE = re.compile(r"(\S*[^\s,])(?:\s+([\d.]+)[wx])?\s*(?:,|$)")
TINY_PIXELS = 32  # an icon or a counting pixel, where the page says its size


def source_of(image: Element, base: str, placeholders: Iterable[str]) -> str | None:
    """The absolute address of an `img`; None for spacers, icons and placeholders."""
    if _is_tiny(image):
        return None
    for candidate in _candidates(image):
        url = None if candidate.startswith("data:") else resolve(base, candidate)
        if url and not url.endswith("/undefined"):
            return None if is_placeholder(url, placeholders) else url
    return None


def is_placeholder(url: str, placeholders: Iterable[str]) -> bool:
    """Whether any of the site's globs names the address, its query left out."""
    bare = url.partition("?")[0]
    return any(fnmatchcase(url, glob) or fnmatchcase(bare, glob) for glob in placeholders)


def alt_of(image: Element, caption: str) -> str:
    """The alternative text, unless it is a file's name or repeats the caption."""
    alt = squeeze(image.get("alt") or "")
    return "" if _FILE_NAME.match(alt) or alt == caption else alt


def caption_of(image: Element) -> str:
    """A caption that only an attribute holds."""
    return squeeze(image.get("data-caption") or image.get("title") or "")


def _is_tiny(image: Element) -> bool:
    sizes = [image.get("width") or "", image.get("height") or ""]
    return any(size.isdecimal() and int(size) <= TINY_PIXELS for size in sizes)


def _candidates(image: Element) -> Iterable[str]:
    for name in _LAZY:
        if value := image.get(name):
            yield value
    picture = image.getparent()
    if picture is not None and picture.tag == "picture":
        for source in picture.iter("source"):
            yield from _largest(source)
    yield from _largest(image)
    if value := image.get("src"):
        yield value


def _largest(element: Element) -> Iterable[str]:
    """The candidate with the greatest width or density of a srcset (HTML §4.8.4.2.1)."""
    for name in _SETS:
        found = _CANDIDATE.findall(element.get(name) or "")
        if found:
            yield max(found, key=lambda pair: float(pair[1] or 1))[0]
