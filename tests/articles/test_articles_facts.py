import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from scraper.articles.facts import Facts
from scraper.site import ArticleMarkup, EmbeddedData, Site

Read = Callable[..., Facts]

MARKUP = ArticleMarkup(
    name="now",
    detect=("body",),
    body=("article",),
    headline=(".headline",),
    published=(".when",),
    byline=(".who",),
    section=(".crumb",),
    keywords=(".tag",),
)
EMBEDDED = ArticleMarkup(
    name="now",
    detect=("body",),
    body=("article",),
    embedded=EmbeddedData("__data", (), ("headline",), ("created", "dated"), ("changed",)),
)
SITE = Site(
    name="shancheng",
    title="山城晚报",
    canonical="https://www.shancheng.example",
    hosts=("www.shancheng.example",),
    story="^/(?P<id>[0-9]+)$",
    language="zh-Hans",
    title_suffixes=("| 山城晚报", "- 山城"),
)
NOON = datetime(2021, 11, 13, 12, tzinfo=UTC)


def linked(**data: Any) -> str:
    return (
        '<script type="application/ld+json">'
        + json.dumps({"@type": "NewsArticle", **data}, ensure_ascii=False)
        + "</script>"
    )


def meta(**named: str) -> str:
    return "".join(
        f'<meta name="{name.replace("__", ":")}" content="{value}">'
        for name, value in named.items()
    )


# -- meta elements ---------------------------------------------------------------------------------


def test_meta_elements_by_any_of_their_names_the_first_of_a_name_counts(facts: Read) -> None:
    found = facts(
        '<meta property="OG:Title" content="一"><meta name="og:title" content="二">'
        '<meta itemprop="datePublished" content="2021-11-13"><meta name="empty" content=" ">'
        '<meta content="无名"><meta name="bare"><meta charset="utf-8">'
    )
    assert found.meta == {"og:title": "一", "datepublished": "2021-11-13"}


# -- title -----------------------------------------------------------------------------------------

TITLES = {
    "headline": '<div class="headline">标题一</div>',
    "linked": linked(headline="标题二"),
    "embedded": '<script>__data = {"headline": "标题三"}</script>',
    "og": meta(og__title="标题四 | 山城晚报"),
    "title": "<title>标题五 - 山城</title>",
    "h1": "<h1>标题六</h1><h1>标题七</h1>",
}


def test_the_title_by_the_order_of_its_witnesses(facts: Read) -> None:
    seen = []
    for first in range(len(TITLES)):
        markup = "".join(list(TITLES.values())[first:])
        profile = ArticleMarkup(
            "now", ("body",), ("article",), headline=(".headline",), embedded=EMBEDDED.embedded
        )
        seen.append(facts(f"<body>{markup}", site=SITE, markup=profile).title)
    assert seen == ["标题一", "标题二", "标题三", "标题四", "标题五", "标题六"]


def test_without_a_profile_the_only_heading_comes_first(facts: Read) -> None:
    page = f"{linked(headline='长标题')}{meta(og__title='标题 - 山城晚报')}"
    assert facts(f"{page}<h1>标题</h1><h1> </h1>").title == "标题"
    assert facts(f"{page}<h1>标题</h1><h1>另一个</h1>").title == "长标题"
    assert facts("<h1>标题</h1>").title == "标题"


def test_an_only_heading_that_no_title_of_the_document_confirms_is_the_paper_s_name(
    facts: Read,
) -> None:
    page = f"{meta(og__title='灯笼铺的清晨')}<h1>山城晚报</h1>"
    assert facts(page).title == "灯笼铺的清晨"


def test_with_a_profile_a_heading_that_it_does_not_name_comes_last(facts: Read) -> None:
    page = f"{meta(og__title='标题')}<h1>山城晚报</h1>"
    assert facts(page, site=SITE, markup=MARKUP).title == "标题"


def test_a_page_may_have_no_title(facts: Read) -> None:
    assert facts("<p>甲</p>").title == ""


@pytest.mark.parametrize(
    ("stated", "title"),
    [
        ("标题 | 山城晚报", "标题"),
        ("标题- 山城", "标题"),
        ("标题", "标题"),
        ("山城晚报", "山城晚报"),
        ("标题 | 山城晚报 | 图片", "标题 | 山城晚报 | 图片"),
    ],
)
def test_the_sites_name_is_taken_from_the_end_of_a_title(
    facts: Read, stated: str, title: str
) -> None:
    assert facts(f"<title>{stated}</title>", site=SITE).title == title


def test_without_a_profile_a_title_keeps_its_end(facts: Read) -> None:
    assert facts("<title>标题 | 山城晚报</title>").title == "标题 | 山城晚报"


def test_a_title_that_is_nothing_but_the_suffix_gives_way(facts: Read) -> None:
    page = "<title>| 山城晚报</title><h1>标题</h1><h1>二</h1>"
    assert facts(page, site=SITE).title == "标题"


def test_an_embedded_headline_that_is_no_text_is_no_title(facts: Read) -> None:
    page = '<script>__data = {"headline": {"zh": "甲"}}</script><title>标题</title>'
    assert facts(page, markup=EMBEDDED).title == "标题"


# -- instants --------------------------------------------------------------------------------------


def test_the_publication_by_the_order_of_its_witnesses(facts: Read) -> None:
    profile = ArticleMarkup(
        "now", ("body",), ("article",), published=(".when",), embedded=EMBEDDED.embedded
    )
    pieces = [
        linked(datePublished="2021-11-01T12:00:00Z"),
        '<script>__data = {"created": 1635854400}</script>',
        '<p class="when">发布 / 2021年11月03日 08:00 PM</p>',
        meta(article__published_time="2021-11-04T12:00:00Z"),
        meta(pubdate="2021-11-05T12:00:00Z"),
    ]
    for first in range(len(pieces)):
        found = facts("<body>" + "".join(pieces[first:]), markup=profile).published
        assert found
        assert found.instant == datetime(2021, 11, first + 1, 12, tzinfo=UTC)


def test_the_names_of_meta_elements_have_an_order_too(facts: Read) -> None:
    page = meta(date="2021-11-01T00:00Z", article__published_time="2021-11-13T12:00Z")
    found = facts(page).published
    assert found
    assert found.instant == NOON


def test_a_witness_with_a_time_of_day_comes_before_a_bare_day(facts: Read) -> None:
    page = linked(datePublished="2021-11-13") + meta(pubdate="2021-11-13 20:00")
    found = facts(page).published
    assert found
    assert (found.instant, found.precision) == (NOON, "instant")


def test_a_bare_day_is_better_than_nothing(facts: Read) -> None:
    page = linked(datePublished="soon") + meta(pubdate="2021-11-13", date="2021-11-14")
    found = facts(page).published
    assert found
    assert found.instant == datetime(2021, 11, 12, 16, tzinfo=UTC)
    assert found.precision == "day"


def test_an_embedded_time_that_cannot_be_read_gives_way_to_the_next(facts: Read) -> None:
    page = '<script>__data = {"created": 0, "dated": "2021-11-13 20:00"}</script>'
    found = facts(page, markup=EMBEDDED).published
    assert found
    assert found.instant == NOON


def test_no_witness_no_publication(facts: Read) -> None:
    for markup in (None, MARKUP, EMBEDDED):
        assert facts("<p>2021-11-13 20:00</p>", markup=markup).published is None


@pytest.mark.parametrize(
    "times",
    [
        "<time datetime='2021-11-13T20:00'>昨天</time>",
        "<time>2021-11-13 20:00</time>",
        "<time>2020-01-01 00:00</time><time pubdate>2021-11-13 20:00</time>",
        "<time>2020-01-01</time><time itemprop=datePublished datetime='2021-11-13 20:00'></time>",
    ],
)
def test_a_time_element_is_a_witness_without_a_profile(facts: Read, times: str) -> None:
    found = facts(times).published
    assert found
    assert found.instant == NOON
    assert facts(times, markup=MARKUP).published is None


def test_of_several_time_elements_none_is_believed(facts: Read) -> None:
    assert facts("<time>2021-11-13 20:00</time><time>2021-11-12 20:00</time>").published is None


@pytest.mark.parametrize(
    "page",
    [
        linked(dateModified="2021-11-13T12:00:00Z") + meta(lastmod="2021-11-14T12:00:00Z"),
        '<script>__data = {"changed": 1636804800}</script>' + meta(lastmod="2021-11-14T12:00Z"),
        linked(dateModified="soon") + meta(og__updated_time="2021-11-13T20:00:00+08:00"),
        meta(article__modified_time="2021-11-13T12:00Z", lastmod="2021-11-14T12:00Z"),
    ],
)
def test_the_modification_by_the_order_of_its_witnesses(facts: Read, page: str) -> None:
    found = facts(page, markup=EMBEDDED).modified
    assert found
    assert found.instant == NOON


def test_no_witness_no_modification(facts: Read) -> None:
    assert facts("<p>甲</p>").modified is None


# -- byline ----------------------------------------------------------------------------------------


def test_the_byline_by_the_order_of_its_witnesses(facts: Read) -> None:
    pieces = [
        "<p class=who>甲</p>",
        linked(author="乙"),
        meta(author="丙"),
        meta(article__author="丁"),
    ]
    seen = [
        facts("<body>" + "".join(pieces[first:]), markup=MARKUP).byline
        for first in range(len(pieces) + 1)
    ]
    assert seen == ["甲", "乙", "丙", "丁", ""]


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("文 / 宋知夏", "宋知夏"),
        ("文/宋知夏", "宋知夏"),
        ("文：宋知夏", "宋知夏"),
        ("作者：宋知夏", "宋知夏"),
        ("作者 宋知夏", "宋知夏"),
        ("撰文｜宋知夏", "宋知夏"),
        ("记者 / 宋知夏", "宋知夏"),
        ("记者：宋知夏", "宋知夏"),
        ("报道 宋知夏", "宋知夏"),
        ("By Ada Lin", "Ada Lin"),
        ("BY: Ada Lin", "Ada Lin"),
        ("宋知夏", "宋知夏"),
        ("文静", "文静"),
        ("记者站", "记者站"),
        ("Byron Lin", "Byron Lin"),
        ("本报记者 宋知夏", "本报记者 宋知夏"),
        ("https://social.example/zaobao", ""),
        ("文 /", ""),
    ],
)
def test_the_byline_is_the_name_alone(facts: Read, written: str, name: str) -> None:
    assert facts(f"<p class=who>{written}</p>", markup=MARKUP).byline == name


def test_several_names_are_joined_and_none_is_repeated(facts: Read) -> None:
    authors = [{"name": "文 / 甲"}, {"name": "乙"}, "甲", {"url": "https://a.example/c"}]
    assert facts(linked(author=authors)).byline == "甲、乙"
    assert len(facts(linked(author="甲" * 1000)).byline) == 200


def test_an_empty_byline_on_the_page_gives_way_to_the_linked_data(facts: Read) -> None:
    page = f"<p class=who> <img src=/a.jpg></p>{linked(author='甲')}"
    assert facts(page, markup=MARKUP).byline == "甲"


# -- section, description, keywords ----------------------------------------------------------------


def test_the_section_by_the_order_of_its_witnesses(facts: Read) -> None:
    pieces = ["<p class=crumb>甲</p>", meta(article__section="乙"), linked(articleSection="丙")]
    seen = [
        facts("<body>" + "".join(pieces[first:]), markup=MARKUP).section
        for first in range(len(pieces) + 1)
    ]
    assert seen == ["甲", "乙", "丙", ""]


def test_the_description_by_the_order_of_its_witnesses(facts: Read) -> None:
    pieces = [meta(og__description="甲"), meta(description="乙"), linked(description="丙")]
    seen = [facts("<body>" + "".join(pieces[first:])).description for first in range(4)]
    assert seen == ["甲", "乙", "丙", ""]


def test_the_keywords_by_the_order_of_their_witnesses(facts: Read) -> None:
    pieces = [
        "<a class=tag>甲</a><a class=tag>乙, 丙</a>",
        linked(keywords="丁，戊;己"),
        meta(news_keywords="庚、辛"),
        meta(keywords="壬,癸"),
    ]
    seen = [
        facts("<body>" + "".join(pieces[first:]), markup=MARKUP).keywords
        for first in range(len(pieces) + 1)
    ]
    assert seen == [("甲", "乙, 丙"), ("丁", "戊", "己"), ("庚", "辛"), ("壬", "癸"), ()]


def test_keywords_may_be_a_list_and_none_is_repeated(facts: Read) -> None:
    assert facts(linked(keywords=["甲", "乙,甲", " ", {"name": "丙"}])).keywords == (
        "甲",
        "乙",
        "丙",
    )
    many = ",".join(map(str, range(100)))
    assert len(facts(meta(keywords=many)).keywords) == 30


def test_empty_keywords_on_the_page_give_way_to_the_linked_data(facts: Read) -> None:
    page = f"<a class=tag> </a>{linked(keywords='甲')}"
    assert facts(page, markup=MARKUP).keywords == ("甲",)


# -- language --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("page", "stated"),
    [
        ("<html lang=en><p>a", "en"),
        ("<html xml:lang=en><p>a", "en"),
        (meta(og__locale="en_GB") + "<p>a", "en_GB"),
        ("<html lang=en>" + meta(og__locale="zh_TW"), "en"),
        (linked(inLanguage="zh-SG"), "zh-SG"),
        ("<p>a", ""),
    ],
)
def test_the_language_that_a_page_names(facts: Read, page: str, stated: str) -> None:
    assert facts(page).stated_language == stated


# -- what the page says it is ----------------------------------------------------------------------


def test_the_canonical_link_comes_first_among_the_claims(facts: Read) -> None:
    page = (
        linked(url="https://a.example/3")
        + meta(og__url="https://a.example/2")
        + '<link rel="stylesheet" href="/s.css"><link rel="canonical"><link href="/x">'
        + '<link rel="canonical" href="https://a.example/1">'
    )
    claims = ("https://a.example/1", "https://a.example/2", "https://a.example/3")
    assert facts(page).claimed_urls == claims
    assert facts("<p>a").claimed_urls == ()


@pytest.mark.parametrize("rel", ["Canonical", "canonical nofollow", " canonical "])
def test_a_rel_attribute_is_a_set_of_words_in_any_case(facts: Read, rel: str) -> None:
    assert facts(f'<link rel="{rel}" href="/1">').claimed_urls == ("/1",)


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (linked(), True),
        (meta(og__type="article"), True),
        (meta(og__type="Article"), True),
        (meta(og__type="website"), False),
        ("<p>a", False),
    ],
)
def test_whether_a_page_declares_itself_an_article(facts: Read, page: str, says: bool) -> None:
    assert facts(page).says_article is says
