"""The sections that `init` offers, and what becomes of them in a configuration."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from scraper.config.catalogue import Section, choose, parse_catalogue, read_catalogues
from scraper.config.loading import Configuration
from scraper.config.template import Answers, compose, read_template
from scraper.errors import ConfigurationError

OTHER = """
site = "other"
title = "别处"
timezone = "UTC"
origin = "https://news.example"
[[sections]]
path = "news/china"
label = "China"
every = "10m"
every_max = "1h"
"""


@pytest.fixture
def offered() -> tuple[Section, ...]:
    return read_catalogues()


def paths(sections: tuple[Section, ...]) -> list[str]:
    return [section.path for section in sections]


def test_the_sections_of_the_newspaper_are_offered(offered: tuple[Section, ...]) -> None:
    assert paths(offered)[0] == "realtime/china"
    assert len(offered) >= 11
    assert "finance/realtime" not in paths(offered)  # it died
    assert all(urlsplit(s.url).path == f"/{s.path}" and s.label and s.title for s in offered)
    assert len({section.name for section in offered}) == len(offered)


def test_every_section_is_read_by_its_sites_profile(
    offered: tuple[Section, ...], load_text: Callable[[str], Configuration]
) -> None:
    loaded = load_text(compose(read_template(), Answers(offered), offered))
    assert len(loaded.sources) == len(offered)
    for source, section in zip(loaded.sources, offered, strict=True):
        assert (source.name, source.urls, source.title) == (
            section.name,
            (section.url,),
            section.title,
        )
        assert (source.site, source.timezone) == (section.site, section.timezone)
        assert source.every_max is not None
        assert source.every <= source.every_max


def test_sections_are_chosen_by_number_path_or_name(offered: tuple[Section, ...]) -> None:
    words = ["2", "realtime/china", "zaobao-news-sea", "/news/sea/"]
    assert paths(choose(offered, words)) == ["realtime/china", "realtime/world", "news/sea"]
    assert choose(offered, ["all"]) == offered


@pytest.mark.parametrize("word", ["0", "99", "realtime/chian", "²"])
def test_an_unknown_section_is_refused_with_those_that_there_are(
    word: str, offered: tuple[Section, ...]
) -> None:
    with pytest.raises(ConfigurationError, match="there are: realtime/china, ") as caught:
        choose(offered, [word])
    assert ("did you mean realtime/china?" in str(caught.value)) == (word == "realtime/chian")


def test_another_sites_catalogue_is_one_more_file(offered: tuple[Section, ...]) -> None:
    both = (*offered, *parse_catalogue(OTHER))
    with pytest.raises(ConfigurationError, match="zaobao-news-china, other-news-china"):
        choose(both, ["news/china"])
    assert choose(both, ["other-news-china"])[0].url == "https://news.example/news/china"


def test_what_was_decided_stands_in_the_lines_of_the_template(
    offered: tuple[Section, ...], load_text: Callable[[str], Configuration]
) -> None:
    chosen = choose(offered, ["news/world", "finance"])
    answers = Answers(chosen, contact="me@example.org", root="/srv/my \\news")
    text = compose(read_template(), answers, offered)
    loaded = load_text(text)
    assert str(loaded.archive.root) == "/srv/my \\news"
    assert loaded.fetch.user_agent.endswith("(+me@example.org)")
    assert [source.name for source in loaded.sources] == ["zaobao-news-world", "zaobao-finance"]
    assert text.count("\n# [[sources]]") == len(offered) - 2
    assert text.count("\n# What") == read_template().count("\n# What")


def test_where_every_section_is_chosen_none_is_left_as_a_comment(
    offered: tuple[Section, ...],
) -> None:
    assert "switched off" not in compose(read_template(), Answers(offered), offered)


def test_pictures_are_asked_for_in_their_line(offered: tuple[Section, ...]) -> None:
    text = compose(read_template(), Answers(offered[:1], pictures=True), offered)
    assert '\npictures = "save"\n' in text
