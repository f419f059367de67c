"""A body that an archive holds already: HTML without the page around it, read as an article's.

Everything that is text stays, but for what the site's profile names: advertising, subscription, the
site's own lines. No rule of thumb decides here what belongs to an article; there is nothing else.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from scraper.articles.body import Body, Rules, read_body
from scraper.articles.finder import Finder
from scraper.articles.generic.lines import break_lines
from scraper.articles.profile import lines_of, shows_wall
from scraper.articles.tree import drop_all, parse_html
from scraper.site import ArticleMarkup, Site


@dataclass(frozen=True, slots=True)
class Kept:
    """A body as it was kept: where it is from, its title, and the day of its markup."""

    html: str
    url: str
    title: str
    day: date


def read_kept(kept: Kept, site: Site | None) -> tuple[Body, bool]:
    """The clean body, and whether the site's wall shows in what was kept."""
    root = parse_html(kept.html)
    if root is None:
        return Body("", "", ()), False
    element = next(root.iter("body"), root)
    rules = Rules(kept.url, title=kept.title)
    if site is None:
        break_lines(element)
        return read_body(element, rules), False
    finder = Finder(root)
    locked = shows_wall(finder, site, kept.html)
    markups = tuple(_of_day(site, kept.day))
    drop_all(finder.select((*site.remove, *site.wall.marks), element))
    break_lines(element)
    rules = Rules(
        base=kept.url,
        placeholders=site.placeholders,
        figures=frozenset(finder.select(_all(m.figures for m in markups), element)),
        captions=frozenset(finder.select(_all(m.captions for m in markups), element)),
        unwanted=lines_of(site),
        title=kept.title,
    )
    return read_body(element, rules), locked


def _of_day(site: Site, day: date) -> Iterator[ArticleMarkup]:
    """The generations of markup that were in use on a day."""
    for markup in site.generations:
        begun = markup.since is None or markup.since <= day
        if begun and (markup.until is None or day < markup.until):
            yield markup


def _all(selectors: Iterable[Sequence[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(selector for group in selectors for selector in group))
