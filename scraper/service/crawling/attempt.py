"""One article fetched and read, over however many pages it goes.

An article that misses a page must not look complete: where a later page cannot be had, the whole
article is put off with a reason that names the page, and at last given up.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal, assert_never

from scraper.articles.continuation import adds_nothing, relation_of
from scraper.articles.task import Task
from scraper.errors import PageError
from scraper.fetch.fetcher import Request
from scraper.model import (
    Article,
    Capture,
    Entry,
    Failed,
    Gone,
    NotArticle,
    NotModified,
    Outcome,
    Page,
    Pending,
    Refused,
    Source,
    Validators,
)
from scraper.protocol.urls import canonical, host
from scraper.service.context import Crawl, own_hosts
from scraper.service.keeping.compose import Draft

MAX_PAGES = 30  # of one article: longer than any known, short enough for a trap
BARREN_PAGES = 2  # in a row that add nothing: the site ignores the number in its URLs

_UNCONDITIONAL = Validators()
Setback = Literal["missing", "refused", "failed", "rejected"]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an article was not archived, and what follows from it."""

    kind: Setback
    reason: str
    final: bool = False  # never asked for again by itself
    respected: bool = False  # robots.txt: neither a failure nor a delay
    retry_after: datetime | None = None
    held: bool = False  # the host is left alone: nothing was asked
    absent: bool = False  # the site says that there is no such article (now)


@dataclass(frozen=True, slots=True)
class Known:
    """What an article's page was like when it was archived: it is asked for on that condition."""

    validators: Validators = _UNCONDITIONAL
    validated_url: str = ""  # what they speak of, where redirects had led; "" for the entry's URL


async def attempt(crawl: Crawl, pending: Pending, source: Source | None) -> Draft | Trouble:
    """Fetch and extract one article; decides nothing about its future and writes nothing."""
    found = await look_again(crawl, pending, source, Known())
    return _unasked(found) if isinstance(found, NotModified) else found


async def look_again(
    crawl: Crawl, pending: Pending, source: Source | None, known: Known
) -> Draft | Trouble | NotModified:
    """The same for an article that is archived: NotModified where its page is as it was."""
    reader = _Reader(crawl, pending.entry, source)
    page = await reader.ask(pending.entry.url, known)
    if isinstance(page, Trouble | NotModified):
        return page
    first = await reader.extract(page, pending.entry)
    if isinstance(first, Trouble):
        return first
    pages = await reader.follow(first)
    if isinstance(pages, Trouble):
        return pages
    article = await reader.join(pages)
    if isinstance(article, Trouble):
        return article
    # What vouches for the first page does not vouch for the others.
    validators = page.validators if len(pages) == 1 else Validators()
    captures = tuple(reader.captures)
    return Draft(article, pending.entry, source, reader.site, validators, crawl.now(), captures)


class _Reader:
    """Reads the pages of one article."""

    def __init__(self, crawl: Crawl, entry: Entry, source: Source | None) -> None:
        self._crawl = crawl
        self._entry = entry
        self._source = source
        self.site = crawl.site_of(source, entry.url)
        self.captures: list[Capture] = []  # of all pages that were fetched, in order

    async def fetch(self, url: str) -> Page | Trouble:
        page = await self.ask(url, Known())
        return _unasked(page) if isinstance(page, NotModified) else page

    async def ask(self, url: str, known: Known) -> Page | Trouble | NotModified:
        source = self._source
        request = Request(
            url=url,
            validators=known.validators,
            validated_url=known.validated_url,
            proxy=source.proxy if source else "",
            ca_file=source.ca_file if source else "",
            keep=self._crawl.keep_raw,
        )
        page = judged(await self._crawl.fetcher.fetch(request), self._crawl.now())
        if isinstance(page, Page) and page.capture:
            self.captures.append(page.capture)
            return replace(page, capture=None)  # not sent to a worker and back
        return page

    async def extract(self, page: Page, entry: Entry, *, later: bool = False) -> Article | Trouble:
        source, site = self._source, self.site
        zone = source.timezone if source else site.timezone if site else "UTC"
        trusted = (*own_hosts(source), *((host(entry.url),) if not source else ()))
        try:
            task = Task(page, site, zone, entry, trusted, later)
            found = await self._crawl.workers.extract(task)
        except PageError as error:
            return Trouble("rejected", str(error))
        if isinstance(found, NotArticle):
            absent = found.kind in ("error", "other")
            return Trouble(_setback_of(found), found.reason, absent=absent)
        return found

    async def join(self, pages: Sequence[Article]) -> Article | Trouble:
        if len(pages) == 1:
            return replace(pages[0], continues="")
        try:
            return await self._crawl.workers.join(pages)
        except PageError as error:
            return Trouble("rejected", str(error))

    # -- later pages -------------------------------------------------------------------------------

    async def follow(self, first: Article) -> list[Article] | Trouble:
        """All pages of an article from its first on; where one cannot be had, why not.

        It ends at a page without a continuation, at one that leads back to an earlier page, before
        a page that turns out to be the next story, and where pages add nothing any more.
        """
        pages, latest, barren = [first], first, 0
        seen = {canonical(self._entry.url), canonical(first.url)}
        while (url := latest.continues) and canonical(url) not in seen and barren < BARREN_PAGES:
            seen.add(canonical(url))
            number = len(pages) + barren + 1
            if number > MAX_PAGES:
                return Trouble("rejected", f"continues beyond {MAX_PAGES} pages, at {url}")
            found = await self._turn_to(url, first)
            if isinstance(found, Trouble):
                reason = f"page {number} ({url}): {found.reason}"
                return replace(found, reason=reason, absent=False)
            if found is None:
                break
            latest = found
            repeats = adds_nothing(pages, latest)
            barren = barren + 1 if repeats else 0
            pages += [] if repeats else [latest]
        return pages

    async def _turn_to(self, url: str, first: Article) -> Article | Trouble | None:
        """A later page; None where it is none of this article's, but the next story."""
        page = await self.fetch(url)
        if isinstance(page, Trouble):
            return page
        asked = Entry(self._entry.url, self._entry.id)  # what a list told is the first page's
        found = await self.extract(page, asked, later=True)
        if isinstance(found, Trouble):
            return found
        relation = relation_of(first, found)
        if relation == "other story":
            return Trouble("rejected", f"is another story: “{found.title}”, {found.canonical_url}")
        return found if relation == "same" else None


def _unasked(_outcome: NotModified) -> Trouble:
    return Trouble("failed", "304 to a request without conditions")


def judged(outcome: Outcome, now: datetime) -> Page | Trouble | NotModified:
    """A page, or why there is none."""
    match outcome:
        case Page() | NotModified():
            return outcome
        case Gone():
            return Trouble("missing", outcome.reason, final=outcome.status != 404, absent=True)
        case Refused():
            return Trouble("refused", outcome.reason, respected=outcome.robots)
        case Failed():
            later = now + outcome.retry_after if outcome.retry_after else None
            return Trouble("failed", outcome.reason, retry_after=later, held=outcome.held)
        case _:
            assert_never(outcome)


def _setback_of(found: NotArticle) -> Setback:
    match found.kind:
        case "wall":
            return "refused"
        case "cut off":
            return "failed"  # on its way here: it may come whole next time
        case _:
            return "rejected"
