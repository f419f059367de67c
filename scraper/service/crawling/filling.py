"""Notes the holes between polls, and fills them from sitemaps within a budget of requests an hour.

Whatever is found becomes wanted at once, each at its turn within the budget: what is missing is
known from then on, and a run that ends in between goes on where it stopped.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scraper.model import Feed, Source
from scraper.protocol.gaps import Span, choose_sitemaps, has_rolled_over, spread
from scraper.service.context import Service
from scraper.service.crawling.covering import IN_HAND, tell_missing
from scraper.service.crawling.outlook import Taken
from scraper.service.crawling.reading import Poll
from scraper.service.crawling.sitemaps import (
    NO_SECTION,
    Dated,
    Search,
    Unread,
    known_sitemaps,
    read_sitemap,
    search_for,
)
from scraper.state.database import State
from scraper.state.gaps import Gap, Sitemap
from scraper.state.sources import SourceRecord

FOUND = "listed by a sitemap, of a time in which no list was read"
MAX_SITEMAPS = 60  # of one index, as of one that is polled
MAX_FOUND = 5000  # articles of one gap: no sitemap fills the queue for ever
ATTEMPTS = 24  # to read a sitemap that fails
AGAIN = timedelta(hours=1)


def note_gap(
    state: State, found: Poll, taken: Taken, before: SourceRecord | None, now: datetime
) -> tuple[str, ...]:
    """Note that a source's list has rolled over since its last poll, if it has; says so.

    What was taken is in the state already. Where a URL was read for the first time, or one is as it
    was, or old entries came under new ids, that tells nothing.
    """
    if before is None or before.last_success is None:
        return ()
    if taken.held > before.held or (taken.held and not taken.new):
        return ()
    readings = [reading for reading in found.readings if reading.asked]
    if any(r.first or (r.feed is None and not r.failure) for r in readings):
        return ()
    name, since = found.source.name, before.last_success
    ids = [entry.id for entry in found.entries]
    if not has_rolled_over(len(ids), state.coverage.known_by(ids, since)):
        return ()
    reason = f"failed: {before.reason}" if before.failures else "not polled"
    state.gaps.save(Gap(name, since, now, reason, now))
    told = f"all that {name} lists now is new since {since:%Y-%m-%d %H:%M}Z, so more was missed"
    return (f"{told}: `scraper status --coverage {name}` tells what comes of it",)


async def cover(service: Service, stop: asyncio.Event) -> None:
    """Fill what gaps there are, and tell of what is missing. Raises ArchiveError."""
    if service.keeper.settings.coverage.fill:
        for gap in await service.disk.run(service.state.gaps.due, service.now()):
            if not stop.is_set():
                await _fill(service, gap, stop)
    archive, state = service.keeper.archive, service.state
    await service.disk.run(tell_missing, archive, state, service.now(), IN_HAND)


async def _fill(service: Service, gap: Gap, stop: asyncio.Event) -> None:
    """Read what sitemaps a gap needs, as far as the budget reaches."""
    source = service.crawl.sources.get(gap.source)
    if source is None:
        ended = replace(gap, standing="unfilled", detail="the source is not configured any more")
        await service.disk.run(service.state.gaps.save, ended)
        return
    gap, search = await service.disk.run(_begin, service, source, gap)
    while gap.standing == "open" and not stop.is_set():
        slot = await service.disk.run(_reserve, service)
        if slot > service.now():
            await service.disk.run(service.state.gaps.save, replace(gap, due=slot))
            return
        feed = await read_sitemap(service.crawl, source, gap.todo[0].url)
        gap = await service.disk.run(_take, service, gap, search, feed)
        if gap.due > service.now():
            return


# -- in the disk's thread --------------------------------------------------------------------------


def _begin(service: Service, source: Source, gap: Gap) -> tuple[Gap, Search]:
    search = search_for(service, source, Span(gap.begins, gap.ends))
    if not search.own:
        gap = replace(gap, standing="unfilled", detail=NO_SECTION)
        service.state.gaps.save(gap)
    elif not gap.todo:
        gap = replace(gap, todo=tuple(map(Sitemap, known_sitemaps(service, source))))
    return gap, search


def _reserve(service: Service) -> datetime:
    """When the next request may be made; noted as made where that is now."""
    state, now = service.state, service.now()
    budget = service.keeper.settings.coverage.budget
    (slot,) = spread(state.gaps.reserved(now), 1, budget, now)
    if slot <= now:
        state.gaps.reserve([slot])
    return slot


def _take(service: Service, gap: Gap, search: Search, feed: Feed | Unread) -> Gap:
    """The gap after one sitemap; all that it names is wanted, at its turn."""
    state, now = service.state, service.now()
    with state.transaction():
        if isinstance(feed, Unread):
            gap = _without_answer(gap, feed, now)
        else:
            here, *rest = gap.todo
            below = (
                () if here.below else choose_sitemaps(feed.children, search.span, now, MAX_SITEMAPS)
            )
            more = tuple(Sitemap(child.url, below=True) for child in below)
            wanted = _want(service, search, search.choose(feed)[: MAX_FOUND - gap.found])
            gap = replace(gap, todo=(*more, *rest), found=gap.found + wanted)
        if not gap.todo:
            gap = _ended(gap)
        state.gaps.save(gap)
    tell_missing(service.keeper.archive, state, now, IN_HAND)
    return gap


def _without_answer(gap: Gap, unread: Unread, now: datetime) -> Gap:
    """Asked again in an hour, a day long; what will never be read is left out."""
    if not unread.final and gap.attempts + 1 < ATTEMPTS:
        return replace(gap, attempts=gap.attempts + 1, due=now + AGAIN, detail=unread.reason)
    return replace(gap, todo=gap.todo[1:], attempts=0, detail=unread.reason, unread=gap.unread + 1)


def _ended(gap: Gap) -> Gap:
    if gap.unread:
        return replace(gap, standing="unfilled")
    return replace(gap, standing="filled", detail="")


def _want(service: Service, search: Search, found: Sequence[Dated]) -> int:
    """Make what is unknown of these wanted, each at its turn; gives their number."""
    state, now = service.state, service.now()
    known = state.articles.statuses(one.entry.id for one in found)
    new = [one for one in found if one.entry.id not in known]
    state.articles.want([one.entry for one in new], search.source.name, now)
    budget = service.keeper.settings.coverage.budget
    times = spread(state.gaps.reserved(now), len(new), budget, now)
    for one, due in zip(new, times, strict=True):
        state.articles.postpone(one.entry.id, FOUND, due)
    state.gaps.reserve(times)
    state.coverage.date((one.entry.id, one.day) for one in new if one.day)
    return len(new)
