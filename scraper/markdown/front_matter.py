"""Front matter laid out like the seed's, as a python-frontmatter handler.

YAML 1.1 as PyYAML and Psych read it and YAML 1.2 besides: a string is written plain only where all
of them take it for a string; otherwise double-quoted (YAML 1.2 §7.3.1 with the escapes of §5.7).
python-frontmatter's own handler sorts keys and strips what it reads; this one does neither.
"""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, Final

import yaml
from frontmatter.default_handlers import BaseHandler

from scraper.errors import DocumentError

if TYPE_CHECKING:
    from frontmatter import Post

QUOTED_KEYS: Final = frozenset({"title"})

_FENCE: Final = re.compile(r"^---[ \t]*$\n?", re.MULTILINE)
_WORDS: Final = frozenset(
    {"", "~", "null", "y", "n", "yes", "no", "on", "off", "true", "false", "nan", "inf", "=", "<<"}
)
_NUMBER_OR_DATE: Final = re.compile(
    r"[-+.]?[0-9][0-9a-fx_:.,+\-tz \t]*|[-+]?\.[0-9a-z]*|0o[0-7]+", re.IGNORECASE | re.ASCII
)
_INDICATORS: Final = frozenset("-?:,[]{}#&*!|>'\"%@`")
_UNSAFE: Final = re.compile(r": | #|:$|^---|^\.\.\.")
_UNSAFE_IN_FLOW: Final = re.compile(r"[,\[\]{}:?]")
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
_ESCAPES: Final = {
    "\\": r"\\",
    '"': r"\"",
    "\n": r"\n",
    "\r": r"\r",
    "\t": r"\t",
    "\x85": r"\N",
    "\u2028": r"\L",
    "\u2029": r"\P",
}
_ESCAPED: Final = re.compile(rf'[\\"]|{_UNPRINTABLE.pattern}')


class SeedHandler(BaseHandler):  # type: ignore[misc]  # python-frontmatter has no types for us
    """Reads any post of the archive, writes the seed's layout: keys in the order given."""

    FM_BOUNDARY = _FENCE
    START_DELIMITER = END_DELIMITER = "---"

    def split(self, text: str) -> tuple[str, str]:
        """The YAML between the two fences, and everything behind the second, untouched.

        Raises:
            DocumentError: the text does not begin with front matter, or it never ends.
        """
        opening = _FENCE.match(text)
        closing = _FENCE.search(text, opening.end()) if opening else None
        if not opening or not closing:
            what = "no line --- ends the front matter" if opening else "no line --- at its start"
            raise DocumentError(f"this is no document of the archive: {what}")
        return text[opening.end() : closing.start()], text[closing.end() :]

    def load(self, fm: str) -> dict[str, Any]:
        """The values of the front matter.

        Raises:
            DocumentError: it is no YAML, or no mapping.
        """
        try:
            values = yaml.load(fm, yaml.SafeLoader)  # libyaml differs on odd characters
        except (yaml.YAMLError, ValueError, OverflowError, RecursionError) as error:
            reason = " ".join(str(error).split())
            raise DocumentError(
                f"the front matter is no YAML; mend it by hand: {reason}"
            ) from error
        if not isinstance(values, dict):
            raise DocumentError("the front matter has no keys; it must begin with 'layout: post'")
        return {str(key): value for key, value in values.items()}

    def export(self, metadata: dict[str, object], **_: object) -> str:
        """The YAML for the values, one key a line."""
        return "\n".join(
            f"{write_scalar(key)}: {_write_value(value, quoted=key in QUOTED_KEYS)}"
            for key, value in metadata.items()
        )

    def format(self, post: "Post", **_: object) -> str:
        """The whole text; the content follows the closing fence as it is."""
        return f"---\n{self.export(post.metadata)}\n---\n{post.content}"


def format_instant(instant: datetime) -> str:
    """UTC with milliseconds and `Z`, as in the seed."""
    return instant.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="milliseconds") + "Z"


def as_instant(value: object) -> datetime | None:
    """A YAML date or time as an instant; without a zone it is taken for UTC. None for others."""
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime(value.year, value.month, value.day, tzinfo=UTC)
    if not isinstance(value, datetime):
        return None
    try:
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    except OverflowError:
        return None


def write_scalar(text: str, *, in_flow: bool = False) -> str:
    """A string as YAML: plain where every reader takes it for the same string, else quoted."""
    plain = (
        text == text.strip()
        and text.lower() not in _WORDS
        and text[0] not in _INDICATORS
        and not _NUMBER_OR_DATE.fullmatch(text)
        and not _UNSAFE.search(text)
        and not _UNPRINTABLE.search(text)
        and not (in_flow and _UNSAFE_IN_FLOW.search(text))
    )
    return text if plain else _quote(text)


def _quote(text: str) -> str:
    return '"' + _ESCAPED.sub(lambda m: _escape(m[0]), text) + '"'


def _escape(char: str) -> str:
    code = ord(char)
    return _ESCAPES.get(char) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def _write_value(value: object, *, quoted: bool) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case datetime():
            return format_instant(value)
        case str():
            return _quote(value) if quoted else write_scalar(value)
        case list() | tuple():
            return _write_list(value)
        case _:
            return str(value)


def _write_list(values: Iterable[object]) -> str:
    items = ", ".join(write_scalar(str(value), in_flow=True) for value in values)
    return f"[ {items} ]" if items else "[]"
