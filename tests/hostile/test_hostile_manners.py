"""How the program behaves towards a site, as the site's own log shows it."""

import json
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from tests.hostile.program import Program
from tests.site_replica import POSTS, REPLICA, Replica

MANY = 200
FEW = 8
EVERY_WAY = (
    "/sitemap.xml",
    "/realtime/china",
    "/rsshub/zaobao/realtime/china",
    "/feeds/china.atom",
    "/feeds/china.json",
)


@pytest.fixture
def large_replica(shared: object) -> Iterator[Replica]:
    """A replica of so many stories that archiving them takes minutes."""
    command = [sys.executable, str(REPLICA), "serve", "--posts", str(POSTS), "--base-url", "self"]
    process = subprocess.Popen([*command, "--limit", str(MANY)], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    yield Replica(json.loads(process.stdout.readline())["url"], process)
    process.send_signal(signal.SIGTERM)
    process.wait(10)
    process.stdout.close()


def archive_politely(
    program: Program, replica: Replica, delay: float, *paths: str
) -> dict[str, Any]:
    """Poll and archive, and give the site's log of it; every fifth answer is a slow one."""
    slow = {"match": r"/story\d+-\d*[05]\b", "kind": f"slow:{2.5 * delay}", "times": None}
    replica.control("fault", **slow)
    urls = [replica.url + path for path in paths]
    program.add("china", *urls, site="zaobao", timezone="Asia/Singapore")
    program.configure(delay=f"{delay * 1000:.0f}ms", retries=0)
    first = program.run("once", seconds=1000)
    assert first.code == 0, first.errors
    log: dict[str, Any] = replica.control("requests")
    return log


def check_manners(log: dict[str, Any], stories: int, delay: float) -> None:
    paths = Counter(request["path"] for request in log["requests"])
    assert sum("/story" in path for path in paths) == stories
    assert [path for path, count in paths.items() if count > 1] == []
    assert log["min_gap_seconds"] >= delay
    assert log["max_concurrent"] == 2  # the slow answers overlap, and never three of them
    agents = {request["headers"].get("user-agent") for request in log["requests"]}
    assert len(agents) == 1
    assert "https://example.org" in agents.pop()


def poll_again(program: Program, replica: Replica, delay: float) -> dict[str, Any]:
    """The site's log of another poll of everything."""
    replica.forget_requests()
    again = program.run("once", "--all")
    assert again.code == 0, again.errors
    assert again.sources["china"].facts["outcome"] == "unchanged"
    log: dict[str, Any] = replica.control("requests")
    assert log["min_gap_seconds"] is None or log["min_gap_seconds"] >= delay
    return log


def check_conditions(log: dict[str, Any]) -> None:
    """All was asked for before: every request is conditional, and none is for robots.txt."""
    assert log["requests"]
    for request in log["requests"]:
        headers = request["headers"]
        assert "if-none-match" in headers or "if-modified-since" in headers, request
        assert request["status"] == 304


def test_a_round_keeps_its_distance_and_the_next_one_asks_on_condition(
    program: Program, replica: Replica
) -> None:
    log = archive_politely(program, replica, 0.2, f"/rsshub/zaobao/realtime/china?limit={FEW}")
    check_manners(log, FEW, 0.2)
    check_conditions(poll_again(program, replica, 0.2))


@pytest.mark.soak
@pytest.mark.timeout(1200)
def test_two_hundred_stories_a_second_apart(program: Program, large_replica: Replica) -> None:
    log = archive_politely(program, large_replica, 1.0, *EVERY_WAY)
    report(log)
    check_manners(log, MANY, 1.0)
    again = poll_again(program, large_replica, 1.0)
    report(again)
    check_conditions(again)


def report(log: dict[str, Any]) -> None:
    """The figures, for those who run it with -s."""
    statuses = Counter(request["status"] for request in log["requests"])
    sys.stdout.write(
        f"\n{log['count']} requests {dict(statuses)}, smallest gap {log['min_gap_seconds']:.3f} s, "
        f"at most {log['max_concurrent']} at once\n"
    )
