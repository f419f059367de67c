"""What every part of the running service shares."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from scraper.errors import ArchiveError
from scraper.fetch.clock import Clock
from scraper.fetch.posting import Poster
from scraper.fetch.request import Request
from scraper.model import Event, Outcome, Source
from scraper.protocol.identity import choose_site
from scraper.protocol.urls import host
from scraper.service.disk import Disk
from scraper.service.keeping.keeper import Keeper
from scraper.service.ledger import Ledger
from scraper.service.watching.figures import Figures
from scraper.service.workers import Workers
from scraper.site import Site
from scraper.state.database import State


class Fetches(Protocol):
    """Where pages come from: the network, or what was received before."""

    @property
    def network_down(self) -> bool:
        """Whether nobody can be reached, so that no failure is anybody's fault."""

    async def fetch(self, request: Request) -> Outcome:
        """What comes of a request; never raises for what the other side does."""


@dataclass(frozen=True, slots=True)
class Crawl:
    """What is needed to fetch and to read, without an archive to write."""

    fetcher: Fetches
    workers: Workers
    sources: Mapping[str, Source]
    sites: Mapping[str, Site]
    clock: Clock
    max_bytes: int  # of a decoded body
    keep_raw: bool  # whether what is received of an article is kept
    in_hand: int  # articles of one host between their first byte and their last sync

    def now(self) -> datetime:
        return self.clock.now()

    def site_of(self, source: Source | None, url: str) -> Site | None:
        """The profile that a URL is read through: its source's, else that of its host."""
        if source and source.site:
            return self.sites.get(source.site)
        return choose_site(url, self.sites.values())


@dataclass(frozen=True, slots=True)
class Service:
    """A crawl with the archive that it fills, and where it reports what happens."""

    crawl: Crawl
    disk: Disk
    state: State  # to be used inside `disk.run` and `ledger.run` only
    ledger: Ledger
    keeper: Keeper
    emit: Callable[[Event], None]
    poster: Poster
    figures: Figures = field(default_factory=Figures)

    def now(self) -> datetime:
        return self.crawl.clock.now()


def own_hosts(source: Source | None) -> tuple[str, ...]:
    """The hosts that a source is polled at: they may serve the site's articles, too."""
    return tuple(dict.fromkeys(map(host, source.urls))) if source else ()


@contextmanager
def archive_errors_alone() -> Iterator[None]:
    """Let an archive's refusal out of a task group by itself, as the caller expects it."""
    try:
        yield
    except BaseExceptionGroup as group:
        refusal = _first_archive_error(group)
        if refusal is None:
            raise
        raise refusal from group


def _first_archive_error(error: BaseException) -> ArchiveError | None:
    if isinstance(error, ArchiveError):
        return error
    inner = error.exceptions if isinstance(error, BaseExceptionGroup) else ()
    return next(filter(None, map(_first_archive_error, inner)), None)
