"""A resolver that stalls: those who wait for it end in time, and nobody else waits."""

import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.hostile.rounds import article_of, feed_of
from tests.hostile.site import Site, listening, new_listener
from tests.journey.journey import Journey

pytestmark = pytest.mark.alone

DEADLINE = 2.0
STALLED = [f"n{number}.stalls.example" for number in range(40)]  # more than anybody has threads for


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Names under stalls.example are not found until the test is over; gives what was asked."""
    real, over = socket.getaddrinfo, threading.Event()
    asked: list[str] = []

    def stall(host: Any, *arguments: Any, **more: Any) -> Any:
        asked.append(str(host))
        if str(host).endswith(".stalls.example"):
            over.wait(60)
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        return real(host, *arguments, **more)

    monkeypatch.setattr(socket, "getaddrinfo", stall)
    yield asked
    over.set()


@pytest.fixture
def healthy() -> Iterator[Site]:
    with listening(Site(new_listener())) as site:
        story = "/2024/05/06/story"
        feed = feed_of(site.origin + story)
        site.routes = {
            "/feed": lambda visit: visit.reply(200, feed, Content_Type="application/rss+xml"),
            story: lambda visit: visit.reply(200, article_of("healthy")),
        }
        yield site


def test_a_resolver_that_stalls_holds_up_nobody_else(
    tmp_path: Path, resolver: list[str], healthy: Site
) -> None:
    journey = Journey(tmp_path / "archive", fetching={"timeout": DEADLINE})
    for name in STALLED:
        journey.add(f"http://{name}/feed", name=name, site=None)
    journey.add(f"{healthy.origin}/feed", name="healthy", site=None)
    started = time.monotonic()
    journey.once()
    assert time.monotonic() - started < 2 * DEADLINE + 3  # and to start the processes that parse
    polls = {poll.name: poll for poll in journey.polls()}
    assert polls.pop("healthy").outcome == "changed"
    assert {poll.outcome for poll in polls.values()} == {"failed"}
    assert [event.outcome for event in journey.articles()] == ["archived"]
    assert set(STALLED) <= set(resolver)
