"""Paths of articles: readable names that every file system takes, whatever the title."""

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import PurePosixPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.errors import ConfigurationError
from scraper.markdown.names import (
    PathFacts,
    check_template,
    collision_key,
    relative_path,
    with_story_id,
)

DEFAULT = "_posts/{year}/{month}/{date}-{title}.md"
EVENING = datetime(2021, 11, 13, 20, 0, tzinfo=UTC)  # the next day in Singapore


def facts(title: str = "标题", story_id: str = "story20211113-1", section: str = "") -> PathFacts:
    return PathFacts(title, EVENING, "Asia/Singapore", story_id, section, "来源")


def name_of(title: str) -> str:
    return relative_path("{title}.md", facts(title)).removesuffix(".md")


def test_the_date_is_that_of_the_source_s_time_zone() -> None:
    assert relative_path(DEFAULT, facts()) == "_posts/2021/11/2021-11-14-标题.md"
    template = "{source}/{section}/{year}{month}{day}-{story_id}.md"
    assert relative_path(template, facts(section="中国")) == "来源/中国/20211114-story20211113-1.md"


def test_a_folder_without_a_name_is_left_out() -> None:
    assert relative_path("{section}/{title}.md", facts()) == "标题.md"


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("美/中: 谁 说\t了算?", "美--中- 谁 说 了算"),
        ('a\\b|c<d>e"f*g', "a-b-cdefg"),
        ("../../etc/passwd", "etc--passwd"),
        ("-rf", "rf"),
        (".hidden", "hidden"),
        ("结尾. . ", "结尾"),
        ("\u202e倒\u200b写\u200d\x07", "倒写"),
        ("e\u0301", "é"),
        ("nul", "nul_"),
        ("Con.txt", "Con_.txt"),
        ("COM¹", "COM¹_"),
        ("console", "console"),
        ("", "story20211113-1"),
        ("...", "story20211113-1"),
        ("\ud800\ufffe", "story20211113-1"),
        ("<>", "story20211113-1"),
    ],
)
def test_titles_become_safe_names(title: str, name: str) -> None:
    assert name_of(title) == name


def test_an_article_without_title_and_id_still_has_a_name() -> None:
    assert relative_path("{title}.md", facts("", "")) == "article.md"


@pytest.mark.parametrize(
    ("title", "kept"),
    [
        ("字" * 200, "字" * 75),  # 225 of 226 bytes
        ("a" * 200, "a" * 106),
        ("😀" * 200, "😀" * 53),  # two UTF-16 units each
        ("x" + "🇸🇬" * 60, "x" + "🇸🇬" * 26),
        ("x" * 105 + "👍🏽", "x" * 105),
        ("x" * 105 + "a\u0323\u0324", "x" * 105 + "ạ\u0324"[:0]),
        ("x" * 103 + ". . . y", "x" * 103),
        ("a" + "\u0324" * 300, "story20211113-1"),
    ],
)
def test_long_titles_are_cut_between_characters(title: str, kept: str) -> None:
    assert relative_path(DEFAULT, facts(title)) == f"_posts/2021/11/2021-11-14-{kept}.md"


def test_other_long_parts_are_cut_as_well() -> None:
    path = relative_path("{section}/{section}-{title}.md", facts(section="节" * 200))
    folder, name = path.split("/")
    assert folder == "节" * 80
    assert name == "节" * 79 + ".md"


def test_the_title_may_stand_twice() -> None:
    name = relative_path("{title}-{title}.md", facts("字" * 60))
    assert name == "字" * 18 + "-" + "字" * 60 + ".md"


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("", "must end in .md"),
        ("_posts/{title}", "must end in .md"),
        ("_posts/{title.md", "braces"),
        ("{titel}.md", "{titel} is no placeholder"),
        ("{}.md", "{} is no placeholder"),
        ("{title!r}.md", "no placeholder"),
        ("{title:>9}.md", "no placeholder"),
        ("{title.__class__}.md", "no placeholder"),
        ("{date}.md", "{title} or {story_id}"),
        ("/{title}.md", "''"),
        ("a//{title}.md", "''"),
        ("../{title}.md", "'..'"),
        ("a\\{title}.md", "no safe name"),
        (".x/{title}.md", "no safe name"),
        ("nul/{title}.md", "no safe name"),
        ("x" * 121 + "/{title}.md", "no safe name"),
        ("_raw/{title}.md", "other parts of the archive"),
        (".scraper/{title}.md", "other parts of the archive"),
    ],
)
def test_wrong_templates_are_explained(template: str, reason: str) -> None:
    assert reason in str(check_template(template))
    with pytest.raises(ConfigurationError, match="cannot be used"):
        relative_path(template, facts())


@pytest.mark.parametrize("template", [DEFAULT, "{title}.md", "{source}/{date} {story_id}.md"])
def test_right_templates_pass(template: str) -> None:
    assert check_template(template) is None


@pytest.mark.parametrize("zone", ["Asia/Nowhere", "", "../etc/passwd", "a\x00b"])
def test_an_unknown_time_zone_is_named(zone: str) -> None:
    with pytest.raises(ConfigurationError, match="is no time zone"):
        relative_path(DEFAULT, PathFacts("x", EVENING, zone, "1", "", ""))


def test_the_last_day_that_there_is() -> None:
    last = datetime(9999, 12, 31, 23, tzinfo=UTC)
    path = relative_path("{date}-{title}.md", PathFacts("x", last, "Asia/Singapore", "1", "", ""))
    assert path == "9999-12-31-x.md"


def test_the_later_of_two_gets_its_id() -> None:
    assert with_story_id("_posts/2021/x.md", "story-2") == "_posts/2021/x-story-2.md"
    assert with_story_id("x.md", "a/b") == "x-a--b.md"
    long = with_story_id("_posts/" + "字" * 79 + ".md", "story20211113-1213060")
    assert long == "_posts/" + "字" * 71 + "-story20211113-1213060.md"
    assert len(long.removeprefix("_posts/").encode()) <= 240


def test_long_ids_are_told_apart_by_a_hash() -> None:
    one, two = (with_story_id("x.md", "https://a.b/" + "c" * 300 + end) for end in "12")
    assert one != two
    assert len(one.encode()) <= 70


def test_paths_that_some_file_system_takes_for_one_have_one_key() -> None:
    assert collision_key("a/STRASSE é.md") == collision_key("A/straße e\u0301.md")
    assert collision_key("a/x.md") != collision_key("a/y.md")


@given(
    title=st.text(st.characters(codec=None), max_size=200)
    | st.text("字😀.e\u0301 /🇸", max_size=200),
    story_id=st.text(max_size=80),
    section=st.text(max_size=130),
)
def test_every_name_is_safe_whatever_it_is_made_from(
    title: str, story_id: str, section: str
) -> None:
    path = relative_path("_posts/{section}/{date}-{title}.md", facts(title, story_id, section))
    for made in (path, with_story_id(path, story_id)):
        assert made.startswith("_posts/")
        assert made.endswith(".md")
        for name in PurePosixPath(made).parts:
            assert len(name.encode()) <= 240
            assert len(name.encode("utf-16-le")) <= 240
            assert name == unicodedata.normalize("NFC", name)
            assert not re.search(r'[<>:"\\|?*\x00-\x1f\x7f]|^[.\- ]|[. ]$', name)
    assert len(path.split("/")) <= 3
