"""Titles and summaries as plain text, whatever markup a feed wraps them in."""

import html
import re

_TAG = re.compile(r"<(?:/?[a-zA-Z][^<>]*|!--.*?--)>", re.DOTALL)
_BLOCK = re.compile(r"</?(?:p|div|br|li|tr|h[1-6]|blockquote)\b", re.IGNORECASE)
_INLINE = re.compile(r"<(?:a|img|span|strong|em)\b[^<>]*>", re.IGNORECASE)
_SPACE = re.compile(r"\s+")
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def plain(text: str, *, markup: bool = True) -> str:
    """One line of text; with `markup`, tags are dropped and references resolved."""
    if markup and ("<" in text or "&" in text):
        spaced = _BLOCK.sub(lambda found: " " + found[0], text)
        text = html.unescape(_TAG.sub("", spaced))
    return _SPACE.sub(" ", _ILLEGAL.sub("", text)).strip()


def looks_like_html(text: str) -> bool:
    """Whether a text holds elements rather than a stray less-than sign."""
    return bool(
        _BLOCK.search(text) or re.search(r"<(?:a|img|span|strong|em)\b[^<>]*>", text, re.IGNORECASE)
    )
