"""Disks that lose their power while they are written, and disks that are full.

ROUNDS says how often the soak test cuts the power.
"""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from scraper.archive.archive import Archive, Change
from scraper.archive.manifest import read_all
from tests.durability.conftest import STORIES, Undisturbed, rounds
from tests.durability.disks import FLUSH_JOURNAL, FLUSH_NOTHING, Ext4, ext4, fill, memory_disk
from tests.durability.findings import texts
from tests.durability.program import Crawl, Run, finish

pytestmark = pytest.mark.replica

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def lose_power(disk: Ext4, crawl: Crawl, chance: random.Random) -> None:
    """A run whose disk loses its power while it writes; then the disk comes back."""
    run = crawl.start("once", "--all")
    flush = chance.choice((FLUSH_JOURNAL, FLUSH_NOTHING))

    def cut(run: Run) -> None:
        disk.cut_power(flush)
        run.kill_all()

    run.after(chance.randint(0, STORIES // 4), chance.uniform(0, 0.1), cut)
    crawl.end(run)
    run.kill_all()
    disk.unmount()
    disk.mount()


def one_round(seed: int, folder: Path, undisturbed: Undisturbed, losses: int = 2) -> list[str]:
    """An archive whose disk loses its power in a row; gives what is wrong in the end."""
    chance = random.Random(seed)
    folder.mkdir(exist_ok=True)
    with ext4(folder) as disk:
        crawl = Crawl(folder / "crawl", undisturbed.url, disk.place / "archive")
        for _ in range(losses):
            lose_power(disk, crawl, chance)
        return [f"seed {seed}: {found}" for found in finish(crawl, undisturbed.texts)]


def test_what_was_acknowledged_outlives_the_power(tmp_path: Path, undisturbed: Undisturbed) -> None:
    assert one_round(1, tmp_path, undisturbed, losses=1) == []


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
    seeds, findings = range(100, 100 + (rounds(100) + 1) // 2), list[str]()
    for seed in seeds:
        found = one_round(seed, tmp_path / str(seed), undisturbed)
        say(f"seed {seed}: {found or 'fine'}")
        findings += found
    say(f"power lost: {2 * len(seeds)} times, findings: {len(findings)}")
    assert findings == []


def fill_up(kilobytes: int, folder: Path, undisturbed: Undisturbed) -> tuple[Run, list[str]]:
    """A run on a disk with so much space, and what is wrong with the archive after another one."""
    folder.mkdir(exist_ok=True)
    with memory_disk(folder, 4096) as place:
        crawl = Crawl(folder / "crawl", undisturbed.url, place / "archive")
        filler = fill(place, kilobytes)
        run = crawl.once()
        whole = undisturbed.texts.items() >= texts(crawl.root).items()
        filler.unlink()
        findings = [] if whole else ["a text was not whole on the full disk"]
        return run, findings + finish(crawl, undisturbed.texts)


def told_wrongly(run: Run) -> list[str]:
    """What is wrong with how a run on a full disk ended."""
    lines = run.errors.splitlines()
    if run.process.returncode == 0:
        return []  # there was space enough
    ended_well = run.process.returncode == 4
    clear = len([line for line in lines if "free space" in line]) == 1
    return [] if ended_well and clear and len(lines) == 1 else [f"{run.process}: {run.errors}"]


@pytest.mark.parametrize("kilobytes", [0, 200])
def test_a_full_disk_is_named_and_the_next_run_completes_the_archive(
    kilobytes: int, tmp_path: Path, undisturbed: Undisturbed
) -> None:
    run, findings = fill_up(kilobytes, tmp_path, undisturbed)
    assert run.process.returncode == 4
    assert told_wrongly(run) == []
    assert findings == []


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_the_disk_is_full_at_every_page_of_it(
    tmp_path: Path, undisturbed: Undisturbed, say: Callable[[str], None]
) -> None:
    findings, full, kilobytes = list[str](), 0, 0
    while kilobytes < 4000:
        run, found = fill_up(kilobytes, tmp_path / str(kilobytes), undisturbed)
        found = [f"{kilobytes} kB: {line}" for line in found + told_wrongly(run)]
        say(f"{kilobytes} kB: {found or 'fine'}")
        findings += found
        if run.process.returncode == 0:
            break
        full += 1
        kilobytes += 4  # tmpfs gives space by the page
    say(f"full disks: {full}, up to {kilobytes} kB, findings: {len(findings)}")
    assert findings == []
