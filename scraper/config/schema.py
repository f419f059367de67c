"""The keys of the configuration file: their defaults, types and limits.

Defaults are texts as a user would write them and are laid under what the file says, so that they go
through the same checks and `config show` can print them. Beyond that the schema only judges; the
plain values the rest of the program works with are built in `settings.py`.
"""

import os
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, ValidationInfo

from scraper.config import checks
from scraper.config.durations import parse_duration, parse_size
from scraper.config.references import resolve

DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "archive": {
        "root": "../archive",
        "path": "_posts/{year}/{month}/{date}-{title}.md",
        "body": "markdown",
        "front_matter": "full",
        "pictures": "link",
        "picture_max_bytes": "10MB",
        "keep_raw": True,
        "keep_raw_for": "",
        "keep_raw_size": "",
        "timestamp": "",
    },
    "fetch": {
        "contact": "",
        "delay": "1s",
        "connections_per_host": 2,
        "timeout": "30s",
        "max_bytes": "10MB",
        "retries": 3,
        "robots": True,
        "allow_addresses": [],
    },
    "revisions": {
        "enabled": True,
        "first": "10m",
        "share": 0.5,
        "longest": "30d",
        "until": "180d",
        "budget": 200,
        "per_day": 4,
    },
    "coverage": {"fill": True, "budget": 60},
    "daemon": {"listen": "127.0.0.1:8765", "drain": "30s"},
    "alerts": {
        "to": [],
        "remind": "1d",
        "per_hour": 6,
        "disk_low": "1GB",
        "coverage_below": 0.9,
        "withdrawn": False,
    },
}
# "" stands for what follows from the other keys: see settings.py.
SOURCE_DEFAULTS: Mapping[str, Any] = {
    "name": "",
    "title": "",
    "site": "",
    "every": "10m",
    "every_max": "",
    "allow_addresses": [],
    "timezone": "",
    "headers": {},
    "cookies": {},
    "credentials": "",
    "proxy": "",
    "ca_file": "",
}


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the checks need to know besides the value: pydantic's validation context."""

    base: Path  # the folder that relative paths start from
    environ: Mapping[str, str]
    sites: Collection[str]  # names of profiles


Info = ValidationInfo[Surroundings]


def as_tuple(value: Any) -> Any:
    """A list as a tuple; TOML knows lists only, values are frozen."""
    return tuple(value) if isinstance(value, list) else value


def as_texts(value: Any) -> Any:
    """The same for lists of texts, where a lone text is a list of one."""
    return (value,) if isinstance(value, str) else as_tuple(value)


def within(
    parse: Callable[[str], float | None], lowest: float, highest: float, expected: str
) -> BeforeValidator:
    """A check that a value is a text which parses to a number between two others."""

    def read(value: object) -> float:
        number = parse(value) if isinstance(value, str) else None
        if number is None or not lowest <= number <= highest:
            raise ValueError(expected)
        return number

    return BeforeValidator(read)


def duration(lowest: float, highest: float, limits: str) -> BeforeValidator:
    """A check for a duration with its unit, between two numbers of seconds."""
    expected = f"a duration with its unit (ms, s, m, h or d), {limits}"
    return within(parse_duration, lowest, highest, expected)


def whole(lowest: int, highest: int) -> AfterValidator:
    """A check for a number between two others."""

    def read(value: int) -> int:
        if not lowest <= value <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return value

    return AfterValidator(read)


def unless_empty(check: Callable[[str], str]) -> AfterValidator:
    """A check that lets "" pass, which stands for a key that is left out."""
    return AfterValidator(lambda text: check(text) if text else text)


def none_if_empty(value: Any) -> Any:
    """None for "", which stands for a key that is left out."""
    return None if value == "" else value


def check_pictures(value: Literal["link", "save"]) -> Literal["link", "save"]:
    """What is saved is decoded first, which takes a library that is not always there."""
    if value == "save" and find_spec("PIL") is None:
        raise ValueError("""Pillow to be installed: pip install 'news-scraper[pictures]'""")
    return value


def check_site(name: str, info: Info) -> str:
    """The name of a profile that exists; "" has it chosen by host."""
    sites = info.context.sites
    if name and name not in sites:
        hint = checks.suggest(name, sites)
        raise ValueError(f"a site profile, one of: {', '.join(sorted(sites))}{hint}")
    return name


def check_longest(seconds: float | None, info: Info) -> float | None:
    """No shorter than the interval that it is the upper bound of."""
    if seconds is not None and seconds < info.data.get("every", 0):
        raise ValueError("a duration that is no shorter than `every`")
    return seconds


def check_share(value: float) -> float:
    """A share of an article's age."""
    if not 0.01 <= value <= 10:
        raise ValueError("a number from 0.01 to 10")
    return value


def check_part(value: float) -> float:
    """A share of the whole."""
    if not 0 <= value <= 1:
        raise ValueError("a number from 0 to 1")
    return value


def check_not_first(seconds: float, info: Info) -> float:
    """No shorter than the wait that it is the upper bound of."""
    if seconds < info.data.get("first", 0):
        raise ValueError("a duration that is no shorter than `first`")
    return seconds


def check_urls(urls: tuple[str, ...]) -> tuple[str, ...]:
    """At least one URL."""
    if not urls:
        raise ValueError("at least one URL of a feed, section page or sitemap")
    return urls


def resolve_secret(text: str, info: Info) -> str:
    """The value behind `env:NAME` or `file:PATH`."""
    return resolve(text, info.context.environ, info.context.base)


def resolve_path(text: str, info: Info) -> str:
    """An absolute path without symbolic links; "~" is the user's home."""
    try:
        return os.path.realpath(info.context.base / Path(text).expanduser())
    except RuntimeError as error:
        raise ValueError('a path without "~": that home folder is not known') from error


def check_file(text: str, info: Info) -> str:
    """The absolute path of a file that can be read; "" for none."""
    path = resolve_path(text, info) if text else ""
    if path and not (Path(path).is_file() and os.access(path, os.R_OK)):
        raise ValueError("the path of a file that can be read")
    return path


Line = Annotated[str, AfterValidator(checks.check_line)]
Filled = Annotated[str, AfterValidator(checks.check_filled)]
Url = Annotated[str, AfterValidator(checks.check_url)]
Urls = Annotated[tuple[Url, ...], BeforeValidator(as_texts), AfterValidator(check_urls)]
Block = Annotated[str, AfterValidator(checks.check_block)]
Blocks = Annotated[tuple[Block, ...], BeforeValidator(as_texts)]
Secret = Annotated[str, AfterValidator(resolve_secret)]
HeaderName = Annotated[str, AfterValidator(checks.check_header_name)]
HeaderValue = Annotated[Secret, AfterValidator(checks.check_header_value)]
CookieValue = Annotated[Secret, AfterValidator(checks.check_cookie_value)]
Target = Annotated[Secret, AfterValidator(checks.check_target)]
Targets = Annotated[tuple[Target, ...], BeforeValidator(as_texts)]
Interval = Annotated[float, duration(10, 30 * 86400, 'from "10s" to "30d"')]
Longest = Annotated[
    Interval | None,
    BeforeValidator(none_if_empty),
    AfterValidator(check_longest),
]
Size = Annotated[
    int,
    within(parse_size, 1_000, 1_000_000_000, 'a size with its unit, from "1KB" to "1GB"'),
]

LOW = within(parse_size, 0, 1e15, 'a size with its unit, from "0B" to "1000000GB"')


Age = Annotated[
    Annotated[float, duration(86400, 36500 * 86400, 'from "1d" to "36500d"')] | None,
    BeforeValidator(none_if_empty),
]
Total = Annotated[
    Annotated[
        int,
        within(parse_size, 1_000_000, 10**15, 'a size with its unit, from "1MB" to "1000000GB"'),
    ]
    | None,
    BeforeValidator(none_if_empty),
]


class Table(BaseModel):
    """A TOML table: no key but the known ones, no text taken for a number."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class ArchiveTable(Table):
    """[archive]."""

    root: Annotated[Filled, AfterValidator(resolve_path)]
    path: Annotated[str, AfterValidator(checks.check_path_template)]
    body: Literal["markdown", "html"]
    front_matter: Literal["full", "seed"]
    pictures: Annotated[Literal["link", "save"], AfterValidator(check_pictures)]
    picture_max_bytes: Size
    keep_raw: bool
    keep_raw_for: Age
    keep_raw_size: Total
    timestamp: Annotated[str, unless_empty(checks.check_url)]


class FetchTable(Table):
    """[fetch]; durations in seconds, sizes in bytes."""

    contact: Annotated[str, unless_empty(checks.check_contact)]
    delay: Annotated[float, duration(0, 3600, 'from "0s" to "1h"')]
    connections_per_host: Annotated[int, whole(1, 64)]
    timeout: Annotated[float, duration(0.1, 3600, 'from "100ms" to "1h"')]
    max_bytes: Size
    retries: Annotated[int, whole(0, 10)]
    robots: bool
    allow_addresses: Blocks


class RevisionsTable(Table):
    """[revisions]; durations in seconds."""

    enabled: bool
    first: Annotated[float, duration(60, 86400, 'from "1m" to "1d"')]
    share: Annotated[float, AfterValidator(check_share)]
    longest: Annotated[
        float, duration(3600, 365 * 86400, 'from "1h" to "365d"'), AfterValidator(check_not_first)
    ]
    until: Annotated[float, duration(0, 36500 * 86400, 'from "0s" to "36500d"')]
    budget: Annotated[int, whole(0, 100_000)]
    per_day: Annotated[int, whole(1, 1000)]


class CoverageTable(Table):
    """[coverage]."""

    fill: bool
    budget: Annotated[int, whole(1, 10_000)]


class DaemonTable(Table):
    """[daemon]; durations in seconds."""

    listen: Annotated[str, unless_empty(checks.check_listen)]
    drain: Annotated[float, duration(0, 3600, 'from "0s" to "1h"')]


class AlertsTable(Table):
    """[alerts]; durations in seconds, sizes in bytes, secrets resolved."""

    to: Targets
    remind: Annotated[float, duration(3600, 365 * 86400, 'from "1h" to "365d"')]
    per_hour: Annotated[int, whole(1, 60)]
    disk_low: Annotated[int, LOW]
    coverage_below: Annotated[float, AfterValidator(check_part)]
    withdrawn: bool


class SourceTable(Table):
    """One of [[sources]]; durations in seconds, secrets resolved, "" for what was left out."""

    name: Annotated[str, unless_empty(checks.check_source_name)]
    title: Line
    site: Annotated[str, AfterValidator(check_site)]
    urls: Urls
    every: Interval
    every_max: Longest
    allow_addresses: Blocks
    timezone: Annotated[str, unless_empty(checks.check_zone)]
    headers: dict[HeaderName, HeaderValue]
    cookies: dict[HeaderName, CookieValue]
    credentials: Annotated[Secret, unless_empty(checks.check_credentials)]
    proxy: Annotated[Secret, unless_empty(checks.check_proxy)]
    ca_file: Annotated[Line, AfterValidator(check_file)]


class FileTable(Table):
    """The whole file."""

    archive: ArchiveTable
    fetch: FetchTable
    revisions: RevisionsTable
    coverage: CoverageTable
    daemon: DaemonTable
    alerts: AlertsTable
    sources: Annotated[tuple[SourceTable, ...], BeforeValidator(as_tuple)]


KEYS: Mapping[tuple[str, ...], tuple[str, ...]] = {
    (): tuple(FileTable.model_fields),
    ("archive",): tuple(ArchiveTable.model_fields),
    ("fetch",): tuple(FetchTable.model_fields),
    ("revisions",): tuple(RevisionsTable.model_fields),
    ("coverage",): tuple(CoverageTable.model_fields),
    ("daemon",): tuple(DaemonTable.model_fields),
    ("alerts",): tuple(AlertsTable.model_fields),
    ("sources",): tuple(SourceTable.model_fields),
}
