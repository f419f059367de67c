"""`demo`: a built-in news site on loopback, archived in front of the user's eyes."""

import asyncio
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.session import Session

if TYPE_CHECKING:
    from scraper.demo.site import DemoSite
    from scraper.service.context import Service
    from scraper.service.run import Plan

LOOPBACK = ("127.0.0.0/8",)


@click.command("demo")
@click.option(
    "--keep",
    type=click.Path(path_type=Path, file_okay=False),
    help="Put the archive here and keep it.  [default: a temporary folder, removed at the end]",
)
@click.pass_obj
def command(session: Session, keep: Path | None) -> None:
    """Archive a small built-in news site; needs no network.

    Polls its section page and its feed, archives a dozen stories, shows the files and one of them;
    then one story is edited and a new one appears, and both are archived.
    """
    if keep:
        asyncio.run(_show(session, keep.absolute()))
        return
    with tempfile.TemporaryDirectory(prefix="scraper-demo-") as folder:
        asyncio.run(_show(session, Path(folder)))
    session.output.text("\nThe temporary archive was removed; --keep DIR keeps it.")


async def _show(session: Session, root: Path) -> None:
    from scraper.archive.lock import ArchiveLock
    from scraper.demo.site import DemoSite
    from scraper.service.run import opened

    def say(step: str) -> None:
        session.output.text(f"\n{step}\n")

    with DemoSite(datetime.now(UTC)) as site, ArchiveLock(root):
        async with opened(_plan(site, root), session.output.event) as service:
            say(f"A news site is running at {site.url}. First poll:")
            await _poll(service)
            _show_files(session, root)
            say("A second poll asks again and finds nothing new:")
            await _poll(service)
            site.publish()
            edited = site.edit()
            say("Now the site publishes a story and corrects another. Third poll:")
            await _poll(service)
            say("The corrected story is fetched again; its earlier text is kept:")
            await _fetch_again(service, edited)
            _show_revision(session, root)
    session.output.summary()


def _plan(site: "DemoSite", root: Path) -> "Plan":
    """The demo's own configuration: one source with two ways to the same section."""
    from scraper.demo.profile import profile
    from scraper.model import ArchiveSettings, FetchSettings, Source
    from scraper.protocol.urls import host
    from scraper.service.run import Plan
    from scraper.version import VERSION

    known = profile(host(site.url))
    source = Source(
        name="demo",
        title=known.title,
        urls=(site.section_url, site.feed_url),
        site=known.name,
        timezone=known.timezone,
    )
    fetch = FetchSettings(f"news-scraper/{VERSION} (demo)", delay=0.0)
    return Plan(
        archive=ArchiveSettings(root),
        fetch=replace(fetch, allow_addresses=LOOPBACK),
        sources={source.name: source},
        sites={known.name: known},
    )


async def _poll(service: "Service") -> None:
    from scraper.service.run import run_once

    await run_once(service, service.crawl.sources.values(), asyncio.Event())


async def _fetch_again(service: "Service", url: str) -> None:
    from scraper.service.crawling.articles import archive, ask_for

    await archive(service, ask_for(service.crawl, url, "demo"))


def _show_files(session: Session, root: Path) -> None:
    files = sorted(root.glob("_posts/**/*.md"))
    session.output.text(f"\n{len(files)} files, laid out by year and month; one of them:\n")
    if files:
        session.output.text(files[len(files) // 2].read_text("utf-8"))


def _show_revision(session: Session, root: Path) -> None:
    for file in sorted(root.glob("_revisions/**/*.md")):
        session.output.line(f"          {file.relative_to(root)}")
