"""Finds elements by CSS selectors from their right end, as browsers do.

An XPath walks the whole page for every selector, and a profile asks hundreds of questions of a
page, most of them about other generations. Here the page is walked once for its classes: a selector
names a class, an id or an element, which few elements carry or none; only those are tested.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import cssselect
from cssselect import HTMLTranslator
from cssselect import parser as css
from lxml import etree

from scraper.articles.tree import Element, select

Test = Callable[[Element], bool]
Key = tuple[str, str]  # a mark: "#" and an id, "." and a class, an attribute and its value, "" and
# the element's name

WORDS = ("#", ".")
NAME = ""  # the kind of mark that an element's name is
SHORT = 200  # characters: a longer class attribute is not remembered beyond its page
TAGS = tuple("meta script link base title h1".split())  # that every page is asked for
COMPARISONS: dict[str, Callable[[str, str], bool]] = {  # Selectors Level 4 §6.1, §6.2
    "exists": lambda _said, _value: True,
    "=": str.__eq__,
    "^=": str.startswith,
    "$=": str.endswith,
    "*=": str.__contains__,
}


@dataclass(frozen=True, slots=True)
class Part:
    """A compound selector, how it hangs on the one to its left, and that one."""

    key: Key
    test: Test
    combinator: str = ""
    left: "Part | None" = None
    needed: tuple[Key, ...] = ()  # the marks, names aside, without which nothing matches
    anchor: Key | None = None  # of them, that of something it is inside of

    @property
    def is_narrow(self) -> bool:
        """Whether looking at what may match is less work than walking the page."""
        return bool(self.key[1] or self.anchor)


class Finder:
    """The elements of one page by their marks.

    `noted` are the selectors that will be asked for; others are found by a walk each.
    """

    def __init__(self, root: Element, noted: Iterable[str] = (), source: str | None = None) -> None:
        """`source` is the page's text: what attributes it never names in lower case, none has."""
        self.root = root
        self._source = source
        self._noted = _marks_of(tuple(noted))
        self._marked: dict[Key, list[Element]] = {key: [] for key in self._noted}
        self._tagged: dict[str, list[Element]] = {}
        self._walked = not self._noted

    def select(self, selectors: Iterable[str], inside: Element | None = None) -> list[Element]:
        """The elements that any of the selectors matches, in document order.

        With `inside`, those below that element. What has been dropped from the page is not found.
        """
        found: dict[Element, None] = {}
        sources = 0
        for selector in selectors:
            if matches := dict.fromkeys(self._matches(selector, inside)):
                found |= matches
                sources += 1
        if sources < 2:
            return list(found)
        top = self.root if inside is None else inside
        return [element for element in top.iter() if element in found]

    def first(self, selectors: Iterable[str], inside: Element | None = None) -> Element | None:
        """The first match of the first selector that matches anything."""
        for selector in selectors:
            for element in self._matches(selector, inside):
                return element
        return None

    def _matches(self, selector: str, inside: Element | None) -> Iterable[Element]:
        parts = compile_selector(selector)
        top = self.root if inside is None else inside
        part = parts[0]
        if len(parts) > 1 or not part.is_narrow or not self._noted.issuperset(part.needed):
            return select(top, (selector,))
        for key in part.needed:
            if not self._carriers(key):
                return ()
        found = (e for e in self._candidates(part, top) if _matches(e, part))
        return (e for e in found if e is not top and top in e.iterancestors())

    def _candidates(self, part: Part, top: Element) -> Iterable[Element]:
        """The elements that may match, in document order: all that carry the rarest mark."""
        kind, name = part.key
        if kind != NAME:
            return self._carriers(part.key)
        if part.anchor is None:
            return self.tagged(name) if name in TAGS and top is self.root else top.iter(name)
        found: dict[Element, None] = {}
        for around in self._carriers(part.anchor):
            if around not in found:
                found.update(dict.fromkeys(around.iter(name or etree.Element)))
        return found

    def _carriers(self, key: Key) -> list[Element]:
        """The elements with a class, an id or an attribute, in document order."""
        if not self._walked:
            self._walk()
        return self._marked[key]

    def tagged(self, name: str) -> Iterable[Element]:
        """The elements of a name, one of TAGS, as they stood when first asked for."""
        if not self._tagged:
            self._tagged = {tag: [] for tag in TAGS}
            for element in self.root.iter(*TAGS):
                self._tagged[str(element.tag)].append(element)
        return self._tagged[name]

    def _walk(self) -> None:
        """Note the elements that matter."""
        self._walked, marked = True, self._marked
        named = _Places(marked)
        ids = {name: found for (kind, name), found in marked.items() if kind == "#"}
        others = {kind for kind, _ in marked if kind not in WORDS and self._may_have(kind)}
        for element in self.root.iter(etree.Element):
            if (spelled := element.get("class")) and (places := named[spelled]):
                for place in places:
                    place.append(element)
            if (number := element.get("id")) and number in ids:
                ids[number].append(element)
            for kind in others:
                if (said := element.get(kind)) is not None and (kind, said) in marked:
                    marked[kind, said].append(element)

    def _may_have(self, attribute: str) -> bool:
        return self._source is None or attribute in self._source


class _Places(dict[str, list[list[Element]]]):
    """Where the carriers of a class attribute, as it is spelled, are to be noted."""

    def __init__(self, marked: dict[Key, list[Element]]) -> None:
        self._marked, self._noted = marked, frozenset(marked)

    def __missing__(self, spelled: str) -> list[list[Element]]:
        # pages of a site spell most of their classes alike
        take_apart = _take_apart if len(spelled) <= SHORT else _take_apart.__wrapped__
        self[spelled] = places = [self._marked[key] for key in take_apart(spelled, self._noted)]
        return places


@lru_cache(maxsize=4096)
def _take_apart(spelled: str, noted: frozenset[Key]) -> tuple[Key, ...]:
    named = ((".", name) for name in dict.fromkeys(spelled.split()))
    return tuple(key for key in named if key in noted)


def _matches(element: Element, part: Part) -> bool:
    """Whether an element is what a selector asks for, its surroundings included."""
    if not part.test(element):
        return False
    left = part.left
    if left is None:
        return True
    match part.combinator:
        case " ":
            return any(_matches(ancestor, left) for ancestor in element.iterancestors())
        case ">":
            parent = element.getparent()
            return parent is not None and _matches(parent, left)
        case "+":
            before = element.getprevious()
            return before is not None and _matches(before, left)
        case _:
            return any(_matches(before, left) for before in element.itersiblings(preceding=True))


@lru_cache(maxsize=64)
def _marks_of(selectors: tuple[str, ...]) -> frozenset[Key]:
    parts = (part for selector in selectors for part in compile_selector(selector))
    return frozenset(key for part in parts for key in part.needed)


# -- selectors -------------------------------------------------------------------------------------


@lru_cache(maxsize=2048)
def compile_selector(selector: str) -> tuple[Part, ...]:
    """A selector (Selectors Level 4, as far as cssselect goes), one part for each of its group.

    Raises cssselect.SelectorError for what is none.
    """
    return tuple(_part(parsed.parsed_tree) for parsed in cssselect.parse(selector))


def _part(node: css.Tree) -> Part:
    if isinstance(node, css.CombinedSelector):
        right, left = _part(node.subselector), _part(node.selector)
        around = left.key if left.key[0] != NAME else left.anchor
        return replace(
            right,
            combinator=node.combinator,
            left=left,
            needed=(*right.needed, *left.needed),
            anchor=around if node.combinator in (" ", ">") else None,
        )
    key = _key(node)
    own = (key,) if key[0] != NAME else ()
    return Part(key, _test(node), needed=(*own, *_held(node)))


def _key(node: css.Tree) -> Key:
    """The rarest mark that every match of a compound carries."""
    ids, classes, attributes = [], [], []
    while not isinstance(node, css.Element):
        if isinstance(node, css.Hash):
            ids.append(("#", node.id))
        elif isinstance(node, css.Class):
            classes.append((".", node.class_name))
        elif isinstance(node, css.Attrib) and node.operator == "=" and not node.namespace:
            attributes.append((node.attrib.lower(), node.value.value or "" if node.value else ""))
        node = node.selector
    named = [(NAME, node.element.lower())] if node.element else []
    return next(iter((*ids, *classes, *named, *attributes)), (NAME, ""))


def _held(node: css.Tree) -> Iterator[Key]:
    """The marks without which the inside of a compound's `:has()` cannot match."""
    while not isinstance(node, css.Element):
        if isinstance(node, css.Relation) and len(node.arguments) == 1:
            yield from _part(node.arguments[0][1].parsed_tree).needed
        node = node.selector


def _test(node: css.Tree) -> Test:
    """A compound as a question to one element: in Python where it is simple, else as XPath."""
    tests: list[Test] = []
    inner = node
    while not isinstance(inner, css.Element):
        test = _simple_test(inner)
        if test is None:
            query = etree.XPath(HTMLTranslator().selector_to_xpath(css.Selector(node), "self::"))
            return lambda element: bool(query(element))
        tests.append(test)
        inner = inner.selector
    name = (inner.element or "").lower()
    return lambda element: (not name or element.tag == name) and all(t(element) for t in tests)


def _simple_test(node: css.Tree) -> Test | None:
    if isinstance(node, css.Class):
        name = node.class_name
        return lambda element: name in element.get("class", "").split()
    if isinstance(node, css.Hash):
        number = node.id
        return lambda element: element.get("id") == number
    if isinstance(node, css.Function) and node.name == "contains" and len(node.arguments) == 1:
        said = node.arguments[0].value or ""
        return lambda element: said in "".join(element.itertext())
    if isinstance(node, css.Attrib) and node.operator in COMPARISONS and node.namespace is None:
        compare, key = COMPARISONS[node.operator], node.attrib.lower()
        value = node.value.value if node.value else ""
        if value or node.operator in ("exists", "="):
            return lambda e: (said := e.get(key)) is not None and compare(said, value or "")
    return None
