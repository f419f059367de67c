"""A takedown that a kill interrupted is finished by whatever opens the archive for writing next."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from scraper.archive.archive import Archive
from scraper.archive.forgetting import Eraser
from scraper.service.upkeep.finding import locate
from scraper.service.upkeep.forgetting import finish_if_begun, forget, plan
from scraper.state.database import State, open_state
from tests.archive.keeping import HOUR, NOON, draft, files_with, keep


@pytest.fixture
def root(tmp_path: Path) -> Path:
    keep(tmp_path, draft(1, "旧桥动工", "三人受伤。"), draft(2, "另一篇", "正文。"))
    return tmp_path


@pytest.fixture
def state(root: Path) -> Iterator[State]:
    with closing(open_state(root / ".scraper" / "state.sqlite")) as state:
        yield state


def begin(root: Path, state: State) -> None:
    """Write the tombstone of story-1, then find the power gone."""
    archive = Archive(root, "tester/1")
    archive.open()
    takeout = plan(root, state, locate(root, state, (), "story-1"))

    class PowerCutError(Exception):
        pass

    def erase(*_: object) -> None:
        raise PowerCutError

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Eraser, "erase", erase)
        with pytest.raises(PowerCutError):
            forget(archive, state, takeout, "", NOON + HOUR)


def test_the_next_start_finishes_it_and_says_so_once(root: Path, state: State) -> None:
    begin(root, state)
    assert files_with(root, "三人受伤")
    assert "forgetting story-1" in finish_if_begun(root, state)[0]
    assert not files_with(root, "三人受伤")
    assert state.forgotten.get("story-1")
    assert finish_if_begun(root, state) == ()


def test_what_was_not_begun_in_the_manifest_is_nothing_to_finish(root: Path, state: State) -> None:
    state.meta.set("forgetting", "story-1")
    assert finish_if_begun(root, state) == ()
    assert files_with(root, "三人受伤")
    assert state.meta.get("forgetting") == ""
