"""What of a configuration asks for an extra."""

from typing import Any

import pytest

from scraper.cli.extras import find_needs


@pytest.mark.parametrize(
    ("values", "extras"),
    [
        ({"archive": {"pictures": "link", "timestamp": ""}, "alerts": {"to": []}}, []),
        ({"archive": {"pictures": "save"}}, ["pictures"]),
        ({"archive": {"timestamp": "https://tsa.example"}}, ["timestamp"]),
        ({"alerts": {"to": ["mailto://x"]}}, ["alerts"]),
        ({}, []),
    ],
)
def test_extras_are_needed_by_keys_that_use_them(values: dict[str, Any], extras: list[str]) -> None:
    assert [extra for extra, _, _ in find_needs(values)] == extras
