"""What holds for every page, however strange: an answer, and markup that can do nothing."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from scraper.articles.extract import extract
from scraper.articles.task import Task
from scraper.articles.tree import Element, parse_html
from scraper.config.sites import load_sites
from scraper.model import Article, Entry, NotArticle, Page

ZAOBAO = load_sites(None)["zaobao"]
STORY = "https://www.zaobao.com.sg/realtime/china/story20211113-1213060"
TAGS = set(
    "p h1 h2 h3 h4 h5 h6 ul ol li blockquote pre code table caption thead tbody tr th td "
    "a img figure figcaption strong em sup sub del br hr".split()
)
ATTRIBUTES = {"href", "src", "alt", "start", "colspan", "rowspan"}

PIECES = (
    "<p>",
    "</p>",
    "<div>",
    "</div>",
    "<b>",
    "</b>",
    "<a href='javascript:alert(1)'>",
    "<a href=' java\tscript:x'>",
    "<a href='/b'>",
    "</a>",
    "<br>",
    "<hr>",
    "<ul>",
    "<ol start='3'>",
    "<li>",
    "</ul>",
    "<table>",
    "<caption>",
    "<tr>",
    "<td colspan=2 onclick=x()>",
    "</td>",
    "</table>",
    "<figure>",
    "<figcaption>",
    "</figcaption>",
    "</figure>",
    "<picture><source srcset='/a.webp 2x'>",
    "<img src=/a.jpg onerror=x()>",
    "<img src='javascript:x()'>",
    "<img src=/b.jpg title='<script>x()</script>'>",
    "<blockquote>",
    "</blockquote>",
    "<pre>",
    "</pre>",
    "<iframe src='javascript:x()'></iframe>",
    "<iframe src='//v.example/1' title='</a><script>'></iframe>",
    "<video><source src=/v.mp4></video>",
    "<script>x()</script>",
    "<script>",
    "<style>@import 'x'",
    "<svg onload=x()>",
    "<math><mtext>",
    "<noscript><p title='</noscript><img src=x onerror=x()>'>",
    "<template>",
    "<textarea>",
    "<title>",
    "<h1>",
    "</h1>",
    "<h2>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?x",
    "&lt;script&gt;",
    "&#0;",
    "&#xD800;",
    "\x00",
    "\u202e",
    "灯笼铺的老板照旧开门。",
    "<div class='articleBody'>",
    "<div class='article-content-rawhtml'>",
    "<article id='article-body' data-s='xyzGE======'>",
    "<section data-s='1'>",
    "<div class='figure-media'>",
    "<div class='figure-caption'>",
    "<div class='paywall-message'>",
    "<td class=text>",
)
TEXTS = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=25).map("".join)
HEADS = st.sampled_from(
    ("", '<script type="application/ld+json">{"@type": "NewsArticle"}</script>')
)

each = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow], database=None
)


def elements(markup: str) -> Iterator[Element]:
    root = parse_html(f"<div id=all>{markup}</div>")
    assert root is not None
    return (e for e in root.iter(etree.Element) if e.tag not in ("html", "body", "div"))


def assert_harmless(markup: str) -> None:
    for element in elements(markup):
        assert element.tag in TAGS, element.tag
        assert set(element.attrib) <= ATTRIBUTES, element.attrib
        for name in ("href", "src"):
            if address := element.get(name):
                assert str(address).startswith(("https://", "http://")), address


def assert_sound(found: Article | NotArticle) -> None:
    assert isinstance(found, Article | NotArticle)
    if isinstance(found, NotArticle):
        assert found.reason
        return
    assert_harmless(found.html)
    found.html.encode()
    found.text.encode()
    assert found.html
    assert all(
        line == " ".join(line.split()) != "" for line in found.text.split("\n") if found.text
    )
    assert len({picture.url for picture in found.images}) == len(found.images)


@each
@given(st.text() | TEXTS, st.booleans())
def test_any_text_is_a_page_that_is_an_article_or_is_not(text: str, profile: bool) -> None:
    page = Page(STORY, text.encode("utf-8", "surrogatepass"))
    assert_sound(extract(Task(page, ZAOBAO if profile else None, "Asia/Singapore")))


@each
@given(st.binary(max_size=400), st.sampled_from(["", "utf-8", "gbk", "utf-16", "x-unknown"]))
def test_any_bytes_are_too(body: bytes, charset: str) -> None:
    assert_sound(extract(Task(Page(STORY, body, charset=charset), ZAOBAO, "Asia/Singapore")))


@each
@given(TEXTS, HEADS, st.sampled_from(["articleBody", "article-content-rawhtml"]))
def test_any_body_of_a_recognised_page_comes_out_harmless(text: str, head: str, name: str) -> None:
    body = f"<body><i class=bff-google-ad></i><div class={name}><p>灯笼铺。</p>{text}"
    page = Page(STORY, f"<html><head>{head}</head>{body}".encode("utf-8", "surrogatepass"))
    assert_sound(extract(Task(page, ZAOBAO, "Asia/Singapore")))


@each
@given(TEXTS)
def test_any_content_of_a_feed_comes_out_harmless(content: str) -> None:
    shell = Page(STORY, b"<html><body><div id=root></div></body></html>")
    entry = Entry(STORY, content=content)
    assert_sound(extract(Task(shell, ZAOBAO, "Asia/Singapore", entry)))


def test_known_attacks_on_sanitisers_come_out_harmless(
    shared: Path, take: Callable[..., Article | NotArticle]
) -> None:
    listed = (shared / "corpus" / "suites" / "h5sc" / "vectors.txt").read_text(encoding="utf-8")
    vectors = listed.split("//[\"'`-->]]>]</div>")
    assert len(vectors) > 100
    for vector in vectors:
        page = f'<body><div class="article-content-rawhtml"><p>灯笼铺。</p>{vector}'
        found = take(page, STORY, profile=True)
        assert_sound(found)
        if isinstance(found, Article):
            assert not re.search(r"<(?:script|style|iframe|svg|object|embed)\b", found.html)


@pytest.mark.parametrize("name", ["gbk", "big5", "utf-16", "shift_jis"])
def test_a_page_in_another_charset_than_declared_does_no_harm(
    take: Callable[..., Article | NotArticle], name: str
) -> None:
    page = '<meta charset="utf-8"><div class="article-content-rawhtml"><p>灯籠の話</p></div>'
    assert_sound(take(page.encode(name, "replace"), STORY, profile=True))
