"""Records that other tools read as well: round trips through warcio, torn ends, its own check."""

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from scraper.archive.warc import (
    Earlier,
    payload_digest,
    read_record,
    read_records,
    whole_length,
    write_exchange,
    write_info,
)
from scraper.errors import ArchiveError
from scraper.model import Capture

AT = datetime(2024, 5, 6, 4, 0, 0, 123456, tzinfo=UTC)
URL = "https://news.example.com/a?b=1"


def capture(payload: bytes = b"<p>\xe4\xb8\x80</p>", **changes: object) -> Capture:
    facts: dict[str, object] = {
        "url": URL,
        "at": AT,
        "request": (("Host", "news.example.com"), ("User-Agent", "tester/1")),
        "status": 200,
        "reason": "OK",
        "headers": (("Content-Type", "text/html"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2")),
        "payload": payload,
    } | changes
    return Capture(**facts)  # type: ignore[arg-type]  # a test's own choice


def written(path: Path, *records: bytes) -> Path:
    path.write_bytes(write_info(path.name, "tester/1", AT) + b"".join(records))
    return path


def check(path: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "warcio.cli", "check", "-v", str(path)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_an_exchange_is_read_back(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", write_exchange(capture(), "story-1"))
    (read,) = read_records(path)
    assert (read.kind, read.url, read.at, read.article) == ("response", URL, AT, "story-1")
    assert (read.status, read.headers, read.payload) == (
        200,
        capture().headers,
        capture().payload,
    )
    assert read.digest == payload_digest(capture().payload)
    assert read.refers_to is None
    assert read_record(path, read.offset) == read


def test_other_tools_see_information_answer_and_request(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", write_exchange(capture(), "story-1"))
    with path.open("rb") as file:
        seen = [
            (record.rec_type, record.rec_headers.protocol, record.http_headers)
            for record in ArchiveIterator(file)
        ]
    assert [(kind, form) for kind, form, _ in seen] == [
        ("warcinfo", "WARC/1.1"),
        ("response", "WARC/1.1"),
        ("request", "WARC/1.1"),
    ]
    request = seen[2][2]
    assert (request.protocol, request.statusline) == ("GET", "/a?b=1 HTTP/1.1")
    assert request.get_header("user-agent") == "tester/1"


def test_a_payload_that_was_kept_before_is_a_revisit(tmp_path: Path) -> None:
    earlier = Earlier(URL, AT)
    again = write_exchange(capture(at=AT.replace(day=7)), "story-1", earlier)
    path = written(tmp_path / "a.warc.gz", write_exchange(capture(), "story-1"), again)
    first, second = read_records(path)
    assert (second.kind, second.payload, second.refers_to) == ("revisit", b"", earlier)
    assert second.digest == first.digest
    assert second.status == 200
    assert check(path).returncode == 0


def test_what_was_cut_off_is_marked(tmp_path: Path) -> None:
    record = write_exchange(capture(truncated=True), "")
    path = written(tmp_path / "a.warc.gz", record)
    with path.open("rb") as file:
        marks = [r.rec_headers.get_header("WARC-Truncated") for r in ArchiveIterator(file)]
    assert marks == [None, "length", None]
    assert next(read_records(path)).article == ""


def test_the_check_of_warcio_passes_and_finds_damage(tmp_path: Path) -> None:
    path = written(
        tmp_path / "a.warc.gz",
        write_exchange(capture(), "1"),
        write_exchange(capture(b"", status=404, reason=""), "2"),
    )
    passed = check(path)
    assert passed.returncode == 0, passed.stdout
    assert "digest pass" in passed.stdout


TOKEN = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,15}", fullmatch=True)
VALUE = st.from_regex(r"[!-~]([ -~]{0,30}[!-~])?", fullmatch=True)


@given(
    st.binary(max_size=3000),
    st.lists(st.tuples(TOKEN, VALUE), max_size=6),
    st.sampled_from([200, 203, 404, 451]),
)
def test_any_payload_and_headers_survive(
    tmp_path_factory: pytest.TempPathFactory,
    payload: bytes,
    headers: list[tuple[str, str]],
    status: int,
) -> None:
    path = tmp_path_factory.mktemp("warc") / "a.warc.gz"
    sent = capture(payload, headers=tuple(headers), status=status)
    path.write_bytes(write_exchange(sent, "x") + write_exchange(sent, "y"))
    first, second = read_records(path)
    assert (first.payload, first.status, list(first.headers)) == (payload, status, headers)
    assert (second.payload, second.article) == (payload, "y")
    assert second.offset + second.length < path.stat().st_size == whole_length(path)


@pytest.mark.parametrize("left", [1, 9, 10, 40, -1])
def test_a_torn_end_is_found(tmp_path: Path, left: int) -> None:
    path = written(tmp_path / "a.warc.gz", write_exchange(capture(), "1"))
    whole = path.read_bytes()
    path.write_bytes(whole + write_info("b", "tester/1", AT)[:left])
    assert whole_length(path) == len(whole)
    assert [read.article for read in read_records(path)] == ["1"]


def test_zeros_that_a_crash_left_behind_are_a_torn_end(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz", write_exchange(capture(), "1"))
    whole = path.stat().st_size
    path.write_bytes(path.read_bytes() + bytes(70_000))
    assert whole_length(path) == whole
    assert [read.article for read in read_records(path)] == ["1"]


def test_a_record_larger_than_what_is_read_at_once_is_whole(tmp_path: Path) -> None:
    large = bytes(range(256)) * 20_000
    path = written(tmp_path / "a.warc.gz", write_exchange(capture(large), "1"))
    assert whole_length(path) == path.stat().st_size
    assert next(read_records(path)).payload == large


def test_where_no_record_is_that_is_said(tmp_path: Path) -> None:
    path = written(tmp_path / "a.warc.gz")
    with pytest.raises(ArchiveError, match=f"holds no record at {path.stat().st_size}"):
        read_record(path, path.stat().st_size)
    with pytest.raises(ArchiveError, match=r"absent\.warc\.gz cannot be read"):
        whole_length(tmp_path / "absent.warc.gz")
