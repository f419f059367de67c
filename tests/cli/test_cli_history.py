"""`history` and `diff` on an archive with edits, as users run them."""

import json
import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from scraper.archive.folders import Folders
from scraper.archive.manifest import Event, Happening, Manifest
from tests.archive.keeping import HOUR, NOON, draft, keep, quarantine
from tests.conftest import Run

PATH = "_posts/2024/05/2024-05-06-旧桥动工.md"
DEL, INS = "<del>三</del>", "<ins>五</ins>"


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """An archive with an article in three versions, and another in one."""
    root = tmp_path / "archive"
    keep(
        root,
        draft(1, "旧桥动工", "甲段不变。", "事故造成三人受伤。", "末段。"),
        draft(2, "另一篇", "正文。"),
        draft(1, "旧桥动工", "甲段不变。", "事故造成五人受伤。", "末段。", hours=2),
        draft(1, "旧桥明年动工", "甲段不变。", "事故造成五人受伤。", "末段。", hours=5),
    )
    return root


def lines(answer: subprocess.CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in answer.stdout.splitlines()]


def note(root: Path, event: Happening, hours: int) -> None:
    manifest = Manifest(root, Folders(root))
    manifest.open()
    manifest.append([Event(NOON + hours * HOUR, event, "story-1")])


def test_history_lists_every_version_with_what_was_edited(edited: Path, scraper: Run) -> None:
    answer = scraper("--json", "history", "story-1")
    assert answer.returncode == 0, answer.stderr
    told = lines(answer)
    assert [(v["number"], v["at"], v["kinds"]) for v in told] == [
        (1, "2024-05-06T04:00:00Z", []),
        (2, "2024-05-06T06:00:00Z", ["number"]),
        (3, "2024-05-06T09:00:00Z", ["headline"]),
    ]
    assert told[2]["path"] == PATH
    assert told[0]["words"] == len("甲段不变事故造成三人受伤末段")
    assert edited.is_dir()


@pytest.mark.parametrize("name", ["story-1", PATH, f"archive/{PATH}", "https://news.example.com/1"])
def test_an_article_is_found_by_id_path_and_url(edited: Path, scraper: Run, name: str) -> None:
    shown = scraper("history", name)
    assert shown.returncode == 0, shown.stderr
    shutil.rmtree(edited / ".scraper")
    if "://" not in name:  # by the manifest and the file alone
        assert scraper("history", name).stdout == shown.stdout


def test_withdrawals_and_returns_stand_between_the_versions(edited: Path, scraper: Run) -> None:
    note(edited, "withdrawn", 30)
    note(edited, "returned", 50)
    told = [line["event"] for line in lines(scraper("--json", "history", "story-1"))]
    assert told == ["version"] * 3 + ["withdrawn", "returned"]
    keep(edited, draft(1, "旧桥明年动工", "甲段不变。", "事故造成六人受伤。", "末段。", hours=60))
    told = [line["event"] for line in lines(scraper("--json", "history", "story-1"))]
    assert told == ["version"] * 3 + ["withdrawn", "returned", "version"]
    assert "withdrawn by the site" in scraper("history", "story-1").stdout


def test_diff_shows_the_last_edit_or_the_one_asked_for(edited: Path, scraper: Run) -> None:
    assert scraper("diff", "story-1").stdout.startswith(
        "旧桥{+明年+}动工\n2 (2024-05-06 06:00Z) → 3"
    )
    answer = scraper("diff", "story-1", "1", "2")
    assert answer.returncode == 0, answer.stderr
    assert answer.stdout.splitlines()[2:] == [
        "number", "", "甲段不变。", "", "事故造成[-三-]{+五+}人受伤。", "", "末段。",
    ]  # fmt: skip
    assert edited.is_dir()


def test_diff_writes_markdown_html_and_json(edited: Path, scraper: Run) -> None:
    pieces = f"事故造成{DEL}{INS}人受伤。"
    assert pieces in scraper("diff", "story-1", "1", "3", "--format", "markdown").stdout
    assert f"<p>{pieces}</p>" in scraper("diff", "story-1", "1", "3", "--format", "html").stdout
    (told,) = lines(scraper("--json", "diff", "story-1", "1", "3"))
    assert told["kinds"] == ["headline", "number"]
    assert told["old"] == {"number": 1, "at": "2024-05-06T04:00:00Z", "title": "旧桥动工"}
    changes = told["changes"]
    assert isinstance(changes, list)
    assert {"op": "put", "text": "五"} in changes[1]["pieces"]
    assert edited.is_dir()


def on_terminal(environment: dict[str, str], folder: Path, *arguments: str) -> str:
    """What the program prints where standard output is a terminal."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "scraper", *arguments]
    subprocess.run(command, cwd=folder, env=environment, stdout=theirs, check=True)
    os.close(theirs)
    text = os.read(ours, 1 << 16).decode()
    os.close(ours)
    return text


def test_a_terminal_shows_colours_unless_told_not_to(
    edited: Path, environment: dict[str, str]
) -> None:
    plain = {name: value for name, value in environment.items() if name != "NO_COLOR"}
    arguments = ("diff", "story-1", "1", "2")
    shown = on_terminal(plain, edited.parent, *arguments)
    assert "\x1b[31m\x1b[9m三\x1b[0m\x1b[32m五\x1b[0m" in shown
    quiet = on_terminal(plain | {"NO_COLOR": "1"}, edited.parent, *arguments)
    assert "[-三-]{+五+}" in quiet
    assert "\x1b" not in quiet


@pytest.mark.parametrize(
    ("arguments", "message", "code"),
    [
        (["history", "story-9"], "story-9: no such article", 1),
        (["history", "https://news.example.com/9"], "no such article", 1),
        (["history", "_posts/../../x.md"], "no such article", 1),
        (["diff", "story-2"], "has one version only", 1),
        (["diff", "story-1", "1", "4"], "has no version 4; it has 1 to 3", 1),
        (["diff", "story-1", "1"], "give two versions", 2),
    ],
)
def test_what_cannot_be_shown_is_said(
    edited: Path, scraper: Run, arguments: list[str], message: str, code: int
) -> None:
    answer = scraper(*arguments)
    assert (answer.returncode, answer.stdout) == (code, "")
    assert message in answer.stderr
    assert edited.is_dir()


def test_a_quarantined_page_has_no_history(edited: Path, scraper: Run) -> None:
    quarantine(edited, 7)
    answer = scraper("history", "story-7")
    assert answer.returncode == 1
    assert "was never archived" in answer.stderr


def test_a_file_that_its_owner_edited_is_told_apart(edited: Path, scraper: Run) -> None:
    file = edited / PATH
    file.write_text(file.read_text("utf-8").replace("末段。", "我的话。"), "utf-8")
    told = lines(scraper("--json", "history", "story-1"))
    assert [version["edited_by_owner"] for version in told] == [False, False, True]
    assert "edited in the archive" in scraper("history", "story-1").stdout
    assert f"{PATH} was edited in the archive" in scraper("diff", "story-1").stderr


def test_a_damaged_file_is_named(edited: Path, scraper: Run) -> None:
    (edited / "_revisions/2024/05/2024-05-06-旧桥动工/1.md").write_text("x", "utf-8")
    answer = scraper("history", "story-1")
    assert answer.returncode == 1
    assert "_revisions/2024/05/2024-05-06-旧桥动工/1.md: " in answer.stderr
