"""Secrets by reference: `env:NAME` and `file:PATH` instead of the secret itself.

Messages name the variable or the file, never the value.
"""

from collections.abc import Mapping
from pathlib import Path

MAX_SECRET_BYTES = 65_536
PREFIXES = ("env:", "file:")


def is_reference(text: str) -> bool:
    """Whether `text` points to a value that stands elsewhere."""
    return text.startswith(PREFIXES)


def resolve(text: str, environ: Mapping[str, str], base: Path) -> str:
    """The value that `text` refers to, or `text` itself where it is no reference.

    A file's path is relative to `base`; one newline at its end is dropped. Raises ValueError saying
    what was expected: the variable or the file to be there.
    """
    if text.startswith("env:"):
        return _read_variable(text.removeprefix("env:"), environ)
    if text.startswith("file:"):
        return _read_secret(base / text.removeprefix("file:"))
    return text


def _read_variable(name: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "")
    if not value:
        raise ValueError(f"the environment variable {name} to be set and not empty")
    return value


def _read_secret(path: Path) -> str:
    try:
        with path.open("rb") as file:
            content = file.read(MAX_SECRET_BYTES + 1)
        text = content.decode("utf-8")
    except (OSError, ValueError) as error:
        raise ValueError(f"{path} to be a readable file of UTF-8 text") from error
    if not text or len(content) > MAX_SECRET_BYTES:
        raise ValueError(f"{path} to hold a secret of 1 to {MAX_SECRET_BYTES} bytes")
    return text.removesuffix("\n").removesuffix("\r")
