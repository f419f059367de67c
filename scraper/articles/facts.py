"""What a page says of its article besides the text: title, byline, instants, section, keywords.

Each fact has an order of witnesses: what the site's profile points at where that is exact, linked
data, Open Graph (https://ogp.me), microdata, then plain meta elements, the document's title, and
what is written beside the headline. Which of them was believed is noted.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from scraper.articles import linked_data
from scraper.articles.dates import Moment, read_moment
from scraper.articles.embedded import first_value, read_embedded
from scraper.articles.finder import Finder
from scraper.articles.microdata import read_microdata
from scraper.articles.nearby import authors_in, lines_near
from scraper.articles.tree import Element, printable, squeeze, text_of
from scraper.site import ArticleMarkup, Site

_PUBLISHED = (
    "article:published_time",
    "og:published_time",
    "og:article:published_time",
    "datepublished",
    "publishdate",
    "pubdate",
    "dc.date.issued",
    "dcterms.created",
    "parsely-pub-date",
    "sailthru.date",
    "date",
)
_MODIFIED = ("article:modified_time", "og:updated_time", "datemodified", "lastmod")
_DESCRIPTIONS = ("og:description", "description", "twitter:description")
_IMAGES = ("og:image", "og:image:url", "twitter:image", "twitter:image:src")
_BYLINE_PREFIX = re.compile(
    r"^(?:文|作者|撰文|记者|報道|报道|by)\s*(?:[/：:|｜]\s*|\s|$)", re.IGNORECASE
)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")
_LIST = re.compile(r"[,，;；、]")
MOST_KEYWORDS = 30
BYLINE_CHARACTERS = 200

Witness = tuple[str, str]  # where something is said, and what


@dataclass
class Facts:
    """The witnesses of one page, each read at most once."""

    finder: Finder
    zone: str  # IANA name, for times without an offset
    site: Site | None = None
    markup: ArticleMarkup | None = None
    origins: dict[str, str] = field(default_factory=dict)  # of each fact: who was believed
    has_items: bool = True  # False where the source holds no microdata: looking for it takes long

    @property
    def root(self) -> Element:
        return self.finder.root

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """The page's meta elements by lower-case name or property; the first of a name counts."""
        found: dict[str, str] = {}
        for element in self.finder.tagged("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = squeeze(element.get("content") or "")
            if name and content:
                found.setdefault(name.lower(), content)
        return found

    @cached_property
    def linked(self) -> linked_data.LinkedData:
        return linked_data.read_article(self.finder.tagged("script"))

    @cached_property
    def embedded(self) -> Mapping[str, object]:
        where = self.markup.embedded if self.markup else None
        return read_embedded(self.finder.tagged("script"), where) if where else {}

    @cached_property
    def microdata(self) -> Mapping[str, tuple[str, ...]]:
        return read_microdata(self.root) if self.has_items else {}

    @cached_property
    def nearby(self) -> list[tuple[Element, str]]:
        return lines_near(self.root, self.title)

    def read_all(self) -> None:
        """Read now what may stand inside the body: cleaning it changes the tree."""
        for name in ("title", "published", "modified", "byline", "section", "keywords", "image"):
            getattr(self, name)

    # -- witnesses -------------------------------------------------------------------------------

    def _believe(self, fact: str, witnesses: Iterable[Witness]) -> str:
        """The first witness that says anything."""
        for origin, said in witnesses:
            if text := squeeze(said):
                self.origins[fact] = origin
                return text
        return ""

    def _pointed_at(self, selectors: tuple[str, ...]) -> Iterator[Witness]:
        """What the profile's selectors match."""
        for selector in selectors:
            for element in self.finder.select((selector,)):
                yield f"profile: {selector}", text_of(element)

    def _linked(self, key: str) -> Iterator[Witness]:
        yield f"JSON-LD {key}", linked_data.text_at(self.linked, key)

    def _embedded(self, keys: tuple[str, ...]) -> Iterator[tuple[str, object]]:
        if keys and (value := first_value(self.embedded, keys)):
            yield "the page's own data", value

    def _named(self, names: Iterable[str]) -> Iterator[Witness]:
        return ((f"meta {name}", self.meta[name]) for name in names if name in self.meta)

    def _marked(self, name: str) -> Iterator[Witness]:
        return ((f"microdata {name}", value) for value in self.microdata.get(name, ()))

    # -- title -----------------------------------------------------------------------------------

    @cached_property
    def title(self) -> str:
        return self._believe("title", self._titles())

    def _titles(self) -> Iterator[Witness]:
        if self.markup:
            yield from self._pointed_at(self.markup.headline)
        headings = [text for h in self.finder.tagged("h1") if (text := text_of(h))]
        if len(headings) == 1 and not self.markup and self._confirms(headings[0]):
            yield "the only <h1>", headings[0]
        yield from self._linked("headline")
        if self.markup and self.markup.embedded:
            for origin, headline in self._embedded(self.markup.embedded.headline):
                yield origin, printable(headline) if isinstance(headline, str) else ""
        yield "meta og:title", self._without_suffix(self.meta.get("og:title", ""))
        if not self.markup:
            yield from self._marked("headline")
        yield (
            "<title>",
            self._without_suffix(self._document_title),
        )
        yield from (("<h1>", heading) for heading in headings)

    @property
    def _document_title(self) -> str:
        return text_of(next(iter(self.finder.tagged("title")), None))

    def _confirms(self, heading: str) -> bool:
        """Whether the document's titles speak of the same story as its heading."""
        titles = (
            self.meta.get("og:title", ""),
            self._document_title,
        )
        said = [set(_WORD.findall(title.lower())) for title in titles if title]
        words = set(_WORD.findall(heading.lower()))
        return not said or any(2 * len(words & other) >= len(words) for other in said)

    def _without_suffix(self, title: str) -> str:
        """Without what the site appends: by its profile, else its own name behind a mark."""
        for suffix in self.site.title_suffixes if self.site else ():
            if title.endswith(suffix):
                return title.removesuffix(suffix).strip()
        name = self.meta.get("og:site_name", "")
        bare = title.removesuffix(name).rstrip() if name else title
        return bare.rstrip("-–—|｜_·») ").rstrip() or title if bare != title else title

    # -- instants --------------------------------------------------------------------------------

    @cached_property
    def published(self) -> Moment | None:
        """The best publication moment on the page: one with a time of day before a bare day."""
        return self._believe_moment("published", self._published())

    def _published(self) -> Iterator[tuple[str, object]]:
        yield from self._linked("datePublished")
        if self.markup and self.markup.embedded:
            yield from self._embedded(self.markup.embedded.published)
        if self.markup:
            yield from self._pointed_at(self.markup.published)
        yield from self._named(_PUBLISHED)
        if not self.markup:
            yield from self._marked("datePublished")
            yield from self._times()
            yield from (("beside the headline", text) for _, text in self.nearby)

    def _times(self) -> Iterator[Witness]:
        """`<time>` elements that say they are the publication's, else the only one there is."""
        times = [t.get("datetime") or text_of(t) for t in self.root.iter("time")]
        marked = self.finder.select(("time[pubdate]", "time[itemprop=datePublished]"))
        yield from (("<time>", t.get("datetime") or text_of(t)) for t in marked)
        if len(times) == 1:
            yield "the only <time>", times[0]

    @cached_property
    def modified(self) -> Moment | None:
        return self._believe_moment("modified", self._modified())

    def _modified(self) -> Iterator[tuple[str, object]]:
        yield from self._linked("dateModified")
        if self.markup and self.markup.embedded:
            yield from self._embedded(self.markup.embedded.modified)
        yield from self._named(_MODIFIED)
        if not self.markup:
            yield from self._marked("dateModified")

    def _believe_moment(self, fact: str, witnesses: Iterator[tuple[str, object]]) -> Moment | None:
        """The first moment with a time of day, else the first day."""
        day: tuple[str, Moment] | None = None
        for origin, value in witnesses:
            moment = read_moment(value, self.zone)
            if moment and moment.precision == "instant":
                self.origins[fact] = origin
                return moment
            day = day or (origin, moment) if moment else day
        if day:
            self.origins[fact] = day[0]
        return day[1] if day else None

    # -- people and subjects ---------------------------------------------------------------------

    @cached_property
    def byline(self) -> str:
        """The authors' names, joined; '' where nobody is named."""
        for origin, names in self._bylines():
            if joined := _join_names(names):
                self.origins["byline"] = origin
                return joined
        return ""

    def _bylines(self) -> Iterator[tuple[str, Iterable[str]]]:
        if self.markup:
            selectors = self.markup.byline
            yield f"profile: {', '.join(selectors)}", map(text_of, self.finder.select(selectors))
        yield "JSON-LD author", linked_data.texts_at(self.linked, "author")
        yield "meta author", [self.meta.get("author") or self.meta.get("article:author", "")]
        if not self.markup:
            yield "microdata author", self.microdata.get("author", ())
            yield "beside the headline", authors_in(self.nearby)

    @cached_property
    def section(self) -> str:
        """The page's own name for its section."""
        return self._believe("section", self._sections())

    def _sections(self) -> Iterator[Witness]:
        if self.markup:
            yield from self._pointed_at(self.markup.section)
        yield from self._named(("article:section",))
        yield from self._linked("articleSection")
        if not self.markup:
            yield from self._marked("articleSection")

    @cached_property
    def description(self) -> str:
        """The page's own summary."""
        witnesses = (*self._named(_DESCRIPTIONS), *self._linked("description"))
        return self._believe("description", witnesses)

    @cached_property
    def keywords(self) -> tuple[str, ...]:
        for origin, listed in self._keywords():
            words = (word.strip() for word in listed)
            if found := tuple(dict.fromkeys(word for word in words if word))[:MOST_KEYWORDS]:
                self.origins["keywords"] = origin
                return found
        return ()

    def _keywords(self) -> Iterator[tuple[str, Iterable[str]]]:
        if self.markup:
            selectors = self.markup.keywords
            yield f"profile: {', '.join(selectors)}", map(text_of, self.finder.select(selectors))
        yield "JSON-LD keywords", _split(linked_data.texts_at(self.linked, "keywords"))
        for name in ("news_keywords", "keywords", "article:tag"):
            yield f"meta {name}", _split([self.meta.get(name, "")])
        if not self.markup:
            yield "microdata keywords", _split(self.microdata.get("keywords", ()))

    @cached_property
    def image(self) -> str:
        """The address of the picture that the page leads with, as written."""
        stated = ("JSON-LD image", linked_data.address_at(self.linked, "image"))
        return self._believe("image", (*self._named(_IMAGES), stated))

    # -- the page itself -------------------------------------------------------------------------

    @property
    def stated_language(self) -> str:
        """The language that the page names, as written."""
        return (
            self.root.get("lang")
            or self.root.get("xml:lang")
            or self.meta.get("og:locale")
            or linked_data.text_at(self.linked, "inLanguage")
        )

    @property
    def stated_text(self) -> str:
        """The article's text, with its markup or line breaks, as the linked data give it to all."""
        body = self.linked.get("articleBody")
        return printable(body).strip() if isinstance(body, str) and not self.says_locked else ""

    @property
    def says_locked(self) -> bool:
        """Whether the page says that its article is not free to read."""
        return str(self.linked.get("isAccessibleForFree", "")).lower() == "false"

    @property
    def claimed_urls(self) -> tuple[str, ...]:
        """The addresses by which the page says it is known, the canonical link first."""
        links = (e.get("href") or "" for e in self.finder.tagged("link") if _is_canonical(e))
        claims = (*links, self.meta.get("og:url", ""), linked_data.text_at(self.linked, "url"))
        return tuple(dict.fromkeys(claim for claim in claims if claim))

    @property
    def says_article(self) -> bool:
        """Whether the page declares itself an article."""
        return bool(self.linked) or self.meta.get("og:type", "").lower() == "article"


def _join_names(written: Iterable[str]) -> str:
    cleaned = (_BYLINE_PREFIX.sub("", name).strip() for name in written)
    return "、".join(dict.fromkeys(n for n in cleaned if n and "://" not in n))[:BYLINE_CHARACTERS]


def _split(written: Iterable[str]) -> Iterator[str]:
    return (word for text in written for word in _LIST.split(text))


def _is_canonical(link: Element) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()
