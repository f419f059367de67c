"""Whether an article is far outside what its source usually gives.

It is compared with those before it, robustly: by medians, and by the median of the distances from
them (MAD; for a normal distribution 1.4826 of it is the standard deviation). Only what spoils an
article counts: too short, too many links, too many lines that others have, too few facts. Where
most articles changed alike, no single one is at fault: see trend.py.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from statistics import median

from scraper.articles.measures import FACTS, Measure, Noted, length_of

MINIMUM = 30  # articles of which nothing is judged: a new source's own are all there is
LATEST = 60  # articles whose lines are compared
WINDOW = 20  # articles that are "the latest"
HELD = 5  # of the latest that were unlike the others: enough to say that the source drifts
UNLIKE = "unlike the other articles of its source"  # how every reason begins

_OTHERS = 2  # articles that have a line, too: then it is nobody's own
_SHARED = 0.6  # of an article's text in such lines
_LINKED = 0.5  # of its text inside links
_BEYOND = 0.3  # above what is usual, for both
_MANY = 100  # articles, before one is too short for them: rare flashes are of two lines
_SHORT = 1 / 20  # of the usual length; 联合早报's flashes are a fourteenth of it
_DEVIATIONS = 4.0  # of the logarithm of the length: 1 in 30,000 of a normal distribution
_SPREAD = 0.25  # no source's lengths are taken to vary less: by a quarter
_OFTEN = 0.95  # of the articles: what so many have is usual
_SELDOM = 0.02  # of them have less text of their own
_FEW_FACTS = 2  # that are usual: fewer say nothing where they are missing
_SIGMA = 1.4826


def compared(measure: Measure, lines: frozenset[int], past: Sequence[Noted]) -> Measure:
    """The measure with the share of the text in lines that several other articles have, too."""
    total = sum(map(length_of, lines))  # a line that is repeated counts once, here and below
    if not total:
        return measure
    counted = Counter(line for noted in past[-LATEST:] for line in noted.lines & lines)
    common = sum(length_of(line) for line, number in counted.items() if number >= _OTHERS)
    return replace(measure, shared=common / total)


# -- one article -----------------------------------------------------------------------------------


def unlike(measure: Measure, past: Sequence[Noted], kind: Sequence[Noted]) -> str:
    """Why an article is not like those that were archived before; "" where it is.

    `past` is the latest of its source, the newest last; `kind` those of the same generation, locked
    or not as it is. Too short, and without facts, is judged by these, and not where several of the
    latest were so as well: then the source has changed, and this one is like its neighbours. Lines
    of others, and links, are never usual for being frequent, unless a person had them archived.
    """
    found = _judge_text(measure, _kept(past))
    held = sum(1 for noted in past[-WINDOW:] if noted.unlike)
    if not found and held < HELD:
        found = _judge_shape(measure, _kept(kind))
    return f"{UNLIKE}: {found}" if found else ""


def is_kind(noted: Noted, measure: Measure) -> bool:
    """Whether an article was read by the same rule, and locked or not like the measured one."""
    return noted.measure.generation == measure.generation and noted.measure.locked == measure.locked


def _kept(noted: Sequence[Noted]) -> list[Measure]:
    return [one.measure for one in noted if not one.unlike]


def _judge_text(measure: Measure, past: Sequence[Measure]) -> str:
    if len(past) < MINIMUM:
        return ""
    # a flash of two lines above a footnote that all articles have is one all the same
    if _exceeds(measure, past, _shared, _SHARED) and _own(measure) < _quantile(past, _own, _SELDOM):
        return f"{measure.shared:.0%} of its text stands in others, too"
    if _exceeds(measure, past, _link_share, _LINKED):
        return f"{measure.linked:.0%} of its text is links"
    return ""


def _exceeds(
    measure: Measure, past: Sequence[Measure], share: Callable[[Measure], float], bound: float
) -> bool:
    """Whether a share is large, and more than a little above what is usual."""
    value = share(measure)
    return value > bound and value > _quantile(past, share, _OFTEN) + _BEYOND


def _judge_shape(measure: Measure, past: Sequence[Measure]) -> str:
    if len(past) < MINIMUM:
        return ""
    middle = median(m.characters for m in past)
    if measure.characters < _SHORT * middle and _is_shortest(measure, past):
        return f"its text has {measure.characters:,} characters, usual are {round(middle):,}"
    if len(FACTS) - len(measure.filled) < _FEW_FACTS:
        return ""
    usual = [fact for fact in FACTS if _share_with(past, fact) >= _OFTEN]
    if len(usual) >= _FEW_FACTS and not measure.filled.intersection(usual):
        return f"it has no {', no '.join(usual)}, as the source's others have"
    return ""


def _is_shortest(measure: Measure, past: Sequence[Measure]) -> bool:
    """Whether it is much shorter than every other, beyond what they vary."""
    if len(past) < _MANY or 2 * measure.characters > min(m.characters for m in past):
        return False
    lengths = [_log(m.characters) for m in past]
    spread = max(_SPREAD, deviation(lengths))
    return _log(measure.characters) < median(lengths) - _DEVIATIONS * spread


def _shared(measure: Measure) -> float:
    return measure.shared


def _link_share(measure: Measure) -> float:
    return measure.linked


def _own(measure: Measure) -> float:
    """Characters in lines that no others have."""
    return measure.characters * (1 - measure.shared)


def _quantile(past: Sequence[Measure], of: Callable[[Measure], float], share: float) -> float:
    """What this share of the articles do not exceed."""
    return sorted(map(of, past))[int(share * len(past))]


def _share_with(past: Sequence[Measure], fact: str) -> float:
    return sum(fact in m.filled for m in past) / len(past)


def _log(characters: int) -> float:
    return math.log(max(1, characters))


def deviation(values: Sequence[float]) -> float:
    """The robust standard deviation of some values."""
    middle = median(values)
    return _SIGMA * median(abs(value - middle) for value in values)
