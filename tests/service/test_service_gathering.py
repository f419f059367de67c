"""What is known at a moment: of the sources' articles and lists, and of the disk."""

import os
import shutil
from datetime import timedelta
from pathlib import Path

import pytest

from scraper.articles.trend import Trend
from scraper.feeds.tally import Tally
from scraper.model import Entry
from scraper.protocol.alarms import AlertSettings
from scraper.service.context import Service
from scraper.service.watching.facts import Facts
from scraper.service.watching.gathering import WORTH_TELLING, Told, gather, space_of
from tests.journey.journey import Journey


def test_what_is_left_is_what_the_system_says(tmp_path: Path) -> None:
    space = space_of(tmp_path)
    assert space is not None
    assert 0 < space.free_bytes <= shutil.disk_usage(tmp_path).total


def test_of_a_folder_that_is_not_there_nothing_is_known(tmp_path: Path) -> None:
    assert space_of(tmp_path / "absent") is None


def test_a_file_system_without_a_number_of_files_has_no_lack_of_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = os.statvfs(tmp_path)
    countless = os.statvfs_result((*found[:5], 0, 0, 0, *found[8:]))
    monkeypatch.setattr(os, "statvfs", lambda _path: countless)
    space = space_of(tmp_path)
    assert space is not None
    assert space.free_inodes is None


def test_coverage_drift_and_odd_lists_are_read_from_the_state(tmp_path: Path) -> None:
    journey, url = Journey(tmp_path / "archive"), "https://news.example.com/list"
    journey.add(url, name="news", site=None)
    found: list[Facts] = []

    def note(service: Service) -> None:
        state, now = service.state, service.now()
        listed = now - timedelta(hours=3)
        entries = [Entry(f"{url}/{n}", f"{n}", "题", listed) for n in range(WORTH_TELLING)]
        state.articles.want(entries, "news", listed)
        for entry in entries:
            state.articles.give_up(entry.id, "HTTP 403")
        state.measures.note("news", Trend("generic", "are far shorter", "shorter"), now)
        state.tallies.add(("news", url), Tally(3, 0, 3, 3, 3), "lists far less", now)
        found.append(gather(service, journey.root, AlertSettings(), Told()))

    async def work(service: Service) -> None:
        await service.disk.run(note, service)

    journey.with_service(work)
    (facts,) = found
    assert facts.coverage == {"news": 0.0}
    assert [(one.source, one.what) for one in facts.drifting] == [("news", "are far shorter")]
    assert [(one.url, one.what) for one in facts.strange] == [(url, "lists far less")]
