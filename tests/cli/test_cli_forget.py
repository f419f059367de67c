"""`forget`, as users run it: nothing is left of the article, and it does not come back."""

import hashlib
import json
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from scraper.archive.lock import ArchiveLock
from scraper.archive.manifest import days, hash_of, read_all
from scraper.archive.warc import read_record
from scraper.model import Entry
from scraper.state.database import State, open_state
from tests.archive.keeping import NOON, draft, files_with, keep, quarantine
from tests.conftest import Run
from tests.site_replica import Replica


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """An archive with an article in two versions between others."""
    root = tmp_path / "archive"
    keep(
        root,
        draft(2, "另一篇", "正文。"),
        draft(1, "旧桥动工", "三人受伤。"),
        draft(3, "第三篇", "正文。"),
        draft(1, "旧桥动工", "五人受伤。", hours=1),
    )
    return root


def state_of(root: Path) -> State:
    return open_state(root / ".scraper" / "state.sqlite", read_only=True)


def test_nothing_is_left_of_a_forgotten_article_but_its_tombstone(root: Path, scraper: Run) -> None:
    assert len(files_with(root, "人受伤")) == 3
    answer = scraper("--json", "forget", "story-1", "--yes", "--reason", "法院命令")
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert (told["event"], told["id"], len(told["removed"])) == ("forgotten", "story-1", 2)
    assert files_with(root, "人受伤") == []
    assert not (root / "_revisions").exists() or not list((root / "_revisions").rglob("*"))
    (tombstone,) = [event for event in read_all(root) if event.event == "forgotten"]
    assert tombstone.removed == tuple(told["removed"])
    assert tombstone.about["reason"] == "法院命令"
    assert tombstone.about["cuts"][0]["after"]["sha256"] == hash_of(root / told["raw"][0])


def test_the_chain_of_days_still_holds(root: Path, scraper: Run) -> None:
    assert scraper("forget", "story-1", "--yes").returncode == 0
    first, last = days(root)
    opening = json.loads((root / last.path).read_text("utf-8").splitlines()[0])
    sha256 = hashlib.sha256((root / first.path).read_bytes()).hexdigest()
    assert opening["previous"] == {"day": first.day.isoformat(), "sha256": sha256}


def test_the_records_of_others_are_found_where_they_are_now(root: Path, scraper: Run) -> None:
    assert scraper("forget", "https://news.example.com/1", "--yes").returncode == 0
    with closing(state_of(root)) as state:
        assert state.records.of("story-1") == []
        for name in ("story-2", "story-3"):
            (row,) = state.records.of(name)
            record = read_record(root / row.file, row.offset)
            assert (record.article, record.digest) == (name, row.digest)


def test_a_forgotten_article_is_not_wanted_again(root: Path, scraper: Run) -> None:
    assert scraper("forget", "story-1", "--yes").returncode == 0
    with closing(open_state(root / ".scraper" / "state.sqlite")) as state:
        entries = [Entry(f"https://news.example.com/{n}", f"story-{n}", "题") for n in (1, 8)]
        assert state.articles.want(entries, "news", NOON) == 1
        assert state.articles.statuses(["story-1", "story-8"]) == {
            "story-1": "skipped",
            "story-8": "pending",
        }
        takedown = state.forgotten.get("story-1")
        assert takedown is not None
        assert takedown.url == "https://news.example.com/1"
        assert state.forgotten.among(["story-1", "story-2"]) == {"story-1"}
    assert "was forgotten on" in scraper("history", "story-1").stderr
    again = scraper("forget", "story-1", "--yes")
    assert (again.returncode, "already" in again.stdout) == (0, True)


def test_it_stays_forgotten_where_the_state_was_lost(root: Path, scraper: Run) -> None:
    assert scraper("forget", "story-1", "--yes").returncode == 0
    shutil.rmtree(root / ".scraper")
    assert "was forgotten on" in scraper("history", "story-1").stderr
    assert scraper("forget", "story-1", "--yes").returncode == 0  # finishes: the row is there again
    with closing(state_of(root)) as state:
        assert state.forgotten.get("story-1")


def test_an_article_that_came_back_can_be_forgotten_again(root: Path, scraper: Run) -> None:
    assert scraper("forget", "story-1", "--yes").returncode == 0
    keep(root, draft(1, "旧桥动工", "三人受伤。", hours=9))
    with closing(state_of(root)) as state:
        assert state.forgotten.get("story-1") is None
    assert scraper("forget", "story-2", "--yes").returncode == 0  # finishes nothing of story-1
    assert len(files_with(root, "人受伤")) == 2
    assert scraper("history", "story-1").returncode == 0
    assert scraper("forget", "story-1", "--yes").returncode == 0
    assert files_with(root, "人受伤") == []


def test_a_quarantined_page_is_forgotten_too(root: Path, scraper: Run) -> None:
    event = quarantine(root, 7)
    assert (root / event.path).exists()
    assert scraper("forget", "story-7", "--yes").returncode == 0
    assert files_with(root, "无日期") == []


def test_pictures_go_unless_another_article_shows_them(root: Path, scraper: Run) -> None:
    (root / "assets").mkdir()
    for name in ("ours.jpg", "shared.jpg"):
        (root / "assets" / name).write_bytes(b"picture")
    ours = next(root.glob("_posts/**/*旧桥动工.md"))
    other = next(root.glob("_posts/**/*第三篇.md"))
    with ours.open("a", encoding="utf-8") as file:
        file.write("![](../../../assets/ours.jpg) ![](../../../assets/shared.jpg)\n")
    with other.open("a", encoding="utf-8") as file:
        file.write("![](../../../assets/shared.jpg)\n")
    assert scraper("forget", "story-1", "--yes").returncode == 0
    assert [file.name for file in (root / "assets").iterdir()] == ["shared.jpg"]


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["forget", "story-1"], "--yes says that this is meant", 2),
        (["forget", "story-9", "--yes"], "no such article", 1),
        (["--archive", "elsewhere", "forget", "x", "--yes"], "there is no archive at", 1),
    ],
)
def test_what_is_not_meant_or_not_there_changes_nothing(
    root: Path, scraper: Run, arguments: list[str], message: str, code: int
) -> None:
    answer = scraper(*arguments)
    assert (answer.returncode, message in answer.stderr) == (code, True), answer.stderr
    assert len(files_with(root, "人受伤")) == 3


def test_an_archive_that_is_written_by_another_is_left_alone(root: Path, scraper: Run) -> None:
    with ArchiveLock(root):
        assert scraper("forget", "story-1", "--yes").returncode == 3
    assert len(files_with(root, "人受伤")) == 3


def test_fetch_asks_for_force_where_a_story_was_forgotten(
    china: Replica, scraper: Run, tmp_path: Path
) -> None:
    path = max(china.truth().values(), key=lambda s: str(s["published_iso"]))["path"]
    url = f"{china.url}{path}"
    archive = tmp_path / "archive"
    source = ("--source", "china")
    answer = scraper("--json", "fetch", url, *source)
    assert answer.returncode == 0, answer.stderr
    known = json.loads(answer.stdout.splitlines()[0])
    assert scraper("forget", known["id"], "--yes").returncode == 0
    assert not list(archive.glob("_posts/**/*.md"))
    refused = scraper("fetch", url, *source)
    assert (refused.returncode, "--force archives it again" in refused.stderr) == (1, True)
    assert scraper("once").returncode == 0
    assert known["path"] not in [str(p.relative_to(archive)) for p in archive.rglob("*.md")]
    assert scraper("fetch", url, *source, "--force").returncode == 0
    assert (archive / known["path"]).exists()


def test_an_archive_with_a_takedown_verifies_clean_and_is_rebuilt(root: Path, scraper: Run) -> None:
    assert scraper("verify").returncode == 0
    assert scraper("forget", "story-1", "--yes", "--reason", "法院命令").returncode == 0
    answer = scraper("verify")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    shutil.rmtree(root / ".scraper")
    assert scraper("rebuild").returncode == 0
    assert scraper("verify").returncode == 0
    with closing(state_of(root)) as state:
        takedown = state.forgotten.get("story-1")
        assert takedown
        assert takedown.reason == "法院命令"
        assert state.records.of("story-1") == []
        (row,) = state.records.of("story-3")
        assert read_record(root / row.file, row.offset).article == "story-3"
