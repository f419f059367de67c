"""Bytes to text by evidence."""

import codecs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.protocol.charset import decode

TEXT = "河边的路灯昨晚全部换成了暖色，散步的人比平日多了一倍。" * 4
TRADITIONAL = "河邊的路燈昨晚全部換成了暖色，散步的人比平日多了一倍。" * 4


def page(text: str, charset: str = "") -> str:
    meta = f'<meta charset="{charset}">' if charset else ""
    return f"<html><head>{meta}<title>x</title></head><body>{text}</body></html>"


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        (page(TEXT).encode(), ""),
        (page(TEXT).encode(), "utf-8"),
        (page(TEXT).encode(), "gb2312"),
        (page(TEXT).encode(), "nonsense"),
        (page(TEXT, "gbk").encode(), "iso-8859-1"),
        (codecs.BOM_UTF8 + page(TEXT).encode(), "gbk"),
        (page(TEXT).encode("gbk"), "gb2312"),
        (page(TEXT, "gb2312").encode("gbk"), ""),
        (page(TEXT, "gb2312").encode("gbk"), "iso-8859-1"),
        (page(TEXT).encode("gbk"), ""),
        (page(TEXT).encode("utf-16"), ""),
        (page(TEXT).encode("utf-16-le"), "utf-16"),
        (page(TEXT).encode("utf-16-be"), "utf-16be"),
    ],
)
def test_chinese_is_read_whatever_is_declared(body: bytes, declared: str) -> None:
    found = decode(body, declared)
    assert TEXT in found.text
    assert found.damaged == 0


def test_traditional_characters_and_other_languages() -> None:
    assert TRADITIONAL in decode(page(TRADITIONAL, "big5").encode("big5")).text
    assert "灯籠の川" in decode(page("灯籠の川").encode("cp932"), "shift_jis").text
    assert "café “x”" in decode(page("café “x”").encode("cp1252"), "iso-8859-1").text


def test_a_few_broken_bytes_do_not_turn_a_page_into_another_script() -> None:
    body = page(TEXT * 20).encode()
    broken = body[:1000] + b"\xff" + body[1000:-20]
    found = decode(broken, "utf-8")
    assert found.charset == "utf-8"
    assert 1 <= found.damaged <= 4
    assert TEXT in found.text


def test_what_a_file_declares_inside_counts_only_for_markup() -> None:
    body = b'<?xml version="1.0" encoding="big5"?>' + TRADITIONAL.encode("big5")
    assert TRADITIONAL in decode(body).text


@pytest.mark.parametrize("label", ["zlib", "rot13", "unicode_escape", "idna", "utf-7", "\x00", "é"])
def test_labels_that_no_page_may_use_are_ignored(label: str) -> None:
    assert decode(TEXT.encode(), label).text == TEXT


@given(st.binary(max_size=200), st.sampled_from(["", "utf-8", "gbk", "big5", "utf-16", "latin1"]))
def test_any_bytes_become_text(body: bytes, declared: str) -> None:
    found = decode(body, declared)
    assert isinstance(found.text, str)
    assert found.damaged >= 0


def test_utf_16_inside_what_can_be_read_as_ascii_is_not_true() -> None:
    body = f'<?xml version="1.0" encoding="utf-16"?><rss>{TEXT}</rss>'.encode()
    assert decode(body, "utf-16").text == body.decode()


def test_markup_in_utf_16_needs_neither_mark_nor_header() -> None:
    for charset in ("utf-16-le", "utf-16-be"):
        assert decode(page(TEXT).encode(charset)).text == page(TEXT)


def test_windows_1252_is_not_believed_of_chinese() -> None:
    for label in ("iso-8859-1", "windows-1252", "us-ascii"):
        body = f"<script>{'x' * 9000}</script><p class=x>{TEXT}</p>".encode("gbk")
        assert TEXT in decode(body, label).text


@pytest.mark.parametrize("label", ["gb_2312-80", "x-gbk", "GBK", "chinese", "936", '"gb2312"'])
def test_labels_mean_what_browsers_take_them_for(label: str) -> None:
    assert decode("镕€".encode("gb18030"), label).charset == "gb18030"


def test_pure_ascii_is_utf_8_whatever_is_declared() -> None:
    assert decode(b"<p>x</p>", "big5").charset == "utf-8"


def test_what_nothing_reads_is_counted_as_damaged() -> None:
    found = decode(b"\x81\x00\xff\xfe\xff" * 3, markup=False)
    assert found.damaged == found.text.count("\ufffd") > 0


@pytest.mark.parametrize(
    ("text", "charset", "meant"),
    [(TEXT, "gbk", "gb18030"), (TRADITIONAL, "big5", "big5hkscs")],
)
def test_chinese_of_no_declared_charset_is_known_by_its_commonest_characters(
    text: str, charset: str, meant: str
) -> None:
    decoded = decode(f"<html><body><p>{text}</p></body></html>".encode(charset))
    assert (decoded.charset, decoded.damaged) == (meant, 0)
    assert text in decoded.text


def test_korean_that_could_be_read_as_chinese_is_not() -> None:
    text = "시의회는 월요일 낡은 다리를 고치기로 했다. 공사는 내년 봄에 시작된다. " * 8
    assert decode(text.encode("euc_kr"), markup=False).charset == "cp949"


def test_the_bytes_of_a_text_in_utf8_are_kept_at_hand() -> None:
    assert decode("早报".encode()).utf8 == "早报".encode()
    assert decode("早报".encode("gbk"), "gbk").utf8 == b""


@pytest.mark.parametrize(
    ("text", "charset"), [(TEXT, "gbk"), (TRADITIONAL, "big5")], ids=["simplified", "traditional"]
)
@pytest.mark.parametrize("header", ["gb2312", "big5", "shift_jis", "euc-kr", "euc-jp"])
@pytest.mark.parametrize("inside", ["", "gb2312", "big5", "shift_jis"])
def test_chinese_is_not_taken_for_what_it_happens_to_decode_as(
    text: str, charset: str, header: str, inside: str
) -> None:
    assert text in decode(page(text, inside).encode(charset), header).text


@pytest.mark.parametrize("text", ["髙島屋", "丂丄丅", "鎔基"])
def test_rare_characters_alone_speak_against_no_declaration(text: str) -> None:
    assert decode(text.encode("gb18030"), "gbk").text == text


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("灯籠の川辺を歩く人がいつもより多かった。橋は来年の春に直される。" * 8, "shift_jis"),
        ("灯籠の川辺を歩く人がいつもより多かった。橋は来年の春に直される。" * 8, "euc-jp"),
        ("시의회는 월요일 낡은 다리를 고치기로 했다. 공사는 내년 봄에 시작된다. " * 8, "euc-kr"),
    ],
)
def test_what_is_no_chinese_stays_as_declared(text: str, charset: str) -> None:
    assert text in decode(page(text).encode(charset), charset).text
