"""`status` says how many articles are looked at again."""

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from scraper.model import Validators
from scraper.state.articles import Archived
from scraper.state.checks import Watch
from scraper.state.database import open_state
from tests.conftest import Run


def test_status_counts_what_is_watched_and_withdrawn(scraper: Run, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    with closing(open_state(tmp_path / "archive" / ".scraper" / "state.sqlite")) as state:
        for name in "ab":
            url = f"https://news.example/{name}"
            article = Archived(name, url, url, "", "", now, name, name, "", Validators(), now)
            state.articles.archive([article])
        state.checks.save("a", Watch(next_check=now + timedelta(hours=5.5), withdrawn_at=now))
        state.checks.save("b", Watch(next_check=now + timedelta(days=9)))
    row, _ = map(json.loads, scraper("--json", "status").stdout.splitlines())
    assert (row["rechecked"], row["recheck_due"], row["withdrawn"]) == (2, 0, 1)
    told = scraper("status").stdout
    assert "(by hand): 2 articles are looked at again, the next in 5 h; withdrawn: 1" in told
