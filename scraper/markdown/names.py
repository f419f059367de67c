"""File names from titles: readable, and safe on Linux, macOS and Windows.

Limits of INTERFACE §1: 240 UTF-8 bytes and 120 UTF-16 units a name. Reserved characters and names
are Windows' ("Naming Files, Paths, and Namespaces"); NFC because macOS compares names that way.
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from string import Formatter
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scraper.errors import ConfigurationError

MAX_BYTES: Final = 240
MAX_UNITS: Final = 120
PLACEHOLDERS: Final = ("year", "month", "day", "date", "title", "story_id", "section", "source")

_OTHER_FOLDERS: Final = frozenset(
    {"_revisions", "_quarantine", "assets", "_raw", "_manifest", ".scraper"}
)
_MAX_ID: Final = 60  # characters of a story id in a name; a longer one is cut and hashed
_DEVICES: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=[ .]*(?:\.|$))", re.IGNORECASE
)
_FORBIDDEN: Final = re.compile(r'[<>"?*]')
_SEPARATING: Final = re.compile(r"[\\|:]")
_SPACE: Final = re.compile(r"\s+")
_UNSEEN: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_NONCHARACTER: Final = re.compile("[\ufdd0-\ufdef\ufffe\uffff]")


@dataclass(frozen=True, slots=True)
class PathFacts:
    """What a path can be made of; `timezone` is the IANA name for the dates in it."""

    title: str
    published: datetime
    timezone: str
    story_id: str
    section: str
    source: str


def check_template(template: str) -> str | None:
    """What is wrong with a template for paths, or None."""
    try:
        fields = [part[1:] for part in Formatter().parse(template) if part[1] is not None]
    except ValueError as error:
        return f"the braces do not match ({error}); write {{title}}"
    for name, spec, conversion in fields:
        if name not in PLACEHOLDERS or spec or conversion:
            return f"{{{name}}} is no placeholder; there are {', '.join(PLACEHOLDERS)}"
    return _check_parts(template.split("/"))


def _check_parts(parts: list[str]) -> str | None:
    name = parts[-1]
    if not name.endswith(".md"):
        return "the file's name must end in .md"
    if "{title}" not in name and "{story_id}" not in name:
        return (
            "the file's name must have {title} or {story_id}, or articles could not be told apart"
        )
    if parts[0] in _OTHER_FOLDERS:
        return f"{parts[0]} is kept for other parts of the archive"
    for part in parts:
        literal = re.sub(r"\{\w+\}", "x", part)
        if not part or literal != _make_safe(literal) or not _fits(literal):
            return f"{part!r} is no safe name for a folder or file"
    return None


def relative_path(template: str, facts: PathFacts) -> str:
    """The path of an article's file, relative to the archive, with `/` between its parts.

    Each part is a safe name within the limits, whatever the facts hold; the title is cut at a
    character's boundary, and where nothing is left of it, the story id stands in. Folders whose
    name would be empty are left out.

    Raises:
        ConfigurationError: the template or the time zone is wrong.
    """
    mistake = check_template(template)
    if mistake:
        raise ConfigurationError(f"the path {template!r} cannot be used: {mistake}")
    values = _values(facts)
    parts = (_fill(part, values) for part in template.split("/"))
    return "/".join(part for part in parts if part)


def with_story_id(path: str, story_id: str) -> str:
    """The path for the later of two articles that would share one: `…-ID.md`, within the limits."""
    folder, slash, name = path.rpartition("/")
    stem, extension = _split_extension(name)
    suffix = f"-{_name_id(story_id)}{extension}"
    return folder + slash + _make_safe(_cut(stem, suffix).rstrip(" .") + suffix)


def collision_key(path: str) -> str:
    """Equal for paths that some file system takes for one: canonical caseless matching.

    Unicode Standard §3.13, D145, in NFC.
    """
    folded = unicodedata.normalize("NFD", path).casefold()
    return unicodedata.normalize("NFC", folded)


def _values(facts: PathFacts) -> dict[str, str]:
    day = _local_date(facts)
    story_id = _name_id(facts.story_id)
    return {
        "year": day[:4],
        "month": day[5:7],
        "day": day[8:],
        "date": day,
        "title": _make_safe(facts.title) or story_id,
        "story_id": story_id,
        "section": _make_safe(facts.section),
        "source": _make_safe(facts.source),
    }


def _local_date(facts: PathFacts) -> str:
    try:
        zone = ZoneInfo(facts.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ConfigurationError(
            f"{facts.timezone!r} is no time zone; write an IANA name such as Asia/Singapore"
        ) from error
    try:
        return facts.published.astimezone(zone).date().isoformat()
    except OverflowError:  # the first or the last day that there is
        return facts.published.astimezone(UTC).date().isoformat()


def _fill(part: str, values: dict[str, str]) -> str:
    whole = _make_safe(part.format_map(values))
    if _fits(whole):
        return whole
    before, found, after = part.partition("{title}")
    before, after = before.format_map(values), after.format_map(values)
    if found and _fits(before + after):
        title = _cut(values["title"], before + after).rstrip(" .") or values["story_id"]
        whole = _make_safe(before + title + after)
    stem, extension = _split_extension(whole)
    return whole if _fits(whole) else _make_safe(_cut(stem, extension).rstrip(" .") + extension)


def _split_extension(name: str) -> tuple[str, str]:
    stem = name.removesuffix(".md")
    return stem, name[len(stem) :]


def _name_id(story_id: str) -> str:
    """The story id as part of a name; a long one keeps its start, and a hash tells it apart."""
    safe = _make_safe(story_id) or "article"
    if len(safe.encode()) <= _MAX_ID:
        return safe
    digest = hashlib.sha256(story_id.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{_take(safe, _MAX_ID - 17, MAX_UNITS)}-{digest}"


def _make_safe(text: str) -> str:
    """One name: nothing that a file system, a shell or a reader of right-to-left marks trips over.

    `/` is written `--`, as in the archive that this one continues.
    """
    text = _SPACE.sub(" ", text.replace("/", "--"))
    text = _SEPARATING.sub("-", _FORBIDDEN.sub("", _NONCHARACTER.sub("", text)))
    seen = "".join(char for char in text if unicodedata.category(char) not in _UNSEEN)
    name = unicodedata.normalize("NFC", seen).lstrip(" .-").rstrip(" .")
    return _DEVICES.sub(r"\g<0>_", name) if _DEVICES.match(name) else name


def _fits(name: str) -> bool:
    return len(name.encode()) <= MAX_BYTES and _units(name) <= MAX_UNITS


def _units(text: str) -> int:
    return len(text) + sum(char > "\uffff" for char in text)


def _cut(text: str, beside: str) -> str:
    """As much of the text as fits into a name beside the rest of it."""
    return _take(text, MAX_BYTES - len(beside.encode()), MAX_UNITS - _units(beside))


def _take(text: str, max_bytes: int, max_units: int) -> str:
    end = _count_fitting(text, max_bytes, max_units)
    while 0 < end < len(text) and _joins(text, end):
        end -= 1
    return text[:end]


def _count_fitting(text: Iterable[str], max_bytes: int, max_units: int) -> int:
    count = 0
    for char in text:
        max_bytes -= len(char.encode())
        max_units -= _units(char)
        if max_bytes < 0 or max_units < 0:
            break
        count += 1
    return count


def _joins(text: str, at: int) -> bool:
    """Whether the character there belongs to the one before: marks, skin tones, halves of flags."""
    char = text[at]
    if unicodedata.category(char).startswith("M") or "\U0001f3fb" <= char <= "\U0001f3ff":
        return True
    flags = len(text[:at]) - len(text[:at].rstrip(_FLAG_LETTERS))
    return char in _FLAG_LETTERS and flags % 2 == 1


_FLAG_LETTERS: Final = "".join(chr(code) for code in range(0x1F1E6, 0x1F200))
