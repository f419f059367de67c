"""An article over several pages is archived whole or not yet: a real server, workers and files."""

import asyncio
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from scraper.markdown.document import read
from scraper.model import ArticleEvent, Document
from scraper.service.context import Service
from scraper.service.crawling.articles import ask_for, drain
from scraper.service.crawling.attempt import MAX_PAGES
from tests.conftest import Run
from tests.journey.journey import Journey

OLD = "/special/china/story20090412-51234"


class Site:
    """Pages by path, as they are told; everything that was asked for."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.url = f"http://127.0.0.1:{server.server_port}"
        self.pages: dict[str, bytes | int | str] = {}  # a body, a status, or where to redirect
        self.asked: list[str] = []


@pytest.fixture
def site() -> Iterator[Site]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path != "/robots.txt":
                shown.asked.append(self.path)
            page = shown.pages.get(self.path, 404)
            body = page if isinstance(page, bytes) else b""
            self.send_response(200 if body else page if isinstance(page, int) else 302)
            if isinstance(page, str):
                self.send_header("Location", page)
            self.send_header("Content-Type", "text/html")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shown = Site(server)
    thread = Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield shown
    server.shutdown()
    thread.join()
    server.server_close()


def line(name: str) -> str:
    return f"{name}处的小城沿河路灯昨晚全部换成了暖色，散步的人比平日多了一倍，糖水摊十一点才收。"


def page(part: str, following: str = "", title: str = "河边的灯", head: str = "") -> bytes:
    link = f'<a rel="next" href="{following}">下一页</a>' if following else ""
    text = "".join(f"<p>{line(f'第{part}页第{n}')}</p>" for n in "甲乙丙丁戊己")
    return (
        f'<html><head><meta charset="utf-8"><title>{title}</title>{head}'
        '<meta property="og:type" content="article">'
        '<meta property="article:published_time" content="2024-05-06T08:30:00+08:00"></head>'
        f"<body><article><h1>{title}</h1>{text}</article>{link}</body></html>"
    ).encode()


def old_page(part: str, following: str = "", extra: str = "") -> bytes:
    link = f'<a href="{following}">下一页</a>' if following else "下一页"
    return (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
        "<title>古钟修好了 | 联合早报网</title></head><body><table><tr>"
        f'<td class="text">{extra}<p>　　{line(f"第{part}页")}</p>'
        f'<span class="page">第{part}页 {link}</span></td></tr></table></body></html>'
    ).encode("gbk")


Archive = Callable[..., ArticleEvent]


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    return Journey(tmp_path / "archive")


@pytest.fixture
def archive(journey: Journey, site: Site) -> Archive:
    """Archive one address of the site; how it ended."""

    def run(path: str, source: str = "") -> ArticleEvent:
        async def work(service: Service) -> None:
            await drain(service, [ask_for(service.crawl, site.url + path, source)], asyncio.Event())

        journey.with_service(work)
        (event,) = journey.articles()
        return event

    return run


def only(journey: Journey) -> Document:
    (text,) = journey.files().values()
    return read(text.decode())


def parts(document: Document) -> list[str]:
    """The pages whose paragraphs a document holds, in its order, each with all of them."""
    found = [block[1:2] for block in document.body.split("\n\n")]
    assert all(found.count(part) == 6 for part in found)
    return list(dict.fromkeys(found))


def test_pages_become_one_article_under_the_first_ones_address(
    site: Site, archive: Archive, journey: Journey
) -> None:
    site.pages = {
        "/lamps": page("一", "/lamps?page=2"),
        "/lamps?page=2": page("二", "?page=3"),
        "/lamps?page=3": page("三"),
    }
    assert archive("/lamps").outcome == "archived"
    document = only(journey)
    assert parts(document) == ["一", "二", "三"]
    assert document.url == f"{site.url}/lamps"
    assert site.asked == ["/lamps", "/lamps?page=2", "/lamps?page=3"]
    assert archive("/lamps").outcome == "unchanged"


@pytest.mark.parametrize("listed", [OLD, f"{OLD}_3"])
def test_the_old_generation_of_a_profile_is_joined_whichever_page_is_named(
    listed: str, site: Site, archive: Archive, journey: Journey
) -> None:
    bell = '<p><img src="/bell.jpg" width="300"></p>'
    site.pages = {
        OLD: old_page("一", f"{OLD}_2".rpartition("/")[2], bell),
        f"{OLD}_2": old_page("二", f"{OLD}_3", f"<h2>古钟修好了</h2>{bell}"),
        f"{OLD}_3": old_page("三", f"{OLD}_3"),
    }
    journey.add(site.url + "/special/china")
    event = archive(listed, "china")
    assert (event.outcome, event.id) == ("archived", "story20090412-51234")
    document = only(journey)
    assert document.url == f"https://www.zaobao.com{OLD}"
    assert document.body.split("\n\n") == [
        f"![]({site.url}/bell.jpg)",
        *(line(f"第{part}页") for part in "一二三"),
    ]
    assert site.asked == [OLD, f"{OLD}_2", f"{OLD}_3"]


@pytest.mark.parametrize(
    ("answer", "outcome", "word"),
    [
        (404, "deferred", "404"),
        (410, "failed", "410"),
        (503, "deferred", "503"),
        (403, "deferred", "403"),
        ("/login?back=lamps", "deferred", "login"),
        (b"<html><title>404 Not Found</title><h1>404 Not Found</h1></html>", "deferred", "404"),
    ],
)
def test_an_article_whose_second_page_is_not_there_waits_and_names_it(
    answer: bytes | int | str,
    outcome: str,
    word: str,
    site: Site,
    archive: Archive,
    journey: Journey,
) -> None:
    site.pages = {
        "/lamps": page("一", "/lamps/2"),
        "/lamps/2": answer,
        "/login?back=lamps": page("登录"),
    }
    event = archive("/lamps")
    assert event.outcome == outcome
    assert f"page 2 ({site.url}/lamps/2): " in event.reason
    assert word in event.reason
    assert journey.files() == {}
    site.pages["/lamps/2"] = page("二")
    assert archive("/lamps").outcome == "archived"
    assert parts(only(journey)) == ["一", "二"]


def test_a_second_page_that_robots_txt_forbids_is_respected(
    site: Site, archive: Archive, journey: Journey
) -> None:
    site.pages = {
        "/lamps": page("一", "/lamps?page=2"),
        "/robots.txt": b"User-agent: *\nDisallow: /*page=\n",
    }
    event = archive("/lamps")
    assert event.outcome == "skipped"
    assert "page 2" in event.reason
    assert site.asked == ["/lamps"]
    assert journey.files() == {}


def test_a_second_page_that_is_another_story_is_not_joined(
    site: Site, archive: Archive, journey: Journey
) -> None:
    claim = f'<link rel="canonical" href="{site.url}/bridge">'
    site.pages = {
        "/lamps": page("一", "/lamps?page=2"),
        "/lamps?page=2": page("二", title="桥修好了", head=claim),
    }
    event = archive("/lamps")
    assert event.outcome == "deferred"
    assert "another story" in event.reason
    assert "桥修好了" in event.reason
    assert journey.files() == {}


@pytest.mark.parametrize("following", ["/bridge", "/lamps-2", "/news?page=2", "/comments/2"])
def test_a_link_to_the_next_story_is_not_followed(
    following: str, site: Site, archive: Archive, journey: Journey
) -> None:
    site.pages = {"/lamps-1": page("一", following), following: page("二", title="桥修好了")}
    assert archive("/lamps-1").outcome == "archived"
    assert parts(only(journey)) == ["一"]
    assert set(site.asked) <= {"/lamps-1", "/lamps-2"}


def test_pages_that_lead_round_in_a_circle_are_read_once(
    site: Site, archive: Archive, journey: Journey
) -> None:
    site.pages = {
        OLD: old_page("一", f"{OLD}_2"),
        f"{OLD}_2": old_page("二", f"{OLD}_3"),
        f"{OLD}_3": old_page("三", f"{OLD}_2"),
    }
    journey.add(site.url + "/special/china")
    assert archive(OLD, "china").outcome == "archived"
    assert len(only(journey).body.split("\n\n")) == 3
    assert site.asked == [OLD, f"{OLD}_2", f"{OLD}_3"]


def test_a_site_that_ignores_the_page_number_has_articles_of_one_page(
    site: Site, archive: Archive, journey: Journey
) -> None:
    site.pages = {
        "/lamps": page("一", "/lamps?page=2"),
        **{f"/lamps?page={n}": page("一", f"/lamps?page={n + 1}") for n in range(2, 9)},
    }
    assert archive("/lamps").outcome == "archived"
    assert parts(only(journey)) == ["一"]
    assert len(site.asked) == 3


def test_a_second_page_that_redirects_to_the_first_ends_the_article(
    site: Site, archive: Archive, journey: Journey
) -> None:
    site.pages = {"/lamps": page("一", "/lamps?page=2"), "/lamps?page=2": "/lamps"}
    assert archive("/lamps").outcome == "archived"
    assert parts(only(journey)) == ["一"]


def test_a_first_page_with_a_second_address_is_read_through(
    site: Site, archive: Archive, journey: Journey
) -> None:
    site.pages = {
        "/lamps": page("一", "/lamps?page=1"),
        "/lamps?page=1": page("一", "/lamps?page=2"),
        "/lamps?page=2": page("二"),
    }
    assert archive("/lamps").outcome == "archived"
    assert parts(only(journey)) == ["一", "二"]


def test_pages_without_end_are_left_at_a_limit_and_nothing_is_archived(
    site: Site, archive: Archive, journey: Journey
) -> None:
    site.pages = {
        f"{OLD}_{n}" if n > 1 else OLD: old_page(str(n), f"{OLD}_{n + 1}")
        for n in range(1, MAX_PAGES + 5)
    }
    journey.add(site.url + "/special/china")
    event = archive(OLD, "china")
    assert event.outcome == "deferred"
    assert f"beyond {MAX_PAGES} pages" in event.reason
    assert len(site.asked) == MAX_PAGES
    assert journey.files() == {}


# -- the command line ------------------------------------------------------------------------------


def test_fetch_prints_the_joined_article(
    site: Site, scraper: Run, environment: dict[str, str]
) -> None:
    environment["SCRAPER_FETCH__ALLOW_ADDRESSES"] = '["127.0.0.0/8"]'
    environment["SCRAPER_FETCH__DELAY"] = "0s"
    site.pages = {"/lamps": page("一", "/lamps/2"), "/lamps/2": page("二")}
    answer = scraper("fetch", site.url + "/lamps", "--stdout")
    assert answer.returncode == 0, answer.stderr
    assert parts(read(answer.stdout)) == ["一", "二"]
    site.pages["/lamps/2"] = 404
    answer = scraper("fetch", site.url + "/lamps", "--stdout")
    assert answer.returncode == 1
    assert answer.stdout == ""
    assert f"page 2 ({site.url}/lamps/2): HTTP 404" in answer.stderr


def test_extract_says_where_a_saved_page_goes_on(scraper: Run) -> None:
    saved = page("一", "/lamps/2").decode()
    answer = scraper("extract", "-", "--url", "https://a.example/lamps", stdin=saved)
    assert answer.returncode == 0
    assert "第一页第甲" in answer.stdout
    assert "https://a.example/lamps/2" in answer.stderr
    assert "a.example" not in answer.stdout
