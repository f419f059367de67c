"""State that was deleted, old or cut short, restored from the archive's files alone."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from scraper.archive.archive import Archive, Change
from scraper.archive.orphans import manifest_written_at
from scraper.markdown.document import render
from scraper.model import ArchiveSettings, Entry, Source
from scraper.service.keeping.compose import compose
from scraper.service.upkeep.rebuilding import Origins, Rebuilding, Rebuilt, source_of
from scraper.service.upkeep.recovering import bring_in_line
from scraper.service.upkeep.verifying import verify
from scraper.state.database import State, open_state
from tests.service.archives import NOON, SOURCE, STATE, draft, fill, keep

NOW = NOON + timedelta(days=2)
ORIGINS = Origins({SOURCE.name: SOURCE}, {})
POST = "_posts/2024/05/2024-05-06-桥上的灯 1.md"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    archive = tmp_path / "archive"
    fill(archive)
    return archive


@contextmanager
def state_of(root: Path) -> Iterator[State]:
    with closing(open_state(root / STATE)) as state:
        yield state


def rows(root: Path) -> dict[str, list[tuple[object, ...]]]:
    """What the files can tell of all that the state holds."""
    asked = {
        "articles": "SELECT id, canonical_url, source, title, status, reason, published, path,"
        " path_key, sha256, revision * 0, fetched_at * 0 FROM articles ORDER BY id",
        "records": "SELECT article, url, at, kind, file, offset, length, digest"
        " FROM records ORDER BY file, offset",
        "forgotten": "SELECT * FROM forgotten",
    }
    with closing(sqlite3.connect(root / STATE)) as connection:
        return {table: connection.execute(sql).fetchall() for table, sql in asked.items()}


def rebuild(root: Path, *, fresh: bool = True) -> Rebuilt:
    if fresh:
        shutil.rmtree(root / ".scraper")
    with state_of(root) as state:
        return Rebuilding(root, state, ORIGINS, NOW).run()


def start(root: Path) -> tuple[str, ...]:
    """What a run does before its work; says what it tells the user."""
    since, archive = manifest_written_at(root), Archive(root, "tester/1")
    archive.open()
    with state_of(root) as state:
        return bring_in_line(archive, state, ORIGINS, (since, NOW))


def clean(root: Path) -> bool:
    return not verify(root, lambda *_: None, patience=0).findings


def sql(root: Path, statement: str) -> None:
    with closing(sqlite3.connect(root / STATE)) as connection, connection:
        connection.execute(statement)


def test_what_the_state_held_is_restored(root: Path) -> None:
    before = rows(root)
    done = rebuild(root)
    assert (done.articles, done.records, done.quarantined, done.notices) == (3, 5, 1, [])
    after = rows(root)
    assert after["records"] == before["records"]
    assert [row[:2] + row[3:] for row in after["articles"]] == [
        row[:2] + row[3:] for row in before["articles"]
    ]
    assert {row[2] for row in after["articles"] if row[4] == "archived"} == {"news"}
    assert clean(root)


def test_what_is_fetched_again_after_that_is_nothing_new(root: Path) -> None:
    rebuild(root)
    events = keep(root, [draft(0, "改文。", days=3), draft(1, days=3)])
    assert [event.outcome for event in events] == ["unchanged", "unchanged"]
    with state_of(root) as state:
        statuses = state.articles.statuses(["story-0", "story-1", "story-2", "story-99"])
    assert sorted(statuses.values()) == ["archived", "archived", "archived", "quarantined"]


def test_revisions_instants_and_addresses_are_told_by_the_files(root: Path) -> None:
    rebuild(root)
    with closing(sqlite3.connect(root / STATE)) as connection:
        (row,) = connection.execute(
            "SELECT url, revision, revised_at, fetched_at, file_sha256 <> '' FROM articles"
            " WHERE id = 'story-0'"
        ).fetchall()
    first, day = int(NOON.timestamp() * 1000), 86_400_000
    assert row == ("https://news.example.com/0?page=1", 2, first + day, first, 1)


def test_on_a_state_that_exists_pending_work_and_sources_stay(root: Path) -> None:
    sql(root, "UPDATE articles SET sha256 = 'wrong', source = 'other' WHERE id = 'story-1'")
    with state_of(root) as state:
        state.articles.want([Entry("https://news.example.com/7", "story-7")], "news", NOW)
    rebuild(root, fresh=False)
    before = rows(root)
    rebuild(root, fresh=False)
    assert rows(root) == before
    with state_of(root) as state:
        assert [pending.entry.id for pending in state.articles.pending(NOW)] == ["story-7"]
        known = state.articles.get("story-1")
    assert known
    assert (known.source, len(known.sha256)) == ("other", 64)


def test_what_was_forgotten_and_withdrawn_is_known_again(root: Path) -> None:
    archive = Archive(root, "tester/1")
    archive.open()
    (root / POST).unlink()
    about = {"url": "https://news.example.com/1", "reason": "asked for"}
    archive.commit(
        [
            Change("forgotten", "story-1", removed=(POST,), about=about),
            Change("withdrawn", "story-2"),
            Change("withdrawn", "story-0"),
            Change("returned", "story-0"),
        ],
        NOW,
    )
    done = rebuild(root)
    assert (done.articles, done.forgotten, done.withdrawn) == (2, 1, 1)
    stored = rows(root)
    instant = int(NOW.timestamp() * 1000)
    assert stored["forgotten"] == [("story-1", about["url"], instant, "asked for")]
    assert "story-1" not in {row[0] for row in stored["records"]}
    with closing(sqlite3.connect(root / STATE)) as connection:
        withdrawn = connection.execute("SELECT id FROM articles WHERE withdrawn_at IS NOT NULL")
        assert withdrawn.fetchall() == [("story-2",)]


def test_documents_that_the_manifest_does_not_know_are_known_by_their_id(root: Path) -> None:
    shutil.rmtree(root / "_manifest")
    shutil.rmtree(root / "_raw")
    text = (root / POST).read_text("utf-8")
    (root / "_posts/broken.md").write_text("no document")
    (root / "_posts/seed.md").write_text(
        text.replace("story_id: story-1\n", "").replace("example.com/1", "example.com/8")
    )
    done = rebuild(root)
    assert [n.partition(":")[0] for n in done.notices] == ["_posts/broken.md"]
    stored = {str(row[0]): row for row in rows(root)["articles"]}
    assert {"story-0", "story-1", "story-2", "story-99"} < set(stored)
    (other,) = set(stored) - {"story-0", "story-1", "story-2", "story-99"}
    assert len(other) == 16


def test_a_copy_of_an_article_is_named_and_left(root: Path) -> None:
    shutil.copy(root / POST, root / "_posts/2024/05/z-copy.md")
    done = rebuild(root)
    assert start(root) == ()
    assert done.notices == ["_posts/2024/05/z-copy.md: not restored: a copy of the article story-1"]


def test_of_sources_with_one_title_the_one_whose_section_it_is(root: Path) -> None:
    del root
    from scraper.markdown.glance import Glance  # noqa: PLC0415  # of this test alone

    seen = Glance("一", NOON, "https://e.example/realtime/china/1", ("早报",), "")
    china, world = (
        Source(name, "早报", (f"https://e.example/realtime/{name}",)) for name in ("china", "world")
    )
    assert source_of(seen, [china, world]) == "china"
    assert source_of(seen, [world]) == "world"
    assert source_of(seen, [world, replace(world, name="asia")]) == ""
    assert source_of(seen, [SOURCE]) == ""


# -- at the start ----------------------------------------------------------------------------------


def test_a_start_after_a_clean_end_says_nothing(root: Path) -> None:
    before = (rows(root), (root / "_manifest/2024/2024-05-07.jsonl").read_bytes())
    assert start(root) == ()
    assert (rows(root), (root / "_manifest/2024/2024-05-07.jsonl").read_bytes()) == before


def test_a_start_without_state_rebuilds_it_and_says_so(root: Path) -> None:
    shutil.rmtree(root / ".scraper")
    (said,) = start(root)
    assert said.endswith("it was rebuilt from the files, 3 articles and 5 records")
    assert clean(root)


def test_a_rebuilding_that_was_killed_is_done_again(root: Path) -> None:
    sql(root, "DELETE FROM articles WHERE id <> 'story-1'")
    with state_of(root) as state:
        state.upkeep.begin()
    assert len(start(root)) == 1
    assert clean(root)


def test_a_new_archive_has_nothing_to_rebuild(tmp_path: Path) -> None:
    assert start(tmp_path / "archive") == ()


def orphan(root: Path, number: int, body: str = "正文。") -> str:
    """A document as a kill leaves it that comes before its line."""
    path = f"_posts/2024/05/2024-05-06-桥上的灯 {number}.md"
    text = render(compose(draft(number, body), ArchiveSettings(root), None))
    Archive(root, "tester/1").store.write([(path, text)])
    return path


def test_a_document_without_a_line_is_taken_up(root: Path) -> None:
    path = orphan(root, 7)
    assert not clean(root)
    (said,) = start(root)
    assert said.startswith(f"{root / path}: taken up")
    assert clean(root)
    assert start(root) == ()
    (event,) = keep(root, [draft(7)])
    assert (event.outcome, event.path) == ("unchanged", path)
    assert clean(root)


def test_a_revision_without_a_line_is_taken_up(root: Path) -> None:
    earlier = (root / POST).read_text("utf-8")
    kept = "_revisions/2024/05/2024-05-06-桥上的灯 1/1.md"
    Archive(root, "tester/1").store.write([(kept, earlier)])
    path = orphan(root, 1, "改文。")
    assert path == POST
    assert len(start(root)) == 1
    assert clean(root)


def test_a_line_without_a_row_gets_it(root: Path) -> None:
    before = rows(root)
    sql(root, "DELETE FROM articles WHERE id = 'story-1'")
    sql(root, "UPDATE articles SET sha256 = 'old' WHERE id = 'story-0'")
    sql(root, "DELETE FROM records WHERE article = 'story-99'")
    assert start(root) == ()
    assert clean(root)
    assert rows(root)["records"] == before["records"]


def test_a_mark_whose_row_a_crash_undid_is_known_to_the_row_again(root: Path) -> None:
    before = rows(root)
    sql(root, "UPDATE articles SET file_sha256 = 'before the mark' WHERE status = 'archived'")
    assert not clean(root)
    assert start(root) == ()
    assert clean(root)
    assert rows(root) == before


def test_what_its_owner_edited_or_added_is_not_taken_up(root: Path) -> None:
    (root / POST).write_text((root / POST).read_text("utf-8").replace("正文", "我的"), "utf-8")
    (root / "_posts/note.md").write_text("my own note")
    assert start(root) == ()
    found = verify(root, lambda *_: None, patience=0).findings
    assert {(f.kind, f.path) for f in found} >= {("edited", POST), ("extra", "_posts/note.md")}


def test_an_instant_without_a_line_is_that_of_the_file(root: Path) -> None:
    shutil.rmtree(root / "_manifest")
    shutil.rmtree(root / "_raw")
    rebuild(root)
    with state_of(root) as state:
        known = state.articles.get("story-1")
    assert known
    assert known.fetched_at
    assert datetime.now(UTC) - known.fetched_at < timedelta(hours=1)


def test_restored_articles_are_looked_at_again_in_the_rhythm_of_their_age(root: Path) -> None:
    later = NOON + timedelta(days=400)
    for now, due in ((NOW, True), (later, False)):
        shutil.rmtree(root / ".scraper", ignore_errors=True)
        with state_of(root) as state:
            Rebuilding(root, state, ORIGINS, now).run()
            known = [state.articles.get(i) for i in state.articles.readable()]
            archived = [article.id for article in known if article and article.status == "archived"]
            watches = [state.checks.get(i) for i in archived]
            assert {bool(watch.next_check) for watch in watches} == {due}
            assert all(watch.next_check > now for watch in watches if watch.next_check)
