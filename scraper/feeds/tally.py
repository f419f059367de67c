"""How a list looks in figures, and whether it is far from what it usually is.

A list that fails is told as a failure. This is for one that answers well and is no longer the list
that it was: three entries instead of fifty, all under one title, leading elsewhere, without dates.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from scraper.model import Entry, Feed

MINIMUM = 10  # readings of which nothing is judged

LOOKED_AT = 100  # entries of a list: a sitemap may have 50,000, and is of one kind

_FEW = 1 / 3  # of the entries that are usual
_DEVIATIONS = 4.0  # of their logarithm: some lists vary by themselves
_SIGMA = 1.4826  # from the median of distances to the standard deviation
_ENTRIES = 5  # fewer say nothing by their titles, dates and addresses
_MOSTLY = 0.9  # of a list, where it is usual
_HARDLY = 0.1  # of it
_IGNORED = 0.8  # of what the list holds
_KEPT = 0.5  # of it, where it is usual


@dataclass(frozen=True, slots=True)
class Tally:
    """The figures of one list, as it was read once; the last three of its first LOOKED_AT."""

    entries: int
    ignored: int  # what is there and no article
    titles: int  # different ones
    dated: int
    stories: int  # entries whose address is that of a story of the site

    @property
    def looked_at(self) -> int:
        return min(self.entries, LOOKED_AT)


def tally_of(feed: Feed, is_story: Callable[[Entry], bool]) -> Tally:
    """The figures of a list."""
    first = feed.entries[:LOOKED_AT]
    return Tally(
        entries=len(feed.entries),
        ignored=feed.ignored,
        titles=len({entry.title for entry in first if entry.title}),
        dated=sum(entry.published is not None for entry in first),
        stories=sum(map(is_story, first)),
    )


def strange(tally: Tally, past: Sequence[Tally]) -> str:
    """What is strange about a list beside its earlier readings; "" where nothing is.

    Without figures, so that it reads the same as long as it lasts.
    """
    if len(past) < MINIMUM:
        return ""
    if _are_few(tally, past):
        return "it lists far fewer entries than usual"
    if _share_ignored(tally) >= _IGNORED and median(map(_share_ignored, past)) <= _KEPT:
        return "most of what it lists is ignored: links that are no articles"
    if tally.entries < _ENTRIES:
        return ""
    return _judge_entries(tally, past)


def _are_few(tally: Tally, past: Sequence[Tally]) -> bool:
    sizes = [math.log(max(1, one.entries)) for one in past]
    middle = median(sizes)
    spread = _SIGMA * median(abs(size - middle) for size in sizes)
    if math.exp(middle) < _ENTRIES:
        return False
    return math.log(max(1, tally.entries)) < middle + min(math.log(_FEW), -_DEVIATIONS * spread)


def _share_ignored(tally: Tally) -> float:
    return tally.ignored / max(1, tally.entries + tally.ignored)


def _judge_entries(tally: Tally, past: Sequence[Tally]) -> str:
    signs = (
        ("titles", "its entries have the same title, or none"),
        ("stories", "its links lead to hardly any story of the site"),
        ("dated", "its entries have no dates any more"),
    )
    for name, sign in signs:
        usual = median(getattr(one, name) / max(1, one.looked_at) for one in past)
        least = 1 if name == "titles" else 0  # one title is none of their own
        hardly = max(least, _HARDLY * tally.looked_at)
        if usual >= _MOSTLY and getattr(tally, name) <= hardly:
            return sign
    return ""
