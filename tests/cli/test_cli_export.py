"""`export --wacz`, read back with zipfile and warcio: hashes, index, pages, payloads."""

import hashlib
import io
import json
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile

import pytest
from warcio.archiveiterator import ArchiveIterator

from scraper.archive.wacz import key_of
from tests.archive.keeping import draft, keep
from tests.conftest import Run

WARC = "archive/data.warc.gz"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """Two articles; the first was received three times, the last time unchanged, a day later."""
    root = tmp_path / "archive"
    keep(
        root,
        draft(1, "旧桥动工", "三人受伤。"),
        draft(2, "另一篇", "正文。"),
        draft(1, "旧桥动工", "五人受伤。", hours=1),
        draft(1, "旧桥动工", "五人受伤。", hours=30),
    )
    return root


def index_of(wacz: ZipFile) -> list[tuple[str, str, dict[str, str]]]:
    lines = wacz.read("indexes/index.cdx").decode().splitlines()
    assert lines == sorted(lines)
    parts = [line.split(" ", 2) for line in lines]
    return [(key, instant, json.loads(facts)) for key, instant, facts in parts]


def check(wacz: ZipFile) -> None:
    """Hold a collection to what it says of itself."""
    package = json.loads(wacz.read("datapackage.json"))
    assert package["wacz_version"] == "1.1.1"
    for resource in package["resources"]:
        data = wacz.read(resource["path"])
        assert resource["hash"] == f"sha256:{hashlib.sha256(data).hexdigest()}"
        assert resource["bytes"] == len(data)
    assert wacz.getinfo(WARC).compress_type == ZIP_STORED
    data = wacz.read(WARC)
    for _, _, facts in index_of(wacz):
        start, length = int(facts["offset"]), int(facts["length"])
        (record,) = ArchiveIterator(io.BytesIO(data[start : start + length]))
        assert record.rec_headers.get_header("WARC-Target-URI") == facts["url"]
        assert record.rec_headers.get_header("WARC-Payload-Digest") == facts["digest"]


def test_everything_that_was_received_can_be_replayed(root: Path, scraper: Run) -> None:
    target = root.parent / "all.wacz"
    answer = scraper("--json", "export", "--wacz", target)
    assert answer.returncode == 0, answer.stderr
    told = json.loads(answer.stdout)
    assert (told["articles"], told["records"]) == (2, 8)
    with ZipFile(target) as wacz:
        check(wacz)
        keys = [(key, facts["mime"]) for key, _, facts in index_of(wacz)]
        pages = [json.loads(line) for line in wacz.read("pages/pages.jsonl").splitlines()]
        digest = json.loads(wacz.read("datapackage-digest.json"))["hash"]
        package = hashlib.sha256(wacz.read("datapackage.json")).hexdigest()
        kinds = [r.rec_type for r in ArchiveIterator(io.BytesIO(wacz.read(WARC)))]
    assert keys == [
        ("com,example,news)/1", "text/html"),
        ("com,example,news)/1", "text/html"),
        ("com,example,news)/1", "warc/revisit"),
        ("com,example,news)/2", "text/html"),
    ]
    assert [(page.get("url"), page["title"]) for page in pages] == [
        (None, "Pages"),
        ("https://news.example.com/1", "旧桥动工"),
        ("https://news.example.com/2", "另一篇"),
    ]
    assert digest == f"sha256:{package}"
    assert kinds[0] == "warcinfo"
    assert kinds.count("request") == 4


def test_one_article_or_some_days_alone(root: Path, scraper: Run) -> None:
    target = root.parent / "some.wacz"
    assert scraper("export", "--wacz", target, "story-2").returncode == 0
    with ZipFile(target) as wacz:
        check(wacz)
        assert [facts["url"][-2:] for _, _, facts in index_of(wacz)] == ["/2"]
    assert scraper("export", "--wacz", target, "--to", "2024-05-06", "story-1").returncode == 0
    with ZipFile(target) as wacz:
        assert len(index_of(wacz)) == 2


def test_an_unchanged_answer_brings_the_one_that_it_repeats(root: Path, scraper: Run) -> None:
    target = root.parent / "late.wacz"
    assert scraper("export", "--wacz", target, "--from", "2024-05-07").returncode == 0
    with ZipFile(target) as wacz:
        check(wacz)
        found = [(instant, facts["mime"]) for _, instant, facts in index_of(wacz)]
    assert found == [("20240506050000", "text/html"), ("20240507100000", "warc/revisit")]


def test_a_record_that_is_being_appended_is_left_out(root: Path, scraper: Run) -> None:
    file = max((root / "_raw").rglob("*.warc.gz"))
    file.write_bytes(file.read_bytes()[:-40])
    target = root.parent / "all.wacz"
    assert scraper("export", "--wacz", target).returncode == 0
    with ZipFile(target) as wacz:
        check(wacz)


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["--from", "2030-01-01"], "nothing to export", 1),
        (["story-9"], "no such article", 1),
        (["--from", "2030-01-01", "story-1"], "story-1: no raw record", 1),
    ],
)
def test_what_is_not_there_is_said(
    root: Path, scraper: Run, arguments: list[str], message: str, code: int
) -> None:
    target = root.parent / "none.wacz"
    answer = scraper("export", "--wacz", target, *arguments)
    assert (answer.returncode, message in answer.stderr) == (code, True), answer.stderr
    assert not target.exists()


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.Example.com/A?b=2&a=1", "com,example)/a?a=1&b=2"),
        ("http://127.0.0.1:8080", "127.0.0.1:8080)/"),
        ("https://example.com:443/x", "com,example)/x"),
    ],
)
def test_keys_sort_by_host_from_its_end(url: str, key: str) -> None:
    assert key_of(url) == key
