"""The pictures that a body shows, and their links: to where they are, or to the archive's copies.

A copy is named relative to the document, so that the folder can be read wherever it is. Works on
what this program wrote, in either layout; text and code that look like a picture are left alone.
"""

import html
import re
from collections.abc import Callable, Mapping
from typing import Final

from scraper.errors import DocumentError
from scraper.markdown.document import body_of, sha256_of_body
from scraper.markdown.escape import safe_url

ASSETS: Final = "assets"

_IMAGE: Final = re.compile(
    r'(?P<start><img(?:\s+[a-z-]+="[^"]*")*?\s+src=")(?P<url>[^"]*)(?P<end>")'
)
# what is no picture comes first: fenced code, a code span, an escaped character (CommonMark 0.31
# §4.5, §6.1, §2.4)
_MARKDOWN: Final = re.compile(
    r"^[ >]*(?P<fence>`{3,}|~{3,})[^\n]*\n(?:[^\n]*\n)*?[ >]*(?P=fence)"
    r"|(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)"
    r"|\\."
    r"|(?P<start>!\[(?:\\.|[^\]\\])*\]\()(?P<url>(?:\\.|[^()\\\s])*)(?P<end>\))",
    re.MULTILINE,
)
_ESCAPED: Final = re.compile(r"\\([!-/:-@\[-`{-~])")

Change = Callable[[str], str]  # the address of a picture to the one to be written for it


def pictures_of(body: str) -> tuple[str, ...]:
    """The addresses of the pictures on the web that a body shows, each once, in their order."""
    found: dict[str, None] = {}

    def note(url: str) -> str:
        if url.startswith(("http://", "https://")):
            found[url] = None
        return url

    _rewrite(body, note, is_html=_is_html(body))
    return tuple(found)


def linked(body: str, copies: Mapping[str, str], path: str) -> str:
    """The body of the document at `path`, showing copies where there are.

    `copies`: paths below the archive's root, by address.
    """
    return _rewrite(body, _to_copies(copies, path), is_html=_is_html(body))


def linked_html(fragment: str, copies: Mapping[str, str], path: str) -> str:
    """The same for the HTML that a body is made of."""
    return _rewrite(fragment, _to_copies(copies, path), is_html=True)


def moved(text: str, before: str, after: str) -> str:
    """A document's whole text with its links to copies as they must be in another folder.

    Its body's SHA-256, where the front matter states it, follows. A text without such links, or
    that is no document, stays as it is.
    """
    old, new = _up(before), _up(after)

    def move(url: str) -> str:
        return new + url.removeprefix(old) if url.startswith(f"{old}{ASSETS}/") else url

    try:
        body = body_of(text)
    except DocumentError:
        return text
    changed = _rewrite(body, move, is_html=_is_html(body))
    if changed == body or not text.endswith(f"{body}\n"):
        return text
    head = text.removesuffix(f"{body}\n")
    return f"{head.replace(sha256_of_body(body), sha256_of_body(changed))}{changed}\n"


def _to_copies(copies: Mapping[str, str], path: str) -> Change:
    return lambda url: _up(path) + copies[url] if url in copies else url


def _up(path: str) -> str:
    """The way from a document to the archive's root: `../../../` for `_posts/2024/05/x.md`."""
    return "../" * path.count("/")


def _is_html(body: str) -> bool:
    return body.startswith("<div>")


def _rewrite(body: str, change: Change, *, is_html: bool) -> str:
    read, write = (html.unescape, html.escape) if is_html else (_unescape, safe_url)

    def replace(match: re.Match[str]) -> str:
        if match["url"] is None:
            return match[0]
        url = read(match["url"])
        new = change(url)
        return match[0] if new == url else f"{match['start']}{write(new)}{match['end']}"

    return (_IMAGE if is_html else _MARKDOWN).sub(replace, body)


def _unescape(destination: str) -> str:
    return _ESCAPED.sub(r"\1", destination)
