from pathlib import Path

import pytest

from tests.journey.journey import Journey


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    """An empty archive without sources."""
    return Journey(tmp_path / "archive")
