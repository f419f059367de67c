"""A page that needs more than one may have, in front of the user: text and reason, no traceback."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from tests.cli.conftest import Configure
from tests.conftest import Run
from tests.hostile_pages import page

DATED = '<meta property="article:published_time" content="2024-05-06T08:30:00Z">'
PAGES = {
    "/2024/05/06/large": page("<i>x</i>" * 1_200_000, DATED).encode(),
    "/2024/05/06/small": page("", DATED).encode(),
}


class _Answers(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = PAGES.get(self.path, b"")
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Nothing: the tests look at the program's own output."""


@pytest.fixture
def site() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Answers)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def large(tmp_path: Path) -> Path:
    file = tmp_path / "large.html"
    file.write_bytes(PAGES["/2024/05/06/large"])
    return file


def test_extract_prints_the_plain_text_and_warns(scraper: Run, large: Path) -> None:
    answer = scraper("extract", large, "--url", "https://e.example/1", "--format", "text")
    assert answer.returncode == 0
    assert answer.stdout.startswith("The bridge\nThe council said on Monday")
    assert answer.stderr.startswith(f"{large}: needed more than 512 MB to read")
    assert len(answer.stderr.splitlines()) == 1


def test_a_manifest_goes_on_behind_such_a_page(scraper: Run, large: Path, tmp_path: Path) -> None:
    (tmp_path / "small.html").write_bytes(PAGES["/2024/05/06/small"])
    rows = [{"id": name, "file": f"{name}.html", "url": ""} for name in ("large", "small")]
    manifest = tmp_path / "pages.jsonl"
    manifest.write_text("\n".join(map(json.dumps, rows)), "utf-8")
    answer = scraper("extract", "--manifest", manifest, "--jobs", 1)
    found = [json.loads(line)["article"]["method"] for line in answer.stdout.splitlines()]
    assert (answer.returncode, found) == (0, ["plain", "generic"])
    assert "large: needed more than 512 MB" in answer.stderr


def test_fetch_puts_such_a_page_into_quarantine_and_goes_on(
    scraper: Run, site: str, configure: Configure, tmp_path: Path
) -> None:
    file = configure(site + "/list", fetch='delay = "0s"\nretries = 0')
    urls = [site + path for path in PAGES]
    answer = scraper("--config", file, "--json", "fetch", *urls)
    events = [json.loads(line) for line in answer.stdout.splitlines()]
    ends = {e["url"]: e for e in events if e["event"] == "article"}
    assert [ends[url]["outcome"] for url in urls] == ["quarantined", "archived"], answer.stderr
    assert answer.returncode == 1
    (kept,) = tmp_path.glob("**/_quarantine/*.md")
    text = kept.read_text("utf-8")
    assert "reason: needed more than 512 MB to read" in text
    assert "The council said on Monday" in text
