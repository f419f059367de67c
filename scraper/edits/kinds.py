"""What kind of edit a change is, told by rules that a reader can check.

A change may be of several kinds: a number and a name may be put right in one sentence.
"""

import re
from collections.abc import Iterator, Sequence
from typing import Literal

from scraper.edits.align import Piece
from scraper.edits.words import bare, is_han, is_number, tokens_of

Kind = Literal[
    "headline",
    "number",
    "name",
    "quotation",
    "correction",
    "added paragraph",
    "removed paragraph",
    "punctuation",
    "wording",
]

_CORRECTION = re.compile(
    r"更正|勘误|訂正|订正|更新说明|编者按|編者按|编按|編按|(?:本报|本報|本文|此前|先前|早前).{0,12}(?:误|誤)|"
    r"\bcorrection\b|\bcorrected\b|\ban earlier version\b|\beditor'?s note\b",
    re.IGNORECASE,
)
_OPENING, _CLOSING = "“「『", "”」』"
_UNIT = "年月日号號时時点點分秒%％元岁歲人名宗例次倍万萬亿億千百十度公里米吨噸克届屆周週天个個成"
_RANK = (
    "总统|總統|总理|總理|主席|部长|部長|首相|大使|议员|議員|市长|市長|省长|州长|州長|教授|博士|医生|"
    "醫生|记者|記者|发言人|發言人|局长|局長|司长|司長|院长|院長|书记|書記|先生|女士|小姐|法官|律师|"
    "律師|经理|經理|总裁|總裁|董事长|董事長|主任|将军|將軍|上将|国王|國王|王储|女王|教练|教練|球员|"
    "選手|选手|导演|導演|歌手|演员|演員|作家|专家|專家|外长|外長|防长|防長|财长|財長|国务卿"
)
_PLACE = (
    "省|市|县|縣|区|區|国|國|州|镇|鎮|村|路|街|港|湾|灣|岛|島|河|江|湖|山|公司|集团|集團|大学|大學|"
    "学院|學院|医院|醫院|银行|銀行|法院|委员会|委員會|协会|協會|基金会|基金會|报|報|社|党|黨|队|隊|机场|機場"
)
_SURNAMES = frozenset(
    "王李张張刘劉陈陳杨楊黄黃赵趙吴吳周徐孙孫马馬朱胡郭何高林罗羅郑鄭梁谢謝宋唐许許韩韓冯馮邓鄧曹彭"
    "曾肖萧蕭田董袁潘于蒋蔣蔡余杜叶葉程苏蘇魏吕呂丁任沈姚卢盧姜崔钟鍾谭譚陆陸汪范石廖贾賈夏韦韋付方"
    "白邹鄒孟熊秦邱江尹薛闫閻段雷侯龙龍史陶黎贺賀顾顧毛郝龚龔邵万萬钱錢严嚴武戴莫孔向汤湯"
)
_AFTER_RANK = re.compile(rf"(?:{_RANK})$")
_BEFORE_RANK = re.compile(rf"^(?:{_RANK})")
_ENDS_PLACE = re.compile(rf"(?:{_PLACE})$")
_LATIN_NAME = re.compile(r"^[A-Z][\w'’.-]*(?: (?:[A-Z][\w'’.-]*|de|van|von|bin|al))*$")
NAME_CHARACTERS = 6  # of a Chinese name; a foreign one with a dot may be longer
CONTEXT = 6  # characters beside a change that may tell what it is


def kinds_of(pieces: Sequence[Piece]) -> tuple[Kind, ...]:
    """The kinds of a changed sentence, the weightiest first; never empty."""
    put = "".join(piece.text for piece in pieces if piece.op == "put")
    if _CORRECTION.search(put):
        return ("correction",)
    if _bare(pieces, "cut") == _bare(pieces, "put"):
        return ("punctuation",)
    found = {_kind_of(change) for change in _changes(pieces)} - {None}
    order: tuple[Kind, ...] = ("number", "name", "quotation", "wording")
    return tuple(kind for kind in order if kind in found)


def says_correction(text: str) -> bool:
    """Whether a passage owns up to a mistake."""
    return _CORRECTION.search(text) is not None


def _bare(pieces: Sequence[Piece], without: str) -> str:
    return bare("".join(piece.text for piece in pieces if piece.op != without))


class _Change:
    """One cut, one put, or both, with the text around them."""

    def __init__(self, cut: str, put: str, before: str, after: str) -> None:
        self.cut, self.put = cut, put
        self.before, self.after = before, after


def _changes(pieces: Sequence[Piece]) -> Iterator[_Change]:
    """The changes of a passage; a cut and the put behind it are one."""
    new = cut = put = ""
    for place, piece in enumerate(pieces):
        cut += piece.text if piece.op == "cut" else ""
        put += piece.text if piece.op == "put" else ""
        following = pieces[place + 1].op if place + 1 < len(pieces) else "same"
        if piece.op != "same" and following == "same":
            after = "".join(p.text for p in pieces[place + 1 :] if p.op == "same")
            yield _Change(cut, put, new, after)
            new, cut, put = new + put, "", ""
        new += piece.text if piece.op == "same" else ""


def _kind_of(change: _Change) -> Kind | None:
    """The kind of one change; None where it is punctuation beside something weightier."""
    if not bare(change.cut) and not bare(change.put):
        return None
    if _is_number(change):
        return "number"
    if _is_name(change):
        return "name"
    return "quotation" if _is_quoted(change) else "wording"


def _is_number(change: _Change) -> bool:
    """Numbers, their units and signs, and a number on at least one side."""
    tokens = [token for token in tokens_of(change.cut + change.put) if bare(token)]
    return any(map(is_number, tokens)) and all(
        is_number(token) or token in _UNIT for token in tokens
    )


def _is_name(change: _Change) -> bool:
    """Names on both sides, or a part of one, told by how they look and what stands beside them."""
    sides = [bare_name for side in (change.cut, change.put) if (bare_name := side.strip())]
    if not sides or any(len(side) > NAME_CHARACTERS * 4 for side in sides):
        return False
    if all(_LATIN_NAME.match(side) for side in sides):
        return True
    return all(map(is_han, sides)) and _is_chinese_name(change, sides)


def _is_chinese_name(change: _Change, sides: list[str]) -> bool:
    before, after = change.before[-CONTEXT:], change.after[:CONTEXT]
    if any("·" in side for side in sides) or "·" in before[-3:] or after.startswith("·"):
        return True
    if any(len(side) > NAME_CHARACTERS for side in sides) or len(sides) != 2:
        return False
    ranked = bool(_AFTER_RANK.search(before) or _BEFORE_RANK.match(after))
    placed = all(_ENDS_PLACE.search(side) for side in sides) or bool(
        re.match(rf"(?:{_PLACE})", after)
    )
    surnamed = all(side[0] in _SURNAMES and 2 <= len(side) <= 3 for side in sides)
    return ranked or placed or surnamed or _is_given_name(before, sides)


def _is_given_name(before: str, sides: list[str]) -> bool:
    """A character or two behind a surname that begins a name."""
    named = before[-1:] in _SURNAMES or (before[-2:-1] in _SURNAMES and len(before) > 1)
    ranked = _AFTER_RANK.search(before[:-1]) or _AFTER_RANK.search(before[:-2])
    return named and bool(ranked or len(before) == 1) and all(len(side) <= 2 for side in sides)


def _is_quoted(change: _Change) -> bool:
    """Whether a change stands inside of quotation marks, or brings or takes them with words."""
    opened = sum(change.before.count(mark) for mark in _OPENING)
    closed = sum(change.before.count(mark) for mark in _CLOSING)
    straight = change.before.count('"') % 2 == 1
    marks = any(mark in change.cut + change.put for mark in _OPENING + _CLOSING + '"')
    return opened > closed or straight or marks
