"""The daemon: polls again and again, in this process, without the command line."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from scraper.model import ArticleEvent, SourceEvent
from scraper.service.context import Service
from scraper.service.daemon import Daemon
from scraper.service.health import Pulse
from tests.journey.journey import Journey
from tests.site_replica import Replica


async def until(condition: Callable[[], bool]) -> None:
    """Wait for what the daemon's own tasks do."""
    while not condition():  # noqa: ASYNC110  # there is no event for "a file has appeared"
        await asyncio.sleep(0.02)


def test_a_story_that_appears_between_polls_is_archived(journey: Journey, replica: Replica) -> None:
    stories = sorted(replica.truth().values(), key=lambda story: story["published_iso"])
    replica.control("clock", now=stories[-2]["published_iso"])
    source = journey.add(replica.url + "/realtime/china")
    journey.sources["china"] = replace(source, every=timedelta(seconds=0.3))
    published = datetime.fromisoformat(stories[-1]["published_iso"])

    async def run(service: Service) -> None:
        daemon = Daemon(service, 5.0, Pulse())
        work = asyncio.create_task(daemon.run())

        async with asyncio.timeout(30):
            await until(lambda: len(journey.polls()) >= 2 and len(journey.files()) == 30)
            later = (published + timedelta(minutes=1)).isoformat()
            await asyncio.to_thread(replica.control, "clock", now=later)
            await until(lambda: len(journey.polls()) >= 5)
            await until(lambda: len(journey.articles("archived")) == 31)
        daemon.stop()
        await work

    journey.with_service(run)
    assert journey.articles("archived")[-1].id == stories[-1]["id"]
    assert len(journey.files()) == 31
    assert all(isinstance(event, ArticleEvent | SourceEvent) for event in journey.events)
    assert {poll.outcome for poll in journey.polls()} == {"changed", "unchanged"}
