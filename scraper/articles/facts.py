"""What a page says of its article besides the text: title, byline, instants, section, keywords.

Each fact has an order of witnesses: what the site's profile points at where that is exact, linked
data, Open Graph (https://ogp.me), then plain meta elements and the document's title.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from scraper.articles import linked_data
from scraper.articles.dates import Moment, read_moment
from scraper.articles.embedded import first_value, read_embedded
from scraper.articles.tree import Element, first, printable, select, squeeze, text_of
from scraper.model import ArticleMarkup, Site

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
_BYLINE_PREFIX = re.compile(
    r"^(?:文|作者|撰文|记者|報道|报道|by)\s*(?:[/：:|｜]\s*|\s|$)", re.IGNORECASE
)
_LANGUAGE = re.compile(r"^[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*$", re.IGNORECASE)
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|\w+")
_CHINESE = {"cn": "Hans", "sg": "Hans", "my": "Hans", "tw": "Hant", "hk": "Hant", "mo": "Hant"}


@dataclass
class Facts:
    """The witnesses of one page, each read at most once."""

    root: Element
    zone: str  # IANA name, for times without an offset
    site: Site | None = None
    markup: ArticleMarkup | None = None

    @cached_property
    def meta(self) -> Mapping[str, str]:
        """The page's meta elements by lower-case name or property; the first of a name counts."""
        found: dict[str, str] = {}
        for element in self.root.iter("meta"):
            name = element.get("property") or element.get("name") or element.get("itemprop") or ""
            content = squeeze(element.get("content") or "")
            if name and content:
                found.setdefault(name.lower(), content)
        return found

    @cached_property
    def linked(self) -> linked_data.LinkedData:
        return linked_data.read_article(self.root)

    @cached_property
    def embedded(self) -> Mapping[str, object]:
        where = self.markup.embedded if self.markup else None
        return read_embedded(self.root, where) if where else {}

    def read_all(self) -> None:
        """Read now what may stand inside the body: cleaning it changes the tree."""
        for name in ("title", "published", "byline", "section", "keywords"):
            getattr(self, name)

    # -- facts -----------------------------------------------------------------------------------

    @cached_property
    def title(self) -> str:
        return next(filter(None, map(squeeze, self._titles())), "")

    def _titles(self) -> Iterator[str]:
        if self.markup:
            yield text_of(first(self.root, self.markup.headline))
        headings = [text for h in self.root.iter("h1") if (text := text_of(h))]
        if len(headings) == 1 and not self.markup and self._confirms(headings[0]):
            yield headings[0]
        yield linked_data.text_at(self.linked, "headline")
        if self.markup and self.markup.embedded:
            headline = first_value(self.embedded, self.markup.embedded.headline)
            yield printable(headline) if isinstance(headline, str) else ""
        yield self._without_suffix(self.meta.get("og:title", ""))
        yield self._without_suffix(text_of(next(self.root.iter("title"), None)))
        yield from headings

    def _confirms(self, heading: str) -> bool:
        """Whether the document's titles speak of the same story as its heading."""
        titles = (self.meta.get("og:title", ""), text_of(next(self.root.iter("title"), None)))
        said = [set(_WORD.findall(title.lower())) for title in titles if title]
        words = set(_WORD.findall(heading.lower()))
        return not said or any(2 * len(words & other) >= len(words) for other in said)

    def _without_suffix(self, title: str) -> str:
        suffixes = self.site.title_suffixes if self.site else ()
        for suffix in suffixes:
            if title.endswith(suffix):
                return title.removesuffix(suffix).strip()
        return title

    @cached_property
    def published(self) -> Moment | None:
        """The best publication moment on the page: one with a time of day before a bare day."""
        moments = [
            moment for value in self._published() if (moment := read_moment(value, self.zone))
        ]
        exact = (moment for moment in moments if moment.precision == "instant")
        return next(exact, moments[0] if moments else None)

    def _published(self) -> Iterator[object]:
        yield linked_data.text_at(self.linked, "datePublished")
        if self.markup and self.markup.embedded:
            yield first_value(self.embedded, self.markup.embedded.published)
        if self.markup:
            yield from map(text_of, select(self.root, self.markup.published))
        yield from (self.meta[name] for name in _PUBLISHED if name in self.meta)
        if not self.markup:
            yield from self._times()

    def _times(self) -> Iterator[str]:
        """`<time>` elements that say they are the publication's, else the only one there is."""
        times = [t.get("datetime") or text_of(t) for t in self.root.iter("time")]
        marked = select(self.root, ("time[pubdate]", "time[itemprop=datePublished]"))
        yield from (t.get("datetime") or text_of(t) for t in marked)
        if len(times) == 1:
            yield times[0]

    @cached_property
    def modified(self) -> Moment | None:
        values: list[object] = [linked_data.text_at(self.linked, "dateModified")]
        if self.markup and self.markup.embedded:
            values.append(first_value(self.embedded, self.markup.embedded.modified))
        values += [self.meta[name] for name in _MODIFIED if name in self.meta]
        return next((m for value in values if (m := read_moment(value, self.zone))), None)

    @cached_property
    def byline(self) -> str:
        """The authors' names, joined; '' where nobody is named."""
        on_page = map(text_of, select(self.root, self.markup.byline)) if self.markup else ()
        stated = linked_data.texts_at(self.linked, "author")
        named = (self.meta.get("author") or self.meta.get("article:author", ""),)
        return next(filter(None, map(_join_names, (on_page, stated, named))), "")

    @property
    def stated_text(self) -> str:
        """The article's text, with its markup or line breaks, as the linked data give it to all."""
        body = self.linked.get("articleBody")
        return printable(body).strip() if isinstance(body, str) and not self.says_locked else ""

    @property
    def says_locked(self) -> bool:
        """Whether the page says that its article is not free to read."""
        return str(self.linked.get("isAccessibleForFree", "")).lower() == "false"

    @cached_property
    def section(self) -> str:
        """The page's own name for its section."""
        crumb = text_of(first(self.root, self.markup.section)) if self.markup else ""
        stated = self.meta.get("article:section")
        return crumb or stated or linked_data.text_at(self.linked, "articleSection")

    @cached_property
    def description(self) -> str:
        """The page's own summary."""
        return (
            self.meta.get("og:description")
            or self.meta.get("description")
            or linked_data.text_at(self.linked, "description")
        )

    @cached_property
    def keywords(self) -> tuple[str, ...]:
        listed = (
            [text_of(e) for e in select(self.root, self.markup.keywords)] if self.markup else []
        )
        if not any(listed):
            stated = linked_data.texts_at(self.linked, "keywords")
            text = (
                "，".join(stated) or self.meta.get("news_keywords") or self.meta.get("keywords", "")
            )
            listed = re.split(r"[,，;；、]", text)
        return tuple(dict.fromkeys(word.strip() for word in listed if word.strip()))[:30]

    @property
    def language(self) -> str:
        stated = (
            self.root.get("lang") or self.root.get("xml:lang") or self.meta.get("og:locale", "")
        )
        tag, usual = read_language(stated), self.site.language if self.site else ""
        vague = not tag or usual.startswith(f"{tag}-")  # the site's own is more exact
        return usual or tag if vague else tag

    @property
    def claimed_urls(self) -> tuple[str, ...]:
        """The addresses by which the page says it is known, the canonical link first."""
        links = (e.get("href") or "" for e in self.root.iter("link") if _is_canonical(e))
        claims = (*links, self.meta.get("og:url", ""), linked_data.text_at(self.linked, "url"))
        return tuple(claim for claim in claims if claim)

    @property
    def says_article(self) -> bool:
        """Whether the page declares itself an article."""
        return bool(self.linked) or self.meta.get("og:type", "").lower() == "article"


def _join_names(written: Iterable[str]) -> str:
    cleaned = (_BYLINE_PREFIX.sub("", name).strip() for name in written)
    return "、".join(dict.fromkeys(n for n in cleaned if n and "://" not in n))[:200]


def _is_canonical(link: Element) -> bool:
    return "canonical" in (link.get("rel") or "").lower().split()


def read_language(stated: str) -> str:
    """A language tag in BCP 47 form; Chinese with its script (zh-Hans, zh-Hant) where known."""
    tag = stated.strip()
    if not _LANGUAGE.match(tag):
        return ""
    first_part, *others = re.split("[-_]", tag)
    language = first_part.lower()
    if language != "zh":
        return "-".join([language, *(part.upper() for part in others if len(part) == 2)])
    for part in others:
        if part.lower() in ("hans", "hant"):
            return f"zh-{part.capitalize()}"
        if part.lower() in _CHINESE:
            return f"zh-{_CHINESE[part.lower()]}"
    return "zh"
