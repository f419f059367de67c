"""What stands beside the headline, and what microdata say."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from scraper.articles.facts import Facts
from scraper.articles.microdata import read_microdata
from scraper.articles.nearby import authors_in, lines_near
from scraper.articles.tree import Element

Parse = Callable[[str], Element]
Read = Callable[..., Facts]


def near(root: Element, title: str = "灯笼铺的清晨") -> list[str]:
    return [text for _, text in lines_near(root, title)]


def test_marked_lines_beside_the_headline_the_nearest_area_first(parse: Parse) -> None:
    page = """<body><div class=date>2001-01-01</div><div><div><h1>灯笼铺的清晨</h1></div>
    <div class="info">2021-11-13 20:00 来源：山城晚报</div><p>没有名字。</p></div></body>"""
    assert near(parse(page)) == ["2021-11-13 20:00 来源：山城晚报"]


def test_without_the_headline_on_the_page_nothing_is_near_it(parse: Parse) -> None:
    page = "<body><h1>别的</h1><div class=date>2021-11-13</div></body>"
    assert near(parse(page)) == []
    assert near(parse(page), "") == []


def test_paragraphs_and_what_is_far_away_are_no_facts(parse: Parse) -> None:
    long = "灯笼" * 100
    page = f"""<body><div class=date>2001-01-01</div><div><div><div><div><h1>灯笼铺的清晨</h1></div>
    <p class=meta>{long}</p><p class=meta></p></div></div></div></body>"""
    assert near(parse(page)) == []


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("<p class=info>2021年11月13日 作者：宋知夏 来源：山城晚报</p>", ["宋知夏"]),
        ("<p class=info>文/林秋 摄影/石磊</p>", ["林秋"]),
        ("<p class=author>宋知夏</p>", ["宋知夏"]),
        ("<p class=info>2021年11月13日</p>", []),
    ],
)
def test_authors_by_mark_or_by_word(parse: Parse, line: str, authors: list[str]) -> None:
    root = parse(f"<body><div><h1>灯笼铺的清晨</h1>{line}</div></body>")
    assert list(authors_in(lines_near(root, "灯笼铺的清晨"))) == authors


def test_a_page_without_metadata_is_dated_and_signed_beside_its_headline(facts: Read) -> None:
    page = """<body><div><h1>灯笼铺的清晨</h1><div class="post-info">
    2021年11月13日 20:00　作者：宋知夏</div></div></body>"""
    found = facts(page)
    assert found.published
    assert found.published.instant == datetime(2021, 11, 13, 12, tzinfo=UTC)
    assert found.byline == "宋知夏"
    assert found.origins["published"] == found.origins["byline"] == "beside the headline"


MICRODATA = """<body><div itemscope itemtype="https://schema.org/NewsArticle">
<h2 itemprop="headline">灯笼铺的清晨</h2>
<span itemprop="author" itemscope itemtype="Person"><b itemprop="name">宋知夏</b></span>
<span itemprop="author" itemscope>林秋</span>
<time itemprop="datePublished" datetime="2021-11-13T12:00:00Z">昨天</time>
<meta itemprop="dateModified" content="2021-11-13T13:00:00Z"><i itemprop="articleSection">街坊</i>
<i itemprop="keywords">灯笼，清晨</i><i itemprop="datePublished keywords">2001</i>
<img itemprop="image" src="/a.jpg"><div itemprop="articleBody">正文</div>
<i itemprop="description"></i>
</div><i itemprop="headline">别处</i></body>"""


def test_the_properties_of_the_articles_item(parse: Parse) -> None:
    assert read_microdata(parse(MICRODATA)) == {
        "headline": ("灯笼铺的清晨",),
        "author": ("宋知夏", "林秋"),
        "datePublished": ("2021-11-13T12:00:00Z", "2001"),
        "dateModified": ("2021-11-13T13:00:00Z",),
        "articleSection": ("街坊",),
        "keywords": ("灯笼，清晨", "2001"),
        "image": ("/a.jpg",),
    }


def test_a_text_is_no_property(parse: Parse) -> None:
    long = "长" * 501
    page = f'<body><div itemtype="Article"><p itemprop="description">{long}</p></div></body>'
    assert read_microdata(parse(page)) == {}


def test_facts_from_microdata_where_nothing_else_speaks(facts: Read) -> None:
    found = facts(MICRODATA)
    assert (found.title, found.byline, found.section) == ("灯笼铺的清晨", "宋知夏、林秋", "街坊")
    assert found.published
    assert found.published.instant == datetime(2021, 11, 13, 12, tzinfo=UTC)
    assert found.modified
    assert found.modified.instant == datetime(2021, 11, 13, 13, tzinfo=UTC)
    assert found.keywords == ("灯笼", "清晨", "2001")
    assert found.origins == {
        "title": "microdata headline",
        "byline": "microdata author",
        "section": "microdata articleSection",
        "published": "microdata datePublished",
        "modified": "meta datemodified",
        "keywords": "microdata keywords",
    }
