"""What a page says of its article in microdata (HTML §5, schema.org), by property name."""

from collections.abc import Mapping

from lxml import etree

from scraper.articles.tree import Element, squeeze, text_of

_PROPERTIES = etree.XPath(
    "descendant-or-self::*[@itemtype]"
    "[contains(@itemtype, 'Article') or contains(@itemtype, 'BlogPosting')]"
    "/descendant::*[@itemprop]"
)
_WANTED = frozenset(
    "headline datePublished dateModified author articleSection keywords description image".split()
)
_ATTRIBUTES = ("content", "datetime", "src", "href")  # that hold a value instead of the text
LONG = 500  # characters: what is longer is no fact, but the text itself


def read_microdata(root: Element) -> Mapping[str, tuple[str, ...]]:
    """The values of the properties of the page's article, in document order."""
    found: dict[str, tuple[str, ...]] = {}
    for element in _PROPERTIES(root):
        for name in (element.get("itemprop") or "").split():
            value = _value(element) if name in _WANTED else ""
            if value and len(value) <= LONG:
                found[name] = (*found.get(name, ()), value)
    return found


def _value(element: Element) -> str:
    """An item's name where the property is an item, else the value (HTML §5.2.4)."""
    if element.get("itemscope") is not None:
        named = (e for e in element.iterdescendants() if e.get("itemprop") in ("name", "url"))
        inner = next(named, None)
        return _value(inner) if inner is not None else text_of(element)
    given = next((value for name in _ATTRIBUTES if (value := element.get(name))), "")
    return squeeze(given) or text_of(element)
