"""The plain reading of a page that exceeded its limits: everything it says, cheaply."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from scraper.articles.plain import MAX_CHARACTERS, MAX_TITLE, read_plain
from scraper.articles.task import Task
from scraper.model import Article, Entry, NotArticle, Page
from scraper.site import Site, Wall

URL = "https://a.example/news/20240506/1"
SITE = Site(
    name="a",
    title="A",
    canonical="https://www.a.example",
    hosts=("a.example",),
    story=r"/news/(?P<date>\d{8})/(?P<id>\d+)",
    timezone="Asia/Shanghai",
    title_suffixes=(" - A",),
    wall=Wall(phrases=("订阅后继续",)),
)


def read(markup: str, site: Site | None = None, entry: Entry | None = None) -> Article:
    task = Task(Page(URL, markup.encode()), site, "Asia/Shanghai", entry)
    found = read_plain(task, "too slow")
    assert isinstance(found, Article)
    return found


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("one", ["one"]),
        ("<p>one</p><p>two <b>three</b></p>", ["one", "two three"]),
        ("one<br>two<BR/>three", ["one", "two", "three"]),
        ("<div>a<div>b</div>c</div>", ["a", "b", "c"]),
        ("<p>a &lt;b&gt; &amp; &#20013;</p>", ["a <b> & 中"]),
        ("<p>1 < 2, 3 <4</p>", ["1 < 2, 3 <4"]),
        ("a<!-- <p>not this</p> -->b", ["ab"]),
        ("a<!doctype html><?php x ?></ >b", ["ab"]),
        ("a<script>var b = '<p>';</script>c<STYLE>d</STYLE >e", ["ace"]),
        ("a<script>the rest", ["a"]),
        ("a<!-- the rest", ["a"]),
        ("a<p class='the rest", ["a"]),
        ("a\x01\ufffeb \u3000 c", ["ab c"]),
    ],
)
def test_every_paragraph_is_kept_and_no_markup(markup: str, lines: list[str]) -> None:
    assert read(markup).text.split("\n") == lines


def test_text_that_looks_like_markup_stays_text() -> None:
    article = read("<p>&lt;script&gt;x&lt;/script&gt;</p>")
    assert article.html == "<p>&lt;script&gt;x&lt;/script&gt;</p>"


def test_it_says_how_it_came_about() -> None:
    article = read("<p>中文 two</p>")
    assert (article.method, article.doubt, article.words) == ("plain", "too slow", 3)


def test_title_and_day_are_the_pages_where_no_entry_knows_better() -> None:
    article = read("<title>Bridge - A</title><title>no</title><p>x</p>", SITE)
    assert article.title == "Bridge"
    assert (article.id, article.site) == ("1", "a")
    assert article.canonical_url == "https://www.a.example/news/20240506/1"
    assert article.published == datetime(2024, 5, 5, 16, tzinfo=UTC)
    assert article.precision == "day"


def test_a_title_without_the_sites_suffix_stays_as_it_is() -> None:
    assert read("<title>Bridge - B</title>x", SITE).title == "Bridge - B"


def test_an_entry_knows_title_byline_and_instant() -> None:
    instant = datetime(2024, 5, 6, 8, tzinfo=timezone(timedelta(hours=8)))
    entry = Entry(URL, title="Listed", published=instant, author="Li")
    article = read("<title>Bridge</title><p>x</p>", entry=entry)
    assert (article.title, article.byline) == ("Listed", "Li")
    assert article.published == datetime(2024, 5, 6, tzinfo=UTC)
    assert article.precision == "instant"
    assert article.canonical_url == URL


def test_a_story_of_another_host_is_known_by_its_own_address() -> None:
    task = Task(Page("https://b.example/x", b"<p>x</p>"), SITE)
    article = read_plain(task, "too slow")
    assert isinstance(article, Article)
    assert article.canonical_url == "https://b.example/x"
    assert article.published is None


def test_a_saved_page_without_an_address_has_no_identity() -> None:
    article = read_plain(Task(Page("", b"<p>x</p>")), "too slow")
    assert isinstance(article, Article)
    assert article.id == ""
    assert article.published is None


def test_a_page_that_shows_its_sites_wall_is_refused() -> None:
    found = read_plain(Task(Page(URL, "<p>订阅后继续阅读</p>".encode()), SITE), "too slow")
    assert isinstance(found, NotArticle)
    assert found.kind == "wall"


def test_a_page_without_text_is_empty() -> None:
    found = read_plain(Task(Page(URL, b"<script>x</script>")), "too slow")
    assert isinstance(found, NotArticle)
    assert found.kind == "empty"
    assert "too slow" in found.reason


def test_no_more_is_kept_than_a_person_would_look_at() -> None:
    article = read(f"<title>{'t' * 999}</title><p>{'a' * MAX_CHARACTERS}</p><p>more</p>")
    assert len(article.text) == MAX_CHARACTERS
    assert len(article.title) == MAX_TITLE
