import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.config.durations import parse_duration, parse_size


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("10m", 600),
        ("1.5s", 1.5),
        ("250ms", 0.25),
        ("1h30m", 5400),
        ("1h 30 m", 5400),
        ("2d", 172800),
    ],
)
def test_durations_are_seconds(text: str, seconds: float) -> None:
    assert parse_duration(text) == seconds


@pytest.mark.parametrize(
    "text", ["", "10", "m", "-1s", "1 week", "10M", "１s", "1s,", "1e3s", "inf s"]
)
def test_durations_without_a_known_unit_are_refused(text: str) -> None:
    assert parse_duration(text) is None


@pytest.mark.parametrize(
    ("text", "size"),
    [("10MB", 10_000_000), ("512 KiB", 524_288), ("1.5kb", 1500), ("1GB", 10**9), ("7b", 7)],
)
def test_sizes_are_bytes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "10", "10M", "-1MB", "1TB", "MB"])
def test_sizes_without_a_known_unit_are_refused(text: str) -> None:
    assert parse_size(text) is None


@given(st.text())
def test_any_text_is_a_number_or_none(text: str) -> None:
    assert (parse_duration(text) or 0) >= 0
    assert (parse_size(text) or 0) >= 0
