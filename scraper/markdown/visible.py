"""What a reader sees of a body, to tell an edit of the words from one of the markup.

Both versions are written by this program, in the same form; so it is enough to leave out, in both,
whatever says how and not what.
"""

import hashlib
import html
import re
from typing import Final

_PICTURE: Final = re.compile(r"!\[(?:\\.|[^\]\\])*\]\((?:\\.|[^()\\]|\([^()]*\))*\)")
_TARGET: Final = re.compile(r"(?<!\\)\]\((?:\\.|[^()\\]|\([^()]*\))*\)")
_TAG: Final = re.compile(r"<[^<>]*>")
_MARKUP: Final = re.compile(r"^[-=:| ]+$|[\\*_`#>|\[\]~]|^\s*(?:[-+]|\d+[.)])\s", re.MULTILINE)


def words_of(title: str, body: str) -> str:
    """The title and the visible text of a body (Markdown, or HTML within `<div>`), without spaces.

    Captions are text, addresses of pictures and links are not. Two bodies with the same words
    differ in markup alone.
    """
    if body.startswith("<div>"):
        text = html.unescape(_TAG.sub("", body))
    else:
        text = _MARKUP.sub("", _TARGET.sub("", _PICTURE.sub("", body)))
    return "".join(title.split()) + "\n" + "".join(text.split())


def hash_of_words(words: str) -> str:
    """The SHA-256 of such words, as 64 hexadecimal digits."""
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()
