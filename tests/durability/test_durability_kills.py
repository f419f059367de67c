"""Runs that are killed at random moments, several in a row, and what the next one makes of it.

ROUNDS says how many kills the soak test makes; the seed of the first is fixed.
"""

import random
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.durability.conftest import STORIES, Undisturbed, rounds
from tests.durability.findings import archive_findings, texts
from tests.durability.program import Crawl, Run, finish

pytestmark = pytest.mark.replica

IN_A_ROW = 3
_ARGUMENTS = (("once", "--all"), ("once", "--all"), ("once", "--all"), ("daemon",))


def killed(crawl: Crawl, chance: random.Random, seconds: float) -> int:
    """A run that is killed at a random moment, mostly while it writes; 0 where it ended before."""
    run = crawl.start(*chance.choice(_ARGUMENTS))
    how = chance.choice((Run.kill, Run.kill_all))
    if chance.random() < 0.3:
        run.after(0, chance.uniform(0, seconds), how)
    else:
        run.after(chance.randint(1, STORIES // 4), chance.uniform(0, 0.1), how)
    code = crawl.end(run).process.returncode
    missing = [path for path in crawl.acknowledged if not (crawl.root / path).is_file()]
    assert missing == []
    return int(code == -signal.SIGKILL)


def kill_in_a_row(seed: int, crawl: Crawl, seconds: float) -> int:
    """So many kills, or fewer where the archive is complete before; how many there were."""
    chance, kills = random.Random(seed), 0
    for _ in range(3 * IN_A_ROW):
        kills += killed(crawl, chance, seconds)
        if kills == IN_A_ROW:
            break
    return kills


@pytest.mark.parametrize("seed", range(2))
def test_what_was_acknowledged_outlives_kills_and_the_next_run_completes_it(
    seed: int, crawl: Crawl, undisturbed: Undisturbed
) -> None:
    assert kill_in_a_row(seed, crawl, undisturbed.seconds)
    assert finish(crawl, undisturbed.texts) == []


@pytest.mark.soak
@pytest.mark.timeout(0)
def test_hundreds_of_kills_lose_and_tear_nothing(
    tmp_path: Path, undisturbed: Undisturbed, say: Callable[[str], None]
) -> None:
    kills, seed, findings = 0, 100, list[str]()
    while kills < rounds(300):
        folder = tmp_path / str(seed)
        crawl = Crawl(folder / "crawl", undisturbed.url, folder / "archive")
        kills += kill_in_a_row(seed, crawl, undisturbed.seconds)
        found = [f"seed {seed}: {line}" for line in finish(crawl, undisturbed.texts)]
        say(f"{kills} kills: {found or 'fine'}")
        findings += found
        seed += 1
    say(f"kills at random moments: {kills}, archives: {seed - 100}, findings: {len(findings)}")
    assert findings == []


def test_files_that_were_left_before_their_lines_and_rows_get_both(
    undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    root = Path(shutil.copytree(undisturbed_few.root, tmp_path / "archive"))
    shutil.rmtree(root / ".scraper")
    (manifest,) = (root / "_manifest").rglob("*.jsonl")
    manifest.write_bytes(manifest.read_bytes().partition(b"\n")[0] + b"\n")
    crawl = Crawl(tmp_path / "crawl", undisturbed_few.url, root)
    assert finish(crawl, undisturbed_few.texts) == []


def test_another_run_of_a_finished_archive_changes_nothing(
    undisturbed: Undisturbed, tmp_path: Path
) -> None:
    again = Crawl(tmp_path, undisturbed.url, undisturbed.root).once()
    assert (again.process.returncode, again.archived) == (0, set())
    assert texts(undisturbed.root) == undisturbed.texts
    assert archive_findings(undisturbed.root) == []
