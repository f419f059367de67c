import os
from pathlib import Path

import pytest

from tests.hostile.program import Program


@pytest.fixture(scope="session")
def clean_environment() -> dict[str, str]:
    """The environment for the program: none of its own settings."""
    return {key: value for key, value in os.environ.items() if not key.startswith("SCRAPER_")}


@pytest.fixture
def program(tmp_path: Path, clean_environment: dict[str, str]) -> Program:
    """The program, without sources yet."""
    return Program(tmp_path, clean_environment)
