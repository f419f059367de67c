"""From what a user calls an article (id, path, URL) to the article, with or without the state.

The state knows most; where it was deleted, the manifest and the files know enough.
"""

from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from scraper.archive.manifest import Event
from scraper.archive.versions import Held, current_path, events_of, id_in, versions_of
from scraper.errors import UnknownArticleError
from scraper.protocol.identity import choose_site, identify
from scraper.protocol.urls import canonical
from scraper.site import Site
from scraper.state.database import State, open_state


@dataclass(frozen=True, slots=True)
class Found:
    """An article: its id, its URL ("" where unknown), its file ("" for none), its events."""

    id: str
    url: str
    path: str
    events: tuple[Event, ...]
    versions: tuple[Held, ...] = ()
    forgotten: datetime | None = None


def find(root: Path, sites: Iterable[Site], name: str) -> Found:
    """The article of this id, path or URL, with its versions; locks and writes nothing.

    Raises:
        UnknownArticleError: the archive has no such article, or has forgotten it; says which.
        ArchiveError, DocumentError: a file cannot be read.
    """
    with closing(open_state(root / ".scraper" / "state.sqlite", read_only=True)) as state:
        found = locate(root, state, sites, name)
    if found.forgotten:
        raise UnknownArticleError(f"{found.id} was forgotten on {found.forgotten:%Y-%m-%d}")
    versions = versions_of(root, found.path, found.events) if found.path else []
    if not versions:
        raise UnknownArticleError(f"{found.id} has no text in {root}: it was never archived there")
    url = found.url or versions[-1].document.url
    return Found(found.id, url, found.path, found.events, tuple(versions))


def locate(root: Path, state: State, sites: Iterable[Site], name: str) -> Found:
    """The article alone, without reading its texts; a forgotten one as well.

    Raises UnknownArticleError.
    """
    article_id = _id_of(root, state, sites, name)
    record = state.articles.get(article_id)
    takedown = state.forgotten.get(article_id)
    events = tuple(events_of(root, article_id))
    if record is None and takedown is None and not events:
        raise UnknownArticleError(
            f"{name}: no such article in {root}; give the id, the path below the archive, or "
            "the URL (`from` in its file)"
        )
    last = next((e.at for e in reversed(events) if _is_takedown(events, e)), None)
    path = record.path if record and record.status == "archived" else current_path(events)
    url = (record.canonical_url or record.url) if record else takedown.url if takedown else ""
    return Found(article_id, url, path, events, (), takedown.at if takedown else last)


def _is_takedown(events: Sequence[Event], event: Event) -> bool:
    """Whether an event is a takedown after which nothing came back."""
    return event.event == "forgotten" and event is events[-1]


def _id_of(root: Path, state: State, sites: Iterable[Site], name: str) -> str:
    if "://" in name:
        return _id_of_url(state, sites, name)
    if not name.endswith(".md"):
        return name
    path = _below(root, name)
    return state.addresses.id_of_path(path) or id_in(root, path) or name


def _id_of_url(state: State, sites: Iterable[Site], url: str) -> str:
    known = state.addresses.id_of_url(url) or state.addresses.id_of_url(_canonical(url))
    story = identify(url, choose_site(url, sites)) or identify(url, None)
    return known or (story.id if story else url)


def _canonical(url: str) -> str:
    try:
        return canonical(url)
    except ValueError:
        return url


def _below(root: Path, name: str) -> str:
    """A path as the archive has it, whether it was given from there or from where the user is."""
    given = Path(name).absolute()
    if given.exists() and given.is_relative_to(root.absolute()):
        return given.relative_to(root.absolute()).as_posix()
    return str(PurePosixPath(name))
