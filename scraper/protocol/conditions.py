"""What is wrong with the service now, as values: a condition begins, lasts and ends.

How conditions follow from what is known is the service's business; when they are told, that of
`alarms`.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import IntEnum


class Severity(IntEnum):
    """How bad it is; a condition that gets worse is told again."""

    WARNING = 1  # it works in part, or did so lately: a source with such a condition is degraded
    CRITICAL = 2  # it does not work: such a source is dead


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong. Of one key there is one at a time, whatever its words."""

    key: str  # "source:NAME:failing"
    kind: str  # "failing"
    subject: str  # the source's name; "" where it is about the whole service
    title: str  # what is wrong, in a few words: "NAME cannot be polled"
    message: str  # the details, and what to do
    severity: Severity = Severity.WARNING
    since: datetime | None = None  # None: since it is seen
    wait: timedelta = timedelta(0)  # how long it must hold before it is told
    calm: timedelta = timedelta(minutes=10)  # how long it must be over before that is told
    silenced: bool = False  # it holds, but another one is the cause: nothing is told of it
    ends: bool = True  # whether its end is told
