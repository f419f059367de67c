"""Pictures of an article on a page that no profile describes: captions, lead pictures, order."""

import base64
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.articles.generic.captions import find_captions
from scraper.articles.generic.order import restore_order
from scraper.articles.tree import Element, parse_html, text_of
from scraper.model import Article

Parse = Callable[[str], Element]
Read = Callable[..., Article]
URL = "https://a.example/2025/09/30/lantern"
SENTENCES = "".join(
    f"<p>第{n}天，灯笼铺的老板照旧在清晨六点开门，先扫门前的落叶，再给门神擦脸。</p>"
    for n in range(1, 9)
)


@pytest.fixture
def article(take: Callable[..., object]) -> Callable[[str], Article]:
    def article(body: str) -> Article:
        found = take(f"<html><title>灯笼铺的清晨</title><body>{body}</body></html>", URL)
        assert isinstance(found, Article)
        return found

    return article


def pictures(found: Article) -> list[tuple[str, str]]:
    return [(p.url.removeprefix("https://a.example/"), p.caption) for p in found.images]


# -- captions --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "picture",
    [
        "<figure><img src=/a.jpg><figcaption>灯笼挂满长街</figcaption></figure>",
        "<img src=/a.jpg><figcaption>灯笼挂满长街</figcaption>",
        "<div><img src=/a.jpg><div class=pic-title>灯笼挂满长街</div></div>",
        "<div><p><a href=/a.jpg><img src=/a.jpg></a></p>"
        "<p class=wp-caption-text>灯笼挂满长街</p></div>",
        "<div><img src=/a.jpg alt=灯笼挂满长街><div>灯笼挂满长街</div></div>",
        "<div><img src=/a.jpg title=灯笼挂满长街><img src=/b.svg alt=icon>"
        "<span>灯笼挂满长街</span></div>",
        "<div class=caption><img src=/a.jpg><em class=photo-credit>灯笼挂满长街</em></div>",
    ],
)
def test_a_caption_belongs_to_its_picture_and_is_no_text(article: Read, picture: str) -> None:
    found = article(f"<h1>灯笼铺的清晨</h1><div>{SENTENCES}{picture}{SENTENCES}</div>")
    assert ("a.jpg", "灯笼挂满长街") in pictures(found)
    assert "灯笼挂满长街" not in found.text


@pytest.mark.parametrize(
    "markup",
    [
        "<p><img src=/a.jpg> 街上的灯笼</p><p>灯笼挂满长街</p>",  # a picture in a text
        "<img src=/a.jpg><p>灯笼挂满长街</p>",  # not said to be one
        "<img src=/a.jpg alt=灯><p>灯</p>",  # too short to be a repetition
        f"<img src=/a.jpg><p class=caption>{'灯' * 401}</p>",
        "<ul><li><img src=/a.jpg></li><li class=caption>灯笼挂满长街</li></ul>",
    ],
)
def test_what_is_no_caption(parse: Parse, markup: str) -> None:
    assert find_captions(parse(f"<body>{markup}</body>")) == set()


def test_a_gallery_has_a_caption_for_each_picture(parse: Parse) -> None:
    markup = "".join(
        f"<div class=item><img src=/{n}.jpg><div class=img-desc>第{n}张灯笼</div></div>"
        for n in range(3)
    )
    found = find_captions(parse(f"<body><div>{markup}</div></body>"))
    assert sorted(map(text_of, found)) == ["第0张灯笼", "第1张灯笼", "第2张灯笼"]


# -- pictures around the body ----------------------------------------------------------------------


def test_a_picture_between_headline_and_text_belongs_to_the_article(article: Read) -> None:
    found = article(
        f"""<img src=/logo.jpg><div><h1>灯笼铺的清晨</h1>
        <div class=share><img src=/share.jpg></div>
        <div><div><img src=/lead.jpg></div><div class=pic-title>街口</div></div>
        <article>{SENTENCES}</article><img src=/after.jpg></div>"""
    )
    assert pictures(found) == [("lead.jpg", "街口")]
    assert found.lead_image == "https://a.example/lead.jpg"


def test_without_a_headline_no_picture_leads(article: Read) -> None:
    found = article(f"<img src=/a.jpg><article>{SENTENCES}</article>")
    assert pictures(found) == []


def test_a_picture_that_links_to_another_site_is_an_advertisement(article: Read) -> None:
    found = article(
        f"""<h1>灯笼铺的清晨</h1><article>{SENTENCES}
        <a href="https://shop.example/"><img src=/ad.jpg></a>
        <a href="https://cdn.example/large.jpg"><img src=/a.jpg></a>
        <a href="/gallery"><img src=/b.jpg></a><a><img src=/c.jpg></a>
        <a href="https://shop.example/"></a>{SENTENCES}</article>"""
    )
    assert [url for url, _ in pictures(found)] == ["a.jpg", "b.jpg", "c.jpg"]


def test_a_short_article_is_not_outweighed_by_what_is_related(article: Read) -> None:
    cards = "".join(
        f"<div><h3><a href=/{n}>第{n}条相关新闻的标题写得很长很长</a></h3>"
        "<p>河边的旧码头又传来新的消息，渡船照旧在清晨开出，船夫说水位已经退了。</p></div>"
        for n in range(12)
    )
    found = article(
        f"""<main><h1>灯笼铺的清晨</h1><article>{SENTENCES[:90]}</p></article>
        <section class=recommend>{cards}</section></main>"""
    )
    assert "灯笼铺" in found.text
    assert "旧码头" not in found.text


# -- order -----------------------------------------------------------------------------------------


def packed(place: int) -> str:
    return base64.b32encode(str(place).encode()).decode()


def order_of(parent: Element) -> str:
    return "".join(child.text or "" for child in parent)


@given(st.permutations(range(6)), st.sampled_from(["", "x", "aZ9", "12"]), st.booleans())
def test_marked_paragraphs_are_put_in_their_order(
    places: list[int], prefix: str, plain: bool
) -> None:
    marks = [f"k-{n}" if plain else prefix + packed(n) for n in places]
    markup = "".join(f'<p data-s="{m}">{n}</p>' for m, n in zip(marks, places, strict=True))
    root = parse_html(f"<body><div>{markup}</div></body>")
    assert root is not None
    parent = next(root.iter("div"))
    assert bool(restore_order(parent)) == (list(places) != sorted(places))
    assert order_of(parent) == "012345"


def test_what_carries_no_mark_stays_behind_its_neighbour(parse: Parse) -> None:
    parent = next(
        parse(
            "<body><div><b>a</b><p data-n=2>2</p><i>b</i><p data-n=1>1</p><p data-n=3>3</p></div>"
        ).iter("div")
    )
    assert restore_order(parent) == "data-n"
    assert order_of(parent) == "a12b3"


@pytest.mark.parametrize(
    "marks",
    [
        ["2", "1"],  # two numbers may mean anything
        ["3", "1", "1"],
        ["7", "3", "x"],
        ["905", "17", "3004"],  # a database's
        ["b", "a", "c"],
        ["", "", ""],
    ],
)
def test_marks_that_are_no_places_change_nothing(parse: Parse, marks: list[str]) -> None:
    markup = "".join(f'<p data-n="{mark}">{n}</p>' for n, mark in enumerate(marks))
    parent = next(parse(f"<body><div>{markup}</div></body>").iter("div"))
    assert restore_order(parent) == ""
    assert order_of(parent) == "012"[: len(marks)]


def test_an_article_served_out_of_order_reads_in_its_order(article: Read) -> None:
    sentence = "老板照旧在清晨六点开门，先扫门前的落叶，再给门神擦脸，然后才挂上灯笼。"
    markup = "".join(f'<p data-s="q7X{packed(n)}">{n}：{sentence}</p>' for n in (1, 3, 0, 2))
    found = article(f"<h1>灯笼铺的清晨</h1><article>{markup}</article>")
    assert [line[0] for line in found.text.splitlines()] == ["0", "1", "2", "3"]


def test_no_caption_is_looked_for_far_away_from_a_picture(parse: Parse) -> None:
    def captions(depth: int) -> list[str]:
        wrapped = f"{'<div>' * depth}<img src=a.jpg>{'</div>' * depth}"
        page = parse(f"<body>{wrapped}<p class=caption>灯笼</p></body>")
        return [text_of(element) for element in find_captions(page)]

    assert captions(2) == ["灯笼"]
    assert captions(4) == []


def test_a_mark_that_is_no_base32_is_no_place(parse: Parse) -> None:
    marked = '<p data-s="0000000100000001">甲</p><p data-s="0000000100000000">乙</p>'
    assert restore_order(next(parse(f"<body>{marked}</body>").iter("body"))) == ""
