"""The days that the other tests disturb: what happens on them, undisturbed."""

from collections import Counter

import pytest

from scraper.archive.manifest import read_all
from tests.durability.conftest import Undisturbed

pytestmark = pytest.mark.replica


def happened(days: Undisturbed) -> list[Counter[str]]:
    events = [[event.event for event in read_all(root)] for root in days.roots]
    before = [0, *map(len, events)]
    return [Counter(new[old:]) for old, new in zip(before, events, strict=False)]


def test_each_day_of_a_small_site_has_something_of_its_own(undisturbed_few: Undisturbed) -> None:
    assert happened(undisturbed_few) == [
        {"archived": 2},
        {"archived": 1, "revised": 1},
        {"revised": 1},
        {"revised": 1, "withdrawn": 1},
        {"revised": 1, "returned": 1},
    ]


@pytest.mark.soak
def test_each_day_of_a_larger_site_has_more_of_it(undisturbed: Undisturbed) -> None:
    assert happened(undisturbed) == [
        {"archived": 20},
        {"archived": 4, "revised": 4},
        {"revised": 1},
        {"revised": 4, "withdrawn": 4},
        {"returned": 4, "revised": 1},
    ]
