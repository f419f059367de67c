from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from scraper.articles.extract import claimed_url, count_words, extract
from scraper.articles.task import Task
from scraper.model import Article, Entry, NotArticle, Page
from scraper.site import Site

Take = Callable[..., Article | NotArticle]

URL = "https://a.example/news/2021/11/13/lantern"
STORY = "https://www.zaobao.com.sg/realtime/china/story20211113-1213060"
SENTENCES = "".join(
    f"<p>第{number}天，灯笼铺的老板照旧在清晨六点开门，先扫门前的落叶，再给门神擦脸。</p>"
    for number in range(1, 21)
)
NOON = datetime(2021, 11, 13, 12, tzinfo=UTC)


def page(head: str = "", body: str = SENTENCES) -> str:
    return f"""<html><head><title>灯笼铺的清晨</title><meta property="og:type" content="article">
    {head}</head><body><nav><a href="/">首页</a></nav><article><h1>灯笼铺的清晨</h1>{body}</article>
    <footer>版权所有</footer></body></html>"""


def zaobao_page(head: str = "", body: str = SENTENCES) -> str:
    return f"""<html><head><title>灯笼铺的清晨 | 联合早报</title>{head}</head><body>
    <h1 class="article-title">灯笼铺的清晨</h1><div class="article-content-rawhtml">{body}</div>
    </body></html>"""


@pytest.fixture
def article(take: Take) -> Callable[..., Article]:
    def article(markup: str | bytes, url: str = URL, **known: object) -> Article:
        found = take(markup, url, **known)
        assert isinstance(found, Article), found
        return found

    return article


# -- without a profile -----------------------------------------------------------------------------


def test_a_page_of_an_unknown_site(article: Callable[..., Article]) -> None:
    head = """<meta name="author" content="宋知夏">
    <meta name="description" content="老板照旧开门。">
    <meta property="article:published_time" content="2021-11-13T20:00:00+08:00">
    <meta name="keywords" content="灯笼,清晨"><meta property="og:locale" content="zh_TW">"""
    found = article(page(head, f'<figure><img src="/a.jpg"></figure>{SENTENCES}'))
    assert (found.method, found.site, found.title) == ("generic", "", "灯笼铺的清晨")
    assert (found.byline, found.description) == ("宋知夏", "老板照旧开门。")
    assert (found.published, found.precision) == (NOON, "instant")
    assert (found.keywords, found.language) == (("灯笼", "清晨"), "zh-Hant")
    assert found.text.count("\n") == 19
    assert "版权所有" not in found.text
    assert found.words == count_words(found.text)
    assert found.paywalled is False


@pytest.mark.parametrize("junk", ["\x00", "\x0b", "\x1f", "\ufffe"])
def test_control_characters_do_not_hide_an_article(
    article: Callable[..., Article], junk: str
) -> None:
    found = article(page(body=SENTENCES.replace("老板", f"老{junk}板")))
    assert found.text.count("老板照旧") == 20


def test_a_page_in_xhtml(article: Callable[..., Article]) -> None:
    markup = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE html>' + page()
    assert article(markup).text.count("\n") == 19


def test_a_profile_whose_markup_is_not_found_reads_like_any_page(
    article: Callable[..., Article],
) -> None:
    body = f'{SENTENCES}<p>热词：灯笼</p><img src="/themes/default-img.png"><img src="/a.jpg">'
    found = article(page(body=body), STORY, profile=True)
    assert (found.method, found.site) == ("generic", "zaobao")
    assert "热词" not in found.text
    assert "default-img" not in found.html


@pytest.mark.parametrize(
    ("stated", "picture"),
    [
        ("", "https://a.example/news/2021/11/13/p.jpg"),
        ('<base href="https://b.example/x/">', "https://b.example/x/p.jpg"),
        ('<base target="_top"><base href="/y/">', "https://a.example/y/p.jpg"),
        ('<base href="javascript:x">', "https://a.example/news/2021/11/13/p.jpg"),
    ],
)
def test_addresses_are_relative_to_what_the_page_says(
    article: Callable[..., Article], stated: str, picture: str
) -> None:
    found = article(page(stated, f'{SENTENCES}<p>看图。<img src="p.jpg"></p>{SENTENCES}'))
    assert [p.url for p in found.images] == [picture]


# -- by which address it is known ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "known_by"),
    [
        ("https://a.example/lantern", "https://a.example/lantern"),
        ("/lantern", "https://a.example/lantern"),
        ("https://www.a.example/lantern", "https://www.a.example/lantern"),
        ("https://other.example/lantern", URL),
        ("javascript:x", URL),
        ("https://[", URL),
    ],
)
def test_the_canonical_link_counts_within_its_own_site(
    article: Callable[..., Article], href: str, known_by: str
) -> None:
    assert article(page(f'<link rel="canonical" href="{href}">')).canonical_url == known_by


def test_without_profile_and_canonical_link_the_final_address_counts(
    article: Callable[..., Article],
) -> None:
    asked = "https://feeds.example/r/123"
    found = article(page(), redirects=(asked,), entry=Entry(asked))
    assert (found.url, found.canonical_url) == (URL, URL)


def test_with_a_profile_the_pages_own_claim_does_not_matter(
    article: Callable[..., Article],
) -> None:
    head = '<link rel="canonical" href="https://www.zaobao.com.sg/x/y/story20211113-1213060">'
    found = article(zaobao_page(head), STORY, profile=True)
    assert found.canonical_url == "https://www.zaobao.com/realtime/china/story20211113-1213060"


def test_hosts_that_are_trusted_serve_the_sites_stories(article: Callable[..., Article]) -> None:
    local = "http://127.0.0.1:8123/realtime/china/story20211113-1213060"
    found = article(zaobao_page(), local, profile=True, trusted_hosts=("127.0.0.1:8123",))
    assert (found.id, found.url) == ("story20211113-1213060", local)
    assert found.canonical_url == "https://www.zaobao.com/realtime/china/story20211113-1213060"


def test_a_page_of_the_site_that_is_no_story_is_known_by_its_address(
    article: Callable[..., Article],
) -> None:
    special = "https://www.zaobao.com.sg/specials/lantern"
    found = article(zaobao_page(), special, profile=True)
    assert found.canonical_url == special
    assert found.id


def test_a_saved_page_that_says_nothing_of_itself_has_no_identity(zaobao: Site) -> None:
    for site in (None, zaobao):
        found = extract(Task(Page("", page().encode()), site))
        assert isinstance(found, Article)
        assert (found.id, found.url, found.canonical_url) == ("", "", "")


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (f'<link rel="canonical" href="{STORY}">', STORY),
        ('<link rel="canonical" href="/a"><meta property="og:url" content="https://b.example/">',
         "https://b.example/"),
        ('<link rel="canonical" href="/a">', ""),
        ("", ""),
    ],
)  # fmt: skip
def test_the_address_that_a_saved_page_says_it_has(head: str, url: str) -> None:
    assert claimed_url(Page("", page(head).encode())) == url


def test_an_empty_page_says_nothing_of_its_address() -> None:
    assert claimed_url(Page("", b"")) == ""


# -- when it was published -------------------------------------------------------------------------

STATED = '<meta name="pubdate" content="2021-11-13 20:00">'
STATED_DAY = '<meta name="pubdate" content="2021-11-12">'


def test_the_page_names_the_instant(article: Callable[..., Article]) -> None:
    entry = Entry(STORY, published=datetime(2021, 11, 13, 20, tzinfo=UTC))
    found = article(zaobao_page(STATED), STORY, profile=True, entry=entry)
    assert (found.published, found.precision) == (NOON, "instant")


@pytest.mark.parametrize("head", ["", STATED_DAY])
def test_else_the_entry_names_it(article: Callable[..., Article], head: str) -> None:
    found = article(zaobao_page(head), STORY, profile=True, entry=Entry(STORY, published=NOON))
    assert (found.published, found.precision) == (NOON, "instant")


def test_else_the_page_names_the_day(article: Callable[..., Article]) -> None:
    found = article(zaobao_page(STATED_DAY), STORY, profile=True, entry=Entry(STORY))
    assert found.published == datetime(2021, 11, 11, 16, tzinfo=UTC)
    assert found.precision == "day"


def test_else_the_address_names_the_day(article: Callable[..., Article]) -> None:
    for address, profile in ((STORY, True), (URL, False)):
        markup = zaobao_page() if profile else page()
        found = article(markup, address, profile=profile)
        assert found.published == datetime(2021, 11, 12, 16, tzinfo=UTC)
        assert found.precision == "day"


def test_else_nobody_does(article: Callable[..., Article]) -> None:
    assert article(page(), "https://a.example/lantern").published is None


def test_the_day_is_the_time_zones(zaobao: Site) -> None:
    for zone, instant in (("UTC", 0), ("Asia/Singapore", -8), ("America/New_York", 5)):
        found = extract(Task(Page(URL, page().encode()), None, zone))
        assert isinstance(found, Article)
        day = date(2021, 11, 13).toordinal() * 24 + instant
        assert found.published == datetime.fromordinal(day // 24).replace(hour=day % 24, tzinfo=UTC)


# -- what the entry adds ---------------------------------------------------------------------------


def test_the_entry_speaks_where_the_page_is_silent(article: Callable[..., Article]) -> None:
    entry = Entry(STORY, title="标题", author="宋知夏", summary="摘要")
    silent = f'<div class="article-content-rawhtml">{SENTENCES}</div>'
    found = article(silent, STORY, profile=True, entry=entry)
    assert (found.title, found.byline, found.description) == ("标题", "宋知夏", "摘要")
    assert found.section == "realtime/china"


def test_the_page_speaks_before_the_entry(article: Callable[..., Article]) -> None:
    entry = Entry(STORY, title="标题", author="别人", summary="摘要", content="<p>别的</p>")
    head = """<meta name="author" content="宋知夏"><meta name="description" content="老板。">
    <meta property="article:section" content="中国">"""
    found = article(zaobao_page(head), STORY, profile=True, entry=entry)
    assert (found.title, found.byline) == ("灯笼铺的清晨", "宋知夏")
    assert (found.description, found.section) == ("老板。", "中国")
    assert "别的" not in found.text


def test_what_a_feed_carries_is_cleaned_like_a_page(article: Callable[..., Article]) -> None:
    content = (
        '<p>甲</p><section id="imu"><div id="dfp-ad-imu1">广告</div></section><p>热词：灯笼</p>'
        '<p>乙</p><img src="https://static.zaobao.com/s3fs-public/freemium_images/x.png">'
    )
    shell = "<html><body><div id=root></div></body></html>"
    found = article(shell, STORY, profile=True, entry=Entry(STORY, title="题", content=content))
    assert (found.html, found.method) == ("<p>甲</p><p>乙</p>", "feed")


def test_facts_inside_the_body_are_read_before_the_body_is_cleaned(
    article: Callable[..., Article],
) -> None:
    body = (
        '<script type="application/ld+json">{"@type": "NewsArticle", "author": "宋知夏"}</script>'
        '<meta itemprop="datePublished" content="2021-11-13T12:00:00Z">'
        f'{SENTENCES}<div class="keywords"><a href="/k">灯笼</a></div>'
    )
    found = article(zaobao_page(body=body), STORY, profile=True)
    assert (found.byline, found.keywords) == ("宋知夏", ("灯笼",))
    assert found.published == NOON
    assert "灯笼</a>" not in found.html


# -- characters ------------------------------------------------------------------------------------

BACKSLASH = "\\"


@pytest.mark.parametrize("escape", ["ud83d", "u0000", "u001b", "uffff"])
def test_escapes_in_linked_data_cannot_bring_in_what_no_file_can_hold(
    article: Callable[..., Article], escape: str
) -> None:
    odd = f"灯{BACKSLASH}{escape}笼"
    named = ", ".join(f'"{name}": "{odd}"' for name in ("author", "description", "keywords"))
    data = f'{{"@type": "NewsArticle", {named}}}'
    head = f'<script type="application/ld+json">{data}</script>'
    found = article(page(head))
    for text in (found.byline, found.description, *found.keywords):
        text.encode("utf-8")
        assert not {"\x00", "\x1b", "\uffff"} & set(text)
        assert text.startswith("灯")


def test_an_old_page_is_read_in_its_own_charset(article: Callable[..., Article]) -> None:
    declared = '<meta http-equiv="Content-Type" content="text/html; charset=gb2312">'
    assert article(page(declared).encode("gbk")).title == "灯笼铺的清晨"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("灯笼铺", 3),
        ("灯笼 lantern 铺", 4),
        ("two words", 2),
        ("第5天", 3),
        ("5G网络", 3),
        ("ひらがなカタカナ", 8),
        ("，。！——", 0),
        ("灯笼，lantern。", 3),
        ("豈", 1),
        ("𠮷𠮷", 2),
    ],
)
def test_words_are_characters_in_chinese_and_words_elsewhere(text: str, words: int) -> None:
    assert count_words(text) == words
