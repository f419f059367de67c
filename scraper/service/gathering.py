"""Looks at what conditions follow from: the state, the disk, the network. In the disk's thread."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from scraper.protocol.alarms import AlertSettings
from scraper.service.conditions import WITHDRAWN_NEWS
from scraper.service.context import Service
from scraper.service.covering import coverage
from scraper.service.drifting import drifting, strange_lists
from scraper.service.facts import Facts, Space
from scraper.service.run import standings


@dataclass(frozen=True, slots=True)
class Told:
    """What only the caller knows."""

    unwritable: str = ""  # why the archive cannot be written
    known: frozenset[str] = frozenset()  # keys of conditions that hold, or lately did


def gather(service: Service, root: Path, settings: AlertSettings, told: Told) -> Facts:
    """What is known now, to the state and to who asks. Raises ArchiveError."""
    now, crawl, state = service.now(), service.crawl, service.state
    withdrawn = state.conditions.withdrawn(now - WITHDRAWN_NEWS) if settings.withdrawn else ()
    return Facts(
        now=now,
        settings=settings,
        sources=crawl.sources,
        records=standings(service),
        refusals=state.conditions.refusals(crawl.sources),
        withdrawn=withdrawn,
        coverage=coverage(state, now),
        space=space_of(root),
        unwritable=told.unwritable,
        network_down=crawl.fetcher.network_down,
        known=told.known,
        drifting=tuple(drifting(state, crawl.sources)),
        strange=tuple(strange_lists(state, crawl.sources)),
    )


def space_of(root: Path) -> Space | None:
    """What is left on the disk of a folder; None where that cannot be known."""
    try:
        free = shutil.disk_usage(root).free
        found = os.statvfs(root) if hasattr(os, "statvfs") else None
    except OSError:
        return None
    return Space(free, found.f_favail if found and found.f_files else None)
