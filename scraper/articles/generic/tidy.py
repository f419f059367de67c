"""Inside the article's own element: lists of links, pointers elsewhere, crumbs at both ends."""

import re

from scraper.articles.generic.weigh import BLOCKS, Weights
from scraper.articles.trace import Trace
from scraper.articles.tree import text_of

_LINE = re.compile(
    r"^(?:advert(?:isement)?|article content|article continues below.*|read (?:more|also).*|"
    r"see (?:also|more).*|don.t miss.*|more:|related:?|share this.*|sign up.*|subscribe.*|"
    r"follow us.*|loading.*|close|image \d+ of \d+|click here (?:to|for).*|have a tip\?.*|"
    r"disclaimer:.*|notice: the content above.*|.{0,40}责任?编辑.*|[（(]?(?:本文)?原标题.*|"
    r"编辑[：:].*|来源[：:].*|(?:特别|免责)?声明[：:].*|相关(?:阅读|新闻|报道|链接).*|延伸阅读.*|"
    r"点击进入.*|(?:推荐阅读|为你推荐).*|分享[：:]?|(?:您所在的|当前)位置.*|第\d+页/共\d+页.*)$",
    re.IGNORECASE,
)
_SENTENCE_END = re.compile(r"[.!?…。！？”\"'’」』）)：:;；]$")
_GROUPS = frozenset("div ul ol section table dl aside".split())
_LINES = frozenset("p h2 h3 h4 h5 h6 div".split())
_HEADINGS = frozenset("h1 h2 h3 h4 h5 h6".split())
_CELLS = frozenset("li td th pre".split())  # short by nature
TEASER_WEIGHT = 140.0  # of a line that may be a mere pointer elsewhere
LIST_WEIGHT = 22.0  # of a list of links
MOSTLY_LINKS = 0.6
SAMPLE = 30  # characters by which a paragraph is known again
COVERED = 0.75  # of the prose, that a stated text has to hold to be the whole one
FEW_CRUMBS = 3  # more of them are a list that belongs to the article


def is_crumb(line: str) -> bool:
    """Whether a line of an article is none of its text: "Read more", "责任编辑"."""
    return bool(_LINE.match(line))


def tidy(weights: Weights, body: int, stated: str = "", trace: Trace | None = None) -> None:
    """Drop lists of links, and the crumbs before the first and behind the last paragraph.

    `stated` is the article's text as the page's linked data have it: what stands before its first
    paragraph and behind its last does not belong to it.
    """
    for n in range(body + 1, body + weights.size[body]):
        if weights.alive[n] and (rule := _superfluous(weights, n)):
            _drop(weights, n, rule, trace)
    weights.sweep()
    _trim(weights, body, stated, trace)
    weights.sweep()


def _superfluous(weights: Weights, n: int) -> str:
    """The rule by which an element of the article is none of its text; '' for none."""
    tag, text = weights.tags[n], weights.text[n]
    if tag in _GROUPS and text > LIST_WEIGHT and weights.link_share(n) > MOSTLY_LINKS:
        return "a list of links"
    if tag in _LINES and 0 < text <= TEASER_WEIGHT and weights.link_share(n) >= 0.85:
        return "" if _ends_sentence(weights, n) else "a pointer elsewhere"
    return ""


def _ends_sentence(weights: Weights, n: int) -> bool:
    return bool(_SENTENCE_END.search(text_of(weights.elements[n])))


def _trim(weights: Weights, body: int, stated: str, trace: Trace | None) -> None:
    """Drop the few short lines before the first paragraph and behind the last."""
    voters = {n for n in weights.living_voters() if body <= n < body + weights.size[body]}
    known = _stated_voters(weights, voters, stated)
    leaves = _leaves(weights, body)
    votes = [i for i, n in enumerate(leaves) if {n, weights.parents[n]} & (known or voters)]
    if not votes:
        return
    for crumbs in (leaves[: votes[0]], leaves[votes[-1] + 1 :]):
        said = [n for n in crumbs if weights.text[n]]
        for n in said if known or len(said) <= FEW_CRUMBS else ():
            if known:
                _drop(weights, n, "not in the text that the page's linked data state", trace)
            elif _is_short(weights, n):
                _drop(weights, n, "a crumb beside the article", trace)


def _leaves(weights: Weights, body: int) -> list[int]:
    places = weights.within(body)
    return [n for n in places if weights.tags[n] in BLOCKS and weights.is_leaf(n)]


def _stated_voters(weights: Weights, voters: set[int], stated: str) -> set[int]:
    """The paragraphs that the stated text holds; none where it seems cut short."""
    if not _SENTENCE_END.search(stated):
        return set()
    packed = _pack(stated)
    known = {n for n in voters if _pack(text_of(weights.elements[n]))[:SAMPLE] in packed}
    covered = sum(weights.good[n] for n in known)
    return known if covered > COVERED * sum(weights.good[n] for n in voters) else set()


def _pack(text: str) -> str:
    return "".join(text.split())


def _is_short(weights: Weights, n: int) -> bool:
    tag = weights.tags[n]
    if tag in _HEADINGS:
        return True
    short = weights.text[n] < TEASER_WEIGHT and tag not in _CELLS
    return short and not _ends_sentence(weights, n)


def _drop(weights: Weights, n: int, rule: str, trace: Trace | None) -> None:
    if trace:
        trace.removed(weights.elements[n], rule)
    weights.drop(n)
