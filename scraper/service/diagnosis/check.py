"""One thing that was looked at in an installation, and how it was judged."""

from dataclasses import dataclass
from typing import Literal

CheckOutcome = Literal["ok", "warning", "failed"]


@dataclass(frozen=True, slots=True)
class Check:
    """What was found, and what to do unless it is "ok".

    "failed" is what keeps the program from its work or endangers the archive, "warning" what its
    operator should know and may accept.
    """

    name: str
    outcome: CheckOutcome
    reason: str
    advice: str = ""


def ok(name: str, reason: str) -> Check:
    """All is well."""
    return Check(name, "ok", reason)


def warning(name: str, reason: str, advice: str) -> Check:
    """It works, but the operator should know."""
    return Check(name, "warning", reason, advice)


def failed(name: str, reason: str, advice: str) -> Check:
    """It does not work."""
    return Check(name, "failed", reason, advice)
