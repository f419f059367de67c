"""The command line without a network: help, usage, configuration, extraction."""

import gzip
import json
import re
from pathlib import Path

import pytest

from scraper.version import VERSION
from tests.conftest import Run

COMMANDS = (
    "demo init doctor fetch once daemon retry status sources config extract health "
    "sources-list sources-check sources-discover sources-import sources-export "
    "config-check config-show".split()
)
ARTICLE = """<html lang="zh-Hans"><head><title>河边的灯 | 小城报</title>
<link rel="canonical" href="https://news.example.com/2024/05/06/lamps">
<meta property="og:type" content="article"><meta property="og:title" content="河边的灯">
<meta property="article:published_time" content="2024-05-06T08:30:00+08:00"></head>
<body><nav><a href="/">首页</a></nav><article><h1>河边的灯</h1>
<p>小城沿河的路灯昨晚全部换成了暖色，散步的人比平日多了一倍，卖糖水的摊子直到十一点才收。</p>
<p>工程师说，新灯只照路面，不照树梢，夜里回巢的白鹭不再绕着灯柱打转，住在河边的人家也睡得好些。</p>
<p>换下来的旧灯没有丢掉，孩子们把它们排在图书馆的院子里，做成一条发亮的小河，周末对所有人开放。</p>
</article><footer>版权所有</footer></body></html>"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    file = tmp_path / "page.html"
    file.write_text(ARTICLE, "utf-8")
    return file


def test_the_version_is_printed(scraper: Run) -> None:
    assert VERSION in scraper("--version").stdout


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_teaches_its_use(command: str, scraper: Run) -> None:
    answer = scraper(*command.split("-"), "--help")
    assert answer.returncode == 0
    assert "Usage: " in answer.stdout
    assert len(answer.stdout.splitlines()) >= 5


@pytest.mark.parametrize("command", ["once", "daemon", "config check"])
def test_without_a_configuration_init_is_named(command: str, scraper: Run) -> None:
    answer = scraper(*command.split())
    assert answer.returncode == 2
    assert "scraper init" in answer.stderr


def test_a_named_configuration_that_is_missing_is_an_error(scraper: Run) -> None:
    answer = scraper("--config", "nowhere.toml", "once")
    assert answer.returncode == 2
    assert "nowhere.toml" in answer.stderr


def test_init_writes_a_configuration_that_is_right_and_never_overwrites_one(
    scraper: Run, tmp_path: Path
) -> None:
    assert scraper("init").returncode == 0
    written = (tmp_path / "config/scraper.toml").read_bytes()
    assert scraper("config", "check").returncode == 0
    again = scraper("init")
    assert again.returncode == 2
    assert "exists" in again.stderr
    assert (tmp_path / "config/scraper.toml").read_bytes() == written


def test_every_mistake_of_a_configuration_is_named_at_once(scraper: Run, tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    file.write_text('[fetch]\ndely = "1s"\ntimeout = "soon"\n[[sources]]\nname = "x"\n', "utf-8")
    answer = scraper("--config", file, "once")
    assert answer.returncode == 2
    for part in ("wrong.toml", "dely", "delay", "timeout", "soon", "urls"):
        assert part in answer.stderr


def test_an_unknown_source_is_an_error_that_names_the_known(scraper: Run) -> None:
    scraper("init")
    answer = scraper("once", "chian")
    assert answer.returncode == 2
    assert "chian" in answer.stderr
    assert "zaobao-realtime-china" in answer.stderr


def test_config_show_says_where_each_value_comes_from(scraper: Run) -> None:
    scraper("init")
    shown = scraper("--archive", "elsewhere", "config", "show").stdout
    assert "elsewhere" in shown
    assert "default" in shown
    assert "scraper.toml:" in shown


def test_what_is_no_url_is_refused_before_anything_is_fetched(scraper: Run, tmp_path: Path) -> None:
    answer = scraper("fetch", "https://example.org/a", "example.org")
    assert answer.returncode == 2
    assert "example.org" in answer.stderr
    assert not (tmp_path / "archive").exists()


@pytest.mark.parametrize("form", ["markdown", "html", "text", "json"])
def test_a_saved_page_is_extracted_in_every_format(form: str, scraper: Run, page: Path) -> None:
    answer = scraper("extract", page, "--format", form)
    assert answer.returncode == 0, answer.stderr
    assert "暖色" in answer.stdout
    assert "版权所有" not in answer.stdout


def test_an_extracted_article_has_the_promised_keys(scraper: Run, page: Path) -> None:
    article = json.loads(scraper("extract", page, "--format", "json").stdout)
    assert list(article) == (
        "url canonical_url id site title byline published modified section language description "
        "keywords images paywalled method text html markdown words".split()
    )
    assert article["title"] == "河边的灯"
    assert article["published"] == "2024-05-06T00:30:00Z"
    assert article["language"] == "zh-Hans"
    assert article["byline"] is None
    assert article["method"] == "generic"
    assert len(article["text"].splitlines()) == 3


def test_a_page_is_read_from_standard_input(scraper: Run) -> None:
    assert "暖色" in scraper("extract", "-", stdin=ARTICLE).stdout


def test_why_an_article_reads_as_it_does_is_told_beside_it(scraper: Run, page: Path) -> None:
    answer = scraper("extract", page, "--format", "text", "--explain")
    assert "暖色" in answer.stdout
    assert "by the rule “generic”" in answer.stderr
    assert "looked for paragraphs in" in answer.stderr
    assert re.search(r"title +from the only <h1>", answer.stderr)
    assert re.search(r"removed: \d+ pieces, \d+ characters", answer.stderr)
    assert re.search(r"\d+  surroundings, by .*: <footer> “版权所有", answer.stderr)


def test_an_explanation_in_json_is_a_key_of_the_article(scraper: Run, page: Path) -> None:
    answer = scraper("extract", page, "--format", "json", "--explain")
    explained = json.loads(answer.stdout)["explain"]
    assert answer.stderr == ""
    assert explained["origins"]["title"] == "the only <h1>"
    assert {"rule", "where", "characters", "sample"} == set(explained["removals"][0])


def test_an_explanation_says_why_a_page_is_no_article(scraper: Run, tmp_path: Path) -> None:
    file = tmp_path / "error.html"
    file.write_text("<html><title>404</title><body><h1>404 Not Found</h1></body></html>", "utf-8")
    answer = scraper("extract", file, "--explain")
    assert answer.returncode == 1
    assert "not an article (error)" in answer.stderr
    assert "bytes as utf-8" in answer.stderr


def test_many_pages_are_not_explained(scraper: Run, tmp_path: Path) -> None:
    manifest = tmp_path / "pages.jsonl"
    manifest.write_text("", "utf-8")
    assert scraper("extract", "--manifest", manifest, "--explain").returncode == 2


def test_a_page_that_is_no_article_is_named_with_the_reason(scraper: Run, tmp_path: Path) -> None:
    file = tmp_path / "error.html"
    file.write_text("<html><title>404</title><body><h1>404 Not Found</h1></body></html>", "utf-8")
    answer = scraper("extract", file)
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert "error page" in answer.stderr


def test_a_manifest_is_answered_line_by_line_in_its_order(
    scraper: Run, page: Path, tmp_path: Path
) -> None:
    (tmp_path / "packed.html.gz").write_bytes(gzip.compress(ARTICLE.encode()))
    (tmp_path / "empty.html").write_bytes(b"")
    files = ["page.html", "packed.html.gz", "missing.html", "empty.html", "page.html"]
    rows = [{"id": str(n), "file": file, "url": ""} for n, file in enumerate(files)]
    manifest = tmp_path / "pages.jsonl"
    manifest.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    answer = scraper("extract", "--manifest", manifest, "--jobs", 2)
    assert answer.returncode == 1
    found = [json.loads(line) for line in answer.stdout.splitlines()]
    assert [row["id"] for row in found] == ["0", "1", "2", "3", "4"]
    assert ["article" in row for row in found] == [True, True, False, False, True]
    assert "missing.html" in found[2]["error"]


def test_a_broken_manifest_is_named_with_its_line(scraper: Run, tmp_path: Path) -> None:
    manifest = tmp_path / "pages.jsonl"
    manifest.write_text('{"id": "1", "file": "a.html"}\nnonsense\n', "utf-8")
    answer = scraper("extract", "--manifest", manifest)
    assert answer.returncode == 2
    assert "pages.jsonl:2" in answer.stderr


def test_no_daemon_is_not_healthy(scraper: Run) -> None:
    answer = scraper("health")
    assert answer.returncode == 1
    assert "no sign of life" in answer.stderr


def test_the_demo_needs_nothing(scraper: Run, tmp_path: Path) -> None:
    answer = scraper("demo", "--keep", tmp_path / "kept")
    assert answer.returncode == 0, answer.stderr
    assert "updated" in answer.stdout
    assert len(list((tmp_path / "kept").glob("_posts/**/*.md"))) == 13
    assert len(list((tmp_path / "kept").glob("_revisions/**/*.md"))) == 1
