"""Passages paired with what they became, and what in them was cut and put."""

from hypothesis import given, settings
from hypothesis import strategies as st

from scraper.edits.align import LONGEST, Piece, mark, pair_up, text_of
from scraper.edits.words import sentences_of, tokens_of

TEXT = st.text("桥河镇修明年，。“”3十 ab.\n", max_size=30)


@settings(max_examples=200, deadline=None, database=None)
@given(st.lists(TEXT, max_size=6), st.lists(TEXT, max_size=6))
def test_every_passage_is_there_once_in_its_order(old: list[str], new: list[str]) -> None:
    pairs = pair_up(old, new)
    assert [before for before, _ in pairs if before is not None] == old
    assert [after for _, after in pairs if after is not None] == new


@settings(max_examples=300, deadline=None, database=None)
@given(TEXT, TEXT)
def test_a_marked_passage_holds_both_texts(old: str, new: str) -> None:
    pieces = mark(old, new)
    assert (text_of(pieces, "put"), text_of(pieces, "cut")) == (old, new)
    assert all(piece.text for piece in pieces)


@given(TEXT)
def test_cutting_into_words_and_sentences_loses_nothing(text: str) -> None:
    assert "".join(tokens_of(text)) == text
    assert "".join("".join(sentences_of(text)).split()) == "".join(text.split())


def test_a_sentence_ends_behind_the_quotation_mark_that_closes_it() -> None:
    assert sentences_of("他说：“不行。”然后走了！真的？") == [
        "他说：“不行。”",
        "然后走了！",
        "真的？",
    ]
    assert sentences_of("It rained. Nobody came.") == ["It rained.", "Nobody came."]


def test_a_rewritten_sentence_stays_beside_its_neighbours() -> None:
    pairs = pair_up(["甲地下雨。", "乙地刮风，树倒了。"], ["序言。", "乙地刮大风，树倒了。"])
    assert pairs == [
        ("甲地下雨。", None),
        (None, "序言。"),
        ("乙地刮风，树倒了。", "乙地刮大风，树倒了。"),
    ]


def test_what_is_alike_is_paired_for_the_greatest_likeness() -> None:
    old = ["东桥明年修复完工。", "西桥后年修复完工。"]
    new = ["西桥后年修复竣工。"]
    assert pair_up(old, new) == [(old[0], None), (old[1], new[0])]
    assert pair_up(new, old) == [(None, old[0]), (new[0], old[1])]


def test_a_chance_character_between_two_changes_is_part_of_them() -> None:
    assert mark("甲乙丙丁", "天乙地丁") == (
        Piece("cut", "甲乙丙"),
        Piece("put", "天乙地"),
        Piece("same", "丁"),
    )


def test_passages_beyond_all_measure_are_compared_as_wholes() -> None:
    old, new = "桥" * (LONGEST + 1), "桥" * (LONGEST + 2)
    assert mark(old, new) == (Piece("cut", old), Piece("put", new))
