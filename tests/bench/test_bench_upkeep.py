"""The archive that upkeep is measured on is a sound one, and the measuring measures."""

from pathlib import Path

import pytest

from bench.run import SCRAPER, measure
from bench.upkeep import build, figures
from scraper.service.upkeep.verifying import verify


def test_the_archive_is_as_the_program_writes_it(tmp_path: Path) -> None:
    build(tmp_path, 60)
    verified = verify(tmp_path, lambda *_: None, patience=0)
    assert [finding.kind for finding in verified.findings] == ["state"]  # there is none
    assert (verified.files, verified.records) == (60, 60)


@pytest.mark.soak
def test_each_command_is_measured_on_it(tmp_path: Path) -> None:
    found = list(figures(measure, SCRAPER, tmp_path, 20, 1))
    assert [figure.command for figure in found] == ["rebuild", "verify", "verify --fast"]
    assert all(figure.cpu_seconds > 0 < figure.peak_megabytes for figure in found)
    assert list(tmp_path.iterdir()) == []
