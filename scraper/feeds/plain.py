"""Titles and summaries as plain text, whatever markup a feed wraps them in."""

import html
import re

_BLOCKS = "p|div|br|li|tr|h[1-6]|blockquote|ul|ol|table|figure|section|article|hr"
_INLINE = "a|abbr|b|big|cite|code|del|em|font|i|img|ins|mark|s|small|span|strong|sub|sup|td|th|tt|u"
_ACTIVE = (
    "applet|audio|blink|embed|form|frame|frameset|iframe|input|link|meta|noscript|object|param|"
    "picture|script|source|style|svg|video"
)
# Names are listed: "<环球>" and "<China Daily>" are no elements. An open comment has no end.
_TAG = re.compile(
    rf"</?(?:{_BLOCKS}|{_INLINE}|{_ACTIVE})\b[^<>]*>|<!--.*?(?:-->|\Z)", re.DOTALL | re.IGNORECASE
)
_SILENT = re.compile(r"<(script|style)\b[^<>]*>.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_BLOCK = re.compile(rf"</?(?:{_BLOCKS})\b", re.IGNORECASE)
_ELEMENT = re.compile(rf"<(?:{_BLOCKS}|{_INLINE})\b[^<>]*>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
# What XML 1.0 §2.2 forbids, and halves of surrogate pairs, which no file can hold.
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def plain(text: str, *, markup: bool = True) -> str:
    """One line of text; with `markup`, tags are dropped and references resolved."""
    if markup and ("<" in text or "&" in text):
        spaced = _BLOCK.sub(lambda found: " " + found[0], _SILENT.sub("", text))
        text = html.unescape(_TAG.sub("", spaced))
    return _SPACE.sub(" ", without_illegal(text)).strip()


def without_illegal(text: str) -> str:
    """The text without characters that neither XML nor a file can hold."""
    return _ILLEGAL.sub("", text)


def looks_like_html(text: str) -> bool:
    """Whether a text holds elements rather than a stray less-than sign."""
    return bool(_ELEMENT.search(text))
