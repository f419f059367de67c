"""Bytes to text by evidence: BOM, then what decodes strictly, then a detector.

Labels are read as browsers read them (WHATWG Encoding §4.2): gb2312 and gbk mean gb18030,
iso-8859-1 means windows-1252. A declaration may be wrong; UTF-8 that decodes strictly and holds
more than ASCII is not decoded like that by accident.
"""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_LABELS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "us-ascii": "cp1252",
    "ascii": "cp1252",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
    "x-sjis": "cp932",
    "shift_jis": "cp932",
    "shift-jis": "cp932",
    "euc-kr": "cp949",
    "ks_c_5601-1987": "cp949",
    "utf8": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
}
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w:.-]+)""",
    re.IGNORECASE,
)
HEAD_BYTES = 4096  # where a declaration may stand; browsers look at 1024
DETECTED_BYTES = 256 * 1024


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the charset it was read in, and how many characters could not be read."""

    text: str
    charset: str
    damaged: int = 0


def decode(body: bytes, declared: str = "", *, markup: bool = True) -> Decoded:
    """The text of a body; `declared` is the header's charset, `markup` says to look inside."""
    for mark, charset in _BOMS:
        if body.startswith(mark):
            return _forced(body.removeprefix(mark), charset)
    if body.isascii() and b"\0" not in body[:HEAD_BYTES]:
        return Decoded(body.decode("ascii"), "utf-8")
    for charset in _candidates(body, declared, markup=markup):
        text = _strictly(body, charset)
        if text is not None:
            return Decoded(text, charset)
    return _forced(body, _detect(body))


def _candidates(body: bytes, declared: str, *, markup: bool) -> Iterator[str]:
    """UTF-8 first: it cannot be mistaken; then the header's word, then the document's."""
    inside = _declared_inside(body) if markup else ""
    wide = [label for label in (declared, inside) if _known(label).startswith("utf-16")]
    yield from (_known(label) for label in wide)
    yield "utf-8"
    yield from filter(None, map(_known, (declared, inside)))


def _declared_inside(body: bytes) -> str:
    found = _DECLARED.search(body[:HEAD_BYTES])
    return (found[1] or found[2]).decode("ascii", "ignore") if found else ""


def _known(label: str) -> str:
    """The codec of a label; '' for an unknown one."""
    name = label.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_LABELS.get(name, name))
    except (LookupError, ValueError):
        return ""
    return found.name if found._is_text_encoding else ""  # noqa: SLF001  # hex, zlib… are none


def _strictly(body: bytes, charset: str) -> str | None:
    try:
        text = body.decode(charset)
    except (UnicodeError, ValueError):
        return None
    return None if charset == "cp1252" and _reads_like_chinese(body) else text


def _reads_like_chinese(body: bytes) -> bool:
    """Any bytes are Latin-1: believed only where most are ASCII."""
    high = sum(byte > 0x7F for byte in body[:HEAD_BYTES])
    return high * 4 > min(len(body), HEAD_BYTES)


def _detect(body: bytes) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  # seldom needed

    best = from_bytes(body[:DETECTED_BYTES]).best()
    return _known(best.encoding) or "utf-8" if best else "utf-8"


def _forced(body: bytes, charset: str) -> Decoded:
    text = body.decode(charset, "replace")
    return Decoded(text, charset, text.count("\ufffd"))
