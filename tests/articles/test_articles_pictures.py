import time
from collections.abc import Callable

import pytest

from scraper.articles.pictures import alt_of, caption_of, is_placeholder, source_of
from scraper.articles.tree import Element, select

BASE = "https://a.example/news/1"
BLANK = "data:image/gif;base64,R0lGODlhAQABAAAAACw="

Image = Callable[[str], Element]


@pytest.fixture
def image(parse: Callable[[str], Element]) -> Image:
    def image(markup: str) -> Element:
        (found,) = select(parse(markup), ("img",))
        return found

    return image


@pytest.mark.parametrize(
    ("attributes", "path"),
    [
        ('src="/a.jpg"', "/a.jpg"),
        ('src="a.jpg?w=1&amp;h=2"', "/news/a.jpg?w=1&h=2"),
        (f'src="{BLANK}" data-src="/a.jpg"', "/a.jpg"),
        ('src="/blank.gif" data-src="/a.jpg"', "/a.jpg"),
        ('src="/blank.gif" data-original="/a.jpg"', "/a.jpg"),
        ('src="/blank.gif" data-lazy-src="/a.jpg"', "/a.jpg"),
        (f'src="{BLANK}" data-srcset="/s.jpg 300w, /l.jpg 900w"', "/l.jpg"),
        ('src="/a.jpg" srcset="/s.jpg 1x, /l.jpg 2x"', "/l.jpg"),
        ('srcset="/l.jpg 1.5x,/s.jpg"', "/l.jpg"),
        ('srcset="/w_1,h_2/s.jpg 300w, /w_3,h_4/l.jpg 900w"', "/w_3,h_4/l.jpg"),
        ('srcset="/only.jpg"', "/only.jpg"),
        ('srcset="" src="/a.jpg"', "/a.jpg"),
        (f'data-src="{BLANK}" src="/a.jpg"', "/a.jpg"),
        ('data-src="undefined" src="/a.jpg"', "/a.jpg"),
        ('data-src="" src="/a.jpg"', "/a.jpg"),
        ('data-src="javascript:x()" src="/a.jpg"', "/a.jpg"),
        ('src="/a.jpg" width="33" height="600"', "/a.jpg"),
        ('src="/a.jpg" width="100%" height="auto"', "/a.jpg"),
    ],
)
def test_the_address_that_a_browser_would_end_up_with(
    image: Image, attributes: str, path: str
) -> None:
    assert source_of(image(f"<img {attributes}>"), BASE, ()) == f"https://a.example{path}"


@pytest.mark.parametrize(
    "attributes",
    [
        "",
        'src=""',
        'src=" "',
        'src="#"',
        f'src="{BLANK}"',
        'src="DATA:image/gif;base64,AAAA"',
        'src="/news/undefined"',
        'src="https://[/a.jpg"',
        'src="file:///etc/passwd"',
        'src="/pixel.gif" width="1" height="1"',
        'src="/icon.png" height="32"',
        'src="/icon.png" width="0"',
        'src="/themes/default-img.png?v=3"',
        'data-src="/themes/default-img.png" src="/a.jpg"',
    ],
)
def test_what_shows_nothing_has_no_address(image: Image, attributes: str) -> None:
    assert source_of(image(f"<img {attributes}>"), BASE, ("*/default-img.png",)) is None


def test_the_sources_of_a_picture_element_come_before_its_fallback(image: Image) -> None:
    found = image(
        '<picture><source srcset="/s.webp 1x, /l.webp 2x"><source data-srcset="/other.jpg">'
        '<img src="/fallback.jpg"></picture>'
    )
    assert source_of(found, BASE, ()) == "https://a.example/l.webp"


def test_a_picture_element_with_empty_sources_falls_back(image: Image) -> None:
    found = image(f'<picture><source srcset="{BLANK}"><source><img src="/a.jpg"></picture>')
    assert source_of(found, BASE, ()) == "https://a.example/a.jpg"


def test_a_picture_element_without_sources_is_its_image(image: Image) -> None:
    found = image('<picture><img src="/a.jpg"></picture>')
    assert source_of(found, BASE, ()) == "https://a.example/a.jpg"


@pytest.mark.parametrize(
    "attributes",
    [
        'srcset="/a.jpg 1.2.3x, /b.jpg 1x" src="/a.jpg"',
        'srcset="/a.jpg .w" src="/a.jpg"',
        'srcset="/a.jpg -1x" src="/a.jpg"',
        'srcset=",,," src="/a.jpg"',
        pytest.param(f'width="{"9" * 5000}" src="/a.jpg"', id="a long width"),
    ],
)
def test_nonsense_in_attributes_does_no_harm(image: Image, attributes: str) -> None:
    found = source_of(image(f"<img {attributes}>"), BASE, ())
    assert found in ("https://a.example/a.jpg", "https://a.example/b.jpg")


def test_a_hostile_srcset_takes_no_time(image: Image) -> None:
    hostile = image(f'<img srcset="{"a" * 4000} b c" src="/a.jpg">')
    began = time.process_time()
    source_of(hostile, BASE, ())
    assert time.process_time() - began < 0.25


def test_placeholders_are_told_by_globs_on_the_address() -> None:
    globs = ("*/default-img.png", "*sharing-card*", "https://b.example/?id=*")
    assert is_placeholder("https://a.example/x/default-img.png", globs)
    assert is_placeholder("https://a.example/x/default-img.png?v=1", globs)
    assert is_placeholder("https://a.example/zb-sharing-card.png", globs)
    assert is_placeholder("https://b.example/?id=5", globs)
    assert not is_placeholder("https://a.example/x/a.jpg?next=/default-img.png.jpg", globs)
    assert not is_placeholder("https://a.example/x/a.jpg", ())


@pytest.mark.parametrize(
    ("alt", "caption", "kept"),
    [
        ("河边的灯笼", "", "河边的灯笼"),
        ("  河边 的\n灯笼 ", "", "河边 的 灯笼"),
        ("河边的灯笼", "河边的灯笼", ""),
        ("IMG_1234.JPG", "", ""),
        ("lantern-1%20(2).webp", "", ""),
        ("灯笼.jpg 的故事", "", "灯笼.jpg 的故事"),
        ("", "", ""),
    ],
)
def test_the_alternative_text_unless_it_says_nothing_new(
    image: Image, alt: str, caption: str, kept: str
) -> None:
    assert alt_of(image(f'<img alt="{alt}">'), caption) == kept
    assert alt_of(image("<img>"), caption) == ""


@pytest.mark.parametrize(
    ("attributes", "caption"),
    [
        ("", ""),
        ('title=" 灯笼\n铺 "', "灯笼 铺"),
        ('data-caption="灯笼" title="别的"', "灯笼"),
        ('data-caption="" title="别的"', "别的"),
    ],
)
def test_a_caption_may_stand_in_an_attribute(image: Image, attributes: str, caption: str) -> None:
    assert caption_of(image(f"<img {attributes}>")) == caption
