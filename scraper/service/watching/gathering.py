"""Looks at what conditions follow from: the state, the disk, the network. In the disk's thread."""

import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from scraper.model import Source
from scraper.protocol.alarms import AlertSettings
from scraper.protocol.urls import host
from scraper.service.context import Service
from scraper.service.crawling.covering import coverage
from scraper.service.run import standings
from scraper.service.watching.conditions import WITHDRAWN_NEWS
from scraper.service.watching.drifting import drifting, strange_lists
from scraper.service.watching.facts import Facts, Space

WORTH_TELLING = 5  # missing articles of a source; the site itself loses one at times


@dataclass(frozen=True, slots=True)
class Told:
    """What only the caller knows."""

    unwritable: str = ""  # why the archive cannot be written
    known: Mapping[str, datetime | None] = field(default_factory=dict)  # lately: key to its end


def gather(service: Service, root: Path, settings: AlertSettings, told: Told) -> Facts:
    """What is known now, to the state and to who asks. Raises ArchiveError."""
    now, crawl, state = service.now(), service.crawl, service.state
    withdrawn = state.conditions.withdrawn(now - WITHDRAWN_NEWS) if settings.withdrawn else ()
    return Facts(
        now=now,
        settings=settings,
        sources=crawl.sources,
        records=standings(service),
        refusals=state.conditions.refusals(_well_since(crawl.sources.values(), told)),
        withdrawn=withdrawn,
        coverage=coverage(state, now, WORTH_TELLING),
        space=space_of(root),
        unwritable=told.unwritable,
        network_down=crawl.fetcher.network_down,
        known=told.known,
        drifting=tuple(drifting(state, crawl.sources)),
        strange=tuple(strange_lists(state, crawl.sources)),
    )


def _well_since(sources: Iterable[Source], told: Told) -> dict[str, datetime | None]:
    """When the last trouble of each source ended: articles that it held up are no trouble more."""
    ends: dict[str, datetime | None] = {}
    for source in sources:
        hosts = (f"host:{host(url)}" for url in source.urls)
        keys = (f"source:{source.name}:failing", "network:down", *hosts)
        known = [end for key in keys if (end := told.known.get(key))]
        ends[source.name] = max(known, default=None)
    return ends


def space_of(root: Path) -> Space | None:
    """What is left on the disk of a folder; None where that cannot be known."""
    try:
        free = shutil.disk_usage(root).free
        found = os.statvfs(root) if hasattr(os, "statvfs") else None
    except OSError:
        return None
    return Space(free, found.f_favail if found and found.f_files else None)
