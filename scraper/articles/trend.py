"""Whether a source's latest articles, taken together, are another kind than those before them.

Each of them may be good: half of a text is a text, and a page read without its profile reads well.
It is when most of them changed at once that somebody should look. What lasts becomes the usual.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import median

from scraper.articles.drift import HELD, MINIMUM, WINDOW, deviation
from scraper.articles.measures import FACTS, Measure, Noted

_MOSTLY = 0.9  # of the articles before: how they were read, or what they had
_FEW = 0.3  # of the latest: no longer
_SHORTER = math.log(0.6)  # of the length that was usual
_FEWER = math.log(0.4)  # of the paragraphs: small numbers jump
_ERRORS = 3.5  # standard errors of the latest articles' median: chance gives less
_LINKED = 0.2  # more of the text inside links, or in lines of others, than was usual
_EASED = 0.5  # of these bounds: what was seen is over only below, so that it does not flutter
_MEDIAN_ERROR = 1.2533  # of a median, in those of a mean: the square root of pi / 2
_RULES = ("profile", "generic", "feed")  # the best first


@dataclass(frozen=True, slots=True)
class Trend:
    """What became of a source's articles, and by which rule the latest are read."""

    generation: str
    what: str


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


def trend_of(past: Sequence[Noted], *, already: bool = False) -> Trend | None:
    """What changed, the latest article last; None where all is as before.

    With `already`, what was seen before is over only when it is clearly so.
    """
    if len(past) < MINIMUM + WINDOW:
        return None
    ease = _EASED if already else 1.0
    generation = _most(past[-WINDOW:])
    what = _held(past[-WINDOW:], ease) or _rule(_window(past, ease))
    if not what:
        same = [n for n in past if n.measure.generation == generation and not n.measure.locked]
        what = _shape(_window(same, ease)) if len(same) >= MINIMUM + WINDOW else ""
    return Trend(generation, what) if what else None


def _window(past: Sequence[Noted], ease: float) -> _Window:
    measures = [noted.measure for noted in past]
    return _Window(measures[:-WINDOW], measures[-WINDOW:], ease)


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
    for rule in _RULES[:-1]:
        if window.lost(lambda measure, rule=rule: _is_read_by(measure, rule)):  # type: ignore[misc]
            now = window.latest[-1].generation
            return f"its articles were read by the rule {rule}, the latest by {now}"
    return ""


def _is_read_by(measure: Measure, rule: str) -> bool:
    return measure.generation.partition(":")[0] == rule


# -- what they look like ---------------------------------------------------------------------------


def _shape(window: _Window) -> str:
    return (
        _shrunken(window, "characters", _characters, _SHORTER)
        or _shrunken(window, "paragraphs", _paragraphs, _FEWER)
        or _spoilt(window)
        or _poorer(window)
    )


def _characters(measure: Measure) -> float:
    return math.log(max(1, measure.characters))


def _paragraphs(measure: Measure) -> float:
    return math.log(max(1, measure.paragraphs))


def _shrunken(window: _Window, name: str, of: Callable[[Measure], float], bound: float) -> str:
    before = [of(measure) for measure in window.before]
    error = _MEDIAN_ERROR * deviation(before) / math.sqrt(len(window.latest))
    if window.rise(of) > window.ease * min(bound, -_ERRORS * error):
        return ""
    now, was = (round(math.exp(median(map(of, ms)))) for ms in (window.latest, window.before))
    return f"half of its latest articles have no more than {now:,} {name}; it was {was:,}"


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
