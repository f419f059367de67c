"""Removes raw records that have outlived their keep, where the configuration sets one.

First the line "expired" in the manifest, then the files, the rows last. A kill before the line
leaves nothing done. One after it leaves files that nobody expects any more, which the next start
removes; the other way round, it would leave an archive that misses files for no known reason.
"""

import logging
from pathlib import Path

from scraper.archive import raw
from scraper.archive.archive import Change
from scraper.archive.forgetting import Eraser, instant_of, last_of
from scraper.archive.manifest import hash_of
from scraper.archive.retention import outlived
from scraper.model import Retention
from scraper.service.context import Service
from scraper.state.database import State

_IN_HAND = "expiring"  # key of the note that it was begun
_log = logging.getLogger(__name__)


async def expire(service: Service) -> None:
    """Remove what has outlived its keep. Raises ArchiveError."""
    if service.keeper.settings.retention != Retention():
        await service.disk.run(_expire, service)


def _expire(service: Service) -> None:
    archive, now = service.keeper.archive, service.now()
    sizes = raw.sizes(archive.root)
    gone = outlived(sizes, service.keeper.settings.retention, now)
    if not gone:
        return
    paths = [str(file.path) for file in gone]
    about = {
        "reason": _reason(service.keeper.settings.retention),
        "bytes": sum(sizes[file] for file in gone),
        "files": {path: hash_of(archive.root / path) for path in paths},
    }
    service.state.meta.set(_IN_HAND, "1")
    change = Change("expired", removed=tuple(paths), about=about)
    archive.commit([change], instant_of(now))
    finish_expiring(archive.root, service.state)
    _log.info("%d files of raw records expired, up to %s", len(paths), paths[-1])


def _reason(retention: Retention) -> str:
    """What was asked for, in the words of the configuration's keys."""
    asked = {
        "keep_raw_for": retention.age and f"{retention.age.total_seconds() / 86400:g}d",
        "keep_raw_size": retention.size and f"{retention.size:,} bytes",
    }
    return ", ".join(f"{key} = {value}" for key, value in asked.items() if value)


def finish_expiring(root: Path, state: State) -> None:
    """Do what is left of the latest line, where it was begun: another file by now stays.

    Raises ArchiveError.
    """
    if not state.meta.get(_IN_HAND) and not state.upkeep.is_empty():
        return  # a state that is new knows nothing of it
    line = last_of(root, "expired")
    if line:
        Eraser(root).erase(line)
        with state.transaction():
            for path in line.removed:
                if not (root / path).exists():
                    state.upkeep.replace_records(path, ())
    state.meta.set(_IN_HAND, "")
