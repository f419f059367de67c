"""What is usual of each source, learned from the articles that are archived; new ones are judged.

An article is compared with the others of its source; one that was asked for by hand, with those of
its site. All in the disk's thread.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from scraper.articles.drift import MINIMUM, compared, is_kind, unlike
from scraper.articles.measures import Measure, Noted, lines_of, measure_of
from scraper.articles.trend import trend_of
from scraper.protocol.urls import host
from scraper.service.keeping.compose import Draft
from scraper.state.database import State
from scraper.state.measures import HELD, KEPT

AGAIN = timedelta(days=3)  # pages in quarantine are tried again so long, when all is well again
SOURCES = 32  # whose latest articles are kept in memory, a quarter of a megabyte each


class Norms:
    """Judges drafts beside the articles before them, and learns from them."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._pasts: dict[str, list[Noted]] = {}  # of the sources that were used last

    def judged(self, drafts: Iterable[Draft]) -> list[Draft]:
        """The drafts, each with why it is unlike the others, those before it in the batch included.

        What is in doubt anyway, or wanted by a person, is not judged. Raises ArchiveError.
        """
        batch: dict[str, list[Noted]] = {}
        return [self._judged(draft, batch) for draft in drafts]

    def learn(self, drafts: Sequence[Draft]) -> None:
        """Keep the figures of articles that are new, and what became of their sources.

        To be called in a transaction, with what `judged` gave. Raises ArchiveError.
        """
        measures = self._state.measures
        latest: dict[str, Noted] = {}
        for draft in drafts:
            if draft.noted:
                latest[source_of(draft)] = draft.noted
                measures.add(source_of(draft), draft.noted)
                self._remember(source_of(draft), draft.noted)
        for source, noted in latest.items():
            self._follow(source, noted.at)

    def _follow(self, source: str, now: datetime) -> None:
        """Keep what became of a source; what went into quarantine meanwhile is tried again after.

        Of a few days only, so that what stays as it is comes to rest.
        """
        measures = self._state.measures
        seen = measures.sign(source)
        trend = trend_of(self._past(source), seen)
        measures.note(source, trend, now)
        if seen and trend is None:
            self._state.articles.retry(measures.held(source, now - AGAIN), now)

    def _past(self, source: str) -> list[Noted]:
        """The latest articles of a source, from memory where it was used lately."""
        past = self._pasts.pop(source, None)
        if past is None:
            past = self._state.measures.latest(source)
            for oldest in list(self._pasts)[: 1 - SOURCES]:
                del self._pasts[oldest]
        self._pasts[source] = past
        return past

    def _remember(self, source: str, noted: Noted) -> None:
        """Take one among the latest of its source, as the state does."""
        past = [one for one in self._past(source) if one.article != noted.article]
        alike = [one for one in past if bool(one.unlike) == bool(noted.unlike)]
        if len(alike) >= (HELD if noted.unlike else KEPT):
            past.remove(alike[0])
        self._pasts[source] = [*past, noted]

    def _judged(self, draft: Draft, batch: dict[str, list[Noted]]) -> Draft:
        if draft.doubt:
            return draft
        source, article = source_of(draft), draft.article
        past = batch.get(source) or self._past(source)
        own = [one for one in past if one.article == article.id]
        others = [one for one in past if one.article != article.id]
        lines = lines_of(article)
        measure = compared(measure_of(article), lines, others)
        reason = "" if draft.insisted else self._unlike(source, measure, others)
        if any(not one.unlike and self._unlike(source, one.measure, others) for one in own):
            reason = ""  # so it was when a person had it archived
        noted = Noted(article.id, measure, draft.fetched_at, lines, reason)
        batch[source] = [*others, noted]
        return replace(draft, noted=noted)

    def _unlike(self, source: str, measure: Measure, others: Sequence[Noted]) -> str:
        kind = [one for one in others if is_kind(one, measure)]
        if len(kind) < MINIMUM:
            measures = self._state.measures
            kind = measures.of_kind(source, measure.generation, locked=measure.locked)
        return unlike(measure, others, kind)


def source_of(draft: Draft) -> str:
    """Whose articles a draft is compared with."""
    if draft.source:
        return draft.source.name
    return draft.site.name if draft.site else host(draft.article.url)
