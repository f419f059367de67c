"""Disks that lose their power while they are written.

ROUNDS says how often the soak test cuts the power.
"""

import random
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.archive.archive import Archive, Change
from scraper.archive.manifest import read_all
from tests.durability.conftest import STORIES, Undisturbed, rounds
from tests.durability.disks import FLUSH_JOURNAL, FLUSH_NOTHING, Ext4, ext4
from tests.durability.program import Crawl, Run, finish

pytestmark = pytest.mark.replica

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def lose_power(disk: Ext4, crawl: Crawl, chance: random.Random) -> None:
    """A run whose disk loses its power while it writes; then the disk comes back."""
    run = crawl.start(*chance.choice((("once", "--all"), ("daemon",))))
    flush = chance.choice((FLUSH_JOURNAL, FLUSH_NOTHING))

    def cut(run: Run) -> None:
        disk.cut_power(flush)
        run.kill_all()

    run.after(chance.randint(0, STORIES // 4), chance.uniform(0, 0.1), cut)
    crawl.end(run)
    run.kill_all()
    disk.unmount()
    disk.mount()


def lose_power_on_days(
    seed: int, folder: Path, undisturbed: Undisturbed, days: range = range(5)
) -> list[str]:
    """An archive whose disk loses its power on each of these days; gives what is wrong."""
    chance, findings = random.Random(seed), list[str]()
    folder.mkdir(exist_ok=True)
    with ext4(folder) as disk:
        crawl = undisturbed.crawl(folder, disk.place / "archive", step=days[0])
        disk.sync()
        for day in days:
            crawl.at = undisturbed.site.go(day)
            lose_power(disk, crawl, chance)
            found = finish(crawl, undisturbed.texts[day])
            findings += [f"seed {seed}, day {day}: {line}" for line in found]
    return findings


def test_what_was_acknowledged_outlives_the_power(
    tmp_path: Path, undisturbed_few: Undisturbed
) -> None:
    assert lose_power_on_days(1, tmp_path, undisturbed_few, range(3, 4)) == []


@pytest.mark.parametrize("files", [3, 300])
def test_a_batch_that_was_committed_outlives_the_power(files: int, tmp_path: Path) -> None:
    texts = [(f"_posts/2026/01/{number}.md", f"正文 {number}。\n") for number in range(files)]
    with ext4(tmp_path) as disk:
        archive = Archive(disk.place / "archive", "tester/1")
        archive.commit([Change("archived", path, ((path, text),)) for path, text in texts], NOON)
        (disk.place / "never synced").write_text("x")
        disk.cut_power(FLUSH_NOTHING)
        disk.unmount()
        disk.mount()
        assert not (disk.place / "never synced").exists()
        assert [(path, archive.store.read(path)) for path, _ in texts] == texts
        assert [event.id for event in read_all(archive.root)] == [path for path, _ in texts]


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_power_is_lost_a_hundred_times(
    tmp_path: Path, undisturbed: Undisturbed, say: Callable[[str], None]
) -> None:
    findings, begun, losses = list[str](), time.monotonic(), 0
    while losses < rounds(100):
        seed = 100 + losses
        found = lose_power_on_days(seed, tmp_path / str(seed), undisturbed)
        losses += 5
        say(f"{losses} losses, {(time.monotonic() - begun) / losses:.2f} s each: {found or 'fine'}")
        findings += found
    say(f"power lost: {losses} times, findings: {len(findings)}")
    assert findings == []
