"""Which article a URL means."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.identity import choose_site, first_page, identify
from scraper.site import Site

SITE = Site(
    name="shancheng",
    title="山城",
    canonical="https://www.shancheng.example",
    hosts=("www.shancheng.example", "m.shancheng.example"),
    story=r"^/(?:[a-z]+/)+(?P<id>s(?P<date>\d{8})-\d+)$",
)


@pytest.mark.parametrize(
    "url",
    [
        "https://www.shancheng.example/news/china/s20211113-7",
        "http://M.shancheng.example/news/china/s20211113-7?ref=x#y",
    ],
)
def test_a_story_is_the_same_under_every_host(url: str) -> None:
    story = identify(url, SITE)
    assert story
    assert (story.id, story.day, story.section) == ("s20211113-7", date(2021, 11, 13), "news/china")
    assert story.url == "https://www.shancheng.example/news/china/s20211113-7"


@pytest.mark.parametrize(
    "url",
    [
        "https://www.shancheng.example/news/china",
        "https://www.shancheng.example/video/v20211113-7",
        "https://other.example/news/china/s20211113-7",
        "https://www.shancheng.example:8443/news/china/s20211113-7",
        "nonsense",
    ],
)
def test_what_is_no_story_of_the_site_is_none(url: str) -> None:
    assert identify(url, SITE) is None


def test_hosts_may_be_trusted_besides() -> None:
    url = "http://127.0.0.1:8080/news/china/s20211399-7"
    story = identify(url, SITE, ("127.0.0.1:8080",))
    assert story
    assert story.day is None  # there is no thirteenth month


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://a.example/2021/11/13/x", date(2021, 11, 13)),
        ("https://a.example/2021-11-13-x.html", date(2021, 11, 13)),
        ("https://a.example/x20211113y", date(2021, 11, 13)),
        ("https://a.example/2021/02/30/x", None),
        ("https://a.example/x/12345678", None),
    ],
)
def test_elsewhere_the_address_is_the_identity(url: str, day: date | None) -> None:
    story = identify(url + "?utm_source=x", None)
    assert story == identify(url, None)
    assert story
    assert (story.url, story.day, len(story.id)) == (url, day, 16)


@given(st.text())
def test_any_text_is_a_story_or_none(text: str) -> None:
    identify(text, None)
    identify(text, SITE)


def test_a_site_is_chosen_by_host() -> None:
    assert choose_site("https://m.shancheng.example/x", [SITE]) is SITE
    assert choose_site("https://other.example/x", [SITE]) is None


def test_the_section_is_the_storys_and_not_the_story_itself() -> None:
    site = replace(SITE, story=r"^/(?:[a-z]+/)*(?P<id>s\d+)/?$")
    for path, section in (("/s1", ""), ("/news/s1", "news"), ("/news/china/s1/", "news/china")):
        story = identify("https://m.shancheng.example" + path, site)
        assert story
        assert (story.id, story.day, story.section) == ("s1", None, section)


def test_a_story_is_known_by_its_path_in_normal_form() -> None:
    site = replace(SITE, story=r"/(?P<id>[^/]+)\.html$")
    story = identify("https://m.shancheng.example/./河/%7e灯.html", site)
    assert story
    assert story.url == "https://www.shancheng.example/%E6%B2%B3/~%E7%81%AF.html"


def test_a_pattern_that_finds_no_id_finds_no_story() -> None:
    site = replace(SITE, story=r"^/news/(?P<id>s\d+)?$")
    assert identify("https://m.shancheng.example/news/", site) is None


PAGED = replace(SITE, story=SITE.story.removesuffix("$") + r"(?P<page>_\d+)?(?:\.html)?$")
STORY = "https://m.shancheng.example/news/s20211113-7"


@pytest.mark.parametrize(
    ("url", "first"),
    [
        (f"{STORY}_2.html?a=b", f"{STORY}.html?a=b"),
        (f"{STORY}_12", STORY),
        (STORY, STORY),
        ("https://m.shancheng.example/news", "https://m.shancheng.example/news"),
    ],
)
def test_a_later_page_is_the_story_that_begins_at_its_first(url: str, first: str) -> None:
    assert first_page(url, PAGED) == first
    assert identify(url, PAGED) == identify(first, PAGED)


def test_without_a_profile_or_its_word_for_pages_every_page_is_a_first_one() -> None:
    assert first_page(f"{STORY}_2", None) == f"{STORY}_2"
    assert first_page(f"{STORY}_2", SITE) == f"{STORY}_2"
    assert first_page(STORY, SITE) == STORY
