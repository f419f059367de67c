"""The demo site over real HTTP, as a crawler and a reader meet it."""

import re
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http.client import HTTPConnection
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from scraper.demo.profile import profile
from scraper.demo.site import DemoSite

CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
NOW = datetime(2026, 3, 9, 23, 40, 12, 345678, tzinfo=UTC)  # the next day in Singapore


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()


Get = Callable[..., Answer]


@pytest.fixture
def site() -> Iterator[DemoSite]:
    with DemoSite(NOW) as site:
        yield site


@pytest.fixture
def get(site: DemoSite) -> Iterator[Get]:
    """Ask for a path or URL on one connection that stays open."""
    with closing(HTTPConnection(urlsplit(site.url).netloc, timeout=10)) as connection:

        def ask(url: str, method: str = "GET", **fields: str) -> Answer:
            headers = {name.replace("_", "-"): value for name, value in fields.items()}
            connection.request(method, url.removeprefix(site.url), headers=headers)
            response = connection.getresponse()
            return Answer(response.status, dict(response.getheaders()), response.read())

        yield ask


def feed_of(site: DemoSite, get: Get) -> etree._Element:
    return etree.fromstring(get(site.feed_url).body)


def feed_links(site: DemoSite, get: Get) -> list[str]:
    return [str(link.text) for link in feed_of(site, get).iterfind("channel/item/link")]


def list_links(site: DemoSite, get: Get) -> list[str]:
    (markup,) = profile(urlsplit(site.url).netloc).lists
    cards = html.fromstring(get(site.section_url).text).cssselect(markup.item)
    return [site.url + card.cssselect(markup.link)[0].attrib["href"] for card in cards]


def test_list_and_feed_name_the_same_dozen_stories(site: DemoSite, get: Get) -> None:
    assert list_links(site, get) == feed_links(site, get)
    assert len(set(list_links(site, get))) == 12


def test_every_story_answers_as_html_with_its_length(site: DemoSite, get: Get) -> None:
    for url in feed_links(site, get):
        answer = get(url)
        assert answer.status == 200
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
        assert int(answer.headers["Content-Length"]) == len(answer.body)


def test_everything_that_the_site_links_to_on_itself_answers(site: DemoSite, get: Get) -> None:
    waiting, seen = {site.section_url}, set[str]()
    while waiting:
        url = waiting.pop()
        seen.add(url)
        answer = get(url)
        assert answer.status == 200, url
        if answer.headers["Content-Type"].startswith("text/html"):
            found = html.fromstring(answer.text).xpath("//@href | //@src | //@content | //@action")
            links = {urljoin(url, str(link)) for link in found if re.match("/|http", str(link))}
            waiting |= {link for link in links if link.startswith(site.url)} - seen
    assert {urlsplit(url).path for url in seen} >= {"/members", "/feed.xml", "/news/sports"}


def test_pictures_are_what_their_media_type_says(site: DemoSite, get: Get) -> None:
    site.publish()
    pages = [html.fromstring(get(url).text) for url in feed_links(site, get)]
    pictures = {str(src) for page in pages for src in page.xpath("//img/@src")}
    for picture in pictures:
        answer = get(picture)
        if picture.endswith(".png"):
            assert answer.headers["Content-Type"] == "image/png"
            assert answer.body.startswith(b"\x89PNG\r\n\x1a\n")
        else:
            assert answer.headers["Content-Type"] == "image/svg+xml"
            assert etree.fromstring(answer.body).tag == "{http://www.w3.org/2000/svg}svg"
    assert len([picture for picture in pictures if picture.endswith(".png")]) == 5


def test_the_profile_finds_the_parts_of_every_story(site: DemoSite, get: Get) -> None:
    known = profile(urlsplit(site.url).netloc)
    (markup,) = known.generations
    assert known.canonical == site.url
    for url in feed_links(site, get):
        assert re.fullmatch(known.story, urlsplit(url).path)
        page = html.fromstring(get(url).text)
        parts = markup.detect + markup.headline + markup.body + markup.published + markup.byline
        for selector in parts + markup.section:
            assert len(page.cssselect(selector)) == 1, selector
        title = page.cssselect(markup.headline[0])[0].text_content()
        assert page.findtext(".//title") == f"{title} {known.title_suffixes[0]}"


def test_the_locked_story_is_marked_as_the_profile_says(site: DemoSite, get: Get) -> None:
    wall = profile("localhost:1").wall
    pages = [get(url).text for url in feed_links(site, get)]
    locked = [page for page in pages if html.fromstring(page).cssselect(wall.marks[0])]
    assert len(locked) == 1
    assert wall.phrases[0] in locked[0]


def test_stories_offer_a_table_a_list_a_quotation_and_a_video(site: DemoSite, get: Get) -> None:
    pages = [html.fromstring(get(url).text) for url in feed_links(site, get)]
    for part in ("table", "ul:not(.tags) li", "ol li", "blockquote", "iframe", "h2", "figure"):
        assert any(page.cssselect(f".story-body {part}") for page in pages), part


def test_linked_data_and_page_give_the_same_instant(site: DemoSite, get: Get) -> None:
    for url in feed_links(site, get):
        text = get(url).text
        (shown,) = html.fromstring(text).xpath("//time[@class='published']/@datetime")
        assert f'"datePublished": "{shown}"' in text
        assert datetime.fromisoformat(str(shown)) <= NOW


def test_days_in_urls_are_those_of_singapore(site: DemoSite, get: Get) -> None:
    assert "/2026/03/10/" in feed_links(site, get)[0]


def test_the_list_shows_times_today_and_days_before(site: DemoSite, get: Get) -> None:
    times = html.fromstring(get(site.section_url).text).xpath("//*[@class='card']/time/text()")
    assert times[0] == "07:05"
    assert times[-1] == "03月07日"


def test_the_feed_holds_full_texts_with_absolute_pictures(site: DemoSite, get: Get) -> None:
    first = feed_of(site, get).find("channel/item")
    assert first is not None
    body = html.fromstring(str(first.findtext(CONTENT)))
    assert len(body.findall(".//p")) == 4
    assert body.xpath("//img/@src") == [f"{site.url}/pictures/bridge.png"]
    assert parsedate_to_datetime(str(first.findtext("pubDate"))) == NOW.replace(
        minute=5, second=0, microsecond=0
    )


@pytest.mark.parametrize("path", ["/news", "/feed.xml", "/pictures/cat.png", "/robots.txt"])
def test_unchanged_resources_are_answered_with_304(path: str, get: Get) -> None:
    full = get(path)
    for fields in (
        {"If_None_Match": full.headers["ETag"]},
        {"If_None_Match": f'W/"other", W/{full.headers["ETag"]}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": full.headers["Last-Modified"]},
    ):
        answer = get(path, **fields)
        assert (answer.status, answer.body) == (304, b"")
        assert answer.headers["ETag"] == full.headers["ETag"]


@pytest.mark.parametrize(
    "fields",
    [
        {"If_None_Match": '"other"', "If_Modified_Since": "Tue, 10 Mar 2026 00:00:00 GMT"},
        {"If_Modified_Since": "yesterday"},
        {"If_Modified_Since": "Sun, 01 Feb 2026 00:00:00 -0000"},
    ],
)
def test_other_conditions_get_the_whole_answer(fields: dict[str, str], get: Get) -> None:
    assert get("/news", **fields).status == 200


def test_head_answers_without_a_body(get: Get) -> None:
    answer = get("/news", "HEAD")
    assert (answer.status, answer.body) == (200, b"")
    assert int(answer.headers["Content-Length"]) == len(get("/news").body)


def test_queries_do_not_tell_pages_apart(get: Get) -> None:
    assert get("/news?from=hot").body == get("/news").body


def test_what_is_not_there_is_a_404_with_a_page(get: Get) -> None:
    answer = get("/news/town/2026/03/10/nothing-9999")
    assert answer.status == 404
    assert profile("localhost").missing[0] in answer.text
    assert "ETag" not in answer.headers


def test_robots_keeps_crawlers_from_the_members_page_only(get: Get) -> None:
    assert get("/robots.txt").text == "User-agent: *\nDisallow: /members\n"


def test_an_edit_corrects_title_and_text_and_says_so(site: DemoSite, get: Get) -> None:
    before = {url: get(url) for url in feed_links(site, get)}
    url = site.edit()
    after = get(url, If_None_Match=before[url].headers["ETag"])
    assert after.status == 200
    assert "更正：" in after.text
    assert "更正：" not in before[url].text
    assert str(html.fromstring(after.text).findtext(".//h1")) in get(site.section_url).text
    modified, earlier = after.headers["Last-Modified"], before[url].headers["Last-Modified"]
    assert parsedate_to_datetime(modified) > parsedate_to_datetime(earlier)
    assert '"dateModified": "2026-03-10T07:39:00+08:00"' in after.text


def test_an_edit_leaves_the_other_stories_as_they_were(site: DemoSite, get: Get) -> None:
    before = {url: get(url).headers["ETag"] for url in feed_links(site, get)}
    changed = {site.edit()}
    site.publish()
    after = {url: get(url).headers["ETag"] for url in before}
    assert {url for url in before if before[url] != after[url]} == changed


def test_publishing_adds_one_story_on_top_of_list_and_feed(site: DemoSite, get: Get) -> None:
    before = feed_links(site, get)
    url = site.publish()
    assert url not in before
    assert list_links(site, get) == feed_links(site, get) == [url, *before]
    assert get(url).status == 200


def test_the_story_that_is_held_back_cannot_be_seen(site: DemoSite, get: Get) -> None:
    with DemoSite(NOW) as other:
        held_back = other.publish().removeprefix(other.url)
    assert get(held_back).status == 404


def test_each_change_makes_the_lists_newer(site: DemoSite, get: Get) -> None:
    dates = [get(site.section_url).headers["Last-Modified"]]
    for change in (site.publish, site.edit):
        change()
        dates.append(get(site.section_url).headers["Last-Modified"])
    instants = [parsedate_to_datetime(date) for date in dates]
    assert instants == sorted(set(instants))
    assert instants[-1] <= NOW


def test_editing_and_publishing_twice_changes_nothing_more(site: DemoSite, get: Get) -> None:
    site.edit()
    site.publish()
    once = get(site.section_url).headers["ETag"]
    assert (site.edit(), site.publish()) == (site.edit(), site.publish())
    assert get(site.section_url).headers["ETag"] == once


def test_leaving_ends_every_thread_and_open_connection() -> None:
    before = set(threading.enumerate())
    with DemoSite(NOW) as site:
        kept_open = HTTPConnection(urlsplit(site.url).netloc)
        kept_open.request("GET", "/news")
        assert kept_open.getresponse().read()
        assert len(set(threading.enumerate()) - before) == 2
    with closing(kept_open):
        assert set(threading.enumerate()) == before
        assert kept_open.sock.recv(1) == b""
    with closing(HTTPConnection(urlsplit(site.url).netloc)) as late, pytest.raises(OSError):
        late.request("GET", "/news")


def test_nothing_is_written_to_standard_error(capfd: pytest.CaptureFixture[str]) -> None:
    with DemoSite(NOW) as site, closing(HTTPConnection(urlsplit(site.url).netloc)) as rude:
        for path in ("/news", "/nowhere"):
            rude.request("GET", path)
            rude.getresponse().read()
        # Closing without lingering resets the connection under the server's hands.
        rude.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        rude.close()
    assert capfd.readouterr() == ("", "")


def test_two_sites_at_a_time_keep_apart(site: DemoSite) -> None:
    with DemoSite(NOW + timedelta(days=1)) as other:
        assert other.url != site.url
        assert other.edit() != site.edit()
