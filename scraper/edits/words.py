"""Texts cut into what readers compare: sentences, and in them words, numbers and characters.

Chinese is not cut into words: an edit is shown character by character, as an editor would mark it.
"""

import re
import unicodedata

_SENTENCE = re.compile(r"[^。！？!?…\n]*(?:[。！？!?…]+[”’」』）)\"]*|\n|$)")
_LATIN_END = re.compile(r"(?<=[.])\s+(?=[A-Z“\"‘'])")
NUMERALS = "〇零一二三四五六七八九十百千万萬亿億兆两兩"
_TOKEN = re.compile(
    rf"\d+(?:[.,:：/]\d+)*|[{NUMERALS}]+|[^\W\d_]*[A-Za-zÀ-ɏ][A-Za-zÀ-ɏ'’.-]*[A-Za-zÀ-ɏ]|\s+|.",
    re.DOTALL,
)
_HAN = re.compile(r"[\u3400-\u9fff]")


def sentences_of(paragraph: str) -> list[str]:
    """The sentences of a paragraph, with the punctuation and the quotation mark that end them."""
    found: list[str] = []
    for piece in _SENTENCE.findall(paragraph):
        found += _LATIN_END.split(piece) if "." in piece else [piece]
    return [sentence.strip() for sentence in found if sentence.strip()]


def tokens_of(text: str) -> list[str]:
    """A text as numbers, Latin words, runs of white space, and single characters."""
    return _TOKEN.findall(text)


def bare(text: str) -> str:
    """What is left of a text without punctuation, white space and differences of width (NFKC)."""
    folded = unicodedata.normalize("NFKC", text)
    return "".join(c for c in folded if unicodedata.category(c)[0] not in "PZSC")


def is_number(token: str) -> bool:
    """Whether a token is a number, in digits or in Chinese numerals."""
    return token[0].isdigit() or token[0] in NUMERALS


def is_han(text: str) -> bool:
    """Whether a text has a Chinese character in it."""
    return _HAN.search(text) is not None
