"""An article's body on a page whose markup nobody described.

Paragraphs vote for the elements that hold them (as in Arc90's readability), with what that lacks:
Chinese punctuation counts, a Chinese character says more than a Latin one, lines between `<br>` and
text directly in `div` or `span` are paragraphs, and what calls itself a sidebar is dropped only
where it does not hold the text.
"""

import re
from collections import Counter
from dataclasses import dataclass

from scraper.articles.generic.lead import drop_strangers, find_lead
from scraper.articles.generic.order import FEW, restore_order
from scraper.articles.generic.prune import prune
from scraper.articles.generic.tidy import tidy
from scraper.articles.generic.weigh import Weights
from scraper.articles.trace import Trace, describe
from scraper.articles.tree import Element, select, text_of

_CONTENT = re.compile(
    r"article|body|content|entry|main|post|story|text|正文|blog|hentry", re.IGNORECASE
)
_HOLDERS = frozenset(("div", "section", "td", "article"))  # paragraphs that may hold others
SCOPE_SHARE = 0.2  # of the page's prose, that the surroundings of its headline hold
SCOPE_WEIGHT = 290.0  # and at the least this
STATED_SHARE = 0.4  # of the prose there, that an itemprop=articleBody has to hold to be believed
FEW_LETTERS = 4  # of a headline
CLIMB = 1.25  # what an ancestor has to be worth more
OTHER = 0.7  # what a weight outside good paragraphs takes away
LINKED = 0.3  # and one in links, once more
NAMED = 1.15  # what a telling name is worth
REACH = 4  # how far up a paragraph votes, half as much at each step


@dataclass(frozen=True, slots=True)
class Clues:
    """What is known of an article before its body is looked for."""

    title: str = ""  # what holds it as a heading holds the article, most likely
    stated: str = ""  # the text as the page's linked data give it, which says where it ends
    url: str = ""  # of the page
    has_items: bool = True  # False where the source holds no microdata


@dataclass(frozen=True, slots=True)
class Found:
    """An article's element, cleaned, and the elements that hold its pictures outside of it."""

    body: Element
    lead: tuple[Element, ...] = ()


def find_body(weights: Weights, clues: Clues, trace: Trace | None = None) -> Found | None:
    """The part of the page that reads like an article, cleaned of what surrounds it.

    Changes the tree. None where nothing reads like an article.
    """
    headline = _headline(weights, clues.title)
    prune(weights, headline, trace)
    drop_strangers(weights, clues.url, trace)
    scope = _scope(weights, headline)
    best = _find_stated(weights, scope) if clues.has_items else None
    best = _choose(weights, scope) if best is None else best
    if best is None:
        return None
    if trace:
        where, what = (describe(weights.elements[n]) for n in (scope, best))
        trace.step(f"looked for paragraphs in <{where}>, chose <{what}>")
    lead = find_lead(weights, headline, best)
    tidy(weights, best, clues.stated, trace)
    _put_in_order(weights, best, trace)
    return Found(weights.elements[best], tuple(lead))


def _put_in_order(weights: Weights, best: int, trace: Trace | None) -> None:
    """Paragraphs may be served out of order: those of each element that holds several."""
    parents = Counter(weights.parents[n] for n in weights.living_voters())
    for n, count in parents.items():
        inside = best <= n < best + weights.size[best] and count >= FEW
        attribute = restore_order(weights.elements[n]) if inside else ""
        if attribute and trace:
            trace.step(f"put the paragraphs in the order of their {attribute}")


def _headline(weights: Weights, title: str) -> int | None:
    """The place of the article's headline."""
    for n, tag in enumerate(weights.tags):
        if tag in ("h1", "h2", "h3"):
            text = text_of(weights.elements[n])
            if len(text) >= FEW_LETTERS and title.startswith(text):
                return n
    return None


def _scope(weights: Weights, headline: int | None) -> int:
    """The innermost element around the headline that holds enough text to be the article's."""
    enough = max(SCOPE_SHARE * weights.good[0], SCOPE_WEIGHT)
    around = weights.ancestors(headline) if headline else ()
    return next((n for n in around if weights.good[n] >= enough), 0)


def _find_stated(weights: Weights, scope: int) -> int | None:
    """The element that the page's microdata call the body, if it may be."""
    stated = select(weights.elements[scope], ("[itemprop=articleBody]",))
    places = (weights.place[element] for element in stated)
    share = STATED_SHARE * weights.good[scope]
    return next((n for n in places if weights.good[n] > share), None)


def _choose(weights: Weights, scope: int) -> int | None:
    votes = _count_votes(weights, range(scope, scope + weights.size[scope]))
    best = max(votes, key=lambda n: _rank(weights, n, votes[n]), default=None)
    return None if best is None else _climb(weights, best, scope)


def _count_votes(weights: Weights, places: range) -> dict[int, float]:
    """A paragraph votes for what holds it, the nearer the more, as far as that has a place."""
    votes: dict[int, float] = {}
    for voter in filter(places.__contains__, weights.living_voters()):
        vote = 1.0 + min(weights.pauses(voter), 10) + min(weights.good[voter] / 115.0, 6.0)
        holders = [voter] if weights.tags[voter] in _HOLDERS else []
        for n in filter(places.__contains__, (*holders, *weights.ancestors(voter))[:REACH]):
            votes[n] = votes.get(n, 0.0) + vote
            vote /= 2
    return votes


def _rank(weights: Weights, n: int, votes: float) -> float:
    element = weights.elements[n]
    names = f"{element.get('class', '')} {element.get('id', '')}"
    telling = weights.tags[n] in ("article", "main") or _CONTENT.search(names)
    return votes * (1.0 - weights.link_share(n)) * (NAMED if telling else 1.0)


def _climb(weights: Weights, best: int, scope: int) -> int:
    """The ancestor that holds the most good text for the least of anything else."""
    top = _worth(weights, best)
    for n in weights.ancestors(best) if best != scope else ():
        worth = _worth(weights, n)
        if worth > CLIMB * top:
            best, top = n, worth
        if n == scope:
            break
    return best


def _worth(weights: Weights, n: int) -> float:
    good, text = weights.good[n], weights.text[n]
    return good - OTHER * (text - good) - LINKED * weights.linked[n]
