"""Which file a picture is, and whether it says anything.

Lazy loading keeps the real address in a data attribute while `src` is a spacer; the names of those
attributes are what scripts in use agree on (lazysizes, lozad, WordPress).
"""

import re
from collections.abc import Iterable
from fnmatch import fnmatchcase
from itertools import islice

from scraper.articles.tree import Element, squeeze
from scraper.protocol.urls import resolve

_LAZY = ("data-src", "data-original", "data-lazy-src", "data-actualsrc", "data-url", "data-echo")
_SETS = ("data-srcset", "srcset", "data-lazy-srcset")
_FILE_NAME = re.compile(r"^[\w.%~()-]+\.(?:jpe?g|png|gif|webp|avif|svg|bmp)$", re.IGNORECASE)
_ICON = re.compile(r"^(?:\w+[ _-])?(?:icon|logo|avatar|qr ?code|二维码)$", re.IGNORECASE)
_ICON_FILE = re.compile(
    r"/[\w.-]*(?:icon|logo|arrow|expand|spinner|loading|avatar|qr-?code)[\w.-]*\.svg(?:[?#]|$)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r",\s+|(?<=\d[wx]),|,$")  # the candidates of a srcset; URLs hold commas, too
_SIZE = re.compile(r"^(\d{1,6}(?:\.\d{1,4})?)[wx]$")
TINY_PIXELS = 32  # an icon or a counting pixel, where the page says its size


def source_of(image: Element, base: str, placeholders: Iterable[str]) -> str | None:
    """The absolute address of an `img`; None for spacers, icons and placeholders."""
    if _is_tiny(image) or _ICON.search(image.get("alt") or ""):
        return None
    for candidate in map(str.strip, _candidates(image)):
        if not candidate or candidate.startswith(("data:", "#")):
            continue
        url = resolve(base, candidate)
        if url and not url.endswith("/undefined"):
            unwanted = _ICON_FILE.search(url) or is_placeholder(url, placeholders)
            return None if unwanted else url
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
    return any(s.isdecimal() and len(s) < 4 and int(s) <= TINY_PIXELS for s in sizes)


def _candidates(image: Element) -> Iterable[str]:
    """Addresses from the best to the last resort."""
    # The HTML parser does not know `source` to be empty and may put the image inside it.
    for picture in islice(image.iterancestors("picture"), 1):
        for source in picture.iter("source"):
            yield from _largest(source)
    for name in _LAZY:
        if value := image.get(name):
            yield value
    yield from _largest(image)
    if value := image.get("src"):
        yield value


def _largest(element: Element) -> Iterable[str]:
    """The candidate with the greatest width or density of a srcset (HTML §4.8.4.2.1)."""
    for name in _SETS:
        parts = [part.strip(" ,").split() for part in _BETWEEN.split(element.get(name) or "")]
        found = [part for part in parts if part]
        if found:
            yield max(found, key=_size)[0]


def _size(candidate: list[str]) -> float:
    """The width or density that a candidate claims; 1x where it claims none."""
    if len(candidate) == 1:
        return 1.0
    claimed = _SIZE.match(candidate[1])
    return float(claimed[1]) if claimed else 0.0
