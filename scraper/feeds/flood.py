"""Tells what is new from what only looks new: a feed that gives all its entries new ids.

Pure: nothing is decided here but which entries wait for the operator's word.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scraper.model import Entry

LIMIT = 20  # so many doubtful entries are an editor's late additions, or a small feed
SHARE = 0.5  # and so much of a list may be: a section that is merged into another
# An entry may be dated before the poll that first shows it: caches, and editors who approve later.
MARGIN = timedelta(hours=1)
# So soon after the last good poll, a list without dates does not change by more than half.
RECENT = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of a source before a poll."""

    last_success: datetime | None = None
    newest: datetime | None = None  # the latest date that it has listed
    titles: Collection[str] = ()  # of the new entries: those it has listed before, under other ids


@dataclass(frozen=True, slots=True)
class Sifted:
    """New entries, as they may be taken."""

    plausible: tuple[Entry, ...]
    held: tuple[Entry, ...] = ()


def sift(new: Sequence[Entry], listed: int, past: Past, now: datetime) -> Sifted:
    """Hold back the doubtful among new entries where they are a flood.

    `listed` is how many entries the source lists in all. A first poll is no flood, nor is what a
    source published while nobody looked, or while it showed an old copy of itself.
    """
    held = tuple(entry for entry in new if _is_doubtful(entry, past, now))
    if len(held) <= LIMIT or len(held) <= SHARE * listed:
        return Sifted(tuple(new))
    ids = {entry.id for entry in held}
    return Sifted(tuple(entry for entry in new if entry.id not in ids), held)


def _is_doubtful(entry: Entry, past: Past, now: datetime) -> bool:
    """Whether an entry ought to have been listed before: by its title, its date, or its company."""
    if past.last_success is None:
        return False
    if entry.title in past.titles:
        return True
    if entry.published is None:
        return now - past.last_success < RECENT
    # what is newer than all that was ever listed was not there: the feed was stuck until now
    is_known_time = past.newest is None or entry.published <= past.newest
    return is_known_time and entry.published < past.last_success - MARGIN
