"""Runs that are killed at random moments, day after day, and what the next one makes of it.

ROUNDS says how many kills each soak test makes; the seed of the first is fixed.
"""

import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.durability.conftest import STORIES, Undisturbed, rounds
from tests.durability.findings import texts
from tests.durability.program import Crawl, Run, finish

pytestmark = pytest.mark.replica

IN_A_ROW = 2
RUN_SECONDS = 2.0  # that an undisturbed run takes, about


def killed(crawl: Crawl, command: str, chance: random.Random, lines: int) -> int:
    """A run that is killed at a random moment, mostly while it writes; 0 where it ended before.

    `lines` is how many it prints about, at most.
    """
    arguments = ("once", "--all") if command == "once" else (command,)
    run = crawl.start(*arguments)
    how = chance.choice((Run.kill, Run.kill_all))
    if chance.random() < 0.3:
        run.after(0, chance.uniform(0, RUN_SECONDS), how)
    else:
        run.after(chance.randint(1, lines), chance.uniform(0, 0.1), how)
    code = crawl.end(run).process.returncode
    missing = [path for path in crawl.acknowledged if not (crawl.root / path).is_file()]
    assert missing == []
    return int(code == -signal.SIGKILL)


def kill_day_after_day(seed: int, folder: Path, days: Undisturbed, command: str) -> list[str | int]:
    """An archive whose runs are killed on each of its days; how many kills, and what is wrong."""
    chance, kills, findings = random.Random(seed), 0, list[str]()
    crawl = days.crawl(folder)
    for number in range(len(days.texts)):
        crawl.at = days.site.go(number)
        changed = days.texts[number].items() - texts(crawl.root).items()
        lines = min(max(1, len(changed) // 2), STORIES // 4)
        for _ in range(IN_A_ROW):
            kills += killed(crawl, command, chance, lines)
        found = finish(crawl, days.texts[number])
        findings += [f"seed {seed}, day {number}: {line}" for line in found]
        if findings:
            break
    return [kills, *findings]


@pytest.mark.parametrize(("step", "command"), [(0, "once"), (3, "daemon")])
def test_what_was_acknowledged_outlives_kills_and_the_next_run_completes_it(
    step: int, command: str, undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    chance = random.Random(step)
    crawl = undisturbed_few.crawl(tmp_path, step=step)
    run = crawl.start(*(("once", "--all") if command == "once" else (command,)))
    run.after(1, chance.uniform(0, 0.05), Run.kill_all)
    assert crawl.end(run).process.returncode in (0, -signal.SIGKILL)
    assert finish(crawl, undisturbed_few.texts[step]) == []


@pytest.mark.soak
@pytest.mark.timeout(0)
@pytest.mark.parametrize("command", ["once", "daemon"])
def test_hundreds_of_kills_lose_and_tear_nothing(
    command: str, tmp_path: Path, undisturbed: Undisturbed, say: Callable[[str], None]
) -> None:
    kills, seed, findings, begun = 0, 100, list[str](), time.monotonic()
    while kills < rounds(150):
        folder = tmp_path / str(seed)
        more, *found = kill_day_after_day(seed, folder, undisturbed, command)
        kills += int(more)
        seconds = (time.monotonic() - begun) / max(1, kills)
        say(f"{command}, {kills} kills, {seconds:.2f} s each: {found or 'fine'}")
        findings += map(str, found)
        seed += 1
        if not found:
            shutil.rmtree(folder)
    say(
        f"{command}: kills at random moments: {kills}, archives: {seed - 100}, "
        f"findings: {len(findings)}"
    )
    assert findings == []


def test_files_that_were_left_before_their_lines_and_rows_get_both(
    undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    crawl = undisturbed_few.crawl(tmp_path, step=1)
    shutil.rmtree(crawl.root / ".scraper")
    (manifest,) = (crawl.root / "_manifest").rglob("*.jsonl")
    manifest.write_bytes(manifest.read_bytes().partition(b"\n")[0] + b"\n")
    crawl.at = undisturbed_few.site.go(0)
    assert finish(crawl, undisturbed_few.texts[0]) == []


def test_another_run_of_a_finished_archive_changes_nothing(
    undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    crawl = undisturbed_few.crawl(tmp_path, step=4)
    assert finish(crawl, undisturbed_few.texts[4]) == []
    crawl.acknowledged.clear()
    assert finish(crawl, undisturbed_few.texts[4]) == []
    assert crawl.acknowledged == set()
