"""The edge of the loop: where an error that nobody foresaw ends one piece of work, not the run.

It stands around the work on one article, one source, one scheduled job. An archive that cannot be
written is no such error: it ends the run, since nothing that is fetched could be kept.
"""

import logging
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import TypeVar

from scraper.errors import ArchiveError

T = TypeVar("T")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Unexpected:
    """A bug of ours, or of a library's; logged already."""

    reason: str


async def survive(work: Awaitable[T], subject: str) -> T | Unexpected:
    """What the work gives, or the error that it ended in. Raises ArchiveError."""
    try:
        return await work
    except ArchiveError:
        raise
    except Exception as error:  # noqa: BLE001  # the one place for what nobody foresaw
        _log.exception("%s: unexpected error, please report it", subject)
        return Unexpected(f"unexpected error: {type(error).__name__}: {error}")
