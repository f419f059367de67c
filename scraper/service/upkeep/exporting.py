"""Which records a collection holds: those of some articles or days, and what they refer to."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date
from pathlib import Path

from scraper.archive.heads import Head, read_heads
from scraper.archive.raw import files
from scraper.archive.wacz import Chosen, PageEntry
from scraper.state.database import State


@dataclass(frozen=True, slots=True)
class Selection:
    """What is asked for: articles by id (none: all), received on these days in UTC, both incl."""

    ids: frozenset[str] = frozenset()
    first: date = date.min
    last: date = date.max

    def takes(self, head: Head) -> bool:
        """Whether an answer is asked for."""
        wanted = not self.ids or head.article in self.ids
        return wanted and self.first <= head.at.astimezone(UTC).date() <= self.last


def choose(root: Path, selection: Selection) -> list[Chosen]:
    """The records of a selection with their requests, in the order in which they were received.

    A revisit brings the answer that holds its payload, wherever that is. Raises ArchiveError.
    """
    exchanges, payloads = list(_exchanges(root)), dict[tuple[str, str], list[Chosen]]()
    for exchange in exchanges:
        head = exchange[0].head
        if head.kind == "response":
            payloads.setdefault((head.url, head.digest), exchange)
    chosen: dict[str, Chosen] = {}
    for exchange in exchanges:
        head = exchange[0].head
        if selection.takes(head):
            original = payloads.get((head.url, head.digest)) if head.kind == "revisit" else []
            if original is not None:  # else its payload has expired: nothing to be shown
                chosen |= {one.head.record_id: one for one in [*original, *exchange]}
    return list(chosen.values())


def _exchanges(root: Path) -> Iterator[list[Chosen]]:
    """Every answer with what was received or sent together with it."""
    exchange: list[Chosen] = []
    for file in files(root):
        path = root / file.path
        for head in read_heads(path, growing=True):
            if exchange and head.concurrent_to == exchange[0].head.record_id:
                exchange.append(Chosen(path, head))
                continue
            if exchange:
                yield exchange
            exchange = [Chosen(path, head)] if head.kind in ("response", "revisit") else []
    if exchange:
        yield exchange


def pages_of(state: State, chosen: Sequence[Chosen]) -> list[PageEntry]:
    """The first good answer of each article, under the article's title."""
    first: dict[str, Head] = {}
    for one in chosen:
        if one.head.article and one.head.status == 200 and one.head.media_type in _PAGES:
            first.setdefault(one.head.article, one.head)
    return [PageEntry(name, h.url, h.at, _title(state, name, h.url)) for name, h in first.items()]


_PAGES: Collection[str] = ("text/html", "application/xhtml+xml")


def _title(state: State, article_id: str, url: str) -> str:
    known = state.articles.get(article_id)
    return known.title if known and known.title else url


def missing(ids: Iterable[str], chosen: Sequence[Chosen]) -> list[str]:
    """Those articles of which there is no record."""
    found = {one.head.article for one in chosen}
    return [article_id for article_id in ids if article_id not in found]
