"""Durations and sizes as people write them: "10m", "1h30m", "10MB".

A number without a unit is refused, because nobody can tell later whether it meant seconds.
"""

import re

SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
BYTES = {
    "b": 1,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
}
NUMBER = r"[0-9]{1,9}(?:\.[0-9]{1,6})?"
PART = re.compile(rf"({NUMBER})\s?(ms|s|m|h|d)")
DURATION = re.compile(rf"{PART.pattern}(?:\s?{PART.pattern})*")
SIZE = re.compile(rf"({NUMBER})\s?([kmg]i?b|b)", re.IGNORECASE)


def parse_duration(text: str) -> float | None:
    """The seconds in `text` ("10m", "1.5s", "1h30m"); None where it is no duration with units."""
    if DURATION.fullmatch(text) is None:
        return None
    return sum(float(number) * SECONDS[unit] for number, unit in PART.findall(text))


def parse_size(text: str) -> int | None:
    """The bytes in `text` ("10MB", "512 KiB"); None where it is no size with a unit.

    KB, MB and GB are powers of 1000, KiB, MiB and GiB powers of 1024 (IEC 80000-13).
    """
    match = SIZE.fullmatch(text)
    return None if match is None else round(float(match[1]) * BYTES[match[2].lower()])
