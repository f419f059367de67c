"""Log lines on standard error, as text or as JSON: without a control character, without a secret.

What a site says may hold anything: sequences that repaint a terminal, marks that turn a line's
direction around (Unicode's bidirectional overrides, UTR 36), or our own secret, sent back. What is
printed in lines goes through here; secrets are looked for in what is logged or went wrong, never in
results, where a word that happens to be one would be missing.
"""

import json
import logging
import re
import sys
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from scraper.model import Source

SHORTEST_SECRET = 8  # characters: shorter ones would be found everywhere
HIDDEN = "***"
# C0 and C1 controls, line separators, embeddings, overrides and isolates of direction
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_UNSAFE_IN_JSON = re.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_USERINFO = re.compile(r"(?<=://)[^\s/?#@]*:[^\s/?#@]*(?=@)")
_secrets: list[str] = []  # of this process's configuration, the longest first


def start_logging(level: str, log_format: str) -> None:
    """Log the program's own lines at `level`, its libraries' from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson() if log_format == "json" else _AsText())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("scraper").setLevel(level.upper())


def hide_secrets(sources: Iterable[Source]) -> None:
    """From now on, print none of what these sources send to their own servers alone."""
    found = {text for source in sources for text in _secrets_of(source)}
    found |= {quote(text, safe="") for text in found}
    _secrets[:] = sorted((t for t in found if len(t) >= SHORTEST_SECRET), key=len, reverse=True)


def _secrets_of(source: Source) -> Iterator[str]:
    yield from source.headers.values()
    yield from source.cookies.values()
    if source.credentials:
        yield source.credentials.partition(":")[2]
        yield b64encode(source.credentials.encode()).decode()
    if source.proxy:
        yield urlsplit(source.proxy).password or ""


def one_line(text: str) -> str:
    """Text from anywhere, made safe for a terminal and a line of a log."""
    return _CONTROL.sub(" ", text).rstrip()


def json_line(facts: Mapping[str, object]) -> str:
    """An object of JSON on one line (RFC 8259): what is unsafe to print is escaped, not lost."""
    text = json.dumps(facts, ensure_ascii=False)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def without_secrets(text: str) -> str:
    """The text with what is secret taken out."""
    for secret in _secrets:
        text = text.replace(secret, HIDDEN)
    return text


def _loggable(text: str) -> str:
    """The same, and without user names and passwords in URLs: a log is kept, and passed on."""
    return _USERINFO.sub(HIDDEN, without_secrets(text))


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.exc_info and record.exc_info[1]:
        error = record.exc_info[1]
        message = f"{message}: {type(error).__name__}: {error}"
    return one_line(_loggable(message))


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _traceback(formatter: logging.Formatter, record: logging.LogRecord) -> list[str]:
    """The lines of a traceback, where somebody looks for a bug."""
    if not record.exc_info or not logging.getLogger("scraper").isEnabledFor(logging.DEBUG):
        return []
    text = _loggable(formatter.formatException(record.exc_info))
    return [one_line(line) for line in text.splitlines()]


class _AsText(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = f"{_instant(record)} {record.levelname.lower():7} {_message(record)}"
        return "\n".join([line, *_traceback(self, record)])


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts: dict[str, object] = {
            "time": _instant(record),
            "level": record.levelname.lower(),
            "message": _message(record),
        }
        traceback = _traceback(self, record)
        facts |= getattr(record, "facts", {}) | ({"traceback": traceback} if traceback else {})
        return _loggable(json_line(facts))
