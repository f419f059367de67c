"""`reextract` as users run it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.conftest import Run
from tests.site_replica import Replica

REMOVE = re.compile(r"^remove = \[.*?\]$", re.DOTALL | re.MULTILINE)
SHIPPED = Path(__file__).resolve().parents[2] / "scraper/config/sites/zaobao.toml"


def test_a_mended_profile_mends_the_archive(
    configure: Callable[..., Path], replica: Replica, scraper: Run, tmp_path: Path
) -> None:
    replica.control("edition", edition="hk2025")
    configure(replica.url + "/rsshub/zaobao/realtime/china?limit=4")
    own = tmp_path / "config" / "sites" / "zaobao.toml"
    own.parent.mkdir(parents=True)
    own.write_text(
        re.sub(r"^remove = \[.*?\]$", "", SHIPPED.read_text(), flags=re.DOTALL | re.MULTILINE)
    )
    assert scraper("once").returncode == 0
    files = sorted(tmp_path.glob("archive/_posts/**/*.md"))
    poor = [file.read_bytes() for file in files]
    own.unlink()

    preview = scraper("reextract", "--preview")
    assert preview.returncode == 0
    assert "better" in preview.stdout
    assert "    -" in preview.stdout  # what would go
    assert [file.read_bytes() for file in files] == poor

    done = scraper("--json", "reextract")
    assert done.returncode == 0
    summary = json.loads(done.stdout.splitlines()[-1])
    assert summary["articles"].get("better", 0) > 0
    assert [file.read_bytes() for file in files] != poor
    assert "4 read the same" in scraper("reextract").stdout


def test_an_unknown_article_is_named(
    configure: Callable[..., Path], replica: Replica, scraper: Run
) -> None:
    configure(replica.url + "/feeds/china.json")
    answer = scraper("reextract", "story20200101-1")
    assert answer.returncode != 0
    assert "story20200101-1: no such article" in answer.stderr
