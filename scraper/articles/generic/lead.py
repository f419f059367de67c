"""Pictures around the body that belong to the article: those between its headline and its text."""

import re
from itertools import takewhile

from scraper.articles.generic.weigh import Weights
from scraper.articles.trace import Trace
from scraper.articles.tree import Element
from scraper.protocol.urls import resolve, same_site

_FILE = re.compile(r"\.(?:jpe?g|png|gif|webp|avif)(?:[?#]|$)", re.IGNORECASE)  # the picture itself


def find_lead(weights: Weights, headline: int | None, body: int) -> list[Element]:
    """The elements that hold a picture, with its caption and nothing else, in document order."""
    if headline is None or headline >= body:
        return []
    found: dict[Element, None] = {}
    for n in range(headline + 1, body):
        if weights.tags[n] == "img" and weights.alive[n]:
            found[weights.elements[_frame(weights, n, headline, body)]] = None
    return list(found)


def _frame(weights: Weights, picture: int, headline: int, body: int) -> int:
    """The outermost element that holds the picture and no text but captions."""

    def holds_no_more(n: int) -> bool:
        holds_body = n <= body < n + weights.size[n]
        return n > headline and not weights.text[n] and not holds_body

    return [picture, *takewhile(holds_no_more, weights.ancestors(picture))][-1]


def drop_strangers(weights: Weights, url: str, trace: Trace | None = None) -> None:
    """Drop pictures that link to another site: advertisements, whatever they are called."""
    for n, tag in enumerate(weights.tags):
        if tag == "a" and weights.alive[n] and not weights.text[n] and _leads_away(weights, n, url):
            if trace:
                trace.removed(weights.elements[n], "a picture that links to another site")
            weights.drop(n)
    weights.sweep()


def _leads_away(weights: Weights, n: int, url: str) -> bool:
    href = weights.elements[n].get("href") or ""
    if "//" not in href or not any(weights.tags[m] == "img" for m in weights.within(n)):
        return False
    target = resolve(url, href)
    return target is not None and not (same_site(target, url) or _FILE.search(target))
