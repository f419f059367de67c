"""Drafts into an archive: paths for life, edits, quarantine; real files and real SQLite."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.archive.archive import Archive as Files
from scraper.errors import ArchiveError
from scraper.markdown.document import read
from scraper.model import ArchiveSettings, Article, ArticleEvent, Entry, Source, Validators
from scraper.service.compose import Draft
from scraper.service.disk import Disk
from scraper.service.keeper import Keeper
from scraper.state.database import State, open_state

NOON = datetime(2024, 5, 6, 4, 0, tzinfo=UTC)
SOURCE = Source("news", "山城新闻", ("https://news.example.com/",), timezone="Asia/Shanghai")


def draft(number: int = 1, title: str = "桥上的灯", body: str = "正文。") -> Draft:
    url = f"https://news.example.com/{number}"
    article = Article(
        url=url,
        canonical_url=url,
        id=f"story-{number}",
        site="",
        title=title,
        text=body,
        html=f"<p>{body}</p>",
        markdown=body,
        method="generic",
        published=NOON,
    )
    return Draft(article, Entry(url, article.id, title), SOURCE, None, Validators('"1"'), NOON)


class Archive:
    """A keeper with what it writes to; its state lives in the disk's thread."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.disk = Disk()
        self.state = self.in_thread(open_state, root / "state.sqlite")

    def in_thread(self, work: Callable[..., State], *arguments: Path) -> State:
        return asyncio.run(self.disk.run(work, *arguments))

    def close(self) -> None:
        asyncio.run(self.disk.run(self.state.close))
        self.disk.close()

    def attempt(self, *drafts: Draft) -> list[ArticleEvent | BaseException]:
        """Keep all of them at once, as a busy run does."""
        keeper = Keeper(
            ArchiveSettings(self.root), Files(self.root, "tester/1"), self.state, self.disk
        )

        async def all_at_once() -> list[ArticleEvent | BaseException]:
            return await asyncio.gather(*map(keeper.keep, drafts), return_exceptions=True)

        return asyncio.run(all_at_once())

    def keep(self, *drafts: Draft) -> list[ArticleEvent]:
        """The same, where none may fail."""
        events = []
        for result in self.attempt(*drafts):
            if isinstance(result, BaseException):
                raise result
            events.append(result)
        return events

    def files(self, folder: str = "_posts") -> list[str]:
        found = self.root.glob(f"{folder}/**/*.md")
        return sorted(str(file.relative_to(self.root)) for file in found)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    kept = Archive(tmp_path)
    yield kept
    kept.close()


def test_an_article_is_archived_under_its_day_and_title(archive: Archive) -> None:
    (event,) = archive.keep(draft())
    assert event.outcome == "archived"
    assert event.path == "_posts/2024/05/2024-05-06-桥上的灯.md"
    document = read((archive.root / event.path).read_text("utf-8"))
    assert document.body == "正文。"
    assert document.tags == ("山城新闻",)
    assert archive.files() == [event.path]


def test_the_same_article_again_changes_nothing(archive: Archive) -> None:
    (first,) = archive.keep(draft())
    before = (archive.root / first.path).read_bytes()
    (again,) = archive.keep(draft())
    assert (again.outcome, again.path) == ("unchanged", first.path)
    assert (archive.root / first.path).read_bytes() == before


def test_of_two_articles_with_one_title_on_one_day_the_later_gets_its_id(archive: Archive) -> None:
    archive.keep(draft(1))
    (second,) = archive.keep(draft(2))
    assert second.path == "_posts/2024/05/2024-05-06-桥上的灯-story-2.md"
    assert len(archive.files()) == 2


def test_titles_that_differ_in_case_only_get_two_files_in_one_batch(archive: Archive) -> None:
    events = archive.keep(draft(1, "News ABC"), draft(2, "News abc"))
    assert len({event.path.casefold() for event in events}) == 2
    assert len(archive.files()) == 2


def test_an_edit_is_written_in_place_and_the_earlier_text_kept(archive: Archive) -> None:
    (first,) = archive.keep(draft(body="原文。"))
    (second,) = archive.keep(draft(title="改过的标题", body="改文。"))
    assert (second.outcome, second.path) == ("updated", first.path)
    current = read((archive.root / first.path).read_text("utf-8"))
    assert (current.title, current.body) == ("改过的标题", "改文。")
    assert current.extra["revision"] == 2
    (earlier,) = archive.files("_revisions")
    assert read((archive.root / earlier).read_text("utf-8")).body == "原文。"
    archive.keep(draft(body="再改。"))
    assert len(archive.files("_revisions")) == 2


def test_url_and_tags_stay_those_of_the_first_time(archive: Archive) -> None:
    (first,) = archive.keep(draft())
    moved = draft(body="改文。")
    other = replace(SOURCE, name="other", title="另一来源")
    archive.keep(
        replace(
            moved,
            source=other,
            article=replace(moved.article, canonical_url="https://news.example.com/moved"),
        )
    )
    document = read((archive.root / first.path).read_text("utf-8"))
    assert document.url == "https://news.example.com/1"
    assert document.tags == ("山城新闻",)


def test_an_article_without_any_instant_is_quarantined_with_the_reason(archive: Archive) -> None:
    undated = draft()
    (event,) = archive.keep(replace(undated, article=replace(undated.article, published=None)))
    assert event.outcome == "quarantined"
    text = (archive.root / event.path).read_text("utf-8")
    assert "no publication instant" in text
    assert "正文。" in text
    assert archive.files() == []


def test_a_text_in_doubt_is_quarantined_with_the_reason(archive: Archive) -> None:
    plain = draft()
    doubt = "needed more than 5 s to read"
    (event,) = archive.keep(replace(plain, article=replace(plain.article, doubt=doubt)))
    assert (event.outcome, event.reason) == ("quarantined", doubt)
    text = (archive.root / event.path).read_text("utf-8")
    assert f"reason: {doubt}" in text
    assert "正文。" in text
    assert archive.files() == []


def test_somebody_elses_file_at_the_path_is_left_alone(archive: Archive) -> None:
    path = archive.root / "_posts/2024/05/2024-05-06-桥上的灯.md"
    path.parent.mkdir(parents=True)
    path.write_text("my own notes\n", "utf-8")
    (event,) = archive.keep(draft())
    assert event.outcome == "archived"
    assert path.read_text("utf-8") == "my own notes\n"
    assert len(archive.files()) == 2


def test_one_draft_that_cannot_be_written_does_not_spoil_its_batch(archive: Archive) -> None:
    nameless = draft(2, title="坏")  # an id is what a row needs
    broken = replace(nameless, article=replace(nameless.article, id=""))
    results = archive.attempt(draft(1, title="好"), broken, draft(3, title="也好"))
    assert [type(result) for result in results] == [ArticleEvent, ValueError, ArticleEvent]
    assert [event.outcome for event in archive.keep(draft(1), draft(3))] == ["updated", "updated"]


def test_an_archive_that_refuses_says_so_to_everybody(archive: Archive, tmp_path: Path) -> None:
    (tmp_path / "_posts").write_text("a file where a folder is needed", "utf-8")
    with pytest.raises(ArchiveError, match="_posts"):
        archive.keep(draft(1), draft(2))


def test_a_few_unreadable_characters_are_told_and_many_are_quarantined(archive: Archive) -> None:
    few = draft(1, body="桥上的灯昨晚亮了。" * 20 + "\ufffd")
    many = draft(2, title="另一座桥", body="桥上的灯\ufffd\ufffd昨晚亮了。")
    assert [(event.outcome, event.reason) for event in archive.keep(few, many)] == [
        ("archived", "1 character could not be read (U+FFFD)"),
        ("quarantined", "2 characters could not be read (U+FFFD)"),
    ]
    (again,) = archive.keep(few)
    assert (again.outcome, again.reason) == ("unchanged", "")
    assert "could not be read" in (archive.root / "_quarantine/story-2.md").read_text("utf-8")
