"""Growing files and the chain of days: real files, and clocks that are set back."""

import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path, PurePosixPath

import pytest

from scraper.archive.appending import Appending
from scraper.archive.folders import Folders
from scraper.archive.manifest import (
    Event,
    FileFact,
    Manifest,
    RecordFact,
    as_line,
    days,
    hash_of,
    path_of,
    read_all,
    read_line,
)
from scraper.errors import ArchiveError

NOON = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)
LOG = PurePosixPath("_manifest/2024/log")


def manifest(root: Path) -> Manifest:
    opened = Manifest(root, Folders(root))
    opened.open()
    return opened


def event(number: int = 1, at: datetime = NOON) -> Event:
    return Event(
        at=at,
        event="archived",
        id=f"story-{number}",
        files=(FileFact(f"_posts/一/{number}.md", "ab" * 32, 10),),
        records=(RecordFact("_raw/2024/2024-05-06-001.warc.gz", 5, 7, "cd" * 32, "revisit"),),
        removed=("_posts/gone.md",),
        about={"reason": "“引号”\n二行", "count": 2},
    )


def test_appending_says_where_what_was_appended_begins(tmp_path: Path) -> None:
    appending = Appending(tmp_path, Folders(tmp_path))
    assert appending.append(LOG, b"one") == 0
    assert appending.append(LOG, b"two") == 3
    assert (tmp_path / LOG).read_bytes() == b"onetwo"


def test_a_file_is_cut_where_its_last_whole_part_ends(tmp_path: Path) -> None:
    appending = Appending(tmp_path, Folders(tmp_path))
    appending.append(LOG, b"whole torn")
    appending.cut(LOG, 5)
    assert appending.append(LOG, b"more") == 5
    assert (tmp_path / LOG).read_bytes() == b"wholemore"


def test_a_refused_append_leaves_the_file_as_it_was(
    run_python: Callable[[str, Path], str], tmp_path: Path
) -> None:
    said = run_python(
        "import resource\n"
        "from pathlib import PurePosixPath\n"
        "from scraper.archive.appending import Appending\n"
        "from scraper.archive.folders import Folders\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, 10_000))\n"
        "appending, log = Appending(root, Folders(root)), PurePosixPath('_raw/log')\n"
        "appending.append(log, b'x' * 6_000)\n"
        "try:\n"
        "    appending.append(log, b'y' * 6_000)\n"
        "except Exception as error:\n"
        "    print(type(error).__name__, error)\n"
        "print(appending.append(log, b'z'))\n",
        tmp_path,
    )
    refused, begins = said.splitlines()
    assert refused.startswith("ArchiveError")
    assert "_raw/log cannot be written: File too large; raise the limit" in refused
    assert begins == "6000"
    assert (tmp_path / "_raw/log").read_bytes() == b"x" * 6_000 + b"z"


def test_what_a_disk_would_not_cut_is_cut_before_the_next_append(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    appending = Appending(tmp_path, Folders(tmp_path))
    appending.append(LOG, b"whole")

    def fail(*_: object) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", fail)
        broken.setattr(os, "ftruncate", fail)
        with pytest.raises(ArchiveError, match="check that disk"):
            appending.append(LOG, b" torn")
    assert (tmp_path / LOG).read_bytes() == b"whole torn"
    assert appending.append(LOG, b" again") == 5
    assert (tmp_path / LOG).read_bytes() == b"whole again"


def test_a_planted_link_is_not_appended_through(tmp_path: Path) -> None:
    (tmp_path / "outside").write_bytes(b"not ours")
    (tmp_path / LOG.parent).mkdir(parents=True)
    (tmp_path / LOG).symlink_to(tmp_path / "outside")
    with pytest.raises(ArchiveError, match="symbolic link"):
        Appending(tmp_path, Folders(tmp_path)).append(LOG, b"ours")
    assert (tmp_path / "outside").read_bytes() == b"not ours"


def test_what_was_noted_is_read_back(tmp_path: Path) -> None:
    noted = [event(1), Event(NOON, "forgotten"), event(2, NOON + timedelta(milliseconds=5))]
    manifest(tmp_path).append(noted)
    assert list(read_all(tmp_path)) == noted


def test_each_day_begins_with_the_hash_of_the_day_before(tmp_path: Path) -> None:
    kept = manifest(tmp_path)
    for ahead in (0, 0, 1, 5):
        kept.append([event(at=NOON + timedelta(days=ahead))])
    first, second, third = [tmp_path / day.path for day in days(tmp_path)]
    openings = [json.loads(path.read_text("utf-8").splitlines()[0]) for path in (first, second)]
    assert openings[0] == {"day": "2024-05-06", "version": 1, "previous": None}
    assert openings[1]["previous"] == {
        "day": "2024-05-06",
        "sha256": sha256(first.read_bytes()).hexdigest(),
    }
    link = json.loads(third.read_text("utf-8").splitlines()[0])["previous"]
    assert link == {"day": "2024-05-07", "sha256": hash_of(second)}
    assert len(list(read_all(tmp_path))) == 4


def test_a_clock_that_goes_back_does_not_take_the_day_with_it(tmp_path: Path) -> None:
    manifest(tmp_path).append([event(1)])
    closed = manifest(tmp_path)
    closed.append([event(2, NOON - timedelta(days=3))])
    assert [day.day for day in days(tmp_path)] == [date(2024, 5, 6)]
    assert [noted.at for noted in read_all(tmp_path)] == [NOON, NOON - timedelta(days=3)]


def test_a_torn_line_is_cut_when_the_archive_is_opened(tmp_path: Path) -> None:
    manifest(tmp_path).append([event(1)])
    path = tmp_path / path_of(NOON.date())
    whole = path.read_bytes()
    path.write_bytes(whole + as_line(event(2)).encode()[:-1])
    assert len(list(read_all(tmp_path))) == 1
    again = Manifest(tmp_path, Folders(tmp_path))
    assert again.open() == len(as_line(event(2)).encode()) - 1
    assert path.read_bytes() == whole
    again.append([event(3)])
    assert [noted.id for noted in read_all(tmp_path)] == ["story-1", "story-3"]


def test_a_day_whose_first_line_was_torn_begins_anew(tmp_path: Path) -> None:
    manifest(tmp_path).append([event(1)])
    torn = tmp_path / path_of(date(2024, 5, 7))
    torn.write_bytes(b'{"day":"2024-')
    kept = manifest(tmp_path)
    kept.append([event(2, NOON + timedelta(days=1))])
    link = json.loads(torn.read_text("utf-8").splitlines()[0])["previous"]
    assert link["sha256"] == hash_of(tmp_path / path_of(NOON.date()))


def test_a_day_that_never_began_is_no_link_of_the_chain(tmp_path: Path) -> None:
    manifest(tmp_path).append([event(1)])
    (tmp_path / path_of(date(2024, 5, 7))).write_bytes(b'{"day":"2024-')
    manifest(tmp_path).append([event(2, NOON + timedelta(days=2))])
    last = tmp_path / days(tmp_path)[-1].path
    link = json.loads(last.read_text("utf-8").splitlines()[0])["previous"]
    assert link == {"day": "2024-05-06", "sha256": hash_of(tmp_path / path_of(NOON.date()))}


def test_nothing_to_note_makes_no_file(tmp_path: Path) -> None:
    manifest(tmp_path).append([])
    assert not days(tmp_path)


@pytest.mark.parametrize(
    "line", ["", "{}", "[1]", '{"at":"now","event":"archived"}', '{"at":"2024-05-06","files":[1]}']
)
def test_a_line_that_is_no_event_is_named(line: str) -> None:
    with pytest.raises(ArchiveError, match=r"^here: no event of a manifest; restore it"):
        read_line(line, "here")
