"""Which elements of a page are captions: they belong to a picture and are no text of the article.

Told by element, by name, or by saying the same as the picture's own attributes.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from itertools import islice

from scraper.articles.tree import Element, squeeze, text_of

_NAMED = re.compile(  # of names in lower case
    r"(?:^|[\s_-])(?:fig)?captions?(?:$|[\s_-])|"
    r"(?:pic|img|image|photo|figure|media)[\s_-]?(?:title|desc\w*|text|info|legend|credits?)|图注"
)
_ATTRIBUTES = ("alt", "title", "data-caption")
_BREAKS = ("article", "body", "main", "td", "li")  # no caption is looked for around these
REACH = 3  # steps up from a picture
NEAR = 6  # elements behind it at each step
SHORT = 300  # characters of a class and an id: longer ones are not remembered
LONG = 400  # characters: no caption is longer
FEW_LETTERS = 4  # of an alternative text that a caption may repeat


def find_captions(body: Element) -> set[Element]:
    """The captions of all pictures."""
    found = set(body.iter("figcaption"))
    for image in body.iter("img"):
        said = {squeeze(text) for name in _ATTRIBUTES if (text := image.get(name))}
        for element in _beside(image):
            if element.tag == "figcaption" or element in found:
                break
            if _is_caption(element, said):
                found.add(element)
                break
    return found


def _beside(image: Element) -> Iterator[Element]:
    """The elements behind a picture, or behind what holds nothing but the picture."""
    element = image
    for _ in range(REACH):
        for sibling in islice(element.itersiblings(), NEAR):
            if sibling.tag == "img":
                continue
            if next(sibling.iter("img"), None) is not None:
                break
            yield sibling
        parent = element.getparent()
        if parent is None or parent.tag in _BREAKS or _holds_text(parent):
            return
        element = parent


def _holds_text(element: Element) -> bool:
    """Whether an element that holds a picture says something, too."""
    return not all(text.isspace() for text in element.itertext())


def _is_caption(element: Element, said: set[str]) -> bool:
    names = f"{element.get('class', '')} {element.get('id', '')}".lower()
    named = _is_named(names) if len(names) <= SHORT else _NAMED.search(names) is not None
    may_repeat = bool(said) and element.tag in ("div", "p", "span", "em")
    text = text_of(element) if named or may_repeat else ""
    return 0 < len(text) <= LONG and (named or (len(text) >= FEW_LETTERS and text in said))


@lru_cache(maxsize=4096)
def _is_named(names: str) -> bool:
    return _NAMED.search(names) is not None
