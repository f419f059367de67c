"""A document as the text of its file, and back.

The layout is the seed's, byte for byte: front matter, `<!--N-->`, the link line, six hyphens, an
empty line, the body, one newline. Reading is more tolerant than writing: the posts that the archive
continues have line ends, headers and values of several kinds.
"""

import hashlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, Literal

from scraper.errors import DocumentError
from scraper.markdown.escape import write_link
from scraper.model import Document

if TYPE_CHECKING:
    from scraper.markdown.front_matter import SeedHandler

Layout = Literal["full", "seed"]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_SEVEN: Final = ("layout", "title", "date", "author", "from", "tags", "categories")
_UNHOLDABLE: Final = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]"
)
_LINE_END: Final = re.compile(r"\r\n?")
_NUMBER_LINE: Final = re.compile(r"<!---?\d+-->[ \t]*\n", re.ASCII)
_HEADER_END: Final = re.compile(r"^------[ \t]*$\n?\n?", re.MULTILINE)


def tidy(text: str) -> str:
    r"""The text as a file can hold it: `read(render(document))` gives back tidy strings unchanged.

    Control characters, lone surrogates and noncharacters, which YAML or UTF-8 cannot hold, become
    U+FFFD; line ends become `\n`.
    """
    return _UNHOLDABLE.sub("\ufffd", _LINE_END.sub("\n", text))


def render(document: Document, layout: Layout = "full") -> str:
    """The full text of the document's file.

    Args:
        document: its strings are made tidy, its instants are cut to milliseconds; values of `extra`
            may be str, bool, int, datetime and lists of str, None is left out.
        layout: "full" writes `extra`'s keys behind the seed's seven, "seed" the seven alone.
    """
    import frontmatter  # noqa: PLC0415  # late: it costs start-up

    post = frontmatter.Post(_header(document) + tidy(document.body) + "\n", _handler())
    extra = document.extra if layout == "full" else {}
    post.metadata = {**_seven(document), **_further(extra)}
    return str(frontmatter.dumps(post))


def read(text: str) -> Document:
    """The document that a file's text holds; any post of the archive waimei is read as well.

    `extra` has every key besides the seven, in order. `<!--N-->` is not looked at: the date counts.

    Raises:
        DocumentError: there is no front matter, no title, date or URL in it, or the header of the
            body never ends.
    """
    yaml_text, content = _split(text)
    values = _handler().load(yaml_text)
    published = _instant(_needed(values, "date"))
    if published is None:
        raise DocumentError(
            f"the date {values['date']!r} is no instant; write 2021-11-13T12:00:00Z"
        )
    return Document(
        title=_text(_needed(values, "title")),
        published=published,
        author=_text(values.get("author")),
        url=_text(_needed(values, "from")),
        tags=_texts(values.get("tags")),
        categories=_texts(values.get("categories")),
        body=_body(content),
        extra={key: _extra(value) for key, value in values.items() if key not in _SEVEN},
    )


def body_of(text: str) -> str:
    """The body alone of a file's text, without the newline that ends the file.

    Raises:
        DocumentError: the text is not laid out like a document.
    """
    return _body(_split(text)[1])


def sha256_of_body(body: str) -> str:
    """The SHA-256 of the body in UTF-8, as 64 hexadecimal digits."""
    return hashlib.sha256(tidy(body).encode()).hexdigest()


@lru_cache(maxsize=1)
def _handler() -> "SeedHandler":
    from scraper.markdown.front_matter import SeedHandler  # noqa: PLC0415  # late, with its library

    return SeedHandler()


# -- writing ---------------------------------------------------------------------------------------


def _seven(document: Document) -> dict[str, object]:
    return {
        "layout": "post",
        "title": tidy(document.title),
        "date": document.published,
        "author": tidy(document.author),
        "from": tidy(document.url),
        "tags": [tidy(tag) for tag in document.tags],
        "categories": [tidy(category) for category in document.categories],
    }


def _further(extra: Mapping[str, object]) -> dict[str, object]:
    return {
        tidy(key): _tidy_value(value)
        for key, value in extra.items()
        if value is not None and key not in _SEVEN
    }


def _tidy_value(value: object) -> object:
    if isinstance(value, str):
        return tidy(value)
    return [tidy(str(item)) for item in value] if isinstance(value, list | tuple) else value


def _header(document: Document) -> str:
    milliseconds = (document.published - _EPOCH) // timedelta(milliseconds=1)
    link = write_link(tidy(document.title), tidy(document.url))
    return f"<!--{milliseconds}-->\n{link}\n------\n\n"


# -- reading ---------------------------------------------------------------------------------------


def _split(text: str) -> tuple[str, str]:
    return _handler().split(_LINE_END.sub("\n", text.removeprefix("\ufeff")))


def _body(content: str) -> str:
    """What follows the header; a post without `<!--N-->` has none, only an empty line."""
    if not _NUMBER_LINE.match(content):
        return content.removeprefix("\n").removesuffix("\n")
    end = _HEADER_END.search(content)
    if end is None:
        raise DocumentError("no line of six hyphens ends the header behind <!--N-->; add it")
    return content[end.end() :].removesuffix("\n")


def _needed(values: dict[str, Any], key: str) -> object:
    if values.get(key) is None:
        raise DocumentError(f"the front matter has no {key!r}; every document names one")
    return values[key]


def _instant(value: object) -> datetime | None:
    from scraper.markdown.front_matter import as_instant  # noqa: PLC0415  # late, with its library

    return as_instant(value)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _texts(value: object) -> tuple[str, ...]:
    values = value if isinstance(value, list) else [value]
    return tuple(_text(item) for item in values if item is not None)


def _extra(value: object) -> object:
    """Datetimes in UTC, everything else as YAML gave it."""
    return _instant(value) if isinstance(value, datetime) else value
