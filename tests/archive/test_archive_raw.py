"""Where exchanges are kept, and a whole change of the archive: real files of several days."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import pytest

from scraper.archive.archive import Archive, Change
from scraper.archive.folders import Folders
from scraper.archive.manifest import RecordFact, path_of, read_all
from scraper.archive.raw import Kept, Raw, files
from scraper.archive.warc import Earlier, read_record, whole_length
from scraper.errors import ArchiveError
from scraper.model import Capture

NOON = datetime(2024, 5, 6, 12, 0, tzinfo=UTC)


def kept(number: int = 1, earlier: Earlier | None = None) -> Kept:
    url, headers = f"https://news.example.com/{number}", (("Content-Type", "text/html"),)
    body = f"<p>{number}</p>".encode()
    return Kept(Capture(url, NOON, (), 200, "OK", headers, body), f"story-{number}", earlier)


def raw(root: Path, largest: int = 1_000_000) -> Raw:
    opened = Raw(root, Folders(root), "tester/1", largest=largest)
    opened.open()
    return opened


def names(root: Path) -> list[str]:
    return [file.path.name for file in files(root)]


def assert_right(root: Path, facts: Sequence[RecordFact]) -> None:
    for fact in facts:
        data = (root / fact.file).read_bytes()[fact.offset : fact.offset + fact.length]
        assert sha256(data).hexdigest() == fact.sha256
        assert read_record(root / fact.file, fact.offset).kind == fact.kind


def test_every_exchange_is_where_it_is_said_to_be(tmp_path: Path) -> None:
    opened = raw(tmp_path)
    facts = [*opened.append([kept(1), kept(2)], NOON), *opened.append([kept(3)], NOON)]
    assert_right(tmp_path, facts)
    found = [read_record(tmp_path / fact.file, fact.offset).article for fact in facts]
    assert found == ["story-1", "story-2", "story-3"]
    assert facts[0].offset + facts[0].length == facts[1].offset


def test_an_exchange_with_a_known_payload_is_a_revisit(tmp_path: Path) -> None:
    earlier = Earlier("https://news.example.com/1", NOON)
    facts = raw(tmp_path).append([kept(1), kept(1, earlier)], NOON)
    assert [fact.kind for fact in facts] == ["response", "revisit"]
    assert_right(tmp_path, facts)


def test_each_day_has_a_file_and_the_clock_cannot_reopen_an_older_one(tmp_path: Path) -> None:
    opened = raw(tmp_path)
    opened.append([kept(1)], NOON)
    opened.append([kept(2)], NOON + timedelta(days=1))
    opened.append([kept(3)], NOON - timedelta(days=30))
    raw(tmp_path).append([kept(4)], NOON)
    assert names(tmp_path) == ["2024-05-06-001.warc.gz", "2024-05-07-001.warc.gz"]


def test_a_file_that_has_grown_large_is_left(tmp_path: Path) -> None:
    opened = raw(tmp_path, largest=1)
    facts = [opened.append([kept(number)], NOON)[0] for number in range(3)]
    assert names(tmp_path) == [f"2024-05-06-00{number}.warc.gz" for number in (1, 2, 3)]
    assert_right(tmp_path, facts)
    again = raw(tmp_path, largest=1)
    again.append([kept(9)], NOON)
    assert names(tmp_path)[-1] == "2024-05-06-004.warc.gz"


def test_files_are_in_the_order_of_their_writing_beyond_a_thousand(tmp_path: Path) -> None:
    folder = tmp_path / "_raw/2024"
    folder.mkdir(parents=True)
    for number in ("1000", "999", "001"):
        (folder / f"2024-05-06-{number}.warc.gz").touch()
    (folder / "other.warc.gz").touch()
    assert [file.number for file in files(tmp_path)] == [1, 999, 1000]


def test_a_torn_record_is_cut_and_the_next_one_takes_its_place(tmp_path: Path) -> None:
    (fact,) = raw(tmp_path).append([kept(1)], NOON)
    path = tmp_path / fact.file
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:40])
    opened = Raw(tmp_path, Folders(tmp_path), "tester/1")
    assert opened.open() == 40
    assert path.read_bytes() == whole
    (second,) = opened.append([kept(2)], NOON)
    assert_right(tmp_path, [fact, second])
    assert whole_length(path) == path.stat().st_size


def test_nothing_to_keep_makes_no_file(tmp_path: Path) -> None:
    assert raw(tmp_path).append([], NOON) == []
    assert not files(tmp_path)


# -- the archive as a whole ------------------------------------------------------------------------


def change(number: int = 1, text: str = "正文") -> Change:
    path = f"_posts/2024/05/{number}.md"
    return Change("archived", f"story-{number}", ((path, text),), (kept(number),))


def test_a_change_is_records_files_and_a_line(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "tester/1")
    assert archive.open() == ()
    first, second = archive.commit([change(1), change(2)], NOON)
    assert_right(tmp_path, [*first.records, *second.records])
    (fact,) = second.files
    data = (tmp_path / fact.path).read_bytes()
    assert (fact.sha256, fact.bytes) == (sha256(data).hexdigest(), len(data))
    noted = list(read_all(tmp_path))
    assert [(e.id, e.files, e.records) for e in noted] == [
        ("story-1", first.files, first.records),
        ("story-2", second.files, second.records),
    ]


def test_a_document_that_cannot_be_written_has_no_line_and_may_be_tried_again(
    tmp_path: Path,
) -> None:
    archive = Archive(tmp_path, "tester/1")
    archive.open()
    (tmp_path / "_posts/2024").mkdir(parents=True, exist_ok=True)
    (tmp_path / "_posts/2024/05").write_text("in the way")
    with pytest.raises(ArchiveError, match="Not a directory"):
        archive.commit([change()], NOON)
    assert not list(read_all(tmp_path))
    (tmp_path / "_posts/2024/05").unlink()
    (done,) = archive.commit([change()], NOON)
    assert_right(tmp_path, done.records)
    assert len(list(read_all(tmp_path))) == 1


def test_a_manifest_that_cannot_be_written_leaves_whole_files_and_no_line(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "tester/1")
    archive.open()
    (tmp_path / "_manifest").write_text("in the way")
    with pytest.raises(ArchiveError, match="_manifest"):
        archive.commit([change()], NOON)
    assert (tmp_path / "_posts/2024/05/1.md").read_text("utf-8") == "正文"
    (tmp_path / "_manifest").unlink()
    archive.commit([change()], NOON)
    assert len(list(read_all(tmp_path))) == 1


def test_a_full_disk_at_any_point_leaves_everything_whole(
    run_on_mount: Callable[[str, str], str],
) -> None:
    said = run_on_mount(
        'mount -t tmpfs -o size=160k none "$0"',
        "from datetime import datetime, timezone\n"
        "from scraper.archive.archive import Archive, Change\n"
        "from scraper.archive.manifest import read_all\n"
        "from scraper.archive.raw import Kept, files\n"
        "from scraper.archive.warc import whole_length\n"
        "from scraper.model import Capture\n"
        "import os\n"
        "now = datetime(2024, 5, 6, tzinfo=timezone.utc)\n"
        "archive = Archive(root, 'tester/1')\n"
        "archive.open()\n"
        "kept, refused = 0, 0\n"
        "for number in range(40):\n"
        "    noise = os.urandom(3000)\n"
        "    page = Capture(f'https://e.example/{number}', now, (), 200, 'OK', (), noise)\n"
        "    text = ('x' * 7000,)\n"
        "    try:\n"
        "        archive.commit([Change('archived', str(number), ((f'_posts/{number}.md', *text),),"
        " (Kept(page),))], now)\n"
        "        kept += 1\n"
        "    except Exception as error:\n"
        "        refused += type(error).__name__ == 'ArchiveError'\n"
        "whole = all(whole_length(root / f.path) == (root / f.path).stat().st_size"
        " for f in files(root))\n"
        "sizes = {p.stat().st_size for p in (root / '_posts').glob('*')}\n"
        "print(kept > 3, kept + refused, len(list(read_all(root))) == kept, whole, sizes)\n",
    )
    assert said == "True 40 True True {7000}\n"


def test_opening_says_what_an_interrupted_run_left(tmp_path: Path) -> None:
    archive = Archive(tmp_path, "tester/1")
    archive.open()
    (done,) = archive.commit([change()], NOON)
    for path in (tmp_path / done.records[0].file, tmp_path / path_of(NOON.date())):
        with path.open("ab") as file:
            file.write(b"torn")
    said = Archive(tmp_path, "tester/1").open()
    assert said == tuple(
        f"{tmp_path / name}: cut 4 bytes off that an interrupted run had left"
        for name in ("_raw", "_manifest")
    )
