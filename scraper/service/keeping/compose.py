"""Article and source to document: which name, tags, address and keys it is archived under."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from scraper.articles.damage import damage_of, is_spoilt
from scraper.articles.measures import Noted
from scraper.markdown.document import sha256_of_body
from scraper.markdown.names import PathFacts, relative_path
from scraper.model import ArchiveSettings, Article, Capture, Document, Entry, Source, Validators
from scraper.site import Site

NO_INSTANT = "no publication instant on the page, in the entry or in the URL"


@dataclass(frozen=True, slots=True)
class Draft:
    """An article on its way into the archive, with all that its document needs."""

    article: Article
    entry: Entry
    source: Source | None  # the first that listed it; None where it was asked for by hand
    site: Site | None
    validators: Validators
    fetched_at: datetime
    captures: tuple[Capture, ...] = ()  # the exchanges that it came from, where they are kept
    insisted: bool = False  # a person wants it, however it looks beside the others of its source
    noted: Noted | None = None  # how it looks beside these, once it was compared

    @property
    def timezone(self) -> str:
        """The zone of the dates in file names."""
        return self.source.timezone if self.source else self.site.timezone if self.site else "UTC"

    @property
    def doubt(self) -> str:
        """Why it goes into quarantine instead of the archive; "" where it does not."""
        spoilt = self.damage if is_spoilt(self.article) else ""
        undated = "" if self.article.published else NO_INSTANT
        return self.article.doubt or spoilt or undated or (self.noted.unlike if self.noted else "")

    @property
    def damage(self) -> str:
        """What could not be read of it; "" where all could."""
        return damage_of(self.article)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What an archived article keeps for life, and how often its text has changed."""

    url: str
    author: str
    tags: tuple[str, ...]
    categories: tuple[str, ...]
    revision: int
    modified: object  # as its front matter says; None where it does not
    seen: datetime  # when the change was seen
    day: datetime | None = None  # its instant, where that stands for a day only


def compose(draft: Draft, settings: ArchiveSettings, earlier: Earlier | None) -> Document:
    """The document of an article whose publication instant is known (ValueError otherwise)."""
    article = draft.article
    if article.published is None:
        message = f"{article.url}: no publication instant"
        raise ValueError(message)
    label = _label(draft)
    body = on_one_line(article.html) if settings.body == "html" else article.markdown
    return Document(
        title=article.title or draft.entry.title or article.id,
        published=article.published,
        author=article.byline or (earlier.author if earlier else label),
        url=earlier.url if earlier else article.canonical_url,
        tags=earlier.tags if earlier else (label,),
        categories=earlier.categories if earlier else (label,),
        body=body,
        extra=_extra(article, body, earlier) if settings.front_matter == "full" else {},
    )


def on_one_line(html: str) -> str:
    """The body as the seed has it. Only preformatted text holds line breaks."""
    one_line = html.replace("\n", "&#10;")
    return f"<div>\n{one_line}\n</div>"


def _label(draft: Draft) -> str:
    """Tag, category and, where the page names nobody, author."""
    if draft.source:
        return draft.source.title
    return draft.site.title if draft.site else urlsplit(draft.article.canonical_url).hostname or ""


def _extra(article: Article, body: str, earlier: Earlier | None) -> Mapping[str, object]:
    """The keys beyond the seed's seven, each only when known."""
    revision = earlier.revision + 1 if earlier else 1
    # what is known of an archived article is its instant: it is as vague as it was
    is_day = article.precision == "day" or (
        earlier is not None and earlier.day is not None and earlier.day == article.published
    )
    known = {
        "story_id": article.id,
        "date_precision": "day" if is_day else None,
        "section": article.section,
        "lang": article.language,
        "description": article.description,
        "image": article.lead_image or None,
        "keywords": list(article.keywords),
        "last_modified_at": _changed(article, earlier),
        "paywalled": article.paywalled or None,
        "revision": revision if revision > 1 else None,
        "sha256": sha256_of_body(body),
    }
    return {key: value for key, value in known.items() if value not in (None, "", [])}


def _changed(article: Article, earlier: Earlier | None) -> datetime | None:
    """When the text changed last: as the page says, else when it was seen to have changed.

    A page that says of a later text what it said of an earlier one, or names a time to come, does
    not know.
    """
    own = article.modified if article.modified != article.published else None
    if earlier is None or (own and own != earlier.modified and own <= earlier.seen):
        return own
    return earlier.seen


def propose_path(draft: Draft, settings: ArchiveSettings) -> str:
    """Where a new article would go, were nothing else there (ValueError without an instant)."""
    article = draft.article
    if article.published is None:
        message = f"{article.url}: no publication instant"
        raise ValueError(message)
    facts = PathFacts(
        title=article.title or draft.entry.title,
        published=article.published,
        timezone=draft.timezone,
        story_id=article.id,
        section=article.section,
        source=draft.source.name if draft.source else "",
    )
    return relative_path(settings.path, facts)


def revision_path(path: str, number: int) -> str:
    """Where an earlier text of an article goes: beside its fellows, under the article's path."""
    stem = PurePosixPath("_revisions", *PurePosixPath(path).with_suffix("").parts[1:])
    return f"{stem}/{number}.md"


def quarantine_path(article_id: str) -> str:
    """Where a page goes whose extraction looks wrong."""
    return f"_quarantine/{article_id}.md"


def quarantined(draft: Draft, reason: str) -> str:
    """The text kept of a page that cannot be archived: its reason, address and body."""
    import yaml  # noqa: PLC0415  # only for pages that look wrong

    facts = {"title": draft.article.title, "from": draft.article.canonical_url, "reason": reason}
    head = yaml.safe_dump(facts, allow_unicode=True, sort_keys=False)
    return f"---\n{head}---\n\n{draft.article.markdown}\n"
