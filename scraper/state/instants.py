"""Instants as they are stored: whole milliseconds since 1970 UTC, sorted as numbers.

The archive's own documents have the same precision (`<!--N-->`).
"""

from datetime import UTC, datetime, timedelta
from typing import overload

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@overload
def to_milliseconds(instant: datetime) -> int: ...
@overload
def to_milliseconds(instant: datetime | None) -> int | None: ...
def to_milliseconds(instant: datetime | None) -> int | None:
    """Milliseconds since 1970 UTC of an aware datetime, rounded down; None stays None."""
    return None if instant is None else (instant - _EPOCH) // MILLISECOND


@overload
def from_milliseconds(milliseconds: int) -> datetime: ...
@overload
def from_milliseconds(milliseconds: int | None) -> datetime | None: ...
def from_milliseconds(milliseconds: int | None) -> datetime | None:
    """The UTC datetime of a stored instant; None stays None."""
    return None if milliseconds is None else _EPOCH + milliseconds * MILLISECOND
