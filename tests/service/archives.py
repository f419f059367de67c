"""An archive filled by the keeper: documents, records, manifest and state, as a run leaves them."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.archive.archive import Archive
from scraper.model import ArchiveSettings, Article, ArticleEvent, Capture, Entry, Source, Validators
from scraper.service.disk import Disk
from scraper.service.keeping.compose import Draft
from scraper.service.keeping.keeper import Keeper
from scraper.state.database import open_state

NOON = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
SOURCE = Source("news", "山城新闻", ("https://news.example.com/",), timezone="Asia/Shanghai")
STATE = Path(".scraper/state.sqlite")


def draft(number: int, body: str = "正文。", *, doubt: str = "", days: int = 0) -> Draft:
    """An article of its own per number, received on a day after 2024-05-06."""
    at, url = NOON + timedelta(days=days), f"https://news.example.com/{number}"
    headers = (("Content-Type", "text/html"),)
    page = Capture(url + "?page=1", at, (), 200, "OK", headers, f"<p>{number}{body}</p>".encode())
    article = Article(
        url=url,
        canonical_url=url,
        id=f"story-{number}",
        site="",
        title=f"桥上的灯 {number}",
        text=body,
        html=f"<p>{body}</p>",
        markdown=body,
        method="generic",
        published=NOON,
        doubt=doubt,
    )
    validators = Validators('"1"')
    entry = Entry(url + "?from=list", article.id, article.title)
    return Draft(article, entry, SOURCE, None, validators, at, (page,))


def keep(root: Path, drafts: Iterable[Draft]) -> list[ArticleEvent]:
    """Archive drafts as a run does, all of them at once."""
    return asyncio.run(_keep(root, list(drafts)))


async def _keep(root: Path, drafts: list[Draft]) -> list[ArticleEvent]:
    disk, archive = Disk(), Archive(root, "tester/1")
    await disk.run(archive.open)
    state = await disk.run(open_state, root / STATE)
    try:
        keeper = Keeper(ArchiveSettings(root), archive, state, disk)
        return list(await asyncio.gather(*map(keeper.keep, drafts)))
    finally:
        await disk.run(state.close)
        disk.close()


def fill(root: Path, count: int = 3) -> None:
    """An archive with `count` articles, the first of them revised, and one page in quarantine."""
    keep(root, map(draft, range(count)))
    keep(root, [replace(draft(0, "改文。", days=1)), draft(99, doubt="too short", days=1)])
