"""Which WARC files have outlived their keep."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraper.archive.raw import RawFile
from scraper.archive.retention import outlived
from scraper.model import Retention

DAYS = [date(2024, 5, 6), date(2024, 5, 7), date(2024, 5, 9)]
FILES = [RawFile(DAYS[0], 1), RawFile(DAYS[1], 1), RawFile(DAYS[1], 2), RawFile(DAYS[2], 1)]
SIZES = dict.fromkeys(FILES, 100)
NOW = datetime(2024, 5, 9, 12, tzinfo=UTC)
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("retention", "gone"),
    [
        (Retention(), 0),
        (Retention(age=2 * ONE_DAY), 1),  # its day was over two and a half days ago
        (Retention(age=ONE_DAY), 3),
        (Retention(age=2.6 * ONE_DAY), 0),
        (Retention(size=400), 0),
        (Retention(size=399), 1),
        (Retention(size=150), 3),
        (Retention(size=1), 3),
        (Retention(age=2 * ONE_DAY, size=250), 2),
    ],
)
def test_the_oldest_go_first(retention: Retention, gone: int) -> None:
    assert outlived(SIZES, retention, NOW) == FILES[:gone]


def test_files_of_today_and_of_a_clock_that_went_back_stay() -> None:
    retention = Retention(age=timedelta(0), size=0)
    assert outlived(SIZES, retention, NOW) == FILES[:3]
    assert outlived(SIZES, retention, NOW - 2 * ONE_DAY) == FILES[:1]


def test_a_clock_that_leapt_ahead_is_not_believed() -> None:
    year = Retention(age=timedelta(days=365))
    assert outlived(SIZES, year, NOW + timedelta(days=2000)) == []
    again = {**SIZES, RawFile(date(2029, 10, 30), 1): 100}  # a day on which it was written again
    assert outlived(again, year, datetime(2029, 10, 31, tzinfo=UTC)) == FILES
    assert outlived({}, year, NOW) == []


@given(st.permutations(FILES), st.integers(0, 500), st.integers(0, 10))
def test_what_goes_is_always_a_beginning(order: list[RawFile], size: int, days: int) -> None:
    found = outlived(dict.fromkeys(order, 100), Retention(days * ONE_DAY, size), NOW)
    assert found == FILES[: len(found)]
