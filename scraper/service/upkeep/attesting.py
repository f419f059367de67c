"""Has each day's manifest attested by a time-stamping authority, where the configuration names one.

That somebody does not answer is no reason to stop: the day stays without its timestamp, and is
asked for again.
"""

import logging
from pathlib import Path

from scraper.archive.manifest import Day
from scraper.archive.timestamps import MEDIA_TYPES, ask, check_answer, keep_stamp, unattested
from scraper.archive.trouble import translated
from scraper.errors import FetchError, TimestampError
from scraper.service.context import Service

AT_ONCE = 10  # days in one round: authorities that cost nothing ask for patience
_log = logging.getLogger(__name__)


async def attest(service: Service) -> None:
    """Ask for the timestamps of days that are over, the latest first. Raises ArchiveError."""
    url = service.keeper.settings.timestamp
    if not url:
        return
    root = service.keeper.archive.root
    waiting = await service.disk.run(unattested, root, service.now())
    for day in waiting[:AT_ONCE]:
        try:
            await _attest(service, url, day)
        except (FetchError, TimestampError) as error:
            _log.warning(
                "%s gives no timestamp for %s: %s; it is asked again", url, day.path, error
            )
            return


async def _attest(service: Service, url: str, day: Day) -> None:
    root = service.keeper.archive.root
    query = ask(await service.disk.run(_read, root, day))
    answer = await service.poster.post(url, query.encoded, MEDIA_TYPES)
    check_answer(query, answer)
    await service.disk.run(keep_stamp, root, day, answer, query)


def _read(root: Path, day: Day) -> bytes:
    with translated(root / day.path, "read"):
        return (root / day.path).read_bytes()
