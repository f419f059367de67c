"""How much text each element of a page holds, and which elements are paragraphs.

A weight is the number of UTF-8 bytes without the white space around: a Chinese character, which
says about as much as half a word, weighs three Latin letters, and counting takes no time.
"""

import re
from collections.abc import Iterator
from typing import cast

from lxml import etree

from scraper.articles.generic.captions import find_captions
from scraper.articles.markup import SKIPPED
from scraper.articles.tree import Element, drop_all

PARAGRAPH_WEIGHT = 66.0  # of a paragraph that votes: about ten words, or 22 Chinese characters
LINKED_SHARE = 0.4  # of a paragraph; what holds more links than that is a list of them
_PAUSE = re.compile(r"[,，、;；.。!！?？:：]")
_PARAGRAPHS = frozenset(
    "p pre td li blockquote dd dt h2 h3 h4 section article div span main center".split()
)
BLOCKS = frozenset(
    "p pre td li blockquote dd dt h1 h2 h3 h4 h5 h6 section article div main table ul ol tr "
    "tbody header footer aside nav form figure".split()
)
_NO_TEXT = tuple(sorted(SKIPPED - {"nav", "input"}))  # these two still tell what a page is


class Weights:
    """The elements of a page's body in document order, and what each of them holds.

    The lists run parallel to `elements`. `text` is all of an element's text, `linked` what of it
    stands in links, `good` what stands in paragraphs that read like prose; captions weigh nothing.
    `size` is the number of elements in it, itself included. Dropping an element keeps the sums
    right.
    """

    def __init__(self, body: Element) -> None:
        etree.strip_elements(body, *_NO_TEXT, with_tail=False)
        self.captions = find_captions(body)
        self.elements: list[Element] = list(body.iter(etree.Element))
        self.tags = cast("list[str]", [element.tag for element in self.elements])
        # The last first: freeing what was taken out of a tree from its start is quadratic in lxml
        count = len(self.elements)
        self.place = dict(zip(reversed(self.elements), range(count - 1, -1, -1), strict=True))
        self.parents = [0, *[self.place[e.getparent()] for e in self.elements[1:]]]  # type: ignore[index]
        self.text, self.linked, self.good = [0.0] * count, [0.0] * count, [0.0] * count
        self.size = [1] * count
        self.alive = bytearray(b"\1") * count
        self.voters: list[int] = []  # places of paragraphs that read like prose
        self._dropped: list[Element] = []
        self._add_up()

    def _add_up(self) -> None:
        """From the leaves up: in reverse document order, children come before their parents."""
        elements, tags, parents, size = self.elements, self.tags, self.parents, self.size
        text, linked, good = self.text, self.linked, self.good
        direct = [0.0] * len(elements)  # text in no block further in
        counted = [0.0] * len(elements)  # what of that is good already, in a span
        inside_links, captions = self._inside_links(), self.captions
        places = range(len(elements) - 1, -1, -1)
        upwards = zip(places, reversed(elements), reversed(tags), reversed(parents), strict=True)
        for n, element, tag, parent in upwards:
            if captions and element in captions:  # belongs to its picture
                text[n] = linked[n] = good[n] = direct[n] = counted[n] = 0.0
                self._forget_voters(n)
            elif (said := element.text) and not said.isspace():
                own = len(said.strip().encode())
                text[n] += own
                direct[n] += own
            if inside_links[n]:
                linked[n] = text[n]
            if direct[n] >= PARAGRAPH_WEIGHT and tag in _PARAGRAPHS and self._is_prose(n):
                good[n] += direct[n] - counted[n]
                counted[n] = direct[n]
                self.voters.append(n)
            if not n:
                continue  # the body is the last
            size[parent] += size[n]
            if (said := element.tail) and not said.isspace():
                tail = len(said.strip().encode())
                text[parent] += tail
                direct[parent] += tail
            if text[n]:
                text[parent] += text[n]
                linked[parent] += linked[n]
                good[parent] += good[n]
                if tag not in BLOCKS:
                    direct[parent] += direct[n]
                    counted[parent] += counted[n]
        self.voters.reverse()

    def _inside_links(self) -> bytearray:
        inside = bytearray(len(self.elements))
        for n, (tag, parent) in enumerate(zip(self.tags, self.parents, strict=True)):
            if tag == "a" or inside[parent]:
                inside[n] = 1
        return inside

    def _forget_voters(self, n: int) -> None:
        """Those inside an element: the ones judged last, since elements come last to first."""
        while self.voters and self.voters[-1] < n + self.size[n]:
            self.voters.pop()

    def _is_prose(self, n: int) -> bool:
        few_links = self.linked[n] < LINKED_SHARE * self.text[n]
        return few_links and any(map(_PAUSE.search, self._own_texts(n)))

    def pauses(self, n: int) -> int:
        """The punctuation of an element's own text, that of blocks inside left out."""
        return sum(len(_PAUSE.findall(text)) for text in self._own_texts(n))

    def _own_texts(self, n: int) -> Iterator[str]:
        element = self.elements[n]
        if not any(child.tag in BLOCKS for child in element):
            yield "".join(element.itertext())
            return
        yield element.text or ""
        for child in element:
            yield child.tail or ""
            if child.tag not in BLOCKS:
                yield "".join(child.itertext())

    # -- questions -------------------------------------------------------------------------------

    def within(self, n: int) -> Iterator[int]:
        """The places of what is left of an element, itself included, in document order."""
        alive = self.alive
        return (m for m in range(n, n + self.size[n]) if alive[m])

    def ancestors(self, n: int) -> Iterator[int]:
        """The places of the elements around one, the innermost first, the body last."""
        while n:
            n = self.parents[n]
            yield n

    def link_share(self, n: int) -> float:
        """How much of an element's text stands in links."""
        return self.linked[n] / self.text[n] if self.text[n] else 0.0

    def is_leaf(self, n: int) -> bool:
        """Whether no block stands in an element."""
        return not any(self.tags[m] in BLOCKS for m in self.within(n) if m != n)

    def living_voters(self) -> list[int]:
        """The paragraphs that are left."""
        return [n for n in self.voters if self.alive[n]]

    # -- changes ---------------------------------------------------------------------------------

    def drop(self, n: int) -> None:
        """Take an element's text out of the sums, and itself out of the tree with `sweep`."""
        for m in self.ancestors(n) if self.text[n] else ():
            self.text[m] -= self.text[n]
            self.linked[m] -= self.linked[n]
            self.good[m] -= self.good[n]
        size = self.size[n]
        self.alive[n : n + size] = bytes(size)
        self._dropped.append(self.elements[n])

    def sweep(self) -> None:
        """Take what was dropped, in document order, out of the tree.

        Of a block with text behind it an empty paragraph stays: it kept that text apart.
        """
        for element in self._dropped:
            if element.tag in BLOCKS and (element.tail or "").strip():
                element.clear(keep_tail=True)
                element.tag = "p"
        drop_all(e for e in self._dropped if not (e.tag == "p" and not len(e) and e.tail))
        self._dropped.clear()


def weight_of(text: str | None) -> int:
    """The UTF-8 bytes of a text without the white space around it."""
    return len(text.strip().encode()) if text else 0
