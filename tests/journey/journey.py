"""The whole journey in this process: real fetching, real worker processes, real files."""

import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from lxml import html
from markdown_it import MarkdownIt

from scraper.config.sites import load_sites
from scraper.fetch.clock import SystemClock
from scraper.markdown.document import read
from scraper.model import (
    ArchiveSettings,
    ArticleEvent,
    CoverageSettings,
    Document,
    Event,
    FetchSettings,
    Source,
    SourceEvent,
)
from scraper.service.context import Service
from scraper.service.run import Plan, opened, run_once
from scraper.site import Site

LOOPBACK = ("127.0.0.0/8",)


class MovableClock(SystemClock):
    """The system's clock, set forward by what a test says; waiting takes no time."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def random(self) -> float:
        return 0.0


@dataclass
class Journey:
    """An archive and the sources that fill it."""

    root: Path
    clock: MovableClock = field(default_factory=MovableClock)
    sources: dict[str, Source] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    fetching: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    sites: Mapping[str, Site] = field(default_factory=lambda: load_sites(None))

    def add(self, *urls: str, name: str = "china", site: str | None = "zaobao") -> Source:
        source = Source(
            name=name, title="联合早报", urls=urls, site=site, timezone="Asia/Singapore"
        )
        self.sources[name] = source
        return source

    def plan(self) -> Plan:
        fetch: dict[str, Any] = {
            "delay": 0.0,
            "allow_addresses": LOOPBACK,
            "retries": 0,
        } | self.fetching
        return Plan(
            archive=ArchiveSettings(
                self.root, **({"coverage": CoverageSettings(fill=False)} | self.settings)
            ),
            fetch=FetchSettings("tester/1", **fetch),
            sources=self.sources,
            sites=self.sites,
        )

    def once(self) -> "Journey":
        """Poll every source and drain; the events of this run replace those of the last."""
        self.events = []
        asyncio.run(self._once())
        return self

    async def _once(self) -> None:
        async with opened(self.plan(), self.events.append, self.clock) as service:
            await run_once(service, self.sources.values(), asyncio.Event())

    def with_service(self, work: Callable[[Service], Any]) -> None:
        """Run `work` on an opened service."""

        async def run() -> None:
            async with opened(self.plan(), self.events.append, self.clock) as service:
                await work(service)

        self.events = []
        asyncio.run(run())

    # -- what came of it ---------------------------------------------------------------------------

    def articles(self, outcome: str = "") -> list[ArticleEvent]:
        found = [event for event in self.events if isinstance(event, ArticleEvent)]
        return [event for event in found if not outcome or event.outcome == outcome]

    def polls(self) -> list[SourceEvent]:
        return [event for event in self.events if isinstance(event, SourceEvent)]

    def files(self) -> dict[str, bytes]:
        """Every file under _posts by its path."""
        found = sorted(self.root.glob("_posts/**/*.md"))
        return {str(file.relative_to(self.root)): file.read_bytes() for file in found}

    def documents(self) -> dict[str, Document]:
        """Every archived document by its story id."""
        documents = [read(text.decode()) for text in self.files().values()]
        return {document.url.rpartition("/")[2]: document for document in documents}


@dataclass(frozen=True)
class Rendered:
    """What a reader of a document's body sees."""

    paragraphs: tuple[str, ...]
    pictures: tuple[tuple[str, str], ...]  # (address, caption)


def read_back(markdown: str) -> Rendered:
    """Render a Markdown body with a CommonMark renderer and read it as a person would."""
    renderer = MarkdownIt("commonmark").enable("table")
    root = html.fragment_fromstring(renderer.render(markdown), create_parent=True)
    paragraphs: list[str] = []
    pictures: list[tuple[str, str]] = []
    for block in _leaves(root):
        images = list(block.iter("img"))
        text = " ".join(block.text_content().split())
        if images:
            pictures.append((images[0].get("src", ""), text))
        elif text and not _is_player(block, text):
            paragraphs.append(text)
    return Rendered(tuple(paragraphs), tuple(pictures))


def _leaves(root: html.HtmlElement) -> Iterator[html.HtmlElement]:
    """The blocks that hold text: paragraphs, headings, cells, items without paragraphs."""
    tags = ("p", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "pre", "li")
    for element in root.iter(*tags):
        if element.tag != "li" or element.find("p") is None:
            yield element


def _is_player(block: html.HtmlElement, text: str) -> bool:
    """A link in place of an embedded player, which is no text of the article."""
    links: Sequence[html.HtmlElement] = list(block.iter("a"))
    return (
        len(links) == 1 and links[0].text_content() == text and "embed" in links[0].get("href", "")
    )
