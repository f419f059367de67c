"""Conditional requests: what is kept of an answer, and what is sent back (RFC 9110 §8.8, §13)."""

import re
from collections.abc import Mapping

from scraper.model import Validators

MAX_CHARACTERS = 1024  # a longer validator is not kept: cut short, it would match nothing
_SENDABLE = re.compile(r"[\x20-\x7e]+")


def read_validators(headers: Mapping[str, str]) -> Validators:
    """`ETag` and `Last-Modified` of an answer, opaque; empty where missing or not fit to be sent.

    Names in `headers` may be in any case.
    """
    values = {name.lower(): value for name, value in headers.items()}
    return Validators(
        etag=_sendable(values.get("etag", "")),
        last_modified=_sendable(values.get("last-modified", "")),
    )


def conditional_headers(validators: Validators) -> dict[str, str]:
    """The request headers that ask for a page only if it changed; empty without validators."""
    headers = {
        "If-None-Match": _sendable(validators.etag),
        "If-Modified-Since": _sendable(validators.last_modified),
    }
    return {name: value for name, value in headers.items() if value}


def merge(old: Validators, from_304: Validators) -> Validators:
    """The validators after a 304: those that came with it replace the old (RFC 9110 §15.4.5)."""
    return Validators(
        etag=from_304.etag or old.etag,
        last_modified=from_304.last_modified or old.last_modified,
    )


def _sendable(value: str) -> str:
    text = value.strip(" \t")
    return text if len(text) <= MAX_CHARACTERS and _SENDABLE.fullmatch(text) else ""
