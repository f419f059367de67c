"""Mends a feed's references before an XML parser sees them.

Feeds use HTML's entities, which XML does not know, bare ampersands, and numbers that are no
character. Each makes a document that is not well-formed, and its reader guess. Nothing is mended
inside CDATA sections (XML 1.0 §2.7), where references are the text of somebody's HTML.
"""

import html
import re
from html.entities import html5

_NUMBER = r"#([xX][0-9a-fA-F]{1,99}|[0-9]{1,99});?"
_LITERAL = r"<!\[CDATA\[.*?(?:\]\]>|\Z)|<!--.*?(?:-->|\Z)"  # an open one lasts to the end
_TOKEN = re.compile(rf"{_LITERAL}|&(?:{_NUMBER}|(\w{{1,32}});)?", re.DOTALL)
_REFERENCE = re.compile(f"&{_NUMBER}")
_NO_CHARACTER = frozenset(("", "\f", "\ufffd"))  # as html.unescape and XML 1.0 §2.2 see it
_RENUMBERED = frozenset(html.unescape(f"&#{number};") for number in range(0x80, 0xA0))
_PREDEFINED = frozenset("amp lt gt quot apos".split())  # XML 1.0 §4.6


def mend(markup: str) -> str:
    """The markup with no references but those that XML knows; what they name stays the same."""
    return _TOKEN.sub(_mended, markup)


def _mended(found: re.Match[str]) -> str:
    if found[0].startswith("<"):
        return _REFERENCE.sub(_known_number, found[0])
    if found[1]:
        return _known_number(found)
    return _known_name(found[2]) if found[2] else "&amp;"


def _known_number(found: re.Match[str]) -> str:
    """A character's number; '' where it is half of a surrogate pair or no character at all.

    Numbers from 128 to 159 mean Windows-1252, as in browsers (HTML §13.2.5.80).
    """
    character = html.unescape(f"&#{found[1]};")
    if character in _NO_CHARACTER:
        return ""
    return character if character in _RENUMBERED else f"&#{found[1].lower()};"


def _known_name(name: str) -> str:
    """The character of an HTML entity; a name that nobody knows is text."""
    if name in _PREDEFINED:
        return f"&{name};"
    character = html5.get(f"{name};")
    return f"&amp;{name};" if character is None else html.escape(character)
