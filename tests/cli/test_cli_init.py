"""What `init` asks and writes; the archive as a site, and a real Jekyll over it."""

import os
import pty
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
from markdown_it import MarkdownIt

from scraper.articles.tree import parse_html, select, text_of
from scraper.markdown.document import read

Run = Callable[..., CompletedProcess[str]]
HOSTILE = """---
layout: post
title: "{{ site.posts }} | {% raw %} a*b*"
date: 2999-01-01T00:00:00.000Z
author: "{{ page.title }}"
from: https://www.zaobao.com/realtime/china/story29990101-1
tags: [ 联合早报 ]
categories: [ 联合早报 ]
---
<!--32472144000000-->
[x](https://www.zaobao.com/realtime/china/story29990101-1)
------

<div>
<p>{{ page.title }} and {% include x %} | a | b</p><p>"quoted" -- ... &lt;&lt; $$x$$ {: .a}</p>
<table><tr><td>一</td><td>二</td></tr><tr><td>三</td><td>四</td></tr></table>
</div>
"""


def test_init_leaves_what_the_archives_owner_wrote(scraper: Run, tmp_path: Path) -> None:
    own = tmp_path / "archive/_config.yml"
    own.parent.mkdir()
    own.write_text("title: mine\n", "utf-8")
    done = scraper("init")
    assert done.returncode == 0
    assert own.read_text("utf-8") == "title: mine\n"
    layout = tmp_path / "archive/_layouts/post.html"
    assert layout.exists()
    layout.write_text("own\n", "utf-8")
    (tmp_path / "archive/index.html").unlink()
    again = scraper("init")
    assert again.returncode == 0
    assert "index.html written" in again.stdout
    assert "exists already and was left as it is" in again.stdout
    assert layout.read_text("utf-8") == "own\n"


def test_init_follows_no_link_out_of_the_archive(scraper: Run, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive/_layouts").symlink_to(outside)
    assert scraper("init").returncode == 4
    assert not list(outside.iterdir())


@pytest.mark.parametrize("body", ["markdown", "html"])
def test_jekyll_makes_a_site_of_the_articles_and_of_nothing_else(
    scraper: Run, shared: Path, tmp_path: Path, body: str
) -> None:
    _make_archive(scraper, shared, tmp_path, body)
    archive = tmp_path / "archive"
    said = _build(archive)
    for word in ("warning", "conflict", "error", "deprecat"):
        assert word not in said.lower(), said
    site = archive / "_site"
    top = {path.name for path in site.iterdir()}
    assert all(name == "index.html" or name.isdecimal() for name in top), top
    shown = [_article(page) for page in site.glob("*/**/*.html")]
    posts = list((archive / "_posts").rglob("*.md"))
    assert len(shown) == len(posts) > 200
    for post in posts:
        text = _rendered(read(post.read_text("utf-8")).body)
        assert any(text in page for page in shown), post.name
    assert not any("------" in page for page in shown)  # the header's link is a heading


@pytest.mark.parametrize("body", ["markdown", "html"])
def test_the_site_shows_the_saved_pictures(scraper: Run, tmp_path: Path, body: str) -> None:
    assert scraper("init").returncode == 0
    archive = tmp_path / "archive"
    picture = "assets/ab/abcd.jpg"
    for path in (picture, "_posts/2999/01/2999-01-01-x.md", "_posts/2999-01-02-y.md"):
        (archive / path).parent.mkdir(parents=True, exist_ok=True)
    (archive / picture).write_bytes(b"picture")
    for path, up in (("2999/01/2999-01-01-x.md", "../../../"), ("2999-01-02-y.md", "../")):
        shown = f"![a]({up}{picture})" if body == "markdown" else f'<img src="{up}{picture}">'
        text = HOSTILE.replace("<p>", f"<p>{shown}") if body == "html" else f"{shown}\n"
        head = HOSTILE.partition("<div>")[0]
        (archive / "_posts" / path).write_text(text if body == "html" else head + text, "utf-8")
    _build(archive)
    site = archive / "_site"
    assert (site / picture).read_bytes() == b"picture"
    pages = list(site.glob("*/**/*.html"))
    assert len(pages) == 2
    for page in pages:
        assert f'src="/{picture}"' in page.read_text("utf-8")


def _make_archive(scraper: Run, shared: Path, tmp_path: Path, body: str) -> None:
    """About two hundred posts of the corpus, and one that tries to be a command."""
    old = tmp_path / "old"
    old.mkdir()
    zaobao = sorted((shared / "corpus/zaobao-posts").iterdir())[::9]
    for file in [*zaobao, *(shared / "corpus/other-posts").iterdir()]:
        shutil.copy(file, old)
    (old / "2999-01-01-x.md").write_text(HOSTILE, "utf-8")
    (tmp_path / "config").mkdir()
    settings = f'[archive]\nbody = "{body}"\n[fetch]\ncontact = "https://example.org"\n'
    (tmp_path / "config/scraper.toml").write_text(settings, "utf-8")
    assert scraper("init").returncode == 0
    assert scraper("--quiet", "adopt", old).returncode == 0
    for name in ("_raw/2021", "_quarantine", "assets"):
        (tmp_path / "archive" / name).mkdir(parents=True)
    (tmp_path / "archive/_raw/2021/a.warc.gz").write_bytes(b"x")
    (tmp_path / "archive/_quarantine/a.md").write_text("---\ntitle: x\n---\n\nx\n", "utf-8")


def _build(archive: Path) -> str:
    jekyll = shutil.which("jekyll")
    if jekyll is None:
        pytest.skip("jekyll is not installed (Debian: apt-get install jekyll)")
    built = subprocess.run(
        [jekyll, "build", "--trace"],
        cwd=archive,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    return built.stdout + built.stderr


def _article(page: Path) -> str:
    root = parse_html(page.read_text("utf-8"))
    assert root is not None
    return _packed(text_of(select(root, ["article"])[0]))


def _rendered(body: str) -> str:
    html = body if body.startswith("<div>") else MarkdownIt().enable("table").render(body)
    root = parse_html(html)
    assert root is not None
    return _packed(text_of(root))


def _packed(text: str) -> str:
    return "".join(text.split())


# -- questions and options -------------------------------------------------------------------------


def talk(tmp_path: Path, environment: dict[str, str], answers: str, *options: str) -> str:
    """Run `init` on a terminal of its own, type the answers, give what the terminal showed."""
    keyboard, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "scraper", "init", *options],
        cwd=tmp_path,
        env=environment | {"NO_COLOR": "1"},
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )
    os.close(terminal)
    os.write(keyboard, answers.encode())
    shown = b""
    with suppress(OSError):  # the terminal ends with the program
        while part := os.read(keyboard, 4096):
            shown += part
    os.close(keyboard)
    assert process.wait(20) == 0, shown.decode()
    return shown.decode()


def read_config(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "config/scraper.toml").read_text("utf-8"))


def test_a_few_questions_are_asked_on_a_terminal(
    tmp_path: Path, environment: dict[str, str], scraper: Run
) -> None:
    shown = talk(tmp_path, environment, "nobody\nme@example.org\nnews\n2, news/sea\nn\n")
    assert "a URL or an e-mail address" in shown  # the first answer was none
    assert re.search(r"9  news/sports +新闻 · 体育", shown)
    values = read_config(tmp_path)
    assert values["fetch"]["contact"] == "me@example.org"
    assert values["archive"]["root"] == "../news"
    names = [source["name"] for source in values["sources"]]
    assert names == ["zaobao-realtime-world", "zaobao-news-sea"]
    assert scraper("config", "check").returncode == 0
    assert (tmp_path / "news/_config.yml").exists()


def test_what_is_given_is_not_asked(tmp_path: Path, environment: dict[str, str]) -> None:
    given = ["--contact", "me@example.org", "--section", "finance", "--no-pictures"]
    shown = talk(tmp_path, environment, "\n", *given)
    assert "Folder for the archive" in shown
    assert "operators" not in shown
    assert "Sections" not in shown
    assert read_config(tmp_path)["archive"]["root"] == "../archive"


def test_nothing_is_asked_with_yes(tmp_path: Path, environment: dict[str, str]) -> None:
    assert "?" not in talk(tmp_path, environment, "", "--yes")
    assert [s["name"] for s in read_config(tmp_path)["sources"]] == ["zaobao-realtime-china"]


def test_options_answer_where_there_is_no_terminal(scraper: Run, tmp_path: Path) -> None:
    done = scraper("init", "--all-sections", "--archive", tmp_path / "kept", "--contact", "a@b.org")
    assert done.returncode == 0, done.stderr
    values = read_config(tmp_path)
    assert values["archive"]["root"] == str(tmp_path / "kept")
    assert len(values["sources"]) >= 11
    assert (tmp_path / "kept/index.html").exists()
    assert not (tmp_path / "archive").exists()
    assert scraper("config", "check").returncode == 0


@pytest.mark.parametrize(
    ("option", "named"),
    [(("--section", "realtime/chian"), "did you mean"), (("--contact", "nobody"), "e-mail")],
)
def test_a_wrong_option_is_refused_and_nothing_is_written(
    scraper: Run, tmp_path: Path, option: tuple[str, str], named: str
) -> None:
    answer = scraper("init", *option)
    assert answer.returncode == 2
    assert named in answer.stderr
    assert list(tmp_path.iterdir()) == []
