"""`verify` as users run it: a process, on an archive that a run has filled."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.service.archives import fill
from tests.service.authority import serving


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    root = tmp_path / "archive"
    fill(root)
    return root


def test_a_sound_archive_is_said_to_be_sound(scraper: Run, archive: Path) -> None:
    answer = scraper("--archive", archive, "verify")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout.startswith("5 files and 5 records checked in ")
    assert answer.stdout.endswith(": all as they were written\n")


def test_what_is_found_is_named_with_what_to_do(scraper: Run, archive: Path) -> None:
    changed, gone, extra = (f"_posts/2024/05/2024-05-06-桥上的灯 {n}.md" for n in range(3))
    (archive / changed).write_bytes(b"changed")
    (archive / gone).unlink()
    (archive / extra).rename(archive / "_posts/elsewhere.md")
    before = {path: path.stat().st_mtime_ns for path in archive.rglob("*")}
    answer = scraper("--archive", archive, "verify")
    assert answer.returncode == 1
    lines = answer.stderr.splitlines()
    assert lines[0].startswith("differs: damaged since they were written: restore them from a")
    assert lines[1].startswith(f"  {changed}: 7 bytes, ")
    assert "  _posts/elsewhere.md: the manifest knows nothing of it" in lines
    assert f"  {gone}" in lines
    assert answer.stdout.endswith("findings\n")
    after = {path: path.stat().st_mtime_ns for path in archive.rglob("*") if path in before}
    assert {p for p in before if after[p] != before[p]} <= {archive / ".scraper"}


def test_an_owners_edit_is_told_and_no_reason_for_exit_1(scraper: Run, archive: Path) -> None:
    path = "_posts/2024/05/2024-05-06-桥上的灯 0.md"
    with (archive / path).open("a", encoding="utf-8") as file:
        file.write("我加的一句。\n")
    for arguments in (["verify"], ["verify", "--fast"]):
        answer = scraper("--archive", archive, *arguments)
        assert answer.returncode == 0
        assert answer.stderr.splitlines()[0].startswith("edited: edited by their owner")
        assert f"  {path}: on 20" in answer.stderr
        assert answer.stdout.endswith(": all as they were written, or edited by their owner\n")


def test_since_when_the_past_is_attested_is_said(scraper: Run, archive: Path) -> None:
    authority = archive.parent / "authority"
    authority.mkdir()
    config = archive.parent / "config" / "scraper.toml"
    config.parent.mkdir(exist_ok=True)
    with serving(authority) as (_, url):
        config.write_text(
            f'[archive]\ntimestamp = "{url}"\n[fetch]\nallow_addresses = ["127.0.0.0/8"]\n'
            "[revisions]\nenabled = false\n",
            "utf-8",
        )
        assert scraper("once").returncode == 0
    answer = scraper("verify")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.startswith("the manifest up to 2024-05-07 was there at 20")
    assert "that this system does not know; 2 days have a timestamp\n" in answer.stdout
    summary = json.loads(scraper("--json", "verify").stdout.splitlines()[-1])
    assert (summary["attested"]["day"], summary["attested"]["days"]) == ("2024-05-07", 2)


def test_findings_are_records_for_programs(scraper: Run, archive: Path) -> None:
    (archive / "_quarantine/story-99.md").unlink()
    answer = scraper("--json", "--archive", archive, "verify", "--fast")
    *findings, summary = map(json.loads, answer.stdout.splitlines())
    assert answer.returncode == 1
    path = "_quarantine/story-99.md"
    assert [(f["event"], f["kind"], f["path"]) for f in findings if f["path"] == path] == [
        ("finding", "missing", path),
        ("finding", "state", path),
    ]
    assert summary["event"] == "summary"
    assert summary["findings"]["missing"] == 1
