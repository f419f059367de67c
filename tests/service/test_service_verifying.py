"""Archives that were damaged in every way that verifying is there to find; real files and state."""

import json
import os
import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from scraper.archive.archive import Archive, Change
from scraper.archive.forgetting import Eraser
from scraper.archive.manifest import Event, FileFact, as_line, days
from scraper.archive.warc import write_info
from scraper.service.upkeep.finding import locate
from scraper.service.upkeep.forgetting import finish_if_begun, forget, plan
from scraper.service.upkeep.verifying import verify
from scraper.state.database import State, open_state
from tests.service.archives import NOON, STATE, draft, fill, keep

Damage = Callable[[Path], object]
POST = "_posts/2024/05/2024-05-06-桥上的灯 1.md"
RAW = "_raw/2024/2024-05-06-001.warc.gz"
RAW_LAST = "_raw/2024/2024-05-07-001.warc.gz"
FIRST_DAY, LAST_DAY = "_manifest/2024/2024-05-06.jsonl", "_manifest/2024/2024-05-07.jsonl"


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("sound") / "archive"
    fill(root)
    for path in (root / "_posts").rglob("*.md"):
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    return root


@pytest.fixture
def root(sound: Path, tmp_path: Path) -> Path:
    copy = tmp_path / "archive"
    shutil.copytree(sound, copy)
    for path in copy.rglob("*.*"):
        os.utime(path, (NOON.timestamp(), NOON.timestamp()))
    return copy


def found(root: Path, *, fast: bool = False, patience: float = 0.0) -> list[tuple[str, str]]:
    findings = verify(root, lambda *_: None, fast=fast, patience=patience).findings
    return [(finding.kind, finding.path) for finding in findings]


def edit(path: str, old: bytes, new: bytes) -> Damage:
    def damage(root: Path) -> None:
        data = (root / path).read_bytes()
        assert old in data
        (root / path).write_bytes(data.replace(old, new, 1))

    return damage


def flip(path: str, place: int) -> Damage:
    def damage(root: Path) -> None:
        data = bytearray((root / path).read_bytes())
        data[place] ^= 1
        (root / path).write_bytes(data)

    return damage


def put(path: str, data: bytes = b"x") -> Damage:
    def damage(root: Path) -> None:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        with (root / path).open("ab") as file:
            file.write(data)

    return damage


def remove(path: str) -> Damage:
    return lambda root: (root / path).unlink()


def sql(statement: str) -> Damage:
    def damage(root: Path) -> None:
        with closing(sqlite3.connect(root / STATE)) as connection, connection:
            connection.execute(statement)

    return damage


def link(path: str) -> Damage:
    return lambda root: (root / path).symlink_to("/etc/hostname")


def keeping_time(path: str, damage: Damage) -> Damage:
    """The same as a failing disk does it."""

    def rot(root: Path) -> None:
        damage(root)
        os.utime(root / path, (NOON.timestamp(), NOON.timestamp()))

    return rot


def rename(old: str, new: str) -> Damage:
    return lambda root: (root / old).rename(root / new)


def test_what_was_archived_verifies(root: Path) -> None:
    seen: list[tuple[int, int]] = []
    verified = verify(root, lambda done, total: seen.append((done, total)))
    assert (verified.findings, verified.files, verified.records) == ((), 5, 5)
    assert seen[4] == (5, 5)
    assert found(root, fast=True) == []


def test_an_archive_not_yet_made_verifies(tmp_path: Path) -> None:
    assert found(tmp_path / "none") == []


DAMAGES: dict[str, tuple[Damage, list[tuple[str, str]]]] = {
    "a document is gone": (remove(POST), [("missing", POST), ("state", POST)]),
    "an earlier text is gone": (
        remove("_revisions/2024/05/2024-05-06-桥上的灯 0/1.md"),
        [("missing", "_revisions/2024/05/2024-05-06-桥上的灯 0/1.md")],
    ),
    "a word was changed by its owner": (
        edit(POST, "正文。".encode(), "反文。".encode()),
        [("edited", POST)],
    ),
    "a word rotted": (
        keeping_time(POST, edit(POST, "正文。".encode(), "反文。".encode())),
        [("differs", POST), ("front matter", POST), ("state", POST)],
    ),
    "the end is missing": (
        lambda root: os.truncate(root / POST, (root / POST).stat().st_size - 4),
        [("differs", POST), ("front matter", POST), ("state", POST)],
    ),
    "the end is zeros": (
        edit(POST, "文。\n".encode(), bytes(6) + b"\n"),
        [("differs", POST), ("front matter", POST), ("state", POST)],
    ),
    "an earlier text was changed": (
        edit("_revisions/2024/05/2024-05-06-桥上的灯 0/1.md", "正文".encode(), "反文".encode()),
        [("differs", "_revisions/2024/05/2024-05-06-桥上的灯 0/1.md")],
    ),
    "front matter was broken": (
        edit(POST, b'title: "', b'title: ["'),
        [("differs", POST), ("front matter", POST)],
    ),
    "it is no text": (flip(POST, 0), [("differs", POST), ("front matter", POST)]),
    "a file was added": (
        put("_posts/2024/note.md"),
        [
            ("extra", "_posts/2024/note.md"),
            ("front matter", "_posts/2024/note.md"),
        ],
    ),
    "a picture was added": (put("assets/a.jpg"), [("extra", "assets/a.jpg")]),
    "a link was planted": (link("_posts/2024/a.md"), [("extra", "_posts/2024/a.md")]),
    "a linked folder was planted": (link("assets"), [("extra", "assets")]),
    "the past was changed": (
        edit(FIRST_DAY, b'"archived"', b'"adopted"'),
        [("chain", LAST_DAY)],
    ),
    "a day is gone": (
        remove(FIRST_DAY),
        [
            ("chain", LAST_DAY),
            *(("extra", f"_posts/2024/05/2024-05-06-桥上的灯 {n}.md") for n in (1, 2)),
        ],
    ),
    "a day has another name": (
        rename(LAST_DAY, "_manifest/2024/2024-05-08.jsonl"),
        [("chain", "_manifest/2024/2024-05-08.jsonl")],
    ),
    "a day begins with nothing": (edit(LAST_DAY, b'"previous"', b'"p"'), [("chain", LAST_DAY)]),
    "a day begins the chain anew": (
        edit(LAST_DAY, b'"previous":{', b'"previous":null,"p":{'),
        [("chain", LAST_DAY)],
    ),
    "a line is no event": (put(LAST_DAY, b"{}\n"), [("chain", LAST_DAY)]),
    "a day ended in the middle of a line": (
        put(FIRST_DAY, b"{"),
        [("chain", FIRST_DAY), ("chain", LAST_DAY)],
    ),
    "a record was changed": (flip(RAW, 900), [("record", RAW)]),
    "the last record was changed": (flip(RAW_LAST, -5), [("record", RAW_LAST)]),
    "records were cut off": (
        lambda root: os.truncate(root / RAW, 700),
        [("record", RAW)],
    ),
    "records are gone": (remove(RAW), [("missing", RAW)]),
    "something was put behind the records": (put(RAW, b"some bytes"), [("record", RAW)]),
    "the state is gone": (remove(str(STATE)), [("state", str(STATE))]),
    "a row is gone": (sql("DELETE FROM articles WHERE id = 'story-1'"), [("state", POST)]),
    "a row has another hash": (
        sql("UPDATE articles SET sha256 = 'ab' WHERE id = 'story-1'"),
        [("state", POST)],
    ),
    "a row has another hash of the file": (
        sql("UPDATE articles SET file_sha256 = 'ab' WHERE id = 'story-1'"),
        [("state", POST)],
    ),
    "a row has another id": (
        sql("UPDATE articles SET id = 'story-x' WHERE id = 'story-1'"),
        [("state", POST)],
    ),
}


@pytest.mark.parametrize("what", DAMAGES)
def test_damage_is_found_and_named(root: Path, what: str) -> None:
    damage, expected = DAMAGES[what]
    damage(root)
    assert found(root) == sorted(expected)


HARMLESS: dict[str, Damage] = {
    "a temporary file of a writer": put("_posts/2024/.12-ab.tmp"),
    "a line that is being written": put(LAST_DAY, b'{"at'),
    "a record that is being written": put(RAW_LAST, b"\x1f\x8b\x08"),
    "a record whose line never came": put(RAW_LAST, write_info("x", "tester/1", NOON)),
    "a day that never began": put("_manifest/2024/2024-05-08.jsonl", b'{"day'),
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_an_interrupted_run_may_leave_is_no_damage(root: Path, what: str) -> None:
    HARMLESS[what](root)
    assert found(root) == []


def test_what_was_removed_with_a_line_is_not_missing(root: Path) -> None:
    archive = Archive(root, "tester/1")
    archive.open()
    (root / POST).unlink()
    sql("DELETE FROM articles WHERE id = 'story-1'")(root)
    archive.commit([Change("forgotten", "story-1", removed=(POST,))], NOON)
    flip(RAW, -3)(root)  # of story-2
    assert found(root) == [("record", RAW)]


def test_the_records_of_a_forgotten_article_may_be_overwritten(root: Path) -> None:
    archive = Archive(root, "tester/1")
    archive.open()
    lines = (root / FIRST_DAY).read_text("utf-8").splitlines()[1:]
    (record,) = next(json.loads(line)["records"] for line in lines if '"story-1"' in line)
    archive.commit([Change("forgotten", "story-1")], NOON)
    flip(RAW, record["offset"] + 60)(root)
    assert found(root) == []


def test_fast_reads_what_differs_in_size_or_time_alone(root: Path) -> None:
    edit(POST, "正文。".encode(), "反文。".encode())(root)
    assert found(root, fast=True) == [("edited", POST)]
    os.utime(root / POST, (NOON.timestamp(), NOON.timestamp()))
    assert found(root, fast=True) == []
    put(POST, b"x")(root)
    assert ("differs", POST) in found(root, fast=True)


def test_a_file_that_was_only_touched_is_as_it_was_written(root: Path) -> None:
    (root / POST).touch()
    assert (found(root), found(root, fast=True)) == ([], [])


def test_an_edit_is_no_trouble(root: Path) -> None:
    put(POST, "我加的一句。\n".encode())(root)
    verified = verify(root, lambda *_: None, patience=0)
    assert (verified.counts, verified.troubles) == ({"edited": 1}, 0)


def forget_half(root: Path, state: State, article: str) -> None:
    """A takedown whose run is killed behind its line in the manifest."""
    archive = Archive(root, "tester/1")
    archive.open()
    takeout = plan(root, state, locate(root, state, (), article))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Eraser, "erase", lambda *_: 1 // 0)
        with pytest.raises(ZeroDivisionError):
            forget(archive, state, takeout, "", NOON)


def test_a_takedown_that_was_interrupted_is_told_as_such(root: Path) -> None:
    with closing(open_state(root / STATE)) as state:
        forget_half(root, state, "story-0")
        earlier = "_revisions/2024/05/2024-05-06-桥上的灯 0/1.md"
        current = "_posts/2024/05/2024-05-06-桥上的灯 0.md"
        for fast in (False, True):
            raw = [] if fast else [RAW, RAW_LAST]
            assert found(root, fast=fast) == [("unfinished", p) for p in (current, *raw, earlier)]
        assert finish_if_begun(root, state)
    assert found(root) == []


def test_a_state_that_was_lost_meanwhile_lets_it_be_finished_too(root: Path) -> None:
    with closing(open_state(root / STATE)) as state:
        forget_half(root, state, "story-1")
    shutil.rmtree((root / STATE).parent)
    with closing(open_state(root / STATE)) as state:
        finish_if_begun(root, state)
    assert not (root / POST).exists()
    assert found(root)[0][0] == "state"


def test_what_was_to_expire_is_told_while_it_is_there(root: Path) -> None:
    archive = Archive(root, "tester/1")
    archive.open()
    archive.commit([Change("expired", removed=(RAW,), about={"files": {RAW: "x"}})], NOON)
    assert found(root) == [("unfinished", RAW)]
    (root / RAW).unlink()
    assert found(root) == []


def test_other_posts_than_our_own_are_read_as_well(root: Path) -> None:
    path, text = (
        "_posts/old.md",
        "---\r\ntitle: 一\r\ndate: 2020-01-01\r\nfrom: x\r\n---\r\n\r\n正文",
    )
    archive = Archive(root, "tester/1")
    archive.open()
    archive.commit([Change("adopted", "old", ((path, text),))], NOON)
    assert found(root) == [("state", path)]


def test_beside_a_running_writer_nothing_is_found(tmp_path: Path) -> None:
    root = tmp_path / "archive"
    keep(root, map(draft, range(20)))
    stop, failed = threading.Event(), []

    def write() -> None:
        number = 20
        while not stop.is_set():
            keep(root, [draft(number), draft(number % 20, f"改文{number}。")])
            number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for _ in range(10):
            failed += found(root, patience=0.3)
    finally:
        stop.set()
        writer.join()
    assert failed == []
    assert found(root) == []


def test_lines_of_a_later_program_keep_the_chain(root: Path) -> None:
    fact = FileFact("_posts/x.md", "00", 1)
    put(LAST_DAY, as_line(Event(NOON, "archived", "x", (fact,))).encode())(root)
    assert found(root) == [("missing", "_posts/x.md")]
    assert len(days(root)) == 2
