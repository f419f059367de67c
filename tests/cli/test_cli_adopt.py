"""Taking over an archive in the older layout, as its owner does it."""

import hashlib
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from scraper.archive.lock import ArchiveLock
from scraper.articles.tree import drop_all, parse_html, select, text_of
from scraper.config.sites import load_sites
from scraper.markdown.document import read
from scraper.model import Document

Run = Callable[..., CompletedProcess[str]]
LEFTOVERS = re.compile(r"[\"'#]imu|dfp-ad|innity|cx_paywall|subscribe\.sph|<section")
POST = """---
layout: post
title: "{title}"
date: {date}
author: 联合早报
from: https://www.zaobao.com/realtime/china/{story}
tags: [ 联合早报 ]
categories: {categories}
---
<!--{number}-->
[{title}](https://www.zaobao.com/realtime/china/{story})
------

<div>
<p>{text}</p><section id="imu"><div id="dfp-ad-imu1-wrapper"> </div></section><p>完。</p>
</div>
"""
STORY = "story20211113-1213060"
LATE = 1636833600000  # 2021-11-13T20:00:00Z: the 14th in Singapore


@pytest.fixture
def old(tmp_path: Path) -> Path:
    folder = tmp_path / "old"
    folder.mkdir()
    return folder


def write(file: Path, text: str = "截至今年10月。", **facts: object) -> Path:
    usual: dict[str, object] = {
        "title": "16万港澳居民",
        "date": "2021-11-13T13:30:24.123Z",
        "number": LATE,
        "story": STORY,
        "categories": "[ 联合早报 ]",
        "text": text,
    }
    file.write_text(POST.format(**(usual | facts)), "utf-8")
    return file


def events(done: CompletedProcess[str]) -> list[dict[str, object]]:
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_post_becomes_an_article_and_itself_stays(
    scraper: Run, tmp_path: Path, old: Path
) -> None:
    post = write(old / "2021-11-13-a.md", categories="[ news, 联合早报 ]\ncomments: True")
    before = post.read_bytes()
    done = scraper("--json", "adopt", old)
    assert done.returncode == 0, done.stderr
    told, summary = events(done)
    path = "_posts/2021/11/2021-11-13-16万港澳居民.md"
    assert told == {
        "event": "article",
        "outcome": "archived",
        "id": STORY,
        "url": f"https://www.zaobao.com/realtime/china/{STORY}",
        "file": "2021-11-13-a.md",
        "path": path,
        "corrected_seconds": -28800,
    }
    assert (summary["articles"], summary["corrected"]) == ({"archived": 1}, 1)
    text = (tmp_path / "archive" / path).read_text("utf-8")
    assert "\ndate: 2021-11-13T12:00:00.000Z\n" in text
    assert "\n<!--1636804800000-->\n" in text
    assert "\ncategories: [ news, 联合早报 ]\n" in text
    assert text.endswith("------\n\n截至今年10月。\n\n完。\n")
    assert post.read_bytes() == before
    (manifest,) = (tmp_path / "archive/_manifest").rglob("*.jsonl")
    event = json.loads(manifest.read_text("utf-8").splitlines()[1])
    assert (event["event"], event["id"], event["files"][0]["path"]) == ("adopted", STORY, path)
    assert event["about"] == {
        "from": "2021-11-13-a.md",
        "sha256": hashlib.sha256(before).hexdigest(),
        "late_seconds": 28800,
    }


def test_what_is_archived_already_is_left_alone_and_named(
    scraper: Run, tmp_path: Path, old: Path
) -> None:
    write(old / "a.md")
    assert scraper("adopt", old).returncode == 0
    (file,) = (tmp_path / "archive/_posts").rglob("*.md")
    before = file.read_bytes()
    write(old / "a.md", "改了。")
    done = scraper("adopt", old)
    assert done.returncode == 0
    assert f"a.md: its story is archived already: _posts/2021/11/{file.name}" in done.stderr
    assert file.read_bytes() == before


def test_what_was_forgotten_is_not_adopted_again(scraper: Run, tmp_path: Path, old: Path) -> None:
    write(old / "a.md")
    assert scraper("adopt", old).returncode == 0
    assert scraper("verify").returncode == 0
    assert scraper("forget", STORY, "--yes").returncode == 0
    answer = scraper("adopt", old)
    assert "its story was forgotten" in answer.stdout + answer.stderr
    assert list(tmp_path.glob("archive/_posts/**/*.md")) == []


def test_posts_of_one_story_become_its_revisions(scraper: Run, tmp_path: Path, old: Path) -> None:
    write(old / "1.md", title="旧题", date="2021-11-13T12:30:00.100Z")
    write(old / "2.md", title="新题", date="2021-11-13T13:30:00.100Z")
    write(old / "3.md", title="新题", date="2021-11-13T14:30:00.100Z")
    done = scraper("--json", "adopt", old)
    outcomes = {e["file"]: (e["outcome"], e["path"]) for e in events(done)[:-1]}
    current = "_posts/2021/11/2021-11-13-旧题.md"
    earlier = "_revisions/2021/11/2021-11-13-旧题/1.md"
    assert outcomes == {
        "1.md": ("updated", earlier),
        "2.md": ("archived", current),
        "3.md": ("unchanged", current),
    }
    document = read((tmp_path / "archive" / current).read_text("utf-8"))
    assert (document.title, document.extra["revision"]) == ("新题", 2)
    before = read((tmp_path / "archive" / earlier).read_text("utf-8"))
    assert (before.title, before.extra.get("revision")) == ("旧题", None)


def test_two_stories_that_would_share_a_path_get_one_each(
    scraper: Run, tmp_path: Path, old: Path
) -> None:
    write(old / "1.md", story="story20211113-1")
    write(old / "2.md", story="story20211113-2")
    assert scraper("adopt", old).returncode == 0
    names = sorted(file.name for file in (tmp_path / "archive/_posts").rglob("*.md"))
    assert names == ["2021-11-13-16万港澳居民-story20211113-2.md", "2021-11-13-16万港澳居民.md"]


def test_a_preview_decides_the_same_and_writes_nothing(
    scraper: Run, tmp_path: Path, old: Path
) -> None:
    for number in range(5):
        write(old / f"{number}.md", story=f"story20211113-{number}")
    shown = scraper("adopt", old, "--preview")
    assert "5 files: 5 taken, 5 instants corrected; a preview, nothing was written" in shown.stdout
    assert shown.stdout.count("its instant corrected by -8 hours") == 3
    previewed = events(scraper("--json", "adopt", old, "--preview"))
    assert not (tmp_path / "archive").exists()
    assert events(scraper("--json", "adopt", old))[:-1] == previewed[:-1]


def test_every_file_that_is_not_taken_is_named_with_the_reason(
    scraper: Run, tmp_path: Path, old: Path
) -> None:
    write(old / "good.md")
    (old / "plain.md").write_text("# Notes\n", "utf-8")
    (old / "gbk.md").write_bytes("---\ntitle: 早报".encode("gbk"))
    (old / "page.html").write_text("<p>", "utf-8")
    (old / ".git").mkdir()
    (old / "link.md").symlink_to(old / "good.md")
    write(old / "empty.md", story="story20211113-9").write_text(
        POST.partition("<div>")[0].format(
            title="空",
            date="2021-11-13",
            number=1,
            story="story20211113-9",
            categories="[]",
        ),
        "utf-8",
    )
    done = scraper("adopt", old)
    assert done.returncode == 1
    for line in (
        "failed    plain.md: this is no document of the archive: no line --- at its start",
        "failed    gbk.md: it is not UTF-8",
        "failed    empty.md: it has no text and no picture",
        "skipped   page.html: no post: its name does not end in .md",
        "skipped   .git: a hidden folder",
        "skipped   link.md: a symbolic link, which is not followed",
    ):
        assert line in done.stderr
    assert "7 files: 3 left out, 3 not taken, 1 taken" in done.stdout
    assert len(list((tmp_path / "archive/_posts").rglob("*.md"))) == 1


def test_wrong_use_is_refused_before_anything_is_read(
    scraper: Run, tmp_path: Path, old: Path
) -> None:
    inside = tmp_path / "archive/_posts"
    inside.mkdir(parents=True)
    for folder in (tmp_path / "archive", inside):
        done = scraper("adopt", folder)
        assert done.returncode == 2
        assert "is the archive" in done.stderr
    assert scraper("adopt", old, "--source", "nowhere").returncode == 2
    assert "no site profile named 'x'" in scraper("adopt", old, "--site", "x").stderr
    with ArchiveLock(tmp_path / "archive"):
        assert scraper("adopt", old).returncode == 3


def test_the_archive_may_stand_in_the_folder_that_is_adopted(scraper: Run, tmp_path: Path) -> None:
    write(tmp_path / "a.md")
    assert scraper("adopt", ".").returncode == 0
    again = scraper("--json", "adopt", ".")
    assert events(again)[-1]["articles"] == {"skipped": 2}  # the archive, and the post
    assert [p.name for p in (tmp_path / "archive/_posts").iterdir()] == ["2021"]


def test_an_adoption_that_was_killed_is_finished_by_the_next(
    scraper: Run, environment: dict[str, str], tmp_path: Path, old: Path
) -> None:
    for number in range(300):
        write(old / f"{number}.md", story=f"story20211113-{number}", title=f"题{number % 40}")
    assert scraper("--archive", "whole", "adopt", old).returncode == 0
    command = [sys.executable, "-m", "scraper", "--json", "--archive", "killed", "adopt", str(old)]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE) as run:
        assert run.stdout
        assert run.stdout.readline()  # the first batch is safe, others are under way
        run.kill()
    again = scraper("--json", "--archive", "killed", "adopt", old)
    articles = events(again)[-1]["articles"]
    assert isinstance(articles, dict)
    assert articles["skipped"] >= 50
    assert _files(tmp_path / "killed") == _files(tmp_path / "whole")


def _files(archive: Path) -> dict[str, bytes]:
    return {str(f.relative_to(archive)): f.read_bytes() for f in archive.rglob("_posts/**/*.md")}


# -- the corpus ------------------------------------------------------------------------------------


def visible(html: str, *, unwanted: tuple[str, ...] = (), title: str = "") -> Counter[str]:
    """The characters of a text but white space; without headings that repeat its title."""
    root = parse_html(html)
    assert root is not None
    if unwanted:
        drop_all(select(root, unwanted))
    drop_all(
        [h for h in root.iter("h1", "h2", "button") if h.tag == "button" or text_of(h) == title]
    )
    return Counter("".join(text_of(root).split()))


@pytest.mark.parametrize("name", ["zaobao-posts", "other-posts", "edge-posts"])
def test_the_corpus_is_taken_with_all_of_its_text_and_without_leftovers(
    scraper: Run, shared: Path, tmp_path: Path, name: str
) -> None:
    (tmp_path / "config").mkdir()
    settings = '[archive]\nbody = "html"\n[fetch]\ncontact = "https://example.org"\n'
    (tmp_path / "config/scraper.toml").write_text(settings, "utf-8")
    folder = shared / "corpus" / name
    done = scraper("--json", "adopt", folder)
    assert done.returncode == 0, done.stderr
    told = {str(e["file"]): e for e in events(done)[:-1]}
    assert set(told) == {file.name for file in folder.iterdir()}
    assert {e["outcome"] for e in told.values()} <= {"archived", "updated", "unchanged"}
    remove = load_sites(None)["zaobao"].remove
    for file, event in told.items():
        after = read(_text(tmp_path / "archive" / str(event["path"])))
        assert not LEFTOVERS.search(after.body), file
        before = read(_text(folder / file))
        unwanted = remove if "zaobao.com" in before.url else ()
        lost = _lost(before, after, unwanted)
        assert not lost, f"{file}: {lost}"


def _lost(before: Document, after: Document, unwanted: tuple[str, ...]) -> Counter[str]:
    said = visible(before.body, unwanted=unwanted, title=after.title)
    return said - visible(after.body)


def _text(file: Path) -> str:
    return file.read_bytes().decode()
