"""Log lines on standard error, as text or as JSON, without a control character."""

import json
import logging
import re
import sys
from datetime import UTC, datetime

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")


def start_logging(level: str, log_format: str) -> None:
    """Log the program's own lines at `level`, its libraries' from warnings on."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_AsJson() if log_format == "json" else _AsText())
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    logging.getLogger("scraper").setLevel(level.upper())


def one_line(text: str) -> str:
    """Text from anywhere, made safe for a terminal and a line of a log."""
    return _CONTROL.sub(" ", text).rstrip()


def _message(record: logging.LogRecord) -> str:
    message = record.getMessage()
    if record.exc_info and record.exc_info[1]:
        error = record.exc_info[1]
        message = f"{message}: {type(error).__name__}: {error}"
    return one_line(message)


def _instant(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class _AsText(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = f"{_instant(record)} {record.levelname.lower():7} {_message(record)}"
        if record.exc_info and logging.getLogger("scraper").isEnabledFor(logging.DEBUG):
            line += "\n" + self.formatException(record.exc_info)
        return line


class _AsJson(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        facts = {
            "time": _instant(record),
            "level": record.levelname.lower(),
            "message": _message(record),
        }
        return json.dumps(facts | getattr(record, "facts", {}), ensure_ascii=False)
