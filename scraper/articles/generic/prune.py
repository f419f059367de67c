"""What surrounds an article, told by its tag, role, class and id, where the text agrees.

Names mislead: a body may stand in `class="main-share"`. So nothing is dropped for its name that
holds more than a certain share of the page's prose.
"""

import math
import re
from functools import lru_cache

from scraper.articles.generic.weigh import Weights
from scraper.articles.trace import Trace
from scraper.articles.tree import Element

_BOILERPLATE = re.compile(  # of names in lower case: to ignore case takes three times as long
    r"(?:^|[\s_-])(?:ad|ads|advert\w*|affiliate\w*|article-?(?:head|title|tags|tools)|authors?|"
    r"author-?bio|banner|bread-?crumbs?|by-?lines?|captions?|comments?|consent|cookies?|copyright|"
    r"credits?|cta|date|dateline|deck|disclaimer|disqus|e-?mail|embed\w*|excerpt|fact-?box|follow|"
    r"footer|galler(?:y|ies)|hdn|headline|hidden|hide|hot|info|info-?box|intro|jump|key-?words?|kicker|"
    r"lead-?text|like-?us|links?|login|masthead|menu|meta|modal|more|most-?(?:read|popular)|nav\w*|"
    r"news-?letters?|outbrain|overlay|pager|pagination|placeholder|popular|pop-?up|print|promo\w*|"
    r"publish(?:ed)?|open-?in-?app|read-?(?:on|more|next)|"
    r"app-?(?:banner|cover|download|promo)|ai-?summary|ranking|rating|recirc\w*|recommend\w*|related\w*|"
    r"screen-?reader\w*|share\w*|sharing|shop|side-?bar\w*|sign-?(?:up|in)?|skip|slider|social\w*|"
    r"source|sponsor\w*|sr-only|stand-?first|sub-?(?:nav|scribe)\w*|subscri\w*|subtitle|taboola|"
    r"tags?|teasers?|time|time-?stamp|toc|tool-?tips?|tools?|trending|tv-?player|"
    r"video\w*|visually|vjs|widget\w*)(?:$|[\s_-])"
)
_SURELY = re.compile(
    r"(?:^|[\s_-])(?:side-?bar\w*|comments?|disqus\w*|footer\w*|related\w*|recommend\w*|statement|"
    r"recirc\w*|taboola\w*|outbrain\w*|tuijian\w*|shen(?:g)?ming|copyright\w*)(?:$|[\s_-])"
)
_TAGS = frozenset(
    "nav footer aside button figcaption iframe form header hgroup time address label h1 video "
    "audio object embed".split()
)
_ROLES = frozenset("navigation complementary banner contentinfo dialog search".split())
_KEPT = frozenset(  # names of these mislead
    "body article main p a em strong b i h1 figure picture img".split()
)
_HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
_BY_NAME = "boilerplate, by name"
BEHIND = 0.92  # the share below which they are believed behind the first paragraph
POINTING = 0.12  # the share of links in what points elsewhere
SURELY = 0.7  # the share of a page's prose below which the surest names are believed
LIKELY = 0.35  # and the others
SHORT = 300  # characters of an element's marks: longer ones are not remembered


def prune(weights: Weights, headline: int | None = None, trace: Trace | None = None) -> None:
    """Drop what says that it is no article, unless it holds much of the text.

    What calls itself related and is full of links may hold more than a short article, where that
    has begun before it.
    """
    begun = _first_paragraph(weights, headline)
    total = weights.good[0] or weights.text[0] or 1.0
    n = 1
    while n < len(weights.elements):
        limit, rule = _tolerated(weights.elements[n], weights.tags[n])
        if limit == SURELY and n > begun and weights.link_share(n) > POINTING:
            limit = BEHIND
        if limit and weights.good[n] < limit * total and not _is_picture(weights, n):
            if trace:
                trace.removed(weights.elements[n], rule)
            weights.drop(n)
            n += weights.size[n]
        else:
            n += 1
    weights.sweep()


def _is_picture(weights: Weights, n: int) -> bool:
    """Whether an element is a caption, or holds nothing but pictures with theirs."""
    captions = weights.captions
    if weights.text[n] or not captions:
        return False
    return any(weights.elements[m] in captions for m in weights.within(n))


def _first_paragraph(weights: Weights, headline: int | None) -> float:
    """The place of the first paragraph behind the headline; beyond the page without one."""
    if headline is None:
        return math.inf
    return next((n for n in weights.voters if n > headline), math.inf)


def _tolerated(element: Element, tag: str) -> tuple[float, str]:
    """The share of a page's prose that an element may hold and be dropped all the same, and why."""
    get = element.get
    marks = tag, get("class", ""), get("id", ""), get("role", "")
    judge = _judge if sum(map(len, marks)) <= SHORT else _judge.__wrapped__
    limit, rule = judge(*marks)
    if rule == _BY_NAME and get("itemprop") == "articleBody":
        return 0.0, ""
    return limit, rule


@lru_cache(maxsize=8192)
def _judge(tag: str, classes: str, number: str, role: str) -> tuple[float, str]:
    if tag in _HEADINGS:
        return 0.0, ""
    certainty = 0.0 if tag in _KEPT else _by_names(f"{classes} {number}".lower())
    if certainty == SURELY or tag in ("aside", "footer"):
        return SURELY, "surroundings, by name"
    if tag in _TAGS or role in _ROLES:
        return LIKELY, "surroundings, by element or role"
    return (LIKELY, _BY_NAME) if certainty else (0.0, "")


def _by_names(names: str) -> float:
    """How much the classes and the id of an element, in lower case, say that it is no article."""
    if _SURELY.search(names):
        return SURELY
    return LIKELY if _BOILERPLATE.search(names) else 0.0
