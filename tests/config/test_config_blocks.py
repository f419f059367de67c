"""[[sources]] as text: names that are valid and new, values that TOML reads back."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config.blocks import propose_name, write_block
from scraper.config.checks import check_line, check_source_name

URL = "https://www.example.com/realtime/china"


@pytest.mark.parametrize(
    ("title", "taken", "name"),
    [
        ("联合早报 即时·中国", [], "联合早报-即时-中国"),
        ("CNET News.com", ["cnet-news.com", "CNET-News.com-2"], "CNET-News.com-3"),
        ("", [], "www.example.com-realtime-china"),
        ("«!»", [], "www.example.com-realtime-china"),
        ("__报__", [], "报"),
        ("长" * 200, ["长" * 100], "长" * 98 + "-2"),
    ],
)
def test_names_keep_letters_and_are_new(title: str, taken: list[str], name: str) -> None:
    assert propose_name(title, URL, taken) == name


@given(st.text(max_size=150), st.lists(st.text(max_size=5), max_size=3))
def test_every_title_gives_a_name_that_is_right(title: str, taken: list[str]) -> None:
    assert check_source_name(propose_name(title, URL, taken))


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=50))
def test_a_block_is_read_back_whatever_its_title(title: str) -> None:
    block = write_block("a", title, [URL, URL + "?b"], [title, "x"], "zaobao")
    (source,) = tomllib.loads(block)["sources"]
    assert source["urls"] == [URL, URL + "?b"]
    assert source["site"] == "zaobao"
    assert check_line(source.get("title", "")).split() == source.get("title", "").split()


def test_a_block_says_only_what_is_known() -> None:
    assert write_block("a", "", [URL]) == f'[[sources]]\nname = "a"\nurls = ["{URL}"]\n'
