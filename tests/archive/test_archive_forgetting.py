"""Taking an article out of the files: ranges, tombstones, and what was moved behind a cut."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.archive.forgetting import (
    Cut,
    Eraser,
    Size,
    cuts_of,
    last_of,
    plan_cut,
    takedowns,
)
from scraper.archive.heads import read_heads
from scraper.archive.manifest import Event, days, hash_of, read_all
from scraper.archive.warc import read_record, read_records
from scraper.errors import ArchiveError
from tests.archive.keeping import NOON, draft, files_with, keep

RAW = "_raw/2024/2024-05-06-001.warc.gz"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Three articles, the first of them in two versions."""
    root = tmp_path / "archive"
    keep(
        root,
        draft(1, "旧桥动工", "三人受伤。"),
        draft(2, "另一篇", "正文。"),
        draft(1, "旧桥动工", "五人受伤。", hours=1),
        draft(3, "第三篇", "正文。", hours=2),
    )
    return root


def test_a_cut_takes_an_articles_answers_and_their_requests(root: Path) -> None:
    cut = plan_cut(root, RAW, "story-1")
    assert cut is not None
    heads = list(read_heads(root / RAW))
    assert [head.kind for head in heads] == ["warcinfo"] + ["response", "request"] * 4
    assert [start for start, _ in cut.ranges] == [heads[1].offset, heads[5].offset]
    assert sum(length for _, length in cut.ranges) == cut.before.bytes - cut.after.bytes
    assert cut.moved(heads[0].offset) == 0
    assert cut.moved(heads[1].offset) is None
    assert plan_cut(root, RAW, "story-9") is None


def test_what_is_left_can_be_read_where_the_cut_says(root: Path) -> None:
    cut = plan_cut(root, RAW, "story-1")
    assert cut is not None
    old = [r for r in read_records(root / RAW) if r.article != "story-1"]
    Eraser(root).erase(Event(NOON, "forgotten", "story-1", about=_about(cut)))
    assert hash_of(root / RAW) == cut.after.sha256
    for record in old:
        moved = cut.moved(record.offset)
        assert moved is not None
        assert read_record(root / RAW, moved) == replace(record, offset=moved)


def _about(*cuts: Cut) -> dict[str, object]:
    from scraper.archive.forgetting import write_about  # noqa: PLC0415  # for this alone

    return write_about({}, cuts, "", "")


def test_a_cut_is_made_once_and_spares_what_was_appended_since(root: Path) -> None:
    cut = plan_cut(root, RAW, "story-1")
    assert cut is not None
    tombstone = Event(NOON, "forgotten", "story-1", about=_about(cut))
    keep(root, draft(4, "第四篇", "后来的。", hours=3))
    for _ in range(2):
        Eraser(root).erase(tombstone)
        assert [r.article for r in read_records(root / RAW)] == ["story-2", "story-3", "story-4"]
    assert not list((root / "_raw").rglob("*.tmp"))


def test_a_file_that_is_neither_before_nor_after_is_left_alone(root: Path) -> None:
    cut = plan_cut(root, RAW, "story-1")
    assert cut is not None
    data = (root / RAW).read_bytes()
    (root / RAW).write_bytes(b"\0" + data)
    with pytest.raises(ArchiveError, match="neither"):
        Eraser(root).erase(Event(NOON, "forgotten", "story-1", about=_about(cut)))
    assert (root / RAW).read_bytes() == b"\0" + data


def test_a_damaged_file_is_refused_rather_than_half_searched(root: Path) -> None:
    data = (root / RAW).read_bytes()
    for damaged in (data[:-9], data[:400] + b"\0" * 40 + data[440:], data + b"more"):
        (root / RAW).write_bytes(damaged)
        with pytest.raises(ArchiveError, match="damaged behind byte"):
            plan_cut(root, RAW, "story-1")


def test_a_file_that_is_another_one_by_now_is_not_removed(root: Path) -> None:
    (path,) = root.glob("_posts/**/*第三篇.md")
    place = path.relative_to(root).as_posix()
    Eraser(root).erase(Event(NOON, "forgotten", "x", about={"files": {place: "0" * 64}}))
    assert path.exists()
    Eraser(root).erase(Event(NOON, "forgotten", "x", about={"files": {place: hash_of(path)}}))
    assert not path.exists()


@given(st.lists(st.tuples(st.integers(1, 9), st.integers(1, 9)), max_size=5))
def test_offsets_move_by_what_was_cut_before_them(steps: list[tuple[int, int]]) -> None:
    ranges, at = [], 0
    for gap, length in steps:
        ranges.append((at + gap, length))
        at += gap + length
    cut = Cut("f", tuple(ranges), Size(at + 9, ""), Size(0, ""))
    taken = {n for start, length in ranges for n in range(start, start + length)}
    left = [n for n in range(at + 9) if n not in taken]
    assert [cut.moved(n) for n in left] == list(range(len(left)))
    assert all(cut.moved(n) is None for n in taken)


def test_a_tombstone_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ArchiveError, match="story-1"):
        cuts_of(Event(NOON, "forgotten", "story-1", about={"cuts": [{"file": 1}]}))


def test_takedowns_are_those_that_nothing_came_after(root: Path) -> None:
    assert last_of(root, "forgotten") is None
    events = list(read_all(root))
    stone = Event(NOON, "forgotten", "story-1")
    assert takedowns([*events, stone]) == {"story-1": stone}
    assert takedowns([stone, *events]) == {}


# -- kills -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("step", [pytest.param(1, marks=pytest.mark.soak), 4])
def test_a_kill_at_any_moment_leaves_what_a_second_run_finishes(
    root: Path, tmp_path: Path, step: int
) -> None:
    program = [sys.executable, "-m", "tests.archive.killing"]
    command = [*program, str(root), str(tmp_path / "rounds"), str(step)]
    answer = subprocess.run(
        [*command, "forget", "story-1", "--yes"], capture_output=True, text=True, check=True
    )
    rounds = [json.loads(line) for line in answer.stdout.splitlines()]
    assert len(rounds) > 40 // step
    assert [r["killed"] for r in rounds] == [True] * (len(rounds) - 1) + [False]
    assert {r["again"] for r in rounds} == {0}
    final = _standing(tmp_path / "rounds" / "warm")
    for number in [r["n"] for r in rounds]:
        archive = tmp_path / "rounds" / str(number)
        assert _standing(archive) == final
        assert not files_with(archive, "人受伤")
        assert [e.event for e in read_all(archive)].count("forgotten") == 1


def _standing(root: Path) -> dict[str, str]:
    """Every file of an archive with its hash, but for the manifest's days and the state."""
    tombs = {str(day.path) for day in days(root)}
    files = [p for p in root.rglob("*") if p.is_file() and ".scraper" not in p.parts]
    names = {file.relative_to(root).as_posix(): file for file in files}
    return {name: hash_of(file) for name, file in names.items() if name not in tombs}
