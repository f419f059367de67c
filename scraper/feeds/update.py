"""Decides what a poll means: entries of several ways united, sitemaps worth asking for.

Pure: values in, values out.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from scraper.model import Child, Entry, Feed


@dataclass(frozen=True, slots=True)
class United:
    """The entries of a source, each once, and what each of its URLs did not list."""

    entries: tuple[Entry, ...]
    missed: Mapping[str, tuple[str, ...]]


def unite(feeds: Sequence[tuple[str, Feed]]) -> United:
    """Unite the entries of several URLs by article, in the order in which they are first seen.

    What one leaves empty is filled from the next. An id is missed by a URL that does not list it
    although it is newer than the oldest entry there, as dated by whichever URL dates it; where
    nothing is dated, every id is. An index of sitemaps lists nothing itself and misses nothing.
    """
    united: dict[str, Entry] = {}
    for _, feed in feeds:
        for entry in _each_once(feed):
            known = united.get(entry.id)
            united[entry.id] = _filled(known, entry) if known else entry
    missed = {url: _missed(feed, united) for url, feed in feeds if not feed.children}
    return United(tuple(united.values()), missed)


def _each_once(feed: Feed) -> Iterable[Entry]:
    first: dict[str, Entry] = {}
    for entry in feed.entries:
        first.setdefault(entry.id, entry)
    return first.values()


def _filled(entry: Entry, other: Entry) -> Entry:
    return replace(
        entry,
        title=entry.title or other.title,
        published=entry.published or other.published,
        summary=entry.summary or other.summary,
        content=entry.content or other.content,
        author=entry.author or other.author,
    )


def _missed(feed: Feed, united: Mapping[str, Entry]) -> tuple[str, ...]:
    listed = {entry.id for entry in feed.entries}
    dates = [united[i].published for i in listed]
    oldest = min((date for date in dates if date), default=None)
    return tuple(
        entry.id
        for entry in united.values()
        if entry.id not in listed
        and (oldest is None or (entry.published is not None and entry.published > oldest))
    )


def children_to_read(children: Sequence[Child], read: Mapping[str, str]) -> tuple[Child, ...]:
    """The sitemaps of an index to ask for, newest first.

    Those never read, those that say nothing of their last change, and those where that differs
    from what `read` (by URL, at the last reading) remembers.
    """
    wanted = [c for c in children if not c.lastmod or read.get(c.url) != c.lastmod]
    return tuple(sorted(wanted, key=lambda child: child.lastmod, reverse=True))
