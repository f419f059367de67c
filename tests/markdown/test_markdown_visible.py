"""The words of a body: what changes them is an edit, what does not is markup."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.markdown.visible import hash_of_words, words_of

BODY = (
    "**山城**昨晚亮灯，见[报道](https://news.example/a_(b))。\n\n"
    "![桥](https://img.example/1.jpg?w=700)\n*桥上的灯*\n\n"
    "- 第一座\n- 第二座\n\n1. 三\n\n| 年 | 盏 |\n| --- | --: |\n| 2024 | 12 |\n\n> 很美。"
)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("1.jpg?w=700", "2.jpg?w=1400"),
        ("![桥](https://img.example/1.jpg?w=700)\n", ""),
        ("**山城**", "山城"),
        ("news.example/a_(b)", "news.example/c"),
        ("[报道](https://news.example/a_(b))", "报道"),
        ("昨晚亮灯", " 昨晚\u3000亮灯"),
        ("\n\n> 很美。", "很美。"),
        ("- 第一座\n- 第二座", "第一座\n\n第二座"),
        ("| --- | --: |", "| --- | --- |"),
        ("很美。", "很美\\。"),
    ],
)
def test_markup_pictures_addresses_and_spaces_are_no_words(old: str, new: str) -> None:
    assert old in BODY
    assert words_of("题", BODY.replace(old, new)) == words_of("题", BODY)


@pytest.mark.parametrize(
    ("old", "new"),
    [("12", "13"), ("很美。", "很美！"), ("桥上的灯", "桥下的灯"), ("报道", "报导"), ("山城", "")],
)
def test_a_letter_a_sign_and_a_caption_are_words(old: str, new: str) -> None:
    assert words_of("题", BODY.replace(old, new)) != words_of("题", BODY)


def test_a_title_is_compared_without_its_spaces() -> None:
    assert words_of("山城 亮灯", "文") == words_of("山城亮灯 ", "文")
    assert words_of("山城", "亮灯") != words_of("山城亮灯", "")


def test_html_bodies_have_the_words_between_their_tags() -> None:
    old = '<div>\n<p><b>山城</b>亮灯 &amp; 星</p><img src="1.jpg">\n</div>'
    new = "<div>\n<p>山城<i>亮灯</i> &#38; 星</p>\n</div>"
    assert words_of("题", old) == words_of("题", new)
    assert words_of("题", old) != words_of("题", new.replace("星", "月"))


@given(st.text(), st.text())
def test_any_body_has_words_and_a_hash(title: str, body: str) -> None:
    words = words_of(title, body)
    assert not set(words) & set(" \t\u3000")
    assert len(hash_of_words(words)) == 64
