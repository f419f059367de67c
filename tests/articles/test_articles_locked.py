"""Locked stories: only what the page shows to everybody, never the data that comes with it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from scraper.model import Article, Entry, NotArticle

Take = Callable[..., Article | NotArticle]

URLS = {
    "sg2025": "https://www.zaobao.com.sg/news/china/story20250822-7300456",
    "hk2025": "https://www.zaobao.com/news/china/story20250823-7301111",
}
PREVIEW = (
    "一艘沉船里的漆盒打捞上岸后，修复师发现漆层下还有一张手绘海图。",
    "海图只有巴掌大，用朱砂标出三处暗礁。",
)
HIDDEN = (
    "订户才能读到的第三段：匠人把配方写在了船舱的隔板背面。",
    "第四段也在锁后：隔板如今藏在两家博物馆里。",
)
WHOLE = "".join(f"<p>{paragraph}</p>" for paragraph in (*PREVIEW, *HIDDEN))
WALL = '<div class="overlay-microtransaction"><p>请登录或订阅，以继续阅读全文！</p></div>'
URL = URLS["sg2025"]

both = pytest.mark.parametrize("generation", list(URLS))


def page(body: str, around: str = "") -> str:
    """A page of the newest Singapore generation."""
    return f"""<!DOCTYPE html><html lang="zh-SG"><head><title>漆盒底下藏海图 | 联合早报</title>
    </head><body><div id="root"><article><h1>漆盒底下藏海图</h1>
    <div class="articleBody">{body}</div>{around}</article></div></body></html>"""


@pytest.fixture
def whole_entry() -> Entry:
    """What a feed says that gives every story in full."""
    return Entry(URL, title="漆盒底下藏海图", content=WHOLE)


@pytest.fixture
def unlock(saved: Path, take: Take) -> Callable[..., Article | NotArticle]:
    def unlock(generation: str, entry: Entry | None = None) -> Article | NotArticle:
        body = (saved / "zaobao" / "locked" / f"{generation}.html").read_bytes()
        assert all(words.encode() in body for words in HIDDEN)
        return take(body, URLS[generation], profile=True, entry=entry)

    return unlock


def assert_locked(found: Article | NotArticle) -> None:
    assert isinstance(found, Article), found
    assert found.paywalled is True
    assert found.text.split("\n") == list(PREVIEW)
    assert_silent(found)


def assert_silent(found: Article | NotArticle) -> None:
    """Nothing of what is behind the wall, nor of the wall itself, is anywhere in the result."""
    everything = repr(found)
    assert not [words for words in HIDDEN if words in everything]
    assert not [
        words for words in ("隔板", "第四段", "订户专享", "登录或订阅") if words in everything
    ]


@both
def test_a_locked_story_is_its_preview(unlock: Take, generation: str) -> None:
    found = unlock(generation)
    assert_locked(found)
    assert isinstance(found, Article)
    assert found.title == "漆盒底下藏海图"
    assert found.method == f"profile:zaobao/{generation}"
    assert found.published is not None


@both
def test_the_whole_text_of_a_feed_is_not_used_for_a_locked_story(
    unlock: Take, generation: str
) -> None:
    assert_locked(unlock(generation, Entry(URLS[generation], content=WHOLE)))


@both
def test_the_summary_of_a_feed_with_the_whole_text_is_not_used_for_a_locked_story(
    unlock: Take, generation: str
) -> None:
    plain = " ".join((*PREVIEW, *HIDDEN))
    assert_locked(unlock(generation, Entry(URLS[generation], summary=plain, content=WHOLE)))


def test_a_phrase_of_the_wall_alone_marks_a_locked_story(take: Take) -> None:
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in PREVIEW)
    notice = "<div><p>已是早报订户，请您登录后继续阅读全文。</p></div>"
    assert_locked(take(page(shown, notice), URL, profile=True))


def test_a_phrase_of_the_wall_inside_the_body_marks_a_locked_story(take: Take) -> None:
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in PREVIEW)
    assert_locked(take(page(f"{shown}<p>此文章为早报订户专享内容</p>"), URL, profile=True))


@pytest.mark.parametrize(
    "attribute", ["hidden", 'style="display:none"', 'style="color:red; Display: None;"']
)
def test_paragraphs_that_the_page_hides_are_not_shown_to_everybody(
    take: Take, attribute: str
) -> None:
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in PREVIEW)
    hidden = "".join(f"<p>{paragraph}</p>" for paragraph in HIDDEN)
    found = take(page(f"{shown}<div {attribute}>{hidden}</div>{WALL}"), URL, profile=True)
    assert_locked(found)


nothing_but_the_wall = pytest.mark.parametrize(
    ("body", "around"),
    [
        pytest.param("", WALL, id="marks"),
        pytest.param(WALL, "", id="marks in the body"),
        pytest.param("<p>请登录或订阅，以继续阅读全文！</p>", "", id="phrase in the body"),
        pytest.param("", "<p>此文章为早报订户专享内容</p>", id="phrase"),
        pytest.param(
            '<figure><img src="/s3/files/box.jpg"><figcaption>漆盒。</figcaption></figure>',
            WALL,
            id="a picture and marks",
        ),
    ],
)


@nothing_but_the_wall
def test_a_wall_without_any_text_is_no_article(take: Take, body: str, around: str) -> None:
    found = take(page(body, around), URL, profile=True)
    assert isinstance(found, NotArticle), found
    assert found.kind == "wall"


@nothing_but_the_wall
def test_a_feed_never_says_what_a_wall_holds_back(
    take: Take, whole_entry: Entry, body: str, around: str
) -> None:
    found = take(page(body, around), URL, profile=True, entry=whole_entry)
    assert isinstance(found, NotArticle), found
    assert_silent(found)


def test_words_of_the_wall_in_a_script_lock_nothing(take: Take) -> None:
    shown = "".join(f"<p>{paragraph}</p>" for paragraph in PREVIEW)
    script = '<script>var texts = {"wall": "此文章为早报订户专享内容"};</script>'
    found = take(page(shown, script), URL, profile=True)
    assert isinstance(found, Article)
    assert found.paywalled is False


def test_a_locked_page_of_unknown_markup_is_no_article(take: Take) -> None:
    long = "<p>匠人说，配方里最要紧的是耐心，其次才是天气，再次才是漆。</p>" * 30
    found = take(f"<article>{long}</article>{WALL}", URL, profile=True)
    assert found == NotArticle(
        "wall", "the page shows a subscription notice and nothing of the article"
    )


def test_a_feed_that_shows_the_wall_itself_gives_no_unlocked_story(take: Take) -> None:
    content = f"<p>{PREVIEW[0]}</p><div class='article-microtransaction'><p>马上订阅</p></div>"
    shell = "<html><body><div id=root></div></body></html>"
    found = take(shell, URL, profile=True, entry=Entry(URL, content=content))
    assert isinstance(found, NotArticle) or found.paywalled
    assert "马上订阅" not in repr(found)
