"""The body of a page: through the site's profile, else by a generic reading, else the entry's."""

from dataclasses import dataclass, replace

from scraper.articles import generic, profile
from scraper.articles.body import Body, Rules, read_body
from scraper.articles.facts import Facts
from scraper.articles.narrowing import narrow
from scraper.articles.task import Task
from scraper.articles.tree import Element, drop, parse_html, select
from scraper.articles.verdict import judge_page
from scraper.model import ArticleMarkup, NotArticle, Site
from scraper.protocol.charset import decode
from scraper.protocol.urls import resolve


@dataclass(frozen=True, slots=True)
class Sheet:
    """A parsed page, before it is read: reading changes the tree."""

    task: Task
    html: str
    root: Element
    site: Site | None  # the profile, narrowed to this page
    markup: ArticleMarkup | None  # the page's generation
    body: Element | None
    facts: Facts


@dataclass(frozen=True, slots=True)
class Reading:
    """The body that was found, by which rule, and whether the rest of it is held back."""

    body: Body
    method: str
    paywalled: bool


def open_sheet(task: Task) -> Sheet | None:
    """Parse a page and find its generation; None where there is nothing to parse."""
    html = decode(task.page.body, task.page.charset).text
    root = parse_html(html)
    if root is None:
        return None
    site = narrow(task.site, root) if task.site else None
    markup, body = (profile.recognise(root, site) if site else None) or (None, None)
    facts = Facts(root, task.timezone, site, markup)
    return Sheet(task, html, root, site, markup, body, facts)


def read_sheet(sheet: Sheet) -> Reading | NotArticle:
    """The article's body: through the profile, else by a generic reading, else from the entry."""
    site, facts = sheet.site, sheet.facts
    rules = Rules(_base_url(sheet.root, sheet.task.page.url), title=facts.title)
    locked = bool(site and profile.shows_wall(sheet.root, site, sheet.html))
    if site and sheet.markup and sheet.body is not None:
        facts.read_all()
        if locked:
            profile.drop_hidden(sheet.body)
        body = profile.read_through(sheet.body, sheet.markup, site, rules)
        if body.text or (body.html and not locked):
            return Reading(body, f"profile:{site.name}/{sheet.markup.name}", locked)
    return _WALL if locked else _read_unknown(sheet, rules)


_WALL = NotArticle("wall", "the page shows a subscription notice and nothing of the article")


def _read_unknown(sheet: Sheet, rules: Rules) -> Reading | NotArticle:
    """A page that no generation of the profile describes."""
    element, site = generic.find_body(sheet.html), sheet.task.site
    placeholders = site.placeholders if site else ()
    known = replace(
        rules,
        placeholders=placeholders,
        unwanted=lambda text: bool(site and profile.is_boilerplate(text, site)),
    )
    body = read_body(element, known) if element is not None else Body("", "", ())
    refusal = judge_page(sheet.root, sheet.facts, site, body.text)
    if refusal is None and body.text:
        return Reading(body, "generic", paywalled=False)
    return _read_entry(sheet.task, known, refusal)


def _read_entry(task: Task, rules: Rules, refusal: NotArticle | None) -> Reading | NotArticle:
    """The last resort: what the source itself gave, where the page shows nothing at all."""
    refusal = refusal or NotArticle("empty", "no text found on the page")
    html = task.entry.content if task.entry else ""
    root = parse_html(html)
    if refusal.kind != "empty" or root is None:
        return refusal
    locked = bool(task.site and profile.shows_wall(root, task.site, html))
    unwanted = (*task.site.remove, *task.site.wall.marks) if task.site else ()
    for element in select(root, unwanted):
        drop(element)
    body = read_body(next(root.iter("body"), root), rules)
    return Reading(body, "feed", locked) if body.text else refusal


def _base_url(root: Element, url: str) -> str:
    stated = next((base.get("href") for base in root.iter("base") if base.get("href")), None)
    return (resolve(url, stated) if stated else None) or url
