"""Text that html2text and Markdown cannot mistake for markup.

Every ASCII punctuation character of an article's text is replaced by a stand-in from a private-use
area before html2text sees it, so that any punctuation in html2text's answer is markup that it wrote
itself. Stand-ins become characters again, escaped where needed, in `escape.py`.

The area is U+F0000–U+F00FF, of plane 15: the private-use characters of the basic plane carry rare
Han characters on older pages and are left alone.
"""

import re
import string
from typing import Final

_BASE: Final = 0xF0000
_RESERVED: Final = re.compile("[\U000f0000-\U000f00ff]")
# Runs of white space that are no single space; no-break and ideographic spaces included.
_SPACE: Final = re.compile(r"\s{2,}|[^\S ]")
_UNWANTED: Final = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]"
)
_STAND_INS: Final = {ord(char): chr(_BASE + ord(char)) for char in string.punctuation}
_ORIGINALS: Final = {_BASE + ord(char): char for char in string.punctuation}

# Marks that stand for structure, below and above the stand-ins for ASCII.
STRONG, STRONG_END, EMPHASIS, EMPHASIS_END = (chr(_BASE + n) for n in range(4))
CODE, CODE_END = (chr(_BASE + n) for n in (4, 5))
LINK, LINK_URL, LINK_END = (chr(_BASE + n) for n in (6, 7, 8))
PICTURE, PICTURE_URL, PICTURE_END = (chr(_BASE + n) for n in (9, 10, 11))
LEAF_END: Final = chr(_BASE + 12)

OPAQUE: Final = frozenset(chr(_BASE + n) for n in range(13))


def clean(text: str) -> str:
    """The text without control characters, noncharacters and lone surrogates.

    A character of the reserved area becomes U+FFFD. White space is left as it is.
    """
    return _RESERVED.sub("\ufffd", _UNWANTED.sub("", text))


def squeeze(text: str) -> str:
    """The text with every run of white space, of whatever kind, as one space."""
    return _SPACE.sub(" ", text)


def make_inert(text: str) -> str:
    """The text with stand-ins for its ASCII punctuation."""
    return text.translate(_STAND_INS)


def make_plain(text: str) -> str:
    """The opposite of `make_inert`, without any escaping."""
    return text.translate(_ORIGINALS)


def original(char: str) -> str:
    """The character that a stand-in stands for."""
    return _ORIGINALS[ord(char)]


def stand_in(char: str) -> str:
    """The stand-in for one ASCII punctuation character."""
    return _STAND_INS[ord(char)]


def is_reserved(char: str) -> bool:
    """Whether the character is a stand-in or a structural mark."""
    return "\U000f0000" <= char <= "\U000f00ff"
