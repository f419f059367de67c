"""Where an article of several pages goes on, and whether the page found there is its next one.

A link to the next story, or to the next page of a list, must never be taken for a continuation:
what would come of it is one article made of two.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from scraper.articles.sheet import Sheet
from scraper.articles.tree import Element, squeeze
from scraper.model import Article, Story
from scraper.protocol.identity import identify
from scraper.protocol.paging import step
from scraper.protocol.urls import canonical, host, resolve, same_site

_PAGE_MARK = re.compile(  # in a title whose runs of white space are one space each
    r"[(（\[【] ?(?:第|page|part)? ?\d{1,3} ?[页頁]?(?: ?(?:/|of) ?\d{1,3})? ?[)）\]】]"
    r"|第 ?\d{1,3} ?[页頁]|\bpage \d{1,3}\b(?: of \d{1,3}\b)?",
    re.IGNORECASE,
)
_EDGES = " -–—|_:：,，.·/"

Relation = Literal["same", "next story", "other story"]


def find_continuation(sheet: Sheet, story: Story | None) -> str:
    """The URL of the page that continues this one; '' where the page is the last or the only one.

    To be asked before the page is read, since reading takes its links out. Where the page's
    generation is known, the profile names the link; elsewhere `rel=next` (HTML §4.6.6.14) is
    believed if the URL confirms it.
    """
    here = sheet.task.page.url or _claimed(sheet)
    if sheet.known:
        links: Iterable[Element] = sheet.finder.select(sheet.known.markup.next_page)
    else:
        links = filter(_says_next, sheet.root.iter("link", "a"))
    hrefs = (href for link in links if (href := link.get("href")))
    urls = (resolve(sheet.base_url or here, href) for href in hrefs)
    return next((url for url in urls if url and _continues(sheet, here, url, story)), "")


def _says_next(link: Element) -> bool:
    rel = link.get("rel")
    return rel is not None and "next" in rel.lower().split()


def _claimed(sheet: Sheet) -> str:
    """The address that the page says it is known by; '' where it says none."""
    base, claims = sheet.task.page.url, sheet.facts.claimed_urls
    return next((url for claim in claims if (url := resolve(base or claim, claim))), "")


def _continues(sheet: Sheet, here: str, url: str, story: Story | None) -> bool:
    """Whether a link that calls itself the next page may be believed."""
    if canonical(url) == canonical(here) or not _is_near(sheet, here, url):
        return False
    task = sheet.task
    led = identify(url, task.site, task.trusted_hosts) if task.site else None
    if led and story and led.id != story.id:
        return False
    return bool(sheet.known or _is_step(sheet, here, url))


def _is_near(sheet: Sheet, here: str, url: str) -> bool:
    site = sheet.task.site
    hosts = (*(site.hosts if site else ()), *sheet.task.trusted_hosts)
    return same_site(here, url) or host(url) in hosts


def _is_step(sheet: Sheet, here: str, url: str) -> bool:
    """Whether a URL is the next page of this one's, or of the one this page is known by."""
    if sheet.task.later:
        return step(here, url, later=True) is not None
    return any(step(known, url) for known in (here, _claimed(sheet)) if known)


def relation_of(first: Article, page: Article) -> Relation:
    """What a page is to the article whose first page leads to it.

    Through a profile the story's id has been compared already. Elsewhere a page that says it is
    known by the first page's address, or by its own, is the same article; where the URL could be
    that of the next story (a number one higher), its title has to agree, too.
    """
    if first.method.startswith("profile:") or _titles_agree(first.title, page.title):
        return "same"
    known = {canonical(first.url), canonical(first.canonical_url)}
    claim = canonical(page.canonical_url)
    if claim in known:
        return "same"
    if not any(step(url, first.continues) == "added" for url in known):
        return "next story"
    numbered = any(step(url, page.canonical_url) for url in known)
    return "same" if numbered or claim == canonical(page.url) else "other story"


def _titles_agree(first: str, other: str) -> bool:
    """Whether two titles are one, but for page numbers and what a site adds to either."""
    short, long = sorted((_bare(first), _bare(other)), key=len)
    return bool(short) and short in long


def _bare(title: str) -> str:
    return squeeze(_PAGE_MARK.sub(" ", squeeze(title))).strip(_EDGES)


def adds_nothing(pages: Sequence[Article], page: Article) -> bool:
    """Whether a page says only what earlier pages say: a site may ignore the number in its URL."""
    said = {line for earlier in pages for line in earlier.text.split("\n")}
    shown = {picture.url for earlier in pages for picture in earlier.images}
    return said.issuperset(page.text.split("\n")) and shown.issuperset(_addresses(page))


def _addresses(page: Article) -> Iterator[str]:
    return (picture.url for picture in page.images)
