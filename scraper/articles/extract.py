"""A page to an article: the site's profile first, a generic reading second, the entry last."""

import re
from dataclasses import replace
from datetime import UTC

from scraper.articles import verdict
from scraper.articles.body import Body
from scraper.articles.continuation import find_continuation
from scraper.articles.dates import Moment, start_of
from scraper.articles.facts import Facts
from scraper.articles.finder import Finder
from scraper.articles.language import language_of
from scraper.articles.pictures import is_placeholder
from scraper.articles.reading import read_sheet
from scraper.articles.sheet import Reading, open_sheet
from scraper.articles.task import Task
from scraper.articles.trace import Trace
from scraper.articles.tree import parse_html
from scraper.model import Article, Entry, NotArticle, Page, Story
from scraper.protocol.charset import decode
from scraper.protocol.identity import identify
from scraper.protocol.urls import resolve, same_site
from scraper.site import Site

FACTS = (
    "title",
    "byline",
    "published",
    "modified",
    "section",
    "language",
    "description",
    "keywords",
    "lead_image",
)  # of an article, in the order in which people ask for them
_CJK = "\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_CJK_RUN = re.compile(rf"[{_CJK}]+")
_WORD = re.compile(r"\w+")
_WORD_BESIDE_CJK = re.compile(rf"[^\W{_CJK}]+")


def extract(task: Task, trace: Trace | None = None) -> Article | NotArticle:
    """The article of a page, or why the page is not the one that was asked for.

    `trace` takes down what is done, for whoever wants to know.

    The page is judged first by where it was found, then by what it says; only then is it read.
    `Article.published` is None where neither page, entry nor URL name a day.
    """
    sheet = open_sheet(task, trace)
    if sheet is None:
        return NotArticle("empty", "the answer is empty")
    facts = sheet.facts
    story, namer = _asked_for(task, facts)
    if trace:
        trace.step(f"took it for the story {story.id}" if story else "no story is named by its URL")
    asked = verdict.Asked(story, task.page.url, bool(task.page.redirects), task.trusted_hosts)
    refusal = verdict.judge_address(asked, facts, namer)
    if refusal:
        return refusal
    following = find_continuation(sheet, story)
    reading = read_sheet(sheet, trace)
    if isinstance(reading, NotArticle):
        return reading
    article = _assemble(task, facts, story, reading)
    if not article.paywalled:  # the further pages of a locked story are locked, too
        article = replace(article, continues=following)
    return article if trace is None else _traced(article, facts, trace)


def _traced(article: Article, facts: Facts, trace: Trace) -> Article:
    """Say where each fact of the article comes from."""
    elsewhere = {
        "published": "the day in the URL" if article.precision == "day" else "the source's entry",
        "section": "the URL",
        "language": "the text's characters, the page's word for it, the site's usual one",
        "lead_image": "the article's first picture" if article.images else "the page's metadata",
    }
    for name in (name for name in FACTS if getattr(article, name)):
        found = facts.origins.get(name) or elsewhere.get(name) or "the source's entry"
        trace.origins[name] = found
    return article


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


def _assemble(task: Task, facts: Facts, story: Story | None, reading: Reading) -> Article:
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
        language=language_of(
            facts.stated_language, body.text, task.site.language if task.site else ""
        ),
        lead_image=_lead_image(task, facts, body),
        description=facts.description or _summary(entry, reading),
        keywords=facts.keywords,
        images=body.pictures,
        paywalled=reading.paywalled,
        words=count_words(body.text),
    )


def _lead_image(task: Task, facts: Facts, body: Body) -> str:
    """The article's first picture, else the one that the page names, unless it is a placeholder."""
    if body.pictures:
        return body.pictures[0].url
    url = resolve(task.page.url, facts.image) if facts.image else None
    placeholders = task.site.placeholders if task.site else ()
    return "" if not url or is_placeholder(url, placeholders) else url


def _title(facts: Facts, entry: Entry | None, reading: Reading) -> str:
    """The page's title; that of the entry where the page is a mere shell."""
    listed = entry.title if entry else ""
    return (listed or facts.title) if reading.method == "feed" else (facts.title or listed)


def _summary(entry: Entry | None, reading: Reading) -> str:
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
    characters = sum(map(len, _CJK_RUN.findall(text)))
    words = _WORD_BESIDE_CJK if characters else _WORD
    return characters + len(words.findall(text))


def claimed_url(page: Page) -> str:
    """The address that a saved page says it is known by; '' where it says none."""
    root = parse_html(decode(page.body, page.charset).text)
    claims = Facts(Finder(root), "UTC").claimed_urls if root is not None else ()
    return next((url for claim in claims if (url := resolve(claim, claim))), "")
