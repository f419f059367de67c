"""Which URL is the next page of which: the page number decides, and nothing else may differ."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from scraper.protocol.paging import step

A = "https://a.example"


@pytest.mark.parametrize(
    ("here", "following"),
    [
        ("/news/lamps", "/news/lamps?page=2"),
        ("/news/lamps?id=7", "/news/lamps?id=7&p=2"),
        ("/news/lamps?id=7", "/news/lamps?pageNo=2&id=7"),
        ("/?p=123", "/?p=123&page=2"),
        ("/news/lamps", "/news/lamps/2"),
        ("/news/lamps/", "/news/lamps/2/"),
        ("/news/lamps", "/news/lamps/page/2"),
        ("/news/lamps", "/news/lamps/page-2"),
        ("/news/lamps", "/news/lamps/p2"),
        ("/news/lamps.html", "/news/lamps_2.html"),
        ("/news/lamps.html", "/news/lamps-2.html"),
        ("/news/lamps.shtml", "/news/lamps-page-2.shtml"),
        ("/news/lamps.html", "/news/lamps_p2.html"),
        ("/news/7/index.html", "/news/7/index_1.html"),
        ("/news/7/", "/news/7/index_1.html"),
        ("/news/lamps?utm_source=x", "/news/lamps?page=2"),
        ("/2024/05/06/lamps-7", "/2024/05/06/lamps-7/2"),
    ],
)
def test_a_page_number_added_to_the_url_is_its_next_page(here: str, following: str) -> None:
    assert step(A + here, A + following) == "added"


@pytest.mark.parametrize(
    ("here", "following"),
    [
        ("/news/lamps?page=1", "/news/lamps?page=2"),
        ("/news/lamps?page=0", "/news/lamps?page=1"),
        ("/news/lamps/page/1", "/news/lamps/page/2"),
        ("/article-4711-1.html", "/article-4711-2.html"),
        ("/news/lamps_1.html", "/news/lamps_2.html"),
    ],
)
def test_of_a_first_page_that_shows_its_number_it_is_one_higher(here: str, following: str) -> None:
    assert step(A + here, A + following) == "raised"


@pytest.mark.parametrize(
    ("here", "following"),
    [
        ("/news/lamps", "/news/bridge"),
        ("/news/lamps", "/news/bridge?page=2"),
        ("/news/lamps", "/news?page=2"),
        ("/news/lamps?id=7", "/news/lamps?page=2"),
        ("/news/lamps", "/news/lamps?id=2"),
        ("/news/lamps", "/news/lamps"),
        ("/news/lamps", "/news/lamps/3"),
        ("/news/lamps", "/news/lamps/2/comments"),
        ("/news/lamps", "/news/lamps/comment-page-2"),
        ("/news/lamps?page=1", "/news/lamps?page=3"),
        ("/news/lamps?page=1", "/news/lamps/2"),
        ("/news/41", "/news/42"),
        ("/story-7.html", "/story-8.html"),
        ("/?p=12", "/?p=13"),
        ("/news/1.html", "/news/2.html"),
        ("/2024/05/01", "/2024/05/02"),
        ("/news/2024", "/news/2025"),
        ("/", "/page/2"),
        ("/", "/?page=2"),
        ("/index.html", "/index_2.html"),
        ("/page/1", "/page/2"),
        ("/?page=1", "/?page=2"),
    ],
)
def test_the_next_story_and_the_next_list_page_are_none(here: str, following: str) -> None:
    assert step(A + here, A + following) is None


def test_another_host_is_never_the_next_page() -> None:
    assert step(f"{A}/lamps", "https://b.example/lamps?page=2") is None
    assert step(f"{A}/lamps", "http://www.a.example/lamps?page=2") == "added"


def test_only_a_later_page_may_have_any_number() -> None:
    here, following = f"{A}/lamps_4.html", f"{A}/lamps_5.html"
    assert step(here, following) is None
    assert step(here, following, later=True) == "raised"
    assert step(here, f"{A}/lamps_6.html", later=True) is None
    assert step(f"{A}/lamps", f"{A}/lamps?page=2", later=True) is None


FORMS = ("{}?page={}", "{}?id=1&p={}", "{}/{}", "{}/page/{}", "{}_{}.html", "{}-{}", "{}-p{}.htm")
words = st.text("abcdefghijklmnopqrstuvwxyz", min_size=2, max_size=9)
stems = st.lists(words, min_size=1, max_size=4).map(lambda parts: "/".join([A, *parts]))
numbers = st.integers(1, 900)


@given(stems, st.sampled_from(FORMS), numbers, numbers)
def test_between_later_pages_exactly_the_next_number_counts(
    stem: str, form: str, here: int, following: int
) -> None:
    found = step(form.format(stem, here), form.format(stem, following), later=True)
    assert (found == "raised") == (following == here + 1)


@given(stems, stems, st.sampled_from(FORMS), numbers)
def test_pages_of_two_stories_never_follow_each_other(
    stem: str, other: str, form: str, number: int
) -> None:
    assume(stem != other)
    pages = form.format(stem, number), form.format(other, number + 1)
    assert step(*pages, later=True) is None
    assert step(*pages) is None


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_two_addresses_of_a_site_get_an_answer(path: str, other: str) -> None:
    path, other = path.replace("#", ""), other.replace("#", "")
    assert step(f"{A}/{path}", f"{A}/{other}") in (None, "added", "raised")
