"""Whether a source's latest articles, taken together, are another kind than those before them.

Each of them may be good: half of a text is a text, and a page read without its profile reads well.
It is when most of them changed at once that somebody should look. What lasts becomes the usual.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from statistics import median
from typing import Literal

from scraper.articles.drift import HELD, MINIMUM, WINDOW
from scraper.articles.measures import FACTS, Measure, Noted

_MOSTLY = 0.9  # of the articles before: how they were read, or what they had
_FEW = 0.3  # of the latest: no longer
_SHORTER = 0.6  # of the length that was usual
_FEWER = 0.4  # of the paragraphs: small numbers jump
_DEVIATIONS = 4.0  # of what chance gives: it goes beyond once in 30,000
_LONG = 40  # articles that are the latest where lengths are compared: they vary widely
_LINKED = 0.2  # more of the text inside links, or in lines of others, than was usual
_EASED = 0.5  # of these bounds: what was seen is over only below, so that it does not flutter
_RULES = ("profile", "generic", "feed")  # the best first


# held: in quarantine; rule: read by a lesser one; spoilt: by links, or by lines of others; poorer:
# in facts; shorter: in text
Sign = Literal["held", "rule", "spoilt", "poorer", "shorter"]


@dataclass(frozen=True, slots=True)
class Trend:
    """What became of a source's articles, and by which rule the latest are read."""

    generation: str
    what: str
    sign: Sign


@dataclass(frozen=True, slots=True)
class _Window:
    """The latest articles beside those before them."""

    before: Sequence[Measure]
    latest: Sequence[Measure]
    ease: float  # of the bounds: 1 for what was not seen before

    def rise(self, of: Callable[[Measure], float]) -> float:
        """How much a figure's median grew."""
        return median(map(of, self.latest)) - median(map(of, self.before))

    def lost(self, has: Callable[[Measure], bool]) -> bool:
        """Whether nearly all had something that few of the latest have."""
        most = _MOSTLY if self.ease == 1 else _EASED
        few = 1 - self.ease * (1 - _FEW)
        return _share(self.before, has) >= most and _share(self.latest, has) <= few


def trend_of(past: Sequence[Noted], seen: str = "") -> Trend | None:
    """What changed, the latest article last; None where all is as before.

    What was `seen` before, by its sign, is over only when it is clearly so.
    """
    if len(past) < MINIMUM + WINDOW:
        return None
    generation = _most(past[-WINDOW:])
    kept = [noted.measure for noted in past if not noted.unlike]
    same = [m for m in kept if m.generation == generation and not m.locked]
    looks: tuple[tuple[Sign, Callable[[float], str]], ...] = (
        ("held", partial(_held, past[-WINDOW:])),
        ("rule", partial(_look, _rule, kept, WINDOW)),
        ("spoilt", partial(_look, _spoilt, same, WINDOW)),
        ("poorer", partial(_look, _poorer, same, WINDOW)),
        ("shorter", partial(_look, _shorter, same, _LONG)),
    )
    for sign, look in looks:
        if what := look(_EASED if sign == seen else 1.0):
            return Trend(generation, what, sign)
    return None


def _look(
    judge: Callable[[_Window], str], measures: Sequence[Measure], size: int, ease: float
) -> str:
    """What is to be seen of the latest of some articles; nothing where there are few."""
    if len(measures) < MINIMUM + size:
        return ""
    return judge(_Window(measures[:-size], measures[-size:], ease))


def _most(latest: Sequence[Noted]) -> str:
    """The rule by which most are read; of two, the later."""
    rules = [noted.measure.generation for noted in reversed(latest)]
    return max(rules, key=rules.count)


def _share(measures: Sequence[Measure], has: Callable[[Measure], bool]) -> float:
    return sum(map(has, measures)) / len(measures)


def _held(latest: Sequence[Noted], ease: float) -> str:
    """Whether many of the latest were put into quarantine."""
    held = [noted.unlike for noted in latest if noted.unlike]
    if len(held) < ease * HELD:
        return ""
    return f"{len(held)} of its latest {len(latest)} articles are in quarantine: {held[-1]}"


def _rule(window: _Window) -> str:
    """Whether a lesser rule won: the profile's selectors match no more."""
    for rank, rule in enumerate(_RULES[:-1]):
        if window.lost(lambda measure, rank=rank: _rank(measure) <= rank):  # type: ignore[misc]
            now = window.latest[-1].generation
            return f"its articles were read by the rule {rule}, the latest by {now}"
    return ""


def _rank(measure: Measure) -> int:
    """How good the rule is that read an article: 0 for the best."""
    rule = measure.generation.partition(":")[0]
    return _RULES.index(rule) if rule in _RULES else len(_RULES)


# -- what they look like ---------------------------------------------------------------------------


def _shorter(window: _Window) -> str:
    characters = _shrunken(window, "characters", _characters, _SHORTER)
    return characters or _shrunken(window, "paragraphs", _paragraphs, _FEWER)


def _characters(measure: Measure) -> int:
    return measure.characters


def _paragraphs(measure: Measure) -> int:
    return measure.paragraphs


def _shrunken(window: _Window, name: str, of: Callable[[Measure], int], bound: float) -> str:
    before, latest = (sorted(map(of, measures)) for measures in (window.before, window.latest))
    was, now = median(before), median(latest)
    shrunk = math.log(max(1, now)) - math.log(max(1, was)) < window.ease * math.log(bound)
    if not shrunk or _sign_of_less(before, latest) < window.ease * _DEVIATIONS:
        return ""
    return f"half of its latest articles have no more than {now:,.0f} {name}; it was {was:,.0f}"


def _sign_of_less(before: Sequence[int], latest: Sequence[int]) -> float:
    """How much smaller the latest are, in standard deviations of what chance gives; both sorted.

    By ranks (Mann and Whitney 1947), as lengths are distributed in every way.
    """
    above = sum(
        len(before) - (bisect_left(before, one) + bisect_right(before, one)) / 2 for one in latest
    )
    pairs = len(before) * len(latest)
    return (above - pairs / 2) / math.sqrt(pairs * (len(before) + len(latest) + 1) / 12)


def _spoilt(window: _Window) -> str:
    if window.rise(lambda measure: measure.linked) > window.ease * _LINKED:
        return "much more of its latest articles is links than before"
    if window.rise(lambda measure: measure.shared) > window.ease * _LINKED:
        return "its latest articles have much of their text in common"
    return ""


def _poorer(window: _Window) -> str:
    lost = [fact for fact in FACTS if window.lost(lambda m, fact=fact: fact in m.filled)]  # type: ignore[misc]
    if window.lost(lambda measure: measure.pictures > 0):
        lost.append("picture")
    return f"most of its latest articles have no {', no '.join(lost)} any more" if lost else ""
