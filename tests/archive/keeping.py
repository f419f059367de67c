"""An archive filled through the keeper, as a run fills it: for tests that read it afterwards."""

import asyncio
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.archive.archive import Archive
from scraper.archive.lock import ArchiveLock
from scraper.model import ArchiveSettings, Article, ArticleEvent, Capture, Entry, Source, Validators
from scraper.service.disk import Disk
from scraper.service.keeping.compose import Draft
from scraper.service.keeping.keeper import Keeper
from scraper.state.database import open_state

NOON = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
SOURCE = Source("news", "山城新闻", ("https://news.example.com/",), timezone="Asia/Shanghai")


def draft(number: int, title: str, *paragraphs: str, hours: int = 0) -> Draft:
    """An article with its exchange, fetched so many hours after noon."""
    url, at = f"https://news.example.com/{number}", NOON + hours * HOUR
    markup = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    article = Article(
        url=url,
        canonical_url=url,
        id=f"story-{number}",
        site="",
        title=title,
        text="\n".join(paragraphs),
        html=markup,
        markdown="\n\n".join(paragraphs),
        method="generic",
        published=NOON,
    )
    page = f"<html><title>{title}</title>{markup}</html>".encode()
    capture = Capture(
        url=url,
        at=at,
        request=(("Host", "news.example.com"), ("User-Agent", "tester/1")),
        status=200,
        reason="OK",
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        payload=page,
    )
    entry = Entry(url, article.id, title)
    return Draft(article, entry, SOURCE, None, Validators(), at, captures=(capture,))


def keep(root: Path, *drafts: Draft) -> list[ArticleEvent]:
    """Archive them, in batches of those that were fetched at one time."""

    async def one_by_one() -> list[ArticleEvent]:
        disk = Disk()
        archive = Archive(root, "tester/1")
        await disk.run(archive.open)
        state = await disk.run(open_state, root / ".scraper" / "state.sqlite")
        keeper = Keeper(ArchiveSettings(root), archive, state, disk)
        events = [await keeper.keep(one) for one in drafts]
        await disk.run(state.close)
        disk.close()
        return events

    with ArchiveLock(root):
        return asyncio.run(one_by_one())


def quarantine(root: Path, number: int) -> ArticleEvent:
    """Put a page aside that names no day."""
    undated = draft(number, "无日期", "正文。")
    (event,) = keep(root, replace(undated, article=replace(undated.article, published=None)))
    return event


def files_with(root: Path, text: str) -> list[str]:
    """The files of the archive whose bytes hold a text, gzip looked through."""
    import gzip  # noqa: PLC0415  # only here

    found = []
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        data = file.read_bytes()
        data = gzip.decompress(data) if re.search(r"\.gz$", file.name) else data
        if text.encode() in data:
            found.append(file.relative_to(root).as_posix())
    return found
