"""Finds elements by CSS selectors from their right end, as browsers do.

An XPath walks the whole page for every selector, and a profile asks hundreds of questions of a
page, most of them about other generations. Here the page is walked once for its classes: a selector
names a class, an id or an element, which few elements carry or none; only those are tested.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain

import cssselect
from cssselect import HTMLTranslator
from cssselect import parser as css
from lxml import etree

from scraper.articles.tree import Element, select

Test = Callable[[Element], bool]
Key = tuple[str, str]  # a kind of mark ("#", ".", "" for the element's name), and its name

WORDS = ("#", ".")
RARITY = ("#", ".", "")
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
    needed: tuple[Key, ...] = ()  # classes and ids, its own and those of what it hangs on
    anchor: Key | None = None  # of them, that of something it is inside of

    @property
    def is_narrow(self) -> bool:
        """Whether looking at what may match is less work than walking the page."""
        return bool(self.key[1] or self.anchor)


class Finder:
    """The elements of one page by their marks."""

    def __init__(self, root: Element) -> None:
        self.root = root
        self._marked: dict[Key, list[Element]] = {}
        self._classes: defaultdict[str, list[Element]] = defaultdict(list)  # by whole attribute
        self._spelled: dict[str, list[str]] = {}  # the attributes that a class stands in
        self._walked = False

    def select(self, selectors: Iterable[str], inside: Element | None = None) -> list[Element]:
        """The elements that any of the selectors matches, in document order.

        With `inside`, those below that element. What has been dropped from the page is not found.
        """
        found: dict[Element, None] = {}
        sources = 0
        for selector in selectors:
            before = len(found)
            found.update(dict.fromkeys(self._matches(selector, inside)))
            sources += len(found) > before
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

    def _matches(self, selector: str, inside: Element | None) -> Iterator[Element]:
        parts = compile_selector(selector)
        top = self.root if inside is None else inside
        if len(parts) > 1 or not parts[0].is_narrow:
            return iter(select(top, (selector,)))
        part = parts[0]
        found = (e for e in self._candidates(part, top) if _matches(e, part))
        return (e for e in found if e is not top and top in e.iterancestors())

    def _candidates(self, part: Part, top: Element) -> Iterable[Element]:
        """The elements that may match, in document order: all that carry the rarest mark."""
        if any(not self._carriers(key) for key in part.needed):
            return ()
        kind, name = part.key
        if kind:
            return self._carriers(part.key)
        if part.anchor is None:
            return top.iter(name)
        found: dict[Element, None] = {}
        for around in self._carriers(part.anchor):
            if around not in found:
                found.update(dict.fromkeys(around.iter(name or etree.Element)))
        return found

    def _carriers(self, key: Key) -> list[Element]:
        """The elements with a class or an id, in document order."""
        if not self._walked:
            self._walk()
        if key not in self._marked:
            spelled = self._spelled.get(key[1], ()) if key[0] == "." else ()
            self._marked[key] = self._in_order([self._classes[each] for each in spelled])
        return self._marked[key]

    def _in_order(self, lists: list[list[Element]]) -> list[Element]:
        if len(lists) < 2:
            return lists[0] if lists else []
        carriers = set(chain(*lists))
        return [element for element in self.root.iter() if element in carriers]

    def _walk(self) -> None:
        """Note all classes and ids; a class attribute is taken apart once, however often it is."""
        self._walked = True
        classes, marked = self._classes, self._marked
        for element in self.root.iter(etree.Element):
            if spelled := element.get("class"):
                classes[spelled].append(element)
            if number := element.get("id"):
                marked.setdefault(("#", number), []).append(element)
        for spelled in classes:
            for name in spelled.split():
                self._spelled.setdefault(name, []).append(spelled)


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
        around = left.key if left.key[0] in WORDS else left.anchor
        return replace(
            right,
            combinator=node.combinator,
            left=left,
            needed=(*right.needed, *left.needed),
            anchor=around if node.combinator in (" ", ">") else None,
        )
    key = _key(node)
    return Part(key, _test(node), needed=(key,) if key[0] in WORDS else ())


def _key(node: css.Tree) -> Key:
    """The rarest mark that every match of a compound carries."""
    return min(_keys(node), key=lambda key: RARITY.index(key[0]))


def _keys(node: css.Tree) -> Iterator[Key]:
    while not isinstance(node, css.Element):
        if isinstance(node, css.Hash):
            yield "#", node.id
        elif isinstance(node, css.Class):
            yield ".", node.class_name
        node = node.selector
    yield "", (node.element or "").lower()


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
    if isinstance(node, css.Attrib) and node.operator in COMPARISONS and node.namespace is None:
        compare, key = COMPARISONS[node.operator], node.attrib.lower()
        value = node.value.value if node.value else ""
        if value or node.operator in ("exists", "="):
            return lambda e: (said := e.get(key)) is not None and compare(said, value or "")
    return None
