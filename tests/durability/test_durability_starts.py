"""Several processes that want the same archive: one of them works."""

from collections import Counter
from pathlib import Path

import pytest

from tests.durability.conftest import Undisturbed
from tests.durability.program import flaws

pytestmark = pytest.mark.replica


def test_of_five_processes_started_at_once_one_works_and_four_say_so(
    undisturbed_few: Undisturbed, tmp_path: Path
) -> None:
    crawl = undisturbed_few.crawl(tmp_path)
    runs = [crawl.start("once", "--all") for _ in range(5)]
    ended = [crawl.end(run) for run in runs]
    assert Counter(run.process.returncode for run in ended) == {0: 1, 3: 4}
    for run in ended:
        if run.process.returncode:
            assert run.events == []
            assert f"{crawl.root} is being written by process" in run.errors
            assert "--wait SECONDS waits for it" in run.errors
        else:
            assert run.archived == set(undisturbed_few.texts[0])
    assert flaws(crawl, undisturbed_few.texts[0]) == []
