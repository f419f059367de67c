"""A page that no profile describes: its own markup first, then what is stated about it."""

import html
import re
from collections.abc import Iterable
from dataclasses import replace

from scraper.articles import profile
from scraper.articles.body import Body, Rules, read_body
from scraper.articles.finder import Finder
from scraper.articles.generic.fallback import find_by_readability
from scraper.articles.generic.find import Clues, find_body
from scraper.articles.generic.lines import break_lines
from scraper.articles.generic.tidy import is_crumb
from scraper.articles.generic.weigh import Weights
from scraper.articles.sheet import Reading, Sheet, cut_at, judge_end
from scraper.articles.task import Task
from scraper.articles.trace import Trace
from scraper.articles.tree import Element, drop_all, parse_html
from scraper.articles.verdict import is_nothing, judge_page, survey
from scraper.model import NotArticle
from scraper.site import Site

_NOTHING = Body("", "", ())
_LINES = re.compile(r"\s*\n\s*")
_MARKUP = re.compile(r"<(?:p|br|div|h\d)\b", re.IGNORECASE)


def read_unknown(sheet: Sheet, rules: Rules, trace: Trace | None = None) -> Reading | NotArticle:
    """The body by a generic reading, else as the linked data state it, else from the entry."""
    sheet.facts.read_all()
    known = _with_lines_of(sheet.task.site, rules, trace)
    weights = Weights(next(sheet.root.iter("body"), sheet.root))
    page = survey(sheet.root, weights)
    found = _read_page(sheet, weights, known, trace)
    if isinstance(found, NotArticle):
        return found
    refusal = judge_page(page, sheet.facts, sheet.task.site, found.body.text)
    if trace:
        declared = "declares" if sheet.facts.says_article else "does not declare"
        trace.step(
            f"the page {declared} itself an article; found {len(found.body.text):,} characters"
        )
    if refusal is None and found.body.text:
        return replace(found, paywalled=found.paywalled or bool(page.offers))
    return _read_entry(sheet.task, known, refusal)


def _with_lines_of(site: Site | None, rules: Rules, trace: Trace | None) -> Rules:
    """The rules with the site's own lines, if a profile knows them, besides those of all sites."""
    own = profile.lines_of(site, trace) if site else lambda _text: False

    def unwanted(text: str) -> bool:
        if is_crumb(text):
            if trace:
                trace.removed_line(text, "a line that belongs to no article")
            return True
        return own(text)

    return replace(rules, placeholders=site.placeholders if site else (), unwanted=unwanted)


def _read_page(
    sheet: Sheet, weights: Weights, rules: Rules, trace: Trace | None
) -> Reading | NotArticle:
    """What the page shows; where that is nothing, what it states."""
    stated, locked = sheet.facts.stated_text, sheet.facts.says_locked
    cut = cut_at(sheet)
    clues = Clues(sheet.facts.title, stated, sheet.base_url, has_items=sheet.facts.has_items)
    found = find_body(weights, clues, trace)
    if found and (refusal := judge_end(sheet, cut, found.body)):
        return refusal
    rules = replace(rules, captions=weights.captions)
    body = _read(found.body, rules, found.lead) if found else _NOTHING
    if not is_nothing(body.text):
        return Reading(body, "generic", locked)
    if trace:
        trace.step(f"the page shows next to nothing: {len(body.text)} characters")
    if stated:
        return Reading(_read_stated(stated, rules), "linked-data", locked)
    element = find_by_readability(sheet.html) if sheet.facts.says_article else None
    if element is None or is_nothing("".join(element.itertext())):
        return Reading(body, "generic", locked)
    return Reading(_read(element, rules), "readability", locked)


def _read(element: Element, rules: Rules, lead: Iterable[Element] = ()) -> Body:
    break_lines(element)
    return read_body(element, rules, lead)


def _read_stated(stated: str, rules: Rules) -> Body:
    """A text of linked data: with markup, or with a paragraph a line."""
    if not _MARKUP.search(stated):
        lines = _LINES.split(html.unescape(stated))
        stated = "".join(f"<p>{html.escape(line)}</p>" for line in lines)
    root = parse_html(stated)
    return _read(_body_of(root), rules) if root is not None else _NOTHING


def _read_entry(task: Task, rules: Rules, refusal: NotArticle | None) -> Reading | NotArticle:
    """The last resort: what the source itself gave, where the page shows nothing at all."""
    refusal = refusal or NotArticle("empty", "no text found on the page")
    content = task.entry.content if task.entry else ""
    root = parse_html(content)
    if refusal.kind != "empty" or root is None:
        return refusal
    finder = Finder(root)
    locked = bool(task.site and profile.shows_wall(finder, task.site, content))
    unwanted = (*task.site.remove, *task.site.wall.marks) if task.site else ()
    drop_all(finder.select(unwanted))
    body = _read(_body_of(root), rules)
    return Reading(body, "feed", locked) if body.text else refusal


def _body_of(root: Element) -> Element:
    return next(root.iter("body"), root)
