"""The types of the journey, one a step.

source → poll → Feed(Entry…) → decide → fetch → Page → Article → Document → file → state

All are frozen values. Instants are timezone-aware UTC datetimes, durations are timedeltas or carry
their unit in the name, texts are NFC as received, unknown values are None or empty.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Literal

# -- settings: the configuration as plain values ---------------------------------------------------


@dataclass(frozen=True, slots=True)
class RevisionSettings:
    """How archived articles are looked at again."""

    enabled: bool = True
    first: timedelta = timedelta(minutes=10)  # no wait is shorter
    share: float = 0.5  # of the article's age
    longest: timedelta = timedelta(days=30)  # no wait is longer
    until: timedelta = timedelta(days=180)  # of the article's age; then never again
    budget: int = 200  # looks an hour at the articles of one source
    per_day: int = 4  # revisions of one article


@dataclass(frozen=True, slots=True)
class Retention:
    """How long raw records are kept; None: for ever."""

    age: timedelta | None = None  # since the day they were received was over
    size: int | None = None  # bytes of all WARC files together


@dataclass(frozen=True, slots=True)
class CoverageSettings:
    """How holes between polls are filled from sitemaps."""

    fill: bool = True
    budget: int = 60  # requests an hour, for sitemaps and the articles that they name


@dataclass(frozen=True, slots=True)
class ArchiveSettings:
    """Where documents go and what they look like."""

    root: Path
    path: str = "_posts/{year}/{month}/{date}-{title}.md"
    body: Literal["markdown", "html"] = "markdown"
    front_matter: Literal["full", "seed"] = "full"
    keep_raw: bool = True
    retention: Retention = Retention()  # of what was kept
    timestamp: str = ""  # URL of an authority that attests each day's manifest; "" for none
    pictures: Literal["link", "save"] = "link"
    picture_max_bytes: int = 10_000_000
    revisions: RevisionSettings = RevisionSettings()
    coverage: CoverageSettings = CoverageSettings()


@dataclass(frozen=True, slots=True)
class FetchSettings:
    """How requests are made. Durations in seconds, sizes in bytes."""

    user_agent: str
    delay: float = 1.0  # between the starts of two requests to one host
    connections_per_host: int = 2
    timeout: float = 30.0  # of the whole exchange: redirects, retries and body; turns not counted
    max_bytes: int = 10_000_000  # of a decoded body
    retries: int = 3
    robots: bool = True
    allow_addresses: tuple[str, ...] = ()  # CIDR blocks outside the public internet


@dataclass(frozen=True, slots=True)
class DaemonSettings:
    """How the daemon behaves. Durations in seconds."""

    listen: str = "127.0.0.1:8765"  # "" switches the health page off
    drain: float = 30.0


# -- where to look ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Source:
    """A section that is polled; several `urls` are several ways to the same section."""

    name: str
    title: str  # author, tag and category where nothing else is given
    urls: tuple[str, ...]
    site: str | None = None  # the name of a profile; chosen by host where None
    every: timedelta = timedelta(minutes=10)
    every_max: timedelta | None = None  # the interval adapts to the publishing rate up to here
    timezone: str = "UTC"  # IANA name; of times without a zone, and of the dates in file names
    allow_addresses: tuple[str, ...] = ()  # CIDR blocks, for its own `urls` only
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)  # may hold secrets
    cookies: Mapping[str, str] = field(default_factory=dict, repr=False)  # secrets
    credentials: str = field(default="", repr=False)  # "user:password", for HTTP Basic
    proxy: str = field(default="", repr=False)  # may hold a password
    ca_file: str = ""


# -- what a URL names ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Story:
    """What a URL alone says of an article."""

    id: str
    url: str  # canonical: how the article is known
    day: date | None = None  # as named by the URL, in the site's time zone
    section: str = ""


# -- lists -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a feed, section page or sitemap, as the source gives it."""

    url: str  # absolute
    id: str = ""  # the article's identity; see protocol.identity
    title: str = ""  # plain text
    published: datetime | None = None
    summary: str = ""  # plain text
    content: str = ""  # full HTML, where the source gives it
    author: str = ""


@dataclass(frozen=True, slots=True)
class Child:
    """A sitemap named by a sitemap index; `lastmod` is kept as written, to be compared only."""

    url: str
    lastmod: str = ""


@dataclass(frozen=True, slots=True)
class Hints:
    """What a feed says of when to ask for it again; instants of the day and week are UTC."""

    ttl: timedelta | None = None  # RSS <ttl>, or the period of sy:updatePeriod/updateFrequency
    skip_hours: frozenset[int] = frozenset()  # 0 to 23
    skip_days: frozenset[int] = frozenset()  # 0 (Monday) to 6, as datetime.weekday()


@dataclass(frozen=True, slots=True)
class Feed:
    """What one URL of a source lists, newest first where the format says so."""

    format: str  # "rss", "rdf", "atom", "json", "sitemap", "sitemapindex", "section"
    entries: tuple[Entry, ...] = ()
    children: tuple[Child, ...] = ()
    title: str = ""
    ignored: int = 0  # items that are no articles: other hosts, videos, cards
    left_out: int = 0  # the oldest items of a feed that is too long to be read whole
    hints: Hints = Hints()


# -- fetching: the outcomes of an exchange ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Validators:
    """`ETag` and `Last-Modified`, opaque, as they came (RFC 9110 §8.8)."""

    etag: str = ""
    last_modified: str = ""

    def __bool__(self) -> bool:
        return bool(self.etag or self.last_modified)


@dataclass(frozen=True, slots=True)
class Capture:
    """One exchange as it went over the wire; `payload` is still in its content coding.

    Headers of the request are without what was secret in them.
    """

    url: str
    at: datetime  # when the request was sent
    request: tuple[tuple[str, str], ...]
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]  # of the answer, in its order
    payload: bytes
    truncated: bool = False


@dataclass(frozen=True, slots=True)
class Page:
    """A complete answer with status 200; `body` is decoded from its content coding."""

    url: str  # after redirects
    body: bytes
    media_type: str = ""  # lower case, without parameters
    charset: str = ""  # of the Content-Type header
    validators: Validators = Validators()
    redirects: tuple[str, ...] = ()  # the URLs that redirected, in order
    moved_to: str = ""  # where a chain of none but permanent redirects (301, 308) led
    fresh_for: timedelta | None = None  # as Cache-Control or Expires say
    capture: Capture | None = field(default=None, repr=False)  # where it is to be kept


@dataclass(frozen=True, slots=True)
class NotModified:
    """304 to a conditional request."""

    url: str
    validators: Validators = Validators()
    moved_to: str = ""
    fresh_for: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Gone:
    """404, 410 or 451: there is no such page (now)."""

    url: str
    status: int

    @property
    def reason(self) -> str:
        return f"HTTP {self.status}"


@dataclass(frozen=True, slots=True)
class Refused:
    """robots.txt, 401 or 403: an answer that is respected."""

    url: str
    reason: str
    robots: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Anything else: no connection, time-out, 5xx, 429, a broken or oversized body."""

    url: str
    reason: str
    status: int | None = None
    retry_after: timedelta | None = None
    unreachable: bool = False  # not a byte of an answer came: no route, no name, no connection
    lasting: bool = False  # the same request will fail again: too large, a loop of redirects

    @property
    def held(self) -> bool:
        """Whether nothing was asked: the host is left alone for `retry_after`."""
        return self.status is None and self.retry_after is not None


Outcome = Page | NotModified | Gone | Refused | Failed

# -- articles --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of an article: absolute URL, caption and credit as plain text."""

    url: str
    caption: str = ""
    credit: str = ""
    alt: str = ""


Precision = Literal["instant", "day"]


@dataclass(frozen=True, slots=True)
class Article:
    """An extracted article. `html` is sanitised and normalised; `text` has a paragraph a line."""

    url: str  # of the page it came from
    canonical_url: str
    id: str
    site: str
    title: str
    text: str
    html: str
    method: str  # the rule that won: "profile:zaobao/sg2025", "generic", "feed", "plain"
    markdown: str = ""
    byline: str = ""
    published: datetime | None = None
    precision: Precision = "instant"
    modified: datetime | None = None
    section: str = ""
    language: str = ""
    description: str = ""
    keywords: tuple[str, ...] = ()
    images: tuple[Picture, ...] = ()
    lead_image: str = ""  # the address of the first picture, else of the one that the page names
    paywalled: bool = False
    words: int = 0  # CJK characters count one each, other scripts by word
    continues: str = ""  # URL of the page that goes on where this one ends
    doubt: str = ""  # why this text is kept for a person to judge, and not archived


@dataclass(frozen=True, slots=True)
class NotArticle:
    """A page that must not be archived as the article that was asked for."""

    kind: Literal["error", "wall", "list", "empty", "cut off", "other"]
    reason: str


# -- documents -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """One Markdown file: the seven keys of the seed, further keys in order, and the body."""

    title: str
    published: datetime
    author: str
    url: str
    tags: tuple[str, ...]
    categories: tuple[str, ...]
    body: str  # without the newline that ends the file
    extra: Mapping[str, object] = field(default_factory=dict)


# -- what is known of an article -------------------------------------------------------------------

Status = Literal["pending", "archived", "quarantined", "given_up", "skipped", "held"]


@dataclass(frozen=True, slots=True)
class Pending:
    """An article that is wanted: how to fetch it, and what was tried."""

    entry: Entry
    source: str  # "" when asked for by hand
    attempts: int = 0
    reason: str = ""  # why the last attempt failed
    due: datetime | None = None  # None: at once


# -- what happened: one value per line of output ---------------------------------------------------

ArticleOutcome = Literal[
    "archived",
    "updated",
    "unchanged",
    "skipped",
    "deferred",
    "quarantined",
    "failed",
    "withdrawn",
]
SourceOutcome = Literal["changed", "unchanged", "failed"]


@dataclass(frozen=True, slots=True)
class SourceEvent:
    """A source was polled."""

    name: str
    outcome: SourceOutcome
    entries: int = 0
    new: int = 0
    reason: str = ""
    next_check: datetime | None = None
    notice: str = ""  # what its operator should do, told once; a line each
    seconds: float | None = None  # that the poll took


@dataclass(frozen=True, slots=True)
class ArticleEvent:
    """The work on an article ended, for now."""

    outcome: ArticleOutcome
    id: str
    url: str
    path: str = ""  # relative to the archive
    source: str = ""
    reason: str = ""
    due: datetime | None = None  # when a deferred article is tried again
    seconds: float | None = None  # that the work on it took
    late: timedelta | None = None  # from the instant of its publication, where it was archived now


Event = SourceEvent | ArticleEvent
