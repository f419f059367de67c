"""Which language a text is in, as far as its characters and the page's word for it tell.

Tags are BCP 47 (RFC 5646), Chinese with its script: the two differ in what they archive and in how
they are searched, and pages often name the wrong one, or none.
"""

import re

_TAG = re.compile(r"^[a-z]{2,3}(?:[-_][a-z0-9]{2,8})*$", re.IGNORECASE)
_REGIONS = {"cn": "Hans", "sg": "Hans", "my": "Hans", "tw": "Hant", "hk": "Hant", "mo": "Hant"}
_HAN = re.compile(r"[\u3400-\u9fff]+")
_KANA = re.compile(r"[\u3040-\u30ff]+")
_HANGUL = re.compile(r"[\uac00-\ud7af]+")
# Frequent characters that one script writes and the other does not, simplified then traditional
# (Unihan kTraditionalVariant); those that both write in some sense (后, 里, 干) are left out.
_PAIRS = (
    "这這个個们們国國时時会會来來说說对對没沒过過还還学學样樣点點发發经經现現开開关關实實动動进進种種"
    "长長问問间間头頭东東车車马馬门門见見话話让讓给給从從电電业業机機气氣两兩应應无無为為与與报報据據"
    "统統总總华華团團岁歲龙龍历歷党黨务務带帶师師级級纪紀约約线線组組织織选選举舉议議论論员員产產价價"
    "规規划劃设設计計认認识識语語请請读讀变變页頁顾顧题題类類风風飞飛饭飯馆館骑騎鱼魚鸟鳥黄黃齐齊军軍"
    "农農医醫书書买買卖賣亿億伤傷众眾优優儿兒写寫县縣双雙听聽园園围圍圆圓场場坏壞块塊声聲处處备備"
)
_ONLY_SIMPLIFIED, _ONLY_TRADITIONAL = frozenset(_PAIRS[::2]), frozenset(_PAIRS[1::2])
SAMPLE_CHARACTERS = 300  # of a text: enough to tell its family of scripts
READ_CHARACTERS = 1000  # and which Chinese
CLEARLY = 4  # times as many different characters of one script as of the other
FEW = 5  # telling characters
EAST_ASIAN = 0.2  # the share of a text's characters from which it is written in them


def language_of(stated: str, text: str, usual: str = "") -> str:
    """The language of a text, given what the page states and what the site is usually in.

    What the characters say clearly counts most; "" where nothing tells.
    """
    seen = written_in(text)
    tag = read_language(stated)
    if usual and tag in ("", usual, _primary(usual)) and seen in ("", "zh", usual):
        return usual
    if seen and (not tag or _primary(tag) != _primary(seen) or seen != "zh"):
        return seen
    return tag or usual


def written_in(text: str) -> str:
    """The language that a text's characters give away: zh-Hans, zh-Hant, zh, ja, ko, or ""."""
    sample = text[:SAMPLE_CHARACTERS]
    han, kana, hangul = (sum(map(len, p.findall(sample))) for p in (_HAN, _KANA, _HANGUL))
    if han + kana + hangul < max(FEW, EAST_ASIAN * len(sample)):
        return ""
    if hangul > han + kana:
        return "ko"
    if kana > 0.1 * (han + kana):
        return "ja"
    return _script_of(text[:READ_CHARACTERS])


def _script_of(text: str) -> str:
    characters = set(text)
    simplified, traditional = (
        len(characters & only) for only in (_ONLY_SIMPLIFIED, _ONLY_TRADITIONAL)
    )
    if simplified >= max(FEW, CLEARLY * traditional):
        return "zh-Hans"
    return "zh-Hant" if traditional >= max(FEW, CLEARLY * simplified) else "zh"


def read_language(stated: str) -> str:
    """A language tag in BCP 47 form; Chinese with its script (zh-Hans, zh-Hant) where known."""
    tag = stated.strip()
    if not _TAG.match(tag):
        return ""
    language, *others = re.split("[-_]", tag)
    if language.lower() != "zh":
        regions = (part.upper() for part in others if len(part) == 2)
        return "-".join([language.lower(), *regions])
    for part in others:
        if part.lower() in ("hans", "hant"):
            return f"zh-{part.capitalize()}"
        if part.lower() in _REGIONS:
            return f"zh-{_REGIONS[part.lower()]}"
    return "zh"


def _primary(tag: str) -> str:
    return tag.partition("-")[0]
