"""`sources discover`: the feeds of a site, found politely and really read."""

import asyncio
from typing import TYPE_CHECKING

import click

from scraper.cli.exits import Exit
from scraper.cli.session import Session
from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.model import Feed
    from scraper.service.crawling.discovering import Found, NotFound
    from scraper.site import Site

_ORIGINS = {
    "itself": "the address itself",
    "declared": "declared by the page",
    "linked": "linked on the page",
    "robots.txt": "named in robots.txt",
    "usual": "a usual place",
}


@click.command("discover")
@click.argument("url", metavar="URL")
@click.option("--site", metavar="NAME", help="The site profile that reads section pages.")
@click.pass_obj
def discover(session: Session, url: str, site: str | None) -> None:
    """Find the feeds of a site, and print the [[sources]] to paste into the configuration.

    The page is fetched, then at most eight more addresses, each as politely as a poll: those that
    it declares or links to, the sitemaps of robots.txt, the usual places (/feed, /rss.xml …). Every
    one is really read: a page that calls itself a feed is not believed. Nothing is written.

    Exits 1 if there is none.
    """
    from scraper.service.crawling.discovering import Found

    address = _address(url)
    results = asyncio.run(_search(session, address, _profile(session, site)))
    found = [result for result in results if isinstance(result, Found)]
    blocks = _blocks(session, found, site or "")
    if session.output.as_json:
        facts = {"event": "discovery", "url": address, "found": len(found), "toml": blocks}
        session.output.record(facts)
    elif blocks:
        session.output.text(f"\nTo be appended to the configuration:\n\n{blocks}")
    if not blocks:
        reasons = [result.reason for result in results[:1] if not isinstance(result, Found)]
        session.output.problem("; ".join([f"{address}: nothing to poll was found", *reasons]))
    raise SystemExit(Exit.DONE if blocks else Exit.TROUBLE)


def _address(url: str) -> str:
    """The URL; one without a scheme is https. Raises ConfigurationError."""
    from scraper.protocol.urls import resolve

    given = url if "://" in url else f"https://{url}"
    resolved = resolve(given, given)
    if resolved is None:
        raise ConfigurationError(f"no URL: {url}; expected http://… or https://…")
    return resolved


def _profile(session: Session, name: str | None) -> "Site | None":
    """The profile of that name; None where none is named. Raises ConfigurationError."""
    sites = session.configuration.sites
    if name and name not in sites:
        known = ", ".join(sorted(sites))
        raise ConfigurationError(f"no site profile named {name!r}; there are: {known}")
    return sites[name] if name else None


async def _search(session: Session, url: str, site: "Site | None") -> list["Found | NotFound"]:
    from scraper.fetch.fetcher import MemoryRobots
    from scraper.service.crawling.discovering import Found, Search
    from scraper.service.crawling.discovering import discover as find

    results = []
    robots = MemoryRobots()
    async with session.reading(robots) as crawl:
        async for result in find(Search(crawl, robots, site), url):
            results.append(result)
            if isinstance(result, Found):
                _show(session, result)
            else:
                _tell(session, result)
    return results


def _show(session: Session, found: "Found") -> None:
    from scraper.cli.output import iso

    feed, newest = found.feed, _newest(found.feed)
    facts: dict[str, object] = {
        "event": "feed",
        "url": found.url,
        "format": feed.format,
        "title": feed.title,
        "entries": len(feed.entries),
        "sitemaps": len(feed.children),
        "newest": iso(newest),
        "found": found.origin,
    }
    count = f"{len(feed.children)} sitemaps" if feed.children else f"{len(feed.entries)} entries"
    when = f", newest {newest:%Y-%m-%d %H:%M}Z" if newest else ""
    title = f" “{feed.title}”" if feed.title else ""
    origin = _ORIGINS[found.origin]
    session.output.result(facts, f"{feed.format:8} {found.url}{title}: {count}{when}; {origin}")
    if found.origin == "itself" and feed.format not in ("section", "sitemap", "sitemapindex"):
        session.output.line("         this address is a feed: nothing else was asked for")


def _newest(feed: "Feed") -> "datetime | None":
    return max((entry.published for entry in feed.entries if entry.published), default=None)


def _tell(session: Session, missing: "NotFound") -> None:
    """Why a candidate is none; a page's promise that it does not keep is a problem."""
    facts: dict[str, object] = {
        "event": "candidate",
        "url": missing.url,
        "reason": missing.reason,
        "found": missing.origin,
    }
    line = f"no feed  {missing.reason}; {_ORIGINS[missing.origin]}"
    if missing.origin == "declared" and not session.output.as_json:
        session.output.problem(line)
    else:
        session.output.result(facts, line)


def _blocks(session: Session, found: list["Found"], site: str) -> str:
    """The sources to paste: a list that repeats another's articles is only a comment there."""
    from scraper.config.blocks import propose_name, write_block
    from scraper.feeds.discovery import same_articles

    useful = [one for one in found if one.feed.entries or one.feed.children]
    lists = [one for one in useful if not one.feed.format.startswith("sitemap")] or useful
    chosen: list[Found] = []
    comments: list[list[str]] = []
    for one in lists:
        twin = same_articles(one.feed, [other.feed for other in chosen])
        if twin is None:
            chosen.append(one)
            comments.append([])
        else:
            comments[twin].append(f"another way to the same articles: {one.url}")
    taken = [source.name for source in session.configuration.sources]
    blocks = []
    for one, remarks in zip(chosen, comments, strict=True):
        name = propose_name(one.feed.title, one.url, taken)
        taken.append(name)
        blocks.append(write_block(name, one.feed.title, [one.url], remarks, site))
    return "\n".join(blocks)
