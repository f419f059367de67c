from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.fetch.conftest import Server, _listen
from tests.journey.journey import Journey


@pytest.fixture
def journey(tmp_path: Path) -> Journey:
    """An empty archive without sources."""
    return Journey(tmp_path / "archive")


@pytest.fixture
def server() -> Iterator[Server]:
    """A server whose answers a test decides."""
    yield from _listen()
