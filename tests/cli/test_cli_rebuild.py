"""`rebuild` and a start without state, as users meet them: processes on a replica of the site."""

import json
import shutil
from pathlib import Path

from tests.conftest import Run
from tests.service.archives import fill
from tests.site_replica import Replica


def test_a_deleted_state_is_restored_and_said(scraper: Run, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    fill(archive)
    shutil.rmtree(archive / ".scraper")
    answer = scraper("--archive", archive, "rebuild")
    assert (answer.returncode, answer.stderr) == (0, "")
    assert answer.stdout == "restored: 3 articles, 5 records, 1 quarantined\n"
    again = scraper("--json", "--archive", archive, "rebuild")
    assert json.loads(again.stdout)["articles"] == 3
    assert scraper("--archive", archive, "verify").returncode == 0


def test_once_without_state_archives_nothing_twice(
    scraper: Run, china: Replica, tmp_path: Path
) -> None:
    del china
    assert scraper("once").returncode == 0
    archive = tmp_path / "archive"
    before = {p: p.read_bytes() for p in (archive / "_posts").rglob("*.md")}
    shutil.rmtree(archive / ".scraper")
    answer = scraper("--json", "once", "--all")
    assert answer.returncode == 0
    assert "it was rebuilt from the files" in answer.stderr
    assert json.loads(answer.stdout.splitlines()[-1])["articles"] == {}
    assert {p: p.read_bytes() for p in (archive / "_posts").rglob("*.md")} == before
    assert scraper("verify").returncode == 0
