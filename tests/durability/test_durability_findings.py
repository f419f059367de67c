"""The checker itself: a damage of each kind is found, and named by its file."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.durability.conftest import FEW, Undisturbed
from tests.durability.findings import archive_findings, texts

pytestmark = pytest.mark.replica


@pytest.fixture
def root(undisturbed_few: Undisturbed, tmp_path: Path) -> Path:
    """A copy of a good archive."""
    return Path(shutil.copytree(undisturbed_few.roots[0], tmp_path / "archive"))


def post(root: Path) -> Path:
    return min((root / "_posts").rglob("*.md"))


def manifest(root: Path) -> Path:
    return min((root / "_manifest").rglob("*.jsonl"))


def raw(root: Path) -> Path:
    return min((root / "_raw").rglob("*.warc.gz"))


def cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-3])


def tear_a_post(root: Path) -> None:
    cut(post(root))


def empty_a_post(root: Path) -> None:
    post(root).write_bytes(b"")


def lose_a_post(root: Path) -> None:
    post(root).unlink()


def double_a_post(root: Path) -> None:
    shutil.copy(post(root), post(root).with_name("double.md"))


def leave_a_temporary_file(root: Path) -> None:
    post(root).with_name(".1-2.tmp").touch()


def tear_the_manifest(root: Path) -> None:
    cut(manifest(root))


def garble_the_manifest(root: Path) -> None:
    manifest(root).write_bytes(manifest(root).read_bytes() + b"{\n")


def unchain_the_manifest(root: Path) -> None:
    opening = {"day": "2999-01-01", "version": 1, "previous": None}
    manifest(root).with_name("2999-01-01.jsonl").write_text(json.dumps(opening) + "\n")


def add_a_revision(root: Path) -> None:
    (root / "_revisions").mkdir()
    shutil.copy(post(root), root / "_revisions" / "1.md")


def tear_a_record(root: Path) -> None:
    cut(raw(root))


def lose_the_records(root: Path) -> None:
    raw(root).unlink()


def turn_a_byte_of_a_record(root: Path) -> None:
    data = bytearray(raw(root).read_bytes())
    data[len(data) // 2] ^= 1
    raw(root).write_bytes(data)


def change_the_state(statement: str) -> Callable[[Path], None]:
    def change(root: Path) -> None:
        with closing(sqlite3.connect(root / ".scraper" / "state.sqlite")) as state:
            state.execute(statement)
            state.commit()

    return change


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (tear_a_post, "cannot be parsed"),
        (tear_a_post, "not what the manifest says"),
        (empty_a_post, "its body is not the one"),
        (lose_a_post, "missing, or not what"),
        (lose_a_post, "not the file that the state's row names"),
        (double_a_post, "2 files"),
        (leave_a_temporary_file, "left behind"),
        (tear_the_manifest, "its last line is torn"),
        (garble_the_manifest, "Expecting property name"),
        (unchain_the_manifest, "does not name the day before"),
        (add_a_revision, "not in the manifest"),
        (tear_a_record, "EOFError"),
        (tear_a_record, "not the record that the manifest names"),
        (lose_the_records, "its file is missing"),
        (turn_a_byte_of_a_record, "not the record that the manifest names"),
        (change_the_state("DELETE FROM articles"), "the state has no row for it"),
        (change_the_state("UPDATE articles SET sha256 = 'x'"), "not the file that the state's row"),
    ],
)
def test_a_damage_is_found(damage: Callable[[Path], None], words: str, root: Path) -> None:
    damage(root)
    assert [found for found in archive_findings(root) if words in found]


def test_what_was_acknowledged_must_be_there(root: Path) -> None:
    assert len(texts(root)) == FEW - 1
    assert archive_findings(root, texts(root)) == []
    assert archive_findings(root, ["_posts/a.md"]) == [
        "_posts/a.md: was acknowledged, and is not there"
    ]
