"""What surrounds an article, told by its tag, role, class and id, where the text agrees.

Names mislead: a body may stand in `class="main-share"`. So nothing is dropped for its name that
holds more than a certain share of the page's prose.
"""

import re
from functools import lru_cache

from scraper.articles.generic.weigh import Weights
from scraper.articles.trace import Trace
from scraper.articles.tree import Element

_BOILERPLATE = re.compile(
    r"(?:^|[\s_-])(?:ad|ads|advert\w*|affiliate\w*|article-?(?:head|title|tags|tools)|authors?|"
    r"author-?bio|banner|bread-?crumbs?|by-?lines?|captions?|comments?|consent|cookies?|copyright|"
    r"credits?|cta|date|dateline|deck|disclaimer|disqus|e-?mail|embed\w*|excerpt|fact-?box|follow|"
    r"footer|galler(?:y|ies)|hdn|headline|hidden|hide|hot|info|info-?box|intro|jump|kicker|"
    r"lead-?text|links?|login|masthead|menu|meta|modal|more|most-?(?:read|popular)|nav\w*|"
    r"news-?letters?|outbrain|overlay|pager|pagination|placeholder|popular|pop-?up|print|promo\w*|"
    r"publish(?:ed)?|ranking|rating|read-?(?:more|next)|recirc\w*|recommend\w*|related\w*|"
    r"screen-?reader\w*|share\w*|sharing|shop|side-?bar\w*|sign-?(?:up|in)?|skip|slider|social\w*|"
    r"source|sponsor\w*|sr-only|stand-?first|sub-?(?:nav|scribe)\w*|subscri\w*|subtitle|taboola|"
    r"tags?|teasers?|time|time-?stamp|toc|tool-?tips?|tools?|trending|tv-?player|"
    r"video\w*|visually|vjs|widget\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_SURELY = re.compile(
    r"(?:^|[\s_-])(?:side-?bar\w*|comments?|disqus\w*|footer\w*|related\w*|recommend\w*|statement|"
    r"recirc\w*|taboola\w*|outbrain\w*|tuijian\w*|shen(?:g)?ming|copy(?:right)?\w*)(?:$|[\s_-])",
    re.IGNORECASE,
)
_TAGS = frozenset(
    "nav footer aside button figcaption iframe form header hgroup time address label h1 video "
    "audio object embed".split()
)
_ROLES = frozenset("navigation complementary banner contentinfo dialog search".split())
_KEPT = frozenset("body article main p a em strong b i h1".split())  # names of these mislead
_HEADINGS = frozenset("h2 h3 h4 h5 h6".split())
SURELY = 0.7  # the share of a page's prose below which the surest names are believed
LIKELY = 0.35  # and the others


def prune(weights: Weights, trace: Trace | None = None) -> None:
    """Drop what says that it is no article, unless it holds much of the text."""
    total = weights.good[0] or weights.text[0] or 1.0
    n = 1
    while n < len(weights.elements):
        limit, rule = _tolerated(weights.elements[n], weights.tags[n])
        if weights.good[n] < limit * total:
            if trace:
                trace.removed(weights.elements[n], rule)
            weights.drop(n)
            n += weights.size[n]
        else:
            n += 1


def _tolerated(element: Element, tag: str) -> tuple[float, str]:
    """The share of a page's prose that an element may hold and be dropped all the same, and why."""
    if tag in _HEADINGS:
        return 0.0, ""
    names = f"{element.get('class', '')} {element.get('id', '')}"
    certainty = _by_names(names) if len(names) > 1 and tag not in _KEPT else 0.0
    if certainty == SURELY or tag in ("aside", "footer"):
        return SURELY, "surroundings, by name"
    if tag in _TAGS or element.get("role", "") in _ROLES:
        return LIKELY, "surroundings, by element or role"
    if certainty and tag not in _KEPT and element.get("itemprop") != "articleBody":
        return LIKELY, "boilerplate, by name"
    return 0.0, ""


@lru_cache(maxsize=8192)
def _by_names(names: str) -> float:
    """How much the classes and the id of an element say that it is no article."""
    if _SURELY.search(names):
        return SURELY
    return LIKELY if _BOILERPLATE.search(names) else 0.0
