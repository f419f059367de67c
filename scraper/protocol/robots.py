"""What robots.txt allows: RFC 9309, with protego as the matcher.

Only the groups that speak to this crawler, by its product token, or to everybody (`*`) are handed
to protego: its own matching also takes prefixes of the token, and its cost grows with the number
of agents times the number of rules, which a hostile file of the full size turns into minutes.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from scraper.model import Validators

if TYPE_CHECKING:
    from protego import Protego

MAX_BYTES = 500 * 1024  # RFC 9309 §2.5: at least this much is parsed; the rest does not count
MAX_CRAWL_DELAY_SECONDS = 60.0  # more would be a way to stop a crawler without saying so
_FRESH = timedelta(hours=24)  # RFC 9309 §2.4
_FRESH_UNREACHABLE = timedelta(minutes=5)

_TOKEN = re.compile(r"[A-Za-z_-]+")  # RFC 9309 §2.2.1
_AGENT_LINE = re.compile(r"\s*user(?:-|\s+)?agent\s*(?::|\s)\s*([^#]*)", re.IGNORECASE)
_NONE = Validators()
_NOBODY = "User-agent: 0"  # digits are no token: opens a group that matches no crawler


RobotsState = Literal["rules", "allow_all", "unreachable"]


@dataclass(frozen=True, slots=True)
class Robots:
    """What is known of one origin's robots.txt.

    `body` is the file with the state "rules", and a line that says why (UTF-8) with "unreachable".
    """

    origin: str  # "https://example.com"
    state: RobotsState
    body: bytes
    fetched_at: datetime  # or confirmed
    validators: Validators = _NONE  # of the file, for the next look at it


def allows(robots: Robots, url: str, agent: str) -> bool:
    """Whether `agent`, a User-Agent or its product token, may fetch `url`.

    An unreachable robots.txt permits nothing (RFC 9309 §2.3.1.4): the caller waits.
    """
    if robots.state == "rules":
        return _parse(robots.body, _product(agent)).can_fetch(url, _product(agent))
    return robots.state == "allow_all"


def crawl_delay(robots: Robots, agent: str) -> float | None:
    """The seconds that Crawl-delay asks for between two requests, at most 60; None: unsaid."""
    if robots.state != "rules":
        return None
    delay = _parse(robots.body, _product(agent)).crawl_delay(_product(agent))
    return None if delay is None else min(delay, MAX_CRAWL_DELAY_SECONDS)


def is_stale(robots: Robots, now: datetime) -> bool:
    """Whether robots.txt is to be fetched again; also when the clock was set back since."""
    fresh = _FRESH_UNREACHABLE if robots.state == "unreachable" else _FRESH
    return not timedelta(0) <= now - robots.fetched_at < fresh


def _product(agent: str) -> str:
    found = _TOKEN.match(agent)
    return found[0].lower() if found else "*"


@lru_cache(maxsize=64)
def _parse(body: bytes, product: str) -> "Protego":
    from protego import Protego  # noqa: PLC0415 - late: most commands never read a robots.txt

    text = _within_limit(body).decode("utf-8-sig", errors="replace")
    return Protego.parse("\n".join(_groups_for(text, product)))


def _within_limit(body: bytes) -> bytes:
    """What counts of a file: of one that is cut off, whole lines only.

    Half of "Allow: /a/b" would permit more than the line.
    """
    if len(body) < MAX_BYTES:
        return body
    lines = body[:MAX_BYTES].splitlines(keepends=True)
    return b"".join(lines if lines[-1].endswith((b"\n", b"\r")) else lines[:-1])


def _groups_for(text: str, product: str) -> Iterator[str]:
    """The lines of `text`, with nobody instead of the agents that are neither `product` nor `*`.

    One line per run of agents is enough to keep the groups apart. What a line is, and what names an
    agent, is read as loosely as protego reads it: what it sees, this must have seen.
    """
    heads: set[str] | None = None  # the agents of the current run of user-agent lines
    for line in text.splitlines():
        agent = _AGENT_LINE.match(line)
        if agent is None:
            heads = heads if _is_blank(line) else None
            yield line
            continue
        heads = set() if heads is None else heads
        head = _head(agent[1].strip(), product)
        if head not in heads:
            heads.add(head)
            yield head


def _is_blank(line: str) -> bool:
    return not line.partition("#")[0].strip()


def _head(agent: str, product: str) -> str:
    if agent == "*":
        return "User-agent: *"
    named = _TOKEN.match(agent)
    return f"User-agent: {product}" if named and named[0].lower() == product else _NOBODY
