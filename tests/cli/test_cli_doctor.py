"""`doctor`, on the machine that runs the tests and against the replica."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Configure
from tests.conftest import Run
from tests.site_replica import Replica


def checks(output: str) -> dict[str, dict[str, str]]:
    found = [json.loads(line) for line in output.splitlines()]
    assert all(list(check) == ["event", "name", "outcome", "reason", "advice"] for check in found)
    return {check["name"]: check for check in found}


@pytest.mark.replica
def test_a_good_installation_is_found_good_with_one_request_a_url(
    china: Replica, scraper: Run, tmp_path: Path
) -> None:
    china.control("clock", now=datetime.now(UTC).isoformat())
    china.forget_requests()
    answer = scraper("--json", "doctor")
    assert answer.returncode == 0, answer.stdout
    found = checks(answer.stdout)
    assert "failed" not in {check["outcome"] for check in found.values()}
    host = china.url.removeprefix("http://")
    names = [
        "contact",
        "extras",
        "lock",
        "dns 127.0.0.1",
        "clock",
        f"robots {host}",
        "source china",
    ]
    assert {name: found[name]["outcome"] for name in names} == dict.fromkeys(names, "ok")
    assert "30 articles" in found["source china"]["reason"]
    assert [r["path"] for r in china.requests()] == ["/robots.txt", "/realtime/china"]
    assert not (tmp_path / "archive").exists()


@pytest.mark.replica
def test_a_wrong_clock_and_a_dead_section_are_named(
    configure: Configure, replica: Replica, scraper: Run
) -> None:
    configure(replica.url + "/no/such/section", fetch='delay = "0s"\nretries = 0')
    configure(replica.url + "/realtime/china", name="good")
    answer = scraper("doctor")
    assert answer.returncode == 1
    lines = answer.stdout.splitlines()
    clock = next(line for line in lines if " clock " in line)
    assert clock.startswith("✗ clock")
    assert "ahead of" in clock
    assert any(line.startswith("✗ source china") and "404" in line for line in lines)
    assert any(line.startswith("✓ source good") for line in lines)
    assert any("→" in line and "scraper sources check china" in line for line in lines)


def test_offline_asks_nobody_and_quiet_prints_failures_alone(
    configure: Configure, scraper: Run
) -> None:
    configure("http://127.0.0.1:1/feed")
    answer = scraper("--quiet", "doctor", "--offline")
    assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")


def test_a_configuration_with_mistakes_is_one_of_the_checks(scraper: Run, tmp_path: Path) -> None:
    (tmp_path / "wrong.toml").write_text('[fetch]\ndely = "1s"\n', "utf-8")
    answer = scraper("--config", "wrong.toml", "--json", "doctor", "--offline")
    assert answer.returncode == 1
    found = checks(answer.stdout)
    assert found["configuration"]["outcome"] == "failed"
    assert "dely" in found["configuration"]["reason"]
    assert found["python"]["outcome"] == "ok"


def test_without_a_configuration_init_is_advised(scraper: Run) -> None:
    answer = scraper("--json", "doctor", "--offline")
    assert answer.returncode == 0
    assert "scraper init" in checks(answer.stdout)["configuration"]["advice"]
