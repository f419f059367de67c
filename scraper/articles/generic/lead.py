"""Pictures around the body that belong to the article: those between its headline and its text."""

import re

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
    frame = picture
    for n in weights.ancestors(picture):
        end = n + weights.size[n]
        if weights.text[n] or n <= headline or n <= body < end:
            break
        frame = n
    return frame


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
    target = resolve(url, href) if href else None
    if not target or same_site(target, url) or _FILE.search(target):
        return False
    return any(weights.tags[m] == "img" for m in weights.within(n))
