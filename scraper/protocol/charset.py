"""Bytes to text by evidence: BOM, then what decodes strictly, then a detector.

Labels are read as browsers read them (WHATWG Encoding §4.2): gb2312 and gbk mean gb18030,
iso-8859-1 means windows-1252. A declaration may be wrong; UTF-8 that decodes strictly and holds
more than ASCII is not decoded like that by accident.
"""

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_OPENINGS = ((b"<\0", "utf-16-le"), (b"\0<", "utf-16-be"))  # XML 1.0 appendix F: no BOM needed
_LABELS = {  # that Python does not know
    "gb_2312-80": "gb18030",
    "x-gbk": "gb18030",
    "csgb2312": "gb18030",
    "cn-big5": "big5",
    "x-x-big5": "big5",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-euc-jp": "euc_jp",
    "windows-949": "cp949",
    "unicode-1-1-utf-8": "utf-8",
}
_SUPERSETS = {  # what is declared, and the larger set that is meant, by Python's names
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "big5": "big5hkscs",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
    "utf-16": "utf-16-le",
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
}
# Python has codecs that no page may ask for: idna, unicode_escape, utf-7, zlib…
_ALLOWED = frozenset(
    "utf-8 utf-16-le utf-16-be gb18030 big5hkscs cp932 euc_jp iso2022_jp cp949 "
    "cp866 cp874 cp1250 cp1251 cp1252 cp1253 cp1254 cp1255 cp1256 cp1257 cp1258 "
    "iso8859-2 iso8859-3 iso8859-4 iso8859-5 iso8859-6 iso8859-7 iso8859-8 iso8859-10 "
    "iso8859-13 iso8859-14 iso8859-15 iso8859-16 koi8-r koi8-u mac-roman mac-cyrillic".split()
)
_DECLARED = re.compile(
    rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w:.-]+)|<\?xml[^>]{0,100}?encoding\s*=\s*["']([\w:.-]+)""",
    re.IGNORECASE,
)
_PAIRS = re.compile(rb"(?:[\x81-\xfe][\x40-\x7e\x80-\xfe]){4}")  # four characters of GBK or Big5
_TAG = re.compile(  # says nothing of the charset and much of ASCII
    rb"<(script|style)\b.*?(?:</\1\s*>|\Z)|<[^<>]*>", re.IGNORECASE | re.DOTALL
)
HEAD_BYTES = 4096  # where a declaration may stand; browsers look at 1024
_COMMON = "的一是在不了有和人中大上我以他这這国國为為个個来來年会會时時"  # of all running Chinese
COMMON_SHARE = 0.04  # of a text's characters beyond ASCII; of another charset's read so: below 0.02
_CONVINCING = 4  # so many of them speak against a declaration
_EASTERN = frozenset("gb18030 big5hkscs cp932 euc_jp cp949".split())  # decode each other's bytes
DETECTED_BYTES = 256 * 1024
TOLERATED = 50  # one broken character in so many beyond ASCII does not refute a charset


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the charset it was read in, and how many characters could not be read."""

    text: str
    charset: str
    damaged: int = 0
    utf8: bytes = b""  # what was read, where it is the text in UTF-8


def decode(body: bytes, declared: str = "", *, markup: bool = True) -> Decoded:
    """The text of a body; `declared` is the header's charset, `markup` says to look inside.

    Never raises: what cannot be read becomes U+FFFD, and is counted. The charset is a name that
    Python knows.
    """
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return _mended(body.removeprefix(mark), charset)
    for opening, charset in _OPENINGS:
        if markup and body.startswith(opening):
            return _mended(body, charset)
    if body.isascii() and b"\0" not in body:
        return Decoded(body.decode("ascii"), "utf-8", utf8=body)
    strictly = _read_strictly(body, _candidates(body, declared, markup=markup))
    if strictly and strictly.charset in _EASTERN:
        return _contested(body, strictly)
    read = strictly or _read_mostly(body, _candidates(body, declared, markup=markup))
    read = read or _read_as_chinese(body)
    return read or _mended(body, _detect(body, markup=markup))


def _candidates(body: bytes, declared: str, *, markup: bool) -> Iterator[str]:
    """UTF-8 first: it cannot be mistaken; then the header's word, then the document's.

    UTF-16 can: it is believed where there are zero bytes, which no other text has. Windows-1252
    can, too, being what servers say when nobody told them: it comes last.
    """
    if b"\0" in body:
        known = _known_charsets(body, declared, markup=markup)
        yield from (name for name in known if name.startswith("utf-16"))
    yield "utf-8"
    yield from sorted(
        _known_charsets(body, declared, markup=markup), key=lambda name: name == "cp1252"
    )


def _known_charsets(body: bytes, declared: str, *, markup: bool) -> list[str]:
    """The header's charset and the document's, where Python knows them."""
    inside = _declared_inside(body) if markup else ""
    return [name for name in map(_known, (declared, inside)) if name]


def _declared_inside(body: bytes) -> str:
    found = _DECLARED.search(body[:HEAD_BYTES])
    return (found[1] or found[2]).decode("ascii", "ignore") if found else ""


def _known(label: str) -> str:
    """The codec of a label; '' for an unknown one."""
    name = label.strip().strip("\"'").lower()
    try:
        found = codecs.lookup(_LABELS.get(name, name)).name
    except (LookupError, ValueError):
        return ""
    meant = _SUPERSETS.get(found, found)
    return meant if meant in _ALLOWED else ""


def _read_strictly(body: bytes, candidates: Iterable[str]) -> Decoded | None:
    for charset in candidates:
        try:
            text = body.decode(charset)
        except UnicodeError:
            continue
        if charset != "cp1252" or not _PAIRS.search(body):  # it reads nearly anything
            return Decoded(text, charset, utf8=body if charset == "utf-8" else b"")
    return None


def _read_mostly(body: bytes, candidates: Iterable[str]) -> Decoded | None:
    """A text that is broken in a place or two: cut in mid-character, or pasted together."""
    for charset in candidates:
        found = _mended(body, charset)
        if found.damaged * TOLERATED <= _beyond_ascii(found.text) and charset != "cp1252":
            return found
    return None


def _read_as_chinese(body: bytes) -> Decoded | None:
    """A text whose charset nobody names, but whose commonest characters give it away."""
    for charset in ("gb18030", "big5hkscs"):
        try:
            text = body.decode(charset)
        except UnicodeError:
            continue
        if _commonness(text)[1] >= COMMON_SHARE:
            return Decoded(text, charset)
    return None


def _contested(body: bytes, read: Decoded) -> Decoded:
    """What was declared, or the Chinese that it turns out to be.

    Big5 mostly decodes as GB18030, and either may as Shift_JIS: into rare characters alone.
    """
    if _is_chinese(read.text):
        return read
    other = _read_as_chinese(body)
    return other if other and _commonness(other.text)[0] >= _CONVINCING else read


def _is_chinese(text: str) -> bool:
    count, share = _commonness(text)
    return bool(count) and share >= COMMON_SHARE / 2


def _commonness(text: str) -> tuple[int, float]:
    """How many of a text's characters are the commonest of Chinese, and their share of its own."""
    count = sum(map(text.count, _COMMON))
    return count, count / max(1, _beyond_ascii(text))


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _detect(body: bytes, *, markup: bool) -> str:
    from charset_normalizer import from_bytes  # noqa: PLC0415  # seldom needed

    head = body[:DETECTED_BYTES]
    best = from_bytes(_TAG.sub(b" ", head) if markup else head).best()
    return (_known(best.encoding) if best else "") or "utf-8"


def _mended(body: bytes, charset: str) -> Decoded:
    text = body.decode(charset, "replace")
    return Decoded(text, charset, text.count("\ufffd"))
