"""A loop that is blocked is noticed, counted and told of, at most once a minute."""

import asyncio
import logging
import time

import pytest

from scraper.service.watching.figures import Figures
from scraper.service.watching.looplag import Watch, measured


def test_what_is_in_time_is_no_news() -> None:
    watch = Watch()
    assert [watch.late(0.1, float(now)) for now in range(1000)] == [""] * 1000


def test_a_blocked_loop_is_told_of_once_a_minute_and_summed_up() -> None:
    watch = Watch()
    assert watch.late(0.25, 100.0) == "the event loop was blocked for 250 ms"
    assert watch.late(0.5, 110.0) == ""
    assert watch.late(0.3, 159.0) == ""
    assert watch.late(0.0, 160.0) == (
        "the event loop was blocked for 500 ms (2 times, this the longest)"
    )
    assert watch.late(0.0, 999.0) == ""


def test_a_step_that_blocks_is_measured(caplog: pytest.LogCaptureFixture) -> None:
    figures = Figures()

    async def run() -> None:
        async with measured(figures):
            await asyncio.sleep(0.15)
            time.sleep(0.4)  # noqa: ASYNC251  # what must never happen
            await asyncio.sleep(0.25)

    with caplog.at_level(logging.WARNING, "scraper"):
        asyncio.run(run())
    read = figures.read()
    assert read.worst_loop > 0.25
    assert read.loop.number >= 2
    assert read.tasks >= 2
    assert "blocked for" in caplog.text
