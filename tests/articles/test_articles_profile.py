import base64
from collections.abc import Callable

import pytest

from scraper.articles.body import Rules
from scraper.articles.finder import Finder
from scraper.articles.profile import (
    Recognised,
    is_boilerplate,
    read_through,
    recognise,
    restore_order,
    shows_wall,
)
from scraper.articles.tree import Element, first, text_of
from scraper.site import ArticleMarkup, ChildOrder, Site, Wall

Parse = Callable[[str], Element]

NEW = ArticleMarkup("new", (".new",), ("article .text", ".text"))
OLD = ArticleMarkup("old", (".old", "table"), (".text",))
SITE = Site(
    name="shancheng",
    title="山城晚报",
    canonical="https://www.shancheng.example",
    hosts=("www.shancheng.example",),
    story="^/(?P<id>[0-9]+)$",
    generations=(NEW, OLD),
    boilerplate=("^编辑：", "^责编"),
    wall=Wall((".wall",), ("请订阅（每月9.90元）",)),
)
RULES = Rules("https://www.shancheng.example/1")


@pytest.mark.parametrize(
    ("page", "name"),
    [
        ("<i class=new></i><div class=text>甲</div>", "new"),
        ("<i class=old></i><div class=text>甲</div>", "old"),
        ("<table></table><div class=text>甲</div>", "old"),
        ("<i class=old></i><i class=new></i><div class=text>甲</div>", "new"),
        ("<i class=new></i>", None),
        ("<div class=text>甲</div>", None),
    ],
)
def test_a_generation_is_told_by_its_marks_and_its_body(
    parse: Parse, page: str, name: str | None
) -> None:
    found = recognise(Finder(parse(page)), SITE)
    assert (found.markup.name if found else None) == name


def test_the_first_selector_of_the_body_wins(parse: Parse) -> None:
    page = "<i class=new></i><div class=text>甲</div><article><p class=text>乙</p></article>"
    found = recognise(Finder(parse(page)), SITE)
    assert found
    assert text_of(found.body) == "乙"


def test_a_wall_is_told_by_its_marks(parse: Parse) -> None:
    assert shows_wall(Finder(parse("<div class=wall></div>")), SITE, "")
    assert not shows_wall(Finder(parse("<div class=wallpaper></div>")), SITE, "")


@pytest.mark.parametrize(
    ("page", "locked"),
    [
        ("<p>想读下去？请订阅（每月9.90元）。</p>", True),
        ("<script>var wall = '请订阅（每月9.90元）';</script><p>甲</p>", False),
        ("<p>请订阅</p>", False),
    ],
)
def test_a_wall_is_told_by_a_phrase_that_can_be_seen(parse: Parse, page: str, locked: bool) -> None:
    assert shows_wall(Finder(parse(page)), SITE, page) is locked


@pytest.mark.parametrize(
    ("text", "dropped"),
    [
        ("编辑：宋知夏", True),
        ("责编 宋知夏", True),
        ("总编辑：宋知夏", False),
        ("想读下去？请订阅（每月9.90元）。", True),
        ("请订阅（每月9x90元）", False),
        ("甲", False),
    ],
)
def test_the_sites_own_lines_and_the_walls_are_boilerplate(text: str, dropped: bool) -> None:
    assert is_boilerplate(text, SITE) is dropped


def test_a_site_without_boilerplate_has_none() -> None:
    bare = Site("a", "甲", "https://a.example", ("a.example",), "^/(?P<id>[0-9]+)$")
    assert not is_boilerplate("编辑：宋知夏", bare)
    assert not is_boilerplate("", bare)


def test_what_the_profile_removes_is_gone_and_what_stands_behind_it_stays(parse: Parse) -> None:
    markup = ArticleMarkup("now", ("body",), ("article",), remove=(".card",))
    site = Site(
        "a",
        "甲",
        "https://a.example",
        ("a.example",),
        "^/(?P<id>[0-9]+)$",
        remove=(".ad", "aside"),
        wall=Wall((".wall",)),
    )
    root = parse(
        "<article>甲<div class=ad>广告<div class=card>卡</div></div>乙"
        "<p>丙<i class=card>卡</i>丁</p>"
        "<aside>旁</aside><div class=wall>墙</div>戊</article>"
    )
    finder = Finder(root)
    body = finder.first(markup.body)
    assert body is not None
    assert read_through(finder, Recognised(site, markup, body), RULES).text == "甲乙\n丙丁\n戊"


def test_lead_pictures_inside_the_body_are_shown_in_their_place(parse: Parse) -> None:
    markup = ArticleMarkup("now", ("body",), ("article",), lead=(".lead",), figures=("div",))
    root = parse(
        "<div class=lead><img src=/a.jpg title=一></div>"
        "<article><p>甲</p><div class=lead><img src=/b.jpg title=二></div></article>"
    )
    finder = Finder(root)
    body = finder.first(markup.body)
    assert body is not None
    found = read_through(finder, Recognised(SITE, markup, body), RULES)
    assert [p.caption for p in found.pictures] == ["一", "二"]
    assert found.html.index("一") < found.html.index("甲") < found.html.index("二")


# -- children out of order -------------------------------------------------------------------------


def base32(number: int) -> str:
    return "x-9" + base64.b32encode(str(number).encode()).decode()


@pytest.fixture
def ordered(parse: Parse) -> Callable[..., str]:
    """The text of a body's children, given as (mark, text), after they were put in order."""

    def ordered(*children: tuple[str | None, str], order: ChildOrder) -> str:
        marks = [
            f'<p data-s="{m}">{t}</p>' if m is not None else f"<p>{t}</p>" for m, t in children
        ]
        body = first(parse(f"<article>{''.join(marks)}</article>"), ("article",))
        assert body is not None
        restore_order(body, order)
        return text_of(body)

    return ordered


BASE32 = ChildOrder("data-s", 3, "base32")


def test_children_are_put_in_the_place_that_base32_names(ordered: Callable[..., str]) -> None:
    texts = "甲乙丙丁戊己庚辛壬癸子丑"
    children = [(base32(place), text) for place, text in enumerate(texts, 1)]
    assert ordered(*children[::-1], order=BASE32) == texts
    assert ordered(*children[5:], *children[:5], order=BASE32) == texts


def test_places_may_be_plain_numbers(ordered: Callable[..., str]) -> None:
    order = ChildOrder("data-s")
    assert ordered(("10", "丙"), ("2", "乙"), ("-1", "甲"), order=order) == "甲乙丙"


@pytest.mark.parametrize(
    "mark", [None, "", "x", "xyz", "xyz!!!!", "xyz中文", "xyzGE", base32(0)[:3] + "PA======"]
)
def test_children_without_a_place_come_last_as_they_stood(
    ordered: Callable[..., str], mark: str | None
) -> None:
    children = [(mark, "丙"), (base32(2), "乙"), (mark, "丁"), (base32(1), "甲")]
    assert ordered(*children, order=BASE32) == "甲乙丙丁"


def test_a_hostile_place_does_no_harm(ordered: Callable[..., str]) -> None:
    assert ordered(("9" * 5000, "乙"), ("1", "甲"), order=ChildOrder("data-s")) == "甲乙"


def test_text_between_the_children_is_not_lost(parse: Parse) -> None:
    body = first(
        parse("<article>零<p data-s=2>乙</p>二<p data-s=1>甲</p>一</article>"), ("article",)
    )
    assert body is not None
    restore_order(body, ChildOrder("data-s"))
    assert text_of(body) == "零甲一乙二"
