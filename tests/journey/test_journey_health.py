"""The daemon's pages tell what it does, while it does it."""

import asyncio
import json
import urllib.error
import urllib.request
from collections.abc import Awaitable, Callable

import pytest

from scraper.service.context import Service
from scraper.service.daemon import Daemon
from scraper.service.watching import glance
from scraper.service.watching.health import Health, Pulse
from scraper.service.watching.listening import served
from tests.fetch.conftest import Server
from tests.journey.journey import Journey

Ask = Callable[[str], Awaitable[tuple[int, str]]]
FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def watched(journey: Journey, work: Callable[[Service, Daemon, Ask], Awaitable[None]]) -> None:
    """Do `work` beside a daemon whose pages can be asked for."""

    async def run(service: Service) -> None:
        pulse = Pulse()
        daemon = Daemon(service, 5.0, pulse)
        health = Health(pulse)
        health.attend(service)
        with served("127.0.0.1:0", health.pages) as port:

            async def ask(path: str) -> tuple[int, str]:
                return await asyncio.to_thread(get, f"http://127.0.0.1:{port}{path}")

            async with asyncio.timeout(60):
                await work(service, daemon, ask)

    journey.with_service(run)


async def until_polled(journey: Journey) -> None:
    while not journey.polls():  # noqa: ASYNC110  # the daemon polls in its own time
        await asyncio.sleep(0.02)


def test_a_daemon_is_ready_while_it_works(
    journey: Journey, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(glance, "KEPT_SECONDS", 0.0)
    server.answer("/feed", FEED)
    journey.add(server.url("/feed"), name="news", site=None)

    async def work(_service: Service, daemon: Daemon, ask: Ask) -> None:
        status, body = await ask("/readyz")
        assert status == 503
        assert "not begun" in json.loads(body)["checks"]["scheduler"]
        task = asyncio.create_task(daemon.run())
        await until_polled(journey)
        assert (await ask("/healthz"))[0] == 200
        status, body = await ask("/readyz")
        assert status == 200, body
        assert set(json.loads(body)["checks"].values()) == {"ok"}
        _, figures = await ask("/metrics")
        assert 'scraper_polls_total{outcome="changed",source="news"} 1.0' in figures
        assert 'scraper_source_up{source="news"} 1.0' in figures
        assert 'scraper_requests_total{host="source",purpose="feed",status="200"} 1.0' in figures
        assert "scraper_ready 1.0" in figures
        (journey.root / ".scraper").rename(journey.root / "elsewhere")
        status, body = await ask("/readyz")
        assert status == 503
        assert "cannot be written" in json.loads(body)["checks"]["archive"]
        (journey.root / "elsewhere").rename(journey.root / ".scraper")
        daemon.stop()
        await task
        assert (await ask("/readyz"))[0] == 503
        assert (await ask("/healthz"))[0] == 200

    watched(journey, work)


def test_a_loop_that_hangs_is_told_by_another(
    journey: Journey, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def work(service: Service, _daemon: Daemon, _ask: Ask) -> None:
        pulse = Pulse()
        pulse._last -= 61
        health = Health(pulse)
        health.attend(service)
        with served("127.0.0.1:0", health.pages) as port:
            assert get(f"http://127.0.0.1:{port}/healthz")[0] == 503  # blocks this loop
            status, body = get(f"http://127.0.0.1:{port}/readyz")
        assert status == 503
        assert "told to stop" in json.loads(body)["checks"]["scheduler"]

    watched(journey, work)


def test_scrapes_do_not_ask_the_state_again_and_again(
    journey: Journey, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks: list[Service] = []

    def counted(service: Service) -> glance.Glance:
        looks.append(service)
        return look(service)

    look = glance.look
    monkeypatch.setattr(glance, "look", counted)

    async def work(_service: Service, _daemon: Daemon, ask: Ask) -> None:
        for _ in range(5):
            assert (await ask("/metrics"))[0] == 200

    watched(journey, work)
    assert len(looks) == 1
