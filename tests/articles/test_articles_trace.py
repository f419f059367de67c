"""What was done to a page, for whoever asks why an article reads as it does."""

from collections.abc import Callable, Mapping

import pytest

from scraper.articles.extract import extract
from scraper.articles.reading import read_sheet
from scraper.articles.sheet import Reading, open_sheet
from scraper.articles.task import Task
from scraper.articles.trace import SAMPLE_CHARACTERS, Removal, Trace, describe
from scraper.articles.tree import Element
from scraper.model import Article, Entry, NotArticle, Page
from scraper.site import Site

Parse = Callable[[str], Element]

TEXTS = tuple(
    f"第{n}天，灯笼铺的老板照旧在清晨六点开门，先扫门前的落叶，再给门神擦脸。" for n in range(9)
)
BODY = "".join(f"<p>{text}</p>" for text in TEXTS)
URL = "https://www.zaobao.com.sg/realtime/china/story20250930-7590012"


def trace_of(markup: str, site: Site | None = None) -> tuple[Reading | NotArticle, Trace]:
    sheet = open_sheet(Task(Page(URL, markup.encode()), site, "UTC", Entry(URL)))
    assert sheet is not None
    trace = Trace()
    return read_sheet(sheet, trace), trace


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        ("<div>", "div"),
        ("<div class='related  box'>", "div.related.box"),
        ("<div id=more class=related>", "div#more.related"),
        ("<div class='a b c d e'>", "div.a.b.c"),
        ("<x-story>", "x-story"),
    ],
)
def test_an_element_is_named_like_a_selector(parse: Parse, markup: str, name: str) -> None:
    element = parse(f"<body>{markup}甲")[0][0]
    assert describe(element) == name


def test_a_removal_says_how_much_went_and_how_it_began(parse: Parse) -> None:
    trace = Trace()
    trace.removed(parse(f"<body><aside id=a>{'甲' * 99}</aside>")[0][0], "a rule")
    trace.removed_line("甲" * SAMPLE_CHARACTERS, "another")
    sample = "甲" * SAMPLE_CHARACTERS
    assert trace.removals == [
        Removal("a rule", "aside#a", 99, sample + "…"),
        Removal("another", "", SAMPLE_CHARACTERS, sample),
    ]


def test_an_element_that_says_nothing_is_not_noted(parse: Parse) -> None:
    trace = Trace()
    trace.removed(parse("<body><aside> <img></aside>")[0][0], "a rule")
    assert trace.removals == []


def test_a_generic_reading_says_what_it_chose_and_what_it_left_out() -> None:
    markup = (
        f"<body><h1>灯笼铺的清晨</h1><div id=text>{BODY}<p>（责任编辑：冯石榴）</p>"
        "<p>完。</p></div>"
        "<aside>热门</aside>"
    )
    reading, trace = trace_of(markup)
    assert isinstance(reading, Reading)
    assert tuple(reading.body.text.split("\n")) == (*TEXTS, "完。")
    assert [step for step in trace.steps if "chose <div#text>" in step]
    assert {(r.rule, r.sample) for r in trace.removals} >= {
        ("surroundings, by name", "热门"),
        ("a line that belongs to no article", "（责任编辑：冯石榴）"),
    }


def test_a_page_that_no_generation_fits_says_so(zaobao: Site) -> None:
    reading, trace = trace_of(f"<body><h1>灯笼铺</h1><div>{BODY}</div>", zaobao)
    assert isinstance(reading, Reading)
    assert trace.steps[0] == "no generation of the profile zaobao fits"


def test_a_profile_says_which_of_its_selectors_dropped_what(sites: Mapping[str, Site]) -> None:
    site = sites["zaobao"]
    markup = (
        f'<body><div id="root"><article><h1>灯笼铺</h1><div class="articleBody">{BODY}'
        '<div class="bff-google-ad">广告</div></div></article></div>'
    )
    reading, trace = trace_of(markup, site)
    assert isinstance(reading, Reading)
    assert trace.steps[0].startswith("recognised zaobao/")
    assert [r for r in trace.removals if r.rule.startswith("profile: ") and r.sample == "广告"]


def test_what_a_locked_page_hides_is_noted(zaobao: Site) -> None:
    markup = (
        f'<body><div id="root"><article><h1>灯笼铺</h1><div class="articleBody">{BODY}'
        "<p hidden>订户才能读到的一段。</p></div></article>"
        '<div class="overlay-microtransaction"><p>请订阅。</p></div></div>'
    )
    reading, trace = trace_of(markup, zaobao)
    assert isinstance(reading, Reading)
    assert reading.paywalled
    assert "hidden on a locked page" in {r.rule for r in trace.removals}


def test_a_line_of_the_sites_own_is_noted(zaobao: Site) -> None:
    phrase = zaobao.wall.phrases[0]
    markup = (
        f'<body><div id="root"><article><h1>灯笼铺</h1><div class="articleBody">{BODY}'
        f"<p>{phrase}</p></div></article></div>"
    )
    _, trace = trace_of(markup, zaobao)
    assert [r.sample for r in trace.removals if r.rule == "a line of zaobao's own"]


MARKED = (
    f'<meta charset="gbk"><title>灯笼铺的清晨</title><body><h1>灯笼铺的清晨</h1><div>{BODY}'
    '<div><a href="https://elsewhere.example/"><img src=ad.jpg></a></div>'
    "<p data-n=3>丙，是第三段，写的是灯笼铺对面的那家茶馆，每天天不亮就开门。</p>"
    "<p data-n=1>甲，是第一段，写的是河边的灯笼铺，老板每天清晨都要扫门前的落叶。</p>"
    "<p data-n=2>乙，是第二段，写的是隔壁的面馆，门口总是排着长长的队，从街头到街尾。</p></div>"
)


def test_an_extraction_tells_its_steps_and_where_its_facts_come_from() -> None:
    trace = Trace()
    task = Task(Page("https://a.example/2025/09/30/lantern", MARKED.encode("gbk"), "text/html"))
    found = extract(task, trace)
    assert isinstance(found, Article)
    assert trace.steps[0] == f"read {len(task.page.body):,} bytes as gb18030"
    assert "took it for the story" in trace.steps[1]
    assert trace.origins["title"] == "the only <h1>"
    assert trace.origins["published"] == "the day in the URL"
    assert "put the paragraphs in the order of their data-n" in trace.steps
    assert [line[0] for line in found.text.split("\n")[-3:]] == ["甲", "乙", "丙"]
    assert "ad.jpg" not in found.html


def test_a_page_that_shows_next_to_nothing_says_so() -> None:
    _, trace = trace_of("<body><h1>灯笼铺</h1><div><p>完。</p></div>")
    assert [step for step in trace.steps if step.startswith("the page shows next to nothing")]
