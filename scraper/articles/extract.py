"""A page to an article: the site's profile first, a generic reading second, the entry last."""

import re
from dataclasses import dataclass, replace
from datetime import UTC

from scraper.articles import generic, profile, verdict
from scraper.articles.body import Body, Rules, read_body
from scraper.articles.dates import Moment, start_of
from scraper.articles.facts import Facts
from scraper.articles.tree import Element, drop, parse_html, select
from scraper.model import Article, ArticleMarkup, Entry, NotArticle, Page, Site, Story
from scraper.protocol.charset import decode
from scraper.protocol.identity import identify
from scraper.protocol.urls import resolve, same_site

_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK_OR_WORD = re.compile(rf"[{_CJK}]|(?:(?![{_CJK}])\w)+")


@dataclass(frozen=True, slots=True)
class Task:
    """One page to extract, with what is known of the article beforehand."""

    page: Page
    site: Site | None = None
    timezone: str = "UTC"  # IANA name, of times without an offset
    entry: Entry | None = None
    trusted_hosts: tuple[str, ...] = ()  # hosts that serve the site's articles besides its own


@dataclass(frozen=True, slots=True)
class _Reading:
    body: Body
    method: str
    paywalled: bool


def extract(task: Task) -> Article | NotArticle:
    """The article of a page, or why the page is not the one that was asked for.

    The page is judged first by where it was found, then by what it says; only then is it read.
    `Article.published` is None where neither page, entry nor URL name a day.
    """
    html = decode(task.page.body, task.page.charset).text
    root = parse_html(html)
    if root is None:
        return NotArticle("empty", "the answer is empty")
    found = profile.recognise(root, task.site) if task.site else None
    facts = Facts(root, task.timezone, task.site, found[0] if found else None)
    story, namer = _asked_for(task, facts)
    asked = verdict.Asked(story, task.page.url, bool(task.page.redirects), task.trusted_hosts)
    refusal = verdict.judge_address(asked, facts, namer)
    if refusal:
        return refusal
    reading = _read(task, root, facts, found, html)
    return reading if isinstance(reading, NotArticle) else _assemble(task, facts, story, reading)


def _asked_for(task: Task, facts: Facts) -> tuple[Story | None, Site | None]:
    """The story that the page should be, and the profile that names it so, if one does.

    The entry says it, else the address that was asked for, else (a saved page) the page itself.
    """
    asked = [task.entry.url if task.entry else "", *task.page.redirects[:1], task.page.url]
    urls = [url for url in asked if url] or list(facts.claimed_urls)
    for site in (task.site, None) if task.site else (None,):
        for url in urls:
            story = identify(url, site, task.trusted_hosts)
            if story:
                return story, site
    return None, task.site


def _read(
    task: Task,
    root: Element,
    facts: Facts,
    found: tuple[ArticleMarkup, Element] | None,
    html: str,
) -> _Reading | NotArticle:
    rules = Rules(_base_url(root, task.page.url), title=facts.title)
    locked = bool(task.site and profile.shows_wall(root, task.site, html))
    if found and task.site:
        markup, element = found
        facts.read_all()
        if locked:
            profile.drop_hidden(element)
        body = profile.read_through(element, markup, task.site, rules)
        if body.text or (body.html and not locked):
            return _Reading(body, f"profile:{task.site.name}/{markup.name}", locked)
    return _WALL if locked else _read_unknown(task, root, facts, html, rules)


_WALL = NotArticle("wall", "the page shows a subscription notice and nothing of the article")


def _read_unknown(
    task: Task, root: Element, facts: Facts, html: str, rules: Rules
) -> _Reading | NotArticle:
    """A page that no generation of the profile describes."""
    element = generic.find_body(html)
    site = task.site
    placeholders = site.placeholders if site else ()
    known = replace(
        rules,
        placeholders=placeholders,
        unwanted=lambda text: bool(site and profile.is_boilerplate(text, site)),
    )
    body = read_body(element, known) if element is not None else Body("", "", ())
    refusal = verdict.judge_page(root, facts, site, body.text)
    if refusal is None and body.text:
        return _Reading(body, "generic", paywalled=False)
    return _read_entry(task, known, refusal)


def _read_entry(task: Task, rules: Rules, refusal: NotArticle | None) -> _Reading | NotArticle:
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
    return _Reading(body, "feed", locked) if body.text else refusal


def _base_url(root: Element, url: str) -> str:
    stated = next((base.get("href") for base in root.iter("base") if base.get("href")), None)
    return (resolve(url, stated) if stated else None) or url


# -- putting the article together ------------------------------------------------------------------


def _assemble(task: Task, facts: Facts, story: Story | None, reading: _Reading) -> Article:
    body, entry = reading.body, task.entry
    moment = _published(task, facts, story)
    return Article(
        url=task.page.url,
        canonical_url=_known_by(task, facts, story),
        id=story.id if story else "",
        site=task.site.name if task.site else "",
        title=_title(facts, entry, reading),
        text=body.text,
        html=body.html,
        method=reading.method,
        byline=facts.byline or (entry.author if entry else ""),
        published=moment.instant if moment else None,
        precision=moment.precision if moment else "instant",
        modified=facts.modified.instant if facts.modified else None,
        section=facts.section or (story.section if story else ""),
        language=facts.language,
        description=facts.description or _summary(entry, reading),
        keywords=facts.keywords,
        images=body.pictures,
        paywalled=reading.paywalled,
        words=count_words(body.text),
    )


def _title(facts: Facts, entry: Entry | None, reading: _Reading) -> str:
    """The page's title; that of the entry where the page is a mere shell."""
    listed = entry.title if entry else ""
    return (listed or facts.title) if reading.method == "feed" else (facts.title or listed)


def _summary(entry: Entry | None, reading: _Reading) -> str:
    """The entry's summary; of a locked story it may say what the page does not."""
    return entry.summary if entry and not reading.paywalled else ""


def _published(task: Task, facts: Facts, story: Story | None) -> Moment | None:
    """The page's instant, else the entry's, else the day that the page or the URL names."""
    stated = facts.published
    if stated and stated.precision == "instant":
        return stated
    if task.entry and task.entry.published:
        return Moment(task.entry.published.astimezone(UTC))
    if stated:
        return stated
    return start_of(story.day, task.timezone) if story and story.day else None


def _known_by(task: Task, facts: Facts, story: Story | None) -> str:
    """The canonical URL: the profile's, else a claim of the page within its own site."""
    if story and task.site and story.url.startswith(task.site.canonical):
        return story.url
    for claim in facts.claimed_urls[:1]:
        url = resolve(task.page.url, claim)
        if url and same_site(url, task.page.url):
            return url
    return task.page.url


def count_words(text: str) -> int:
    """CJK characters count one each, other scripts by word."""
    return len(_CJK_OR_WORD.findall(text))


def claimed_url(page: Page) -> str:
    """The address that a saved page says it is known by; '' where it says none."""
    root = parse_html(decode(page.body, page.charset).text)
    claims = Facts(root, "UTC").claimed_urls if root is not None else ()
    return next((url for claim in claims if (url := resolve(claim, claim))), "")
