"""Drafts into an archive: paths for life, edits, quarantine; real files and real SQLite."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeVar

import pytest

from scraper.archive.archive import Archive as Files
from scraper.archive.manifest import read_all
from scraper.errors import ArchiveError
from scraper.markdown.document import read
from scraper.model import (
    ArchiveSettings,
    Article,
    ArticleEvent,
    Document,
    Entry,
    Source,
    Validators,
)
from scraper.protocol.recheck import DOUBTED, JITTER, UNANSWERED, jitter_of
from scraper.service.disk import Disk
from scraper.service.keeping.compose import Draft
from scraper.service.keeping.keeper import Keeper
from scraper.service.keeping.marking import BACK, Marker
from scraper.state.articles import ArticleRecord
from scraper.state.checks import Watch
from scraper.state.database import State, open_state

T = TypeVar("T")
MINUTE = timedelta(minutes=1)
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
        self.settings = ArchiveSettings(root)
        self.disk = Disk()
        self.state = self.in_thread(open_state, root / "state.sqlite")

    def in_thread(self, work: Callable[..., State], *arguments: Path) -> State:
        return asyncio.run(self.disk.run(work, *arguments))

    def lose_state(self, instead: Path | None = None) -> None:
        """Begin a new state, or go back to a copy of an earlier one."""
        asyncio.run(self.disk.run(self.state.close))
        for file in self.root.glob("state.sqlite*"):
            file.unlink()
        if instead:
            shutil.copy(instead, self.root / "state.sqlite")
        self.state = self.in_thread(open_state, self.root / "state.sqlite")

    def copy_state(self, to: Path) -> None:
        asyncio.run(self.disk.run(self.state.close))
        shutil.copy(self.root / "state.sqlite", to)
        self.state = self.in_thread(open_state, self.root / "state.sqlite")

    def close(self) -> None:
        asyncio.run(self.disk.run(self.state.close))
        self.disk.close()

    def see(self, hours: float, work: Callable[[Marker, ArticleRecord, datetime], T]) -> T:
        """Note what was seen of the article so many hours later."""
        marker = Marker(self.settings, Files(self.root, "tester/1"), self.state)

        def see() -> T:
            record = self.state.articles.get("story-1")
            assert record
            return work(marker, record, NOON + timedelta(hours=hours))

        return asyncio.run(self.disk.run(see))

    def miss(self, hours: float) -> ArticleEvent | None:
        return self.see(hours, lambda marker, record, now: marker.missing(record, "HTTP 404", now))

    def find(self, hours: float) -> ArticleEvent | None:
        known = Validators('"1"')
        return self.see(hours, lambda marker, record, now: marker.present(record, known, now))

    def unanswered(self, hours: float, *, refused: bool) -> None:
        self.see(hours, lambda marker, *seen: marker.unanswered(*seen, None, refused=refused))

    def watch(self) -> Watch:
        return asyncio.run(self.disk.run(self.state.checks.get, "story-1"))

    def waits(self, hours: float) -> timedelta:
        """How long after that the article is looked at again, without its jitter."""
        due = self.watch().next_check
        assert due
        wait = due - (NOON + timedelta(hours=hours))
        whole = wait / (1 + JITTER * jitter_of("story-1"))
        return wait if wait in (DOUBTED, UNANSWERED) else timedelta(minutes=round(whole / MINUTE))

    def attempt(self, *drafts: Draft) -> list[ArticleEvent | BaseException]:
        """Keep all of them at once, as a busy run does."""
        keeper = Keeper(self.settings, Files(self.root, "tester/1"), self.state, self.disk)

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


def test_a_file_that_a_crash_left_without_its_row_gets_its_line_of_the_manifest(
    archive: Archive,
) -> None:
    (first,) = archive.keep(draft())
    (manifest,) = (archive.root / "_manifest").rglob("*.jsonl")
    opening, line = manifest.read_text("utf-8").splitlines(keepends=True)
    manifest.write_text(opening, "utf-8")
    forget = archive.state.articles._connection.run
    asyncio.run(archive.disk.run(forget, "DELETE FROM articles"))
    (again,) = archive.keep(draft())
    assert (again.outcome, again.path) == ("unchanged", first.path)
    assert manifest.read_text("utf-8") == opening + line


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


# -- read again ------------------------------------------------------------------------------------

LONG = "桥上的灯昨晚亮了，市民驻足观看。" * 20


def at(hours: float, **changes: object) -> Draft:
    """The same article, read so many hours later."""
    plain = draft(body=str(changes.pop("body", LONG)), title=str(changes.pop("title", "桥上的灯")))
    later = NOON + timedelta(hours=hours)
    return replace(plain, article=replace(plain.article, **changes), fetched_at=later)  # type: ignore[arg-type]


def lines(archive: Archive) -> list[str]:
    """What happened, as the manifest has it."""
    return [event.event for event in read_all(archive.root)]


def current(archive: Archive) -> Document:
    (path,) = archive.files()
    return read((archive.root / path).read_text("utf-8"))


@pytest.mark.parametrize(
    "markup",
    [
        "**桥上的灯**" + LONG.removeprefix("桥上的灯"),
        LONG.replace("。", "。\n\n"),
        "![](https://news.example.com/1.jpg)\n\n" + LONG,
        LONG.replace("市民", "[市民](https://news.example.com/citizens)"),
    ],
)
def test_other_markup_pictures_and_spaces_make_no_revision(archive: Archive, markup: str) -> None:
    (first,) = archive.keep(at(0))
    before = (archive.root / first.path).read_bytes()
    (again,) = archive.keep(at(1, body=markup))
    assert again.outcome == "unchanged"
    assert (archive.root / first.path).read_bytes() == before
    assert archive.files("_revisions") == []
    assert lines(archive) == ["archived"]


def test_a_revision_says_when_the_text_changed(archive: Archive) -> None:
    archive.keep(at(0))
    said = NOON + timedelta(minutes=50)
    archive.keep(at(1, body=LONG + "一", modified=said))
    assert current(archive).extra["last_modified_at"] == said
    archive.keep(at(2, body=LONG + "二", modified=said))  # the page did not think of it
    assert current(archive).extra["last_modified_at"] == NOON + timedelta(hours=2)
    archive.keep(at(3, body=LONG + "三", modified=NOON + timedelta(days=99)))  # or of a wrong one
    assert current(archive).extra["last_modified_at"] == NOON + timedelta(hours=3)
    assert lines(archive) == ["archived", "revised", "revised", "revised"]


def test_a_date_that_was_a_day_stays_one(archive: Archive) -> None:
    archive.keep(at(0, precision="day"))
    archive.keep(at(1, body=LONG + "一"))  # the date comes from the state now, as an instant
    assert current(archive).extra["date_precision"] == "day"
    archive.keep(at(2, body=LONG + "二", published=NOON + MINUTE))  # the page knows it by now
    assert "date_precision" not in current(archive).extra


def test_an_author_stays_where_the_page_names_nobody_any_more(archive: Archive) -> None:
    archive.keep(at(0, byline="山城记者"))
    archive.keep(replace(at(1, body=LONG + "改"), source=None))
    assert current(archive).author == "山城记者"
    assert current(archive).tags == ("山城新闻",)


def test_a_text_that_lost_most_of_itself_is_believed_after_a_day_and_three_looks(
    archive: Archive,
) -> None:
    archive.keep(at(0))
    for hours in (1, 13, 24):
        (event,) = archive.keep(at(hours, body="桥上的灯。"))
        assert (event.outcome, "characters left" in event.reason) == ("unchanged", True)
        assert current(archive).body == LONG
    (event,) = archive.keep(at(25, body="桥上的灯。"))
    assert event.outcome == "updated"
    assert current(archive).body == "桥上的灯。"


def test_a_text_that_came_back_whole_was_never_away(archive: Archive) -> None:
    archive.keep(at(0))
    for hours in (1, 13):
        archive.keep(at(hours, body="桥上的灯。"))
    archive.keep(at(20))
    for hours in (25, 37):
        (event,) = archive.keep(at(hours, body="桥上的灯。"))
        assert event.outcome == "unchanged"
    assert current(archive).body == LONG


def test_a_page_that_is_locked_now_and_one_in_doubt_never_replace_the_text(
    archive: Archive,
) -> None:
    archive.keep(at(0))
    for hours in range(1, 200, 12):
        (locked,) = archive.keep(at(hours, body=LONG[:200], paywalled=True))
        (doubted,) = archive.keep(at(hours, body="？", doubt="needed more than 5 s to read"))
        assert (locked.outcome, doubted.outcome) == ("unchanged", "unchanged")
        assert "locked" in locked.reason
        assert "5 s" in doubted.reason
    assert current(archive).body == LONG
    assert archive.files("_quarantine") == []
    (opened,) = archive.keep(at(200, body=LONG + "改"))
    assert opened.outcome == "updated"


def test_a_day_has_so_many_revisions_and_a_further_change_is_not_lost(archive: Archive) -> None:
    archive.keep(at(0))
    outcomes = [archive.keep(at(1 + n / 10, body=f"{LONG}{n}"))[0].outcome for n in range(6)]
    assert outcomes == ["updated"] * 4 + ["unchanged"] * 2
    assert current(archive).body == f"{LONG}3"
    (event,) = archive.keep(at(30, body=f"{LONG}5"))
    assert event.outcome == "updated"
    assert current(archive).extra["revision"] == 6


@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text + "\n我的笔记。\n",
        lambda text: text.replace("tags: [ 山城新闻 ]", "tags: [ 山城新闻, 桥 ]"),
        lambda _: "我的笔记，再无别的。\n",
        lambda text: text.replace("revision:", "x:").replace("市民", "居民"),
    ],
)
def test_an_owners_file_is_never_overwritten(archive: Archive, edit: Callable[[str], str]) -> None:
    (first,) = archive.keep(at(0))
    file = archive.root / first.path
    mine = edit(file.read_text("utf-8"))
    file.write_text(mine, "utf-8")
    for hours in (1, 2):
        assert archive.keep(at(hours))[0].reason == ""
        assert archive.files("_revisions") == []
    for hours in (3, 4):  # found once, and not again
        (event,) = archive.keep(at(hours, body=LONG + "改"))
        assert (event.outcome, "owner" in event.reason) == ("unchanged", hours == 3)
        (aside,) = archive.files("_revisions")
    assert read((archive.root / aside).read_text("utf-8")).body == LONG + "改"
    archive.keep(at(40, body=LONG + "再改"))
    assert len(archive.files("_revisions")) == 2
    assert file.read_text("utf-8") == mine
    assert lines(archive) == ["archived", "kept aside", "kept aside"]


def test_a_file_in_another_encoding_is_its_owners(archive: Archive) -> None:
    (first,) = archive.keep(at(0))
    file = archive.root / first.path
    file.write_bytes(file.read_text("utf-8").encode("gbk"))
    before = file.read_bytes()
    (event,) = archive.keep(at(1, body=LONG + "改"))
    assert "owner" in event.reason
    assert file.read_bytes() == before


def test_an_owners_edit_is_known_by_the_front_matter_where_the_state_was_lost(
    archive: Archive,
) -> None:
    (first,) = archive.keep(at(0))
    file = archive.root / first.path
    mine = file.read_text("utf-8").replace("市民", "居民")
    file.write_text(mine, "utf-8")
    archive.lose_state()
    (event,) = archive.keep(at(1))
    assert (event.outcome, event.path) == ("unchanged", first.path)
    assert file.read_text("utf-8") == mine
    archive.lose_state()
    file.write_text(mine.replace("居民", "市民"), "utf-8")
    (event,) = archive.keep(at(2, body=LONG + "改"))
    assert (event.outcome, current(archive).body) == ("updated", LONG + "改")


def test_a_file_that_a_crash_left_ahead_of_its_row_is_no_owners_edit(archive: Archive) -> None:
    archive.keep(at(0))
    row = archive.root / "row.sqlite"
    archive.copy_state(row)
    archive.keep(at(1, body=LONG + "改"))
    archive.lose_state(row)
    (same,) = archive.keep(at(2, body=LONG + "改"))
    assert (same.outcome, same.reason) == ("unchanged", "")
    (event,) = archive.keep(at(3, body=LONG + "再改"))
    assert event.outcome == "updated"
    assert lines(archive) == ["archived", "revised", "revised", "revised"]


def test_an_earlier_text_that_a_crash_left_before_its_file_is_kept_once(archive: Archive) -> None:
    (first,) = archive.keep(at(0))
    stem = first.path.removesuffix(".md").replace("_posts", "_revisions", 1)
    file, earlier = archive.root / first.path, archive.root / f"{stem}/1.md"
    earlier.parent.mkdir(parents=True)
    earlier.write_bytes(file.read_bytes())
    archive.keep(at(1, body=LONG + "改"))
    assert archive.files("_revisions") == [f"{stem}/1.md"]
    archive.keep(at(30, body=LONG + "再改"))
    assert archive.files("_revisions") == [f"{stem}/1.md", f"{stem}/2.md"]
    archive.keep(at(60, body=LONG))  # back to the first text, which is no crash
    assert archive.files("_revisions") == [f"{stem}/{number}.md" for number in (1, 2, 3)]


def test_a_text_that_a_crash_left_beside_its_owners_file_is_kept_once(archive: Archive) -> None:
    (first,) = archive.keep(at(0))
    file = archive.root / first.path
    file.write_text(file.read_text("utf-8").replace("市民", "居民"), "utf-8")
    row = archive.root / "row.sqlite"
    archive.copy_state(row)
    archive.keep(at(1, body=LONG + "改"))
    archive.lose_state(row)
    archive.keep(at(2, body=LONG + "改"))
    assert len(archive.files("_revisions")) == 1


# -- missing and back ------------------------------------------------------------------------------


def test_a_withdrawal_is_marked_in_its_place_and_unmarked(archive: Archive) -> None:
    archive.keep(at(0))
    archive.keep(at(1, body=LONG + "改"))
    (path,) = archive.files()
    before = (archive.root / path).read_bytes()
    events = [archive.miss(hours) for hours in (2, 14, 26, 38)]
    assert [event and event.outcome for event in events] == [None, None, "withdrawn", None]
    assert list(current(archive).extra)[-3:] == ["withdrawn", "revision", "sha256"]
    event = archive.find(40)
    assert event
    assert (event.outcome, event.reason) == ("updated", BACK)
    assert (archive.root / path).read_bytes() == before
    assert archive.find(41) is None
    assert lines(archive) == ["archived", "revised", "withdrawn", "returned"]


def test_what_is_back_with_another_text_is_a_return_and_a_revision(archive: Archive) -> None:
    archive.keep(at(0))
    for hours in (2, 14, 26):
        archive.miss(hours)
    (event,) = archive.keep(at(40, body=LONG + "改"))
    assert (event.outcome, event.reason) == ("updated", BACK)
    assert "withdrawn" not in current(archive).extra
    assert lines(archive) == ["archived", "withdrawn", "revised", "returned"]
    assert archive.find(41) is None


def test_what_is_back_with_the_same_text_is_unmarked_by_its_page_too(archive: Archive) -> None:
    archive.keep(at(0))
    before = archive.root.joinpath(*archive.files()).read_bytes()
    for hours in (2, 14, 26):
        archive.miss(hours)
    (event,) = archive.keep(at(40))
    assert (event.outcome, event.reason) == ("updated", BACK)
    assert archive.root.joinpath(*archive.files()).read_bytes() == before
    assert lines(archive) == ["archived", "withdrawn", "returned"]


def test_seen_in_between_it_was_never_missing(archive: Archive) -> None:
    archive.keep(at(0))
    for hours in (2, 14):
        archive.miss(hours)
    archive.find(20)
    assert [archive.miss(hours) for hours in (26, 38)] == [None, None]


@pytest.mark.parametrize("withdrawn", [True, False])
def test_a_mark_that_a_crash_left_ahead_of_its_row_is_no_owners_edit(
    archive: Archive, *, withdrawn: bool
) -> None:
    archive.keep(at(0))
    for hours in (2, 14) if withdrawn else (2, 14, 26):
        archive.miss(hours)
    row = archive.root / "row.sqlite"
    archive.copy_state(row)
    look = archive.miss if withdrawn else archive.find
    look(27)
    archive.lose_state(row)
    event = look(27)
    assert event
    assert ("withdrawn" in current(archive).extra) is withdrawn
    (event,) = archive.keep(at(50, body=LONG + "改"))
    assert event.outcome == "updated"
    assert current(archive).body == LONG + "改"


def test_the_seeds_front_matter_has_no_mark_and_the_manifest_all_the_same(
    archive: Archive,
) -> None:
    archive.settings = replace(archive.settings, front_matter="seed")
    archive.keep(at(0))
    before = archive.root.joinpath(*archive.files()).read_bytes()
    for hours in (2, 14, 26):
        archive.miss(hours)
    archive.find(30)
    assert archive.root.joinpath(*archive.files()).read_bytes() == before
    assert lines(archive) == ["archived", "withdrawn", "returned"]


def test_what_is_looked_at_again_soon_and_what_later(archive: Archive) -> None:
    archive.keep(at(240))
    assert archive.waits(240) == timedelta(days=5)
    archive.miss(240)
    assert archive.waits(240) == DOUBTED
    archive.unanswered(240, refused=False)
    assert archive.waits(240) == UNANSWERED
    archive.find(240)
    archive.unanswered(240, refused=True)
    assert archive.waits(240) == timedelta(days=5)
    archive.keep(at(240, body="短。"))
    assert archive.waits(240) == DOUBTED
    archive.keep(at(240, body=LONG + "改"))
    assert archive.waits(240) == timedelta(minutes=10)


def test_the_last_look_is_the_one_before_the_article_is_too_old(archive: Archive) -> None:
    archive.keep(at(24 * 170))
    assert archive.watch().next_check is None
    archive.unanswered(24 * 170, refused=False)
    assert archive.watch().next_check is None
    archive.miss(24 * 171)
    assert archive.waits(24 * 171) == DOUBTED
