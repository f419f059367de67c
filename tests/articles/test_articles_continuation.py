"""Where an article goes on: its next page, and never the next story or the next page of a list."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from scraper.articles.continuation import adds_nothing, relation_of
from scraper.articles.extract import extract
from scraper.articles.task import Task
from scraper.model import Article, Entry, NotArticle, Page, Picture
from scraper.site import Site

URL = "https://a.example/news/lamps"
Take = Callable[..., Article | NotArticle]
TEXT = "".join(
    f"<p>小城沿河的第{n}排路灯昨晚全部换成了暖色，散步的人比平日多了一倍，糖水摊十一点才收。</p>"
    for n in "一二三四五六七八"
)
OLD = "https://www.zaobao.com/special/china/story20090412-51234"


def story(links: str = "", head: str = "") -> str:
    return (
        f'<html><head><title>河边的灯</title><meta property="og:type" content="article">{head}'
        f"</head><body><article><h1>河边的灯</h1>{TEXT}</article>{links}</body></html>"
    )


def after(found: Article | NotArticle) -> str:
    assert isinstance(found, Article), found
    return found.continues


@pytest.mark.parametrize(
    ("links", "head"),
    [
        ('<a rel="next" href="lamps?page=2">2</a>', ""),
        ('<a rel="nofollow NEXT" href="/news/lamps?page=2#top">2</a>', ""),
        ("", '<link rel="next" href="https://a.example/news/lamps?page=2">'),
        ('<a rel="next" href="?page=2">2</a>', '<link rel="next" href="/news/bridge">'),
        ('<a rel="next" href="lamps?page=2">2</a>', '<base href="/news/">'),
    ],
)
def test_a_next_link_to_this_address_with_a_page_number_is_followed(
    links: str, head: str, take: Take
) -> None:
    assert after(take(story(links, head), URL)) == f"{URL}?page=2"


@pytest.mark.parametrize(
    "link",
    [
        '<a rel="next" href="/news/bridge">下一篇</a>',
        '<a rel="next" href="lamps">这一篇</a>',
        '<a rel="next" href="https://b.example/news/lamps?page=2">2</a>',
        '<a rel="next" href="javascript:more(2)">2</a>',
        '<a rel="next" href="ftp://a.example/news/lamps/2">2</a>',
        '<a rel="nextish" href="lamps?page=2">2</a>',
        '<a href="lamps?page=2">下一页</a>',
        '<a rel="next">下一页</a>',
    ],
)
def test_other_links_are_not(link: str, take: Take) -> None:
    assert after(take(story(link), URL)) == ""


def test_the_address_that_a_page_is_known_by_counts_as_its_own(take: Take) -> None:
    page = story('<a rel="next" href="/a/7/2">2</a>', '<link rel="canonical" href="/a/7">')
    known = story(
        '<a rel="next" href="/a/7/2">2</a>', '<link rel="canonical" href="https://a.example/a/7">'
    )
    assert after(take(page, URL)) == "https://a.example/a/7/2"
    assert after(take(page, "")) == ""
    assert after(take(known, URL)) == "https://a.example/a/7/2"
    assert after(take(known, "")) == "https://a.example/a/7/2"  # a saved page
    assert after(take(story('<a rel="next" href="/a/7/2">2</a>'), "")) == ""


def test_a_later_page_goes_on_with_the_number_that_follows_its_own() -> None:
    page = story('<a rel="next" href="?page=5">5</a>', f'<link rel="canonical" href="{URL}">')

    def found(number: int, *, later: bool) -> str:
        url = f"{URL}?page={number}"
        return after(extract(Task(Page(url, page.encode()), later=later)))

    assert found(4, later=True) == f"{URL}?page=5"
    assert found(3, later=True) == ""
    assert found(4, later=False) == ""


def test_a_locked_story_is_not_followed(take: Take) -> None:
    facts = '{"@type":"NewsArticle","headline":"河边的灯"%s}'
    locked = f'<script type="application/ld+json">{facts}</script>'
    link = '<a rel="next" href="?page=2">2</a>'
    assert after(take(story(link, locked % ""), URL))
    assert not after(take(story(link, locked % ',"isAccessibleForFree":false'), URL))


# -- through a profile -----------------------------------------------------------------------------


def old_page(link: str) -> str:
    return (
        f'<html><head><title>古钟</title></head><body><table><tr><td class="text">{TEXT}'
        f'<span class="page">{link}</span></td></tr></table></body></html>'
    )


def test_the_old_generations_saved_page_goes_on(saved: Path, zaobao: Site) -> None:
    body = (saved / "zaobao/until2012.html").read_bytes()
    found = extract(Task(Page(OLD, body), zaobao, zaobao.timezone))
    assert after(found) == f"{OLD}_2"
    assert isinstance(found, Article)
    assert "下一页" not in found.html


@pytest.mark.parametrize(
    ("href", "continues"),
    [
        ("story20090412-51234_2", f"{OLD}_2"),
        ("/special/china/more.html", "https://www.zaobao.com/special/china/more.html"),
        ("http://zaobao.com/p/51234b.html", "http://zaobao.com/p/51234b.html"),
        ("story20090412-51234", ""),
        ("story20090412-99999", ""),
        ("https://b.example/special/china/story20090412-51234_2", ""),
        ("javascript:void(0)", ""),
        ("", ""),
    ],
)
def test_a_profile_names_the_link_and_no_other_story_is_its_next_page(
    href: str, continues: str, take: Take
) -> None:
    page = old_page(f'<a href="{href}">下一页</a>')
    assert after(take(page, OLD, profile=True)) == continues


def test_where_a_profile_knows_the_page_only_its_own_link_counts(take: Take) -> None:
    page = old_page(f'<a rel="next" href="{OLD}?page=2">2</a>')
    assert after(take(page, OLD, profile=True)) == ""
    assert after(take(story(f'<a rel="next" href="{OLD}?page=2">2</a>'), OLD, profile=True))
    later = old_page(f'<a href="{OLD}_3">下一页</a>')
    known = take(later, f"{OLD}_2", profile=True, entry=Entry(OLD, "story20090412-51234"))
    assert isinstance(known, Article)
    assert (known.id, known.canonical_url) == ("story20090412-51234", OLD)
    assert known.continues == f"{OLD}_3"


def test_a_later_page_that_says_it_is_another_story_is_refused(take: Take) -> None:
    entry = Entry(OLD, "story20090412-51234")

    def claiming(number: int) -> Article | NotArticle:
        claim = f'<link rel="canonical" href="{OLD[:-5]}{number}">'
        page = old_page("").replace("</head>", f"{claim}</head>")
        return take(page, f"{OLD}_2", profile=True, entry=entry)

    assert isinstance(claiming(51234), Article)
    refused = claiming(51235)
    assert isinstance(refused, NotArticle)
    assert "story20090412-51235" in refused.reason


# -- what was found there --------------------------------------------------------------------------


def article(url: str = URL, title: str = "河边的灯", **known: str) -> Article:
    return Article(
        url=url,
        canonical_url=known.get("canonical_url", url),
        continues=known.get("continues", ""),
        method="generic",
        id="",
        site="",
        title=title,
        text="一。",
        html="<p>一。</p>",
    )


SURE = article(continues=f"{URL}?page=2")
UNSURE = article(f"{URL}-1", continues=f"{URL}-2")


@pytest.mark.parametrize(
    "title",
    [
        "河边的灯",
        "河边的灯（2）",
        "河边的灯 - 第2页 - 小城报",
        "河边的灯 (Page 2 of 3)",
        "page 2: 河边的灯",
    ],
)
def test_a_page_with_the_same_title_is_of_the_article(title: str) -> None:
    assert relation_of(SURE, article(f"{URL}?page=2", title)) == "same"
    assert relation_of(UNSURE, article(f"{URL}-2", title)) == "same"


def test_a_page_that_is_known_by_the_first_ones_address_is_of_the_article() -> None:
    assert relation_of(SURE, article(f"{URL}?page=2", "下篇", canonical_url=URL)) == "same"
    assert relation_of(UNSURE, article(f"{URL}-2", "下篇", canonical_url=UNSURE.url)) == "same"


def test_a_page_with_a_title_of_its_own_may_be_a_part_but_not_a_numbered_story() -> None:
    assert relation_of(SURE, article(f"{URL}?page=2", "下篇")) == "same"
    numbered = article(f"{URL}?page=2&x=1", "下篇", canonical_url=f"{URL}?page=2")
    assert relation_of(SURE, numbered) == "same"
    assert relation_of(UNSURE, article(f"{URL}-2", "第二篇")) == "next story"
    assert relation_of(UNSURE, article(f"{URL}-2", "")) == "next story"


def test_a_page_that_says_it_is_something_else_is_another_story() -> None:
    other = article(f"{URL}?page=2", "桥", canonical_url="https://a.example/news/bridge")
    assert relation_of(SURE, other) == "other story"
    assert relation_of(replace(SURE, method="profile:x/y"), other) == "same"  # judged by its id


def test_a_page_adds_something_where_a_line_or_a_picture_is_new() -> None:
    picture = Picture(f"{URL}.jpg")
    assert adds_nothing([SURE], article())
    assert not adds_nothing([SURE], replace(article(), text="一。\n二。"))
    assert not adds_nothing([SURE], replace(article(), images=(picture,)))
    assert adds_nothing([replace(SURE, images=(picture,))], replace(article(), images=(picture,)))
