"""`sources import`, `export` and `discover`, as somebody uses them."""

import json
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.cli.conftest import Configure
from tests.conftest import Run
from tests.site_replica import Replica

OPML = """<?xml version="1.0"?><opml version="2.0"><body><outline text="新闻">
<outline text="联合早报 即时" xmlUrl="https://a.example/rss?x=1&amp;y=2"/>
<outline text="联合早报 即时" xmlUrl="https://b.example/rss"/></outline>
<outline text="configured" xmlUrl="https://C.example:443/rss"/>
<outline text="mail" xmlUrl="mailto:a@b.example"/>
<outline text="secret" xmlUrl="https://u:p@d.example/"/></body></opml>"""


def sources(toml: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = tomllib.loads(toml)["sources"]
    return found


# -- OPML ------------------------------------------------------------------------------------------


def test_a_list_becomes_sources_that_can_be_appended(
    configure: Configure, scraper: Run, tmp_path: Path
) -> None:
    file = configure("https://c.example/rss")
    before = file.read_text("utf-8")
    (tmp_path / "feeds.opml").write_text(OPML, "utf-8")
    answer = scraper("sources", "import", "feeds.opml")
    assert answer.returncode == 0, answer.stderr
    assert file.read_text("utf-8") == before
    assert answer.stdout.startswith("# 新闻\n[[sources]]\n")
    assert sources(answer.stdout) == [
        {
            "name": "联合早报-即时",
            "title": "联合早报 即时",
            "urls": ["https://a.example/rss?x=1&y=2"],
        },
        {"name": "联合早报-即时-2", "title": "联合早报 即时", "urls": ["https://b.example/rss"]},
    ]
    assert "mailto:a@b.example" in answer.stderr
    assert "https://u:p@d.example/" in answer.stderr
    assert "append them" in answer.stderr
    file.write_text(f"{before}\n{answer.stdout}", "utf-8")
    assert scraper("config", "check").returncode == 0


def test_a_list_is_read_from_standard_input_and_needs_no_configuration(scraper: Run) -> None:
    answer = scraper("--json", "sources", "import", "-", stdin=OPML)
    assert [json.loads(line)["name"] for line in answer.stdout.splitlines()] == [
        "联合早报-即时",
        "联合早报-即时-2",
        "configured",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("", "no OPML"),
        ("<opml><body><outline", "not well-formed"),
        ("<opml/>", "lists no feeds"),
    ],
)
def test_what_is_no_list_is_one_clear_error(
    content: str | None, words: str, scraper: Run, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / "feeds.opml").write_text(content, "utf-8")
    answer = scraper("sources", "import", "feeds.opml")
    assert (answer.returncode, answer.stdout) == (2, "")
    assert answer.stderr.startswith("scraper: feeds.opml")
    assert words in answer.stderr
    assert len(answer.stderr.splitlines()) == 1


def test_what_is_exported_is_imported_to_the_same_sources(
    configure: Configure, scraper: Run
) -> None:
    configure("https://a.example/1?x&y", "https://a.example/2", name="一")
    file = configure("https://b.example/", name="二")
    exported = scraper("sources", "export").stdout
    assert scraper("sources", "import", "-", stdin=exported).stdout == ""
    file.unlink()
    again = scraper("sources", "import", "-", stdin=exported).stdout
    assert [(source["name"], source["urls"]) for source in sources(again)] == [
        ("一", ["https://a.example/1?x&y", "https://a.example/2"]),
        ("二", ["https://b.example/"]),
    ]


# -- discovery -------------------------------------------------------------------------------------

FEED = """<rss version="2.0"><channel><title>河边</title><item><title>灯</title><link>/1</link>
<pubDate>Sat, 13 Nov 2021 12:00:00 GMT</pubDate></item></channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><title>河边 Atom</title>
<entry><link href="/1"/></entry></feed>"""
PAGE = """<html><head><title>河边</title>
<link rel="alternate" type="application/rss+xml" href="/trap">
<link rel="alternate" type="application/rss+xml" href="/news.rss">
<link rel="alternate" type="application/atom+xml" href="/news.atom"></head><body>x</body></html>"""


@contextmanager
def site(pages: dict[str, str]) -> Iterator[tuple[str, list[str]]]:
    """A site on loopback; gives its address and the paths that are asked for."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = pages.get(self.path, "").encode()
            self.send_response(200 if body else 404)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def allowed(configure: Configure) -> None:
    configure("https://c.example/rss", fetch='delay = "0s"\nretries = 0')


def test_feeds_are_found_by_reading_what_a_page_declares(allowed: None, scraper: Run) -> None:
    pages = {"/": PAGE, "/trap": PAGE, "/news.rss": FEED, "/news.atom": ATOM}
    with site(pages) as (url, asked):
        answer = scraper("sources", "discover", url)
    assert answer.returncode == 0, answer.stderr
    assert "HTML" in answer.stderr  # the trap: declared, answered with 200, and no feed
    assert f"rss      {url}/news.rss “河边”: 1 entries, newest 2021-11-13 12:00Z" in answer.stdout
    toml = answer.stdout.split("configuration:\n", 1)[1]
    assert sources(toml) == [{"name": "河边", "title": "河边", "urls": [f"{url}/news.rss"]}]
    assert f"# another way to the same articles: {url}/news.atom" in toml
    assert len(asked) == 2 + 8  # robots.txt, the page, and eight more
    assert asked[2:5] == ["/trap", "/news.rss", "/news.atom"]


def test_a_feeds_own_address_needs_no_further_request(allowed: None, scraper: Run) -> None:
    with site({"/f": FEED}) as (url, asked):
        answer = scraper("--json", "sources", "discover", f"{url}/f")
    first, last = map(json.loads, answer.stdout.splitlines())
    assert first == {
        "event": "feed",
        "url": f"{url}/f",
        "format": "rss",
        "title": "河边",
        "entries": 1,
        "sitemaps": 0,
        "newest": "2021-11-13T12:00:00Z",
        "found": "itself",
    }
    assert (last["event"], sources(last["toml"])[0]["urls"]) == ("discovery", [f"{url}/f"])
    assert asked == ["/robots.txt", "/f"]


def test_robots_are_obeyed_and_name_sitemaps(allowed: None, scraper: Run) -> None:
    robots = "User-agent: *\nDisallow: /feed\nSitemap: /news-map.xml"
    maps = "<urlset><url><loc>/1</loc></url></urlset>"
    with site({"/": "<p>x</p>", "/robots.txt": robots, "/news-map.xml": maps}) as (url, asked):
        answer = scraper("sources", "discover", url)
    assert "disallowed by" in answer.stdout
    assert not [path for path in asked if path.startswith("/feed")]
    toml = answer.stdout.split("configuration:\n", 1)[1]
    assert sources(toml)[0]["urls"] == [f"{url}/news-map.xml"]


def test_where_nothing_is_found_the_reason_is_told(allowed: None, scraper: Run) -> None:
    with site({"/": "<p>x</p>"}) as (url, _):
        answer = scraper("sources", "discover", url)
    assert answer.returncode == 1
    assert "nothing to poll was found" in answer.stderr
    gone = scraper("sources", "discover", url)
    assert gone.returncode == 1
    assert "connection refused" in gone.stderr


def test_private_addresses_are_not_searched_unless_allowed(scraper: Run) -> None:
    with site({"/": FEED}) as (url, asked):
        answer = scraper("sources", "discover", url)
    assert (answer.returncode, asked) == (1, [])


@pytest.mark.parametrize("arguments", [["ftp://a.example/"], ["https://a.example/", "--site=no"]])
def test_wrong_usage_is_told_before_anything_is_fetched(arguments: list[str], scraper: Run) -> None:
    answer = scraper("sources", "discover", *arguments)
    assert answer.returncode == 2
    assert answer.stderr.startswith("scraper: no ")


def test_a_check_says_that_a_list_is_too_long(configure: Configure, scraper: Run) -> None:
    items = "".join(f"<item><link>/{number}</link></item>" for number in range(2001))
    with site({"/f": f"<rss><channel>{items}</channel></rss>"}) as (url, _):
        file = configure(f"{url}/f", fetch='delay = "0s"')
        file.write_text(file.read_text("utf-8").replace('site = "zaobao"\n', ""), "utf-8")
        answer = scraper("sources", "check")
    assert "2000 articles listed" in answer.stdout
    assert f"{url}/f is too long: 1 of its oldest entries were not read" in answer.stdout


# -- the replica -----------------------------------------------------------------------------------


def test_the_sites_trap_is_no_feed_and_its_section_page_is_one(
    allowed: None, replica: Replica, scraper: Run
) -> None:
    trap = scraper("sources", "discover", f"{replica.url}/rss/china", "--site", "zaobao")
    assert "HTML where a feed was expected" in trap.stdout
    assert sources(trap.stdout.split("configuration:\n", 1)[1])[0]["urls"] == [
        f"{replica.url}/sitemap.xml"
    ]
    section = scraper("sources", "discover", f"{replica.url}/realtime/china", "--site", "zaobao")
    (source,) = sources(section.stdout.split("configuration:\n", 1)[1])
    assert (source["urls"], source["site"]) == ([f"{replica.url}/realtime/china"], "zaobao")
    atom = scraper("sources", "discover", f"{replica.url}/feeds/china.atom")
    assert "atom " in atom.stdout
    assert "50 entries" in atom.stdout


def test_a_search_keeps_the_delay_between_its_requests(
    configure: Configure, replica: Replica, scraper: Run
) -> None:
    configure("https://c.example/rss", fetch='delay = "50ms"')
    assert scraper("sources", "discover", f"{replica.url}/realtime/china").returncode == 0
    log = replica.control("requests")
    assert log["count"] == 10
    assert log["min_gap_seconds"] >= 0.05
    assert log["max_concurrent"] == 1
