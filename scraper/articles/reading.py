"""The body of a page: through the site's profile where it knows the page, else as of any page."""

from scraper.articles import profile
from scraper.articles.body import Rules
from scraper.articles.sheet import Reading, Sheet, cut_at, judge_end
from scraper.articles.trace import Trace, describe
from scraper.articles.unknown import read_unknown
from scraper.model import NotArticle

_WALL = NotArticle("wall", "the page shows a subscription notice and nothing of the article")


def read_sheet(sheet: Sheet, trace: Trace | None = None) -> Reading | NotArticle:
    """The article's body: through the profile, else by a generic reading, else from the entry."""
    rules = Rules(sheet.base_url, title=sheet.facts.title)
    site = sheet.task.site
    locked = bool(site and profile.shows_wall(sheet.finder, site, sheet.html))
    found = _read_known(sheet, rules, trace, locked=locked)
    if found is not None:
        return found
    if locked:
        return _WALL
    if site and trace:
        trace.step(f"no generation of the profile {site.name} fits")
    return read_unknown(sheet, rules, trace)


def _read_known(
    sheet: Sheet, rules: Rules, trace: Trace | None, *, locked: bool
) -> Reading | NotArticle | None:
    """The body through the page's generation; None where no generation fits."""
    if sheet.known is None:
        return None
    element, name = sheet.known.body, f"{sheet.known.site.name}/{sheet.known.markup.name}"
    sheet.facts.read_all()
    if refusal := judge_end(sheet, cut_at(sheet), element):
        return refusal
    if trace:
        trace.step(f"recognised {name} by its body <{describe(element)}>")
    if locked:
        profile.drop_hidden(element, trace)
    body = profile.read_through(sheet.finder, sheet.known, rules, trace)
    if body.text or (body.html and not locked):
        return Reading(body, f"profile:{name}", locked)
    return None
