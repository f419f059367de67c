"""A parsed page with all that reading it needs, and what a reading gives."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from scraper.articles import profile
from scraper.articles.body import Body
from scraper.articles.facts import Facts
from scraper.articles.finder import Finder
from scraper.articles.profile import Recognised
from scraper.articles.task import Task
from scraper.articles.trace import Trace
from scraper.articles.tree import Element, parse_html
from scraper.model import NotArticle
from scraper.protocol.charset import decode
from scraper.protocol.urls import resolve

_DOCUMENT = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
_END = re.compile(r"</(?:html|body)\s*>", re.IGNORECASE)
_MID_SENTENCE = re.compile(r"[^\s>.!?…。！？”\"'’」』）)]\s*\Z|<[^>]*\Z")
TAIL_CHARACTERS = 4096  # in which a document ends, whatever counters stand behind it


@dataclass(frozen=True, slots=True)
class Sheet:
    """A parsed page, before it is read: reading changes the tree."""

    task: Task
    html: str
    finder: Finder
    known: Recognised | None  # the page's generation and its body, where a profile knows it
    facts: Facts

    @property
    def root(self) -> Element:
        """The page's root element."""
        return self.finder.root

    @property
    def base_url(self) -> str:
        """The address that relative ones are resolved against (HTML §4.2.3)."""
        bases = (base.get("href") for base in self.finder.tagged("base"))
        stated = next((href for href in bases if href), None)
        url = self.task.page.url
        return (resolve(url, stated) if stated else None) or url


@dataclass(frozen=True, slots=True)
class Reading:
    """The body that was found, by which rule, and whether the rest of it is held back."""

    body: Body
    method: str
    paywalled: bool


def open_sheet(task: Task, trace: Trace | None = None) -> Sheet | None:
    """Parse a page and find its generation; None where there is nothing to parse."""
    decoded = decode(task.page.body, task.page.charset)
    if trace:
        damage = f", {decoded.damaged} characters damaged" if decoded.damaged else ""
        trace.step(f"read {len(task.page.body):,} bytes as {decoded.charset}{damage}")
    html = decoded.text
    root = parse_html(html, decoded.utf8)
    if root is None:
        return None
    finder = Finder(root, profile.selectors_of(task.site) if task.site else (), html)
    known = profile.recognise(finder, task.site) if task.site else None
    markup = known.markup if known else None
    has_items = "itemprop" in html
    facts = Facts(finder, task.timezone, task.site, markup, has_items=has_items)
    return Sheet(task, html, finder, known, facts)


def cut_at(sheet: Sheet) -> Sequence[Element]:
    """The elements in which a document breaks off in mid-sentence; none where it ends well.

    Many pages never close their document, so that alone says nothing. Asked before anything is
    taken out of the tree: what breaks off may be so short that it passes for a crumb.
    """
    tail = sheet.html[-TAIL_CHARACTERS:]
    if _END.search(tail) or not _MID_SENTENCE.search(tail) or not _DOCUMENT.search(sheet.html):
        return ()
    last = sheet.root
    while len(last):
        last = last[-1]
    return (last, *last.iterancestors())


def judge_end(sheet: Sheet, cut: Sequence[Element], body: Element) -> NotArticle | None:
    """A document that breaks off inside its article was cut off on its way."""
    if body not in cut:
        return None
    return NotArticle("cut off", f"the page ends in mid-sentence: “…{sheet.html[-40:].strip()}”")
