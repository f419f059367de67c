"""A site as data: all that is particular to it, as its profile says; values only, as in model."""

from dataclasses import dataclass
from datetime import date
from typing import Literal


@dataclass(frozen=True, slots=True)
class ListMarkup:
    """Where one generation of section pages keeps its entries; CSS selectors throughout."""

    name: str
    item: str  # one per entry
    link: str = "a[href]"  # inside the item; "" where the item is the link itself
    title: str = ""  # inside the item; "" for the link's text
    time: str = ""  # inside the item: "HH:mm", "10月2日", "2025-10-02"
    summary: str = ""


@dataclass(frozen=True, slots=True)
class ChildOrder:
    """Children served out of order: each carries its place in an attribute."""

    attribute: str
    skip: int = 0  # leading characters without meaning
    encoding: Literal["decimal", "base32"] = "decimal"


@dataclass(frozen=True, slots=True)
class EmbeddedData:
    """Facts (never text) in a JSON object that a script assigns to a variable."""

    variable: str
    path: tuple[str, ...] = ()  # keys from the object down to the article
    headline: tuple[str, ...] = ()  # keys below that, the first that is there wins
    published: tuple[str, ...] = ()
    modified: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ArticleMarkup:
    """One dated generation of article pages; CSS selectors, the first that matches wins."""

    name: str
    detect: tuple[str, ...]  # any of them present: the page is of this generation
    body: tuple[str, ...]
    headline: tuple[str, ...] = ()
    published: tuple[str, ...] = ()
    byline: tuple[str, ...] = ()
    section: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()  # one element per keyword
    lead: tuple[str, ...] = ()  # one element per picture that stands outside the body
    figures: tuple[str, ...] = ()  # elements inside the body that hold a picture and its caption
    captions: tuple[str, ...] = ()  # inside a figure or lead element
    remove: tuple[str, ...] = ()
    order: ChildOrder | None = None
    embedded: EmbeddedData | None = None
    next_page: tuple[str, ...] = ()  # the link to the article's next page
    since: date | None = None  # for readers of the profile; a page is recognised by `detect`
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Wall:
    """What marks a page whose text is held back: selectors, and phrases of the visible text."""

    marks: tuple[str, ...] = ()
    phrases: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Site:
    """A site profile: everything that is particular to one site."""

    name: str
    title: str
    canonical: str  # origin by which its articles are known, without a trailing slash
    hosts: tuple[str, ...]
    # regular expression on a URL's path; named groups `id`, perhaps `date` (YYYYMMDD), and `page`:
    # what stands in the addresses of a story's later pages only
    story: str
    timezone: str = "UTC"
    language: str = ""
    title_suffixes: tuple[str, ...] = ()
    sitemaps: tuple[str, ...] = ()  # what fills holes between polls; none: those of robots.txt
    tracking: tuple[str, ...] = ()  # query parameters that do not tell pages apart, besides utm_*
    lists: tuple[ListMarkup, ...] = ()
    generations: tuple[ArticleMarkup, ...] = ()
    remove: tuple[str, ...] = ()  # from every generation's body
    placeholders: tuple[str, ...] = ()  # globs on the URLs of pictures that say nothing
    boilerplate: tuple[str, ...] = ()  # regular expressions: a paragraph that matches is dropped
    wall: Wall = Wall()
    missing: tuple[str, ...] = ()  # phrases in the heading of an error page served with status 200
