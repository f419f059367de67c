"""`sources import` and `sources export`: subscription lists in and out."""

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.session import DEFAULT_FILE, Session
from scraper.errors import ConfigurationError, FeedError

if TYPE_CHECKING:
    from scraper.feeds.opml import Subscription, Subscriptions
    from scraper.model import Source

STANDARD_INPUT = Path("-")


@click.command(
    "import",
    epilog="""\b
Such as:
  scraper sources import feeds.opml >> config/scraper.toml
  scraper config check
""",
)
@click.argument("file", type=click.Path(path_type=Path), metavar="FILE.opml")
@click.pass_obj
def import_sources(session: Session, file: Path) -> None:
    """Print the feeds of an OPML file as [[sources]], to be appended to the configuration.

    `-` reads standard input. What is configured already is left out, categories become comments.
    Nothing is fetched, and the configuration is never edited: append what is printed yourself.
    """
    listed = _read(file)
    known = _known_addresses(session.configuration.sources)
    new = [feed for feed in listed.feeds if _address(feed.url) not in known]
    wrong = [*listed.wrong, *(feed.url for feed in new if not _is_usable(feed.url))]
    usable = [feed for feed in new if _is_usable(feed.url)]
    _print(session, usable)
    for text in wrong:
        session.output.problem(f"left out: {text!r} is no URL that a source may have")
    left_out = len(listed.feeds) - len(new)
    session.output.log(
        f"{len(usable)} of {len(listed.feeds) + len(listed.wrong)} feeds printed, {left_out} are "
        f"configured already; append them to {session.file or DEFAULT_FILE} with >>, then: "
        "scraper config check"
    )


def _read(file: Path) -> "Subscriptions":
    """The list in a file. Raises ConfigurationError where it cannot be read, or is none."""
    from scraper.feeds.opml import MAX_BYTES, read_opml

    try:
        if file == STANDARD_INPUT:
            body = sys.stdin.buffer.read(MAX_BYTES + 1)
        else:
            with file.open("rb") as opened:
                body = opened.read(MAX_BYTES + 1)
        return read_opml(body, "standard input" if file == STANDARD_INPUT else str(file))
    except OSError as error:
        raise ConfigurationError(f"{file} cannot be read: {error.strerror}") from error
    except FeedError as error:
        raise ConfigurationError(str(error)) from error


def _known_addresses(sources: Iterable["Source"]) -> set[str]:
    return {_address(url) for source in sources for url in source.urls}


def _address(url: str) -> str:
    from scraper.protocol.urls import canonical

    return canonical(url)


def _is_usable(url: str) -> bool:
    from scraper.config.checks import check_url

    try:
        return bool(check_url(url))
    except ValueError:
        return False


def _print(session: Session, feeds: list["Subscription"]) -> None:
    from scraper.config.blocks import propose_name, write_block

    taken = [source.name for source in session.configuration.sources]
    for members in _grouped(feeds):
        first, urls = members[0], [feed.url for feed in members]
        name = propose_name(first.name or first.title, first.url, taken)
        taken.append(name)
        facts: dict[str, object] = {
            "event": "import",
            "name": name,
            "title": first.title,
            "urls": urls,
            "category": list(first.category),
        }
        if session.output.as_json:
            session.output.record(facts)
        else:
            comments = [" / ".join(first.category)] if first.category else []
            click.echo(write_block(name, first.title, urls, comments))


def _grouped(feeds: list["Subscription"]) -> list[list["Subscription"]]:
    """The feeds of one source of ours together, each other one by itself."""
    groups: dict[str, list[Subscription]] = {}
    for feed in feeds:
        groups.setdefault(feed.name or feed.url, []).append(feed)
    return list(groups.values())


@click.command("export", epilog="Such as: scraper sources export > feeds.opml")
@click.pass_obj
def export_sources(session: Session) -> None:
    """Print the configured sources as OPML 2.0, for a feed reader or for `sources import`.

    A source with several URLs becomes several outlines. Section pages, which only this program
    reads, are among them. Nothing but titles, names and URLs is written.
    """
    from scraper.feeds.opml import Subscription, write_opml

    session.require_file()
    feeds = [
        Subscription(url, source.title, name=source.name)
        for source in session.configuration.sources
        for url in source.urls
    ]
    click.echo(write_opml("Sources of news-scraper", feeds), nl=False)
