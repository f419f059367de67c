"""How late the event loop comes back: what blocks it keeps every host and every poll waiting.

A task sleeps for a moment and looks how much later it woke. What is late on a machine that is too
busy for its processes shows here as well: nothing distinguishes the two from inside.
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from scraper.service.watching.figures import Figures

ROUND_SECONDS = 0.1
BLOCKED_SECONDS = 0.1  # what is later than this is worth a line in the log
QUIET_SECONDS = 60.0  # between two such lines
COUNTED_ROUNDS = 100  # between two counts of the loop's tasks

_log = logging.getLogger(__name__)


class Watch:
    """What is to be told of a loop that comes back late; pure but for its memory."""

    def __init__(self) -> None:
        self._told_at = -QUIET_SECONDS
        self._times = 0
        self._worst = 0.0

    def late(self, seconds: float, now: float) -> str:
        """What to log of a round that came so late at `now` (seconds of any clock); "" for nothing.

        At most one line a minute, which sums up what came since the last.
        """
        if seconds > BLOCKED_SECONDS:
            self._times += 1
            self._worst = max(self._worst, seconds)
        if not self._times or now - self._told_at < QUIET_SECONDS:
            return ""
        times = f" ({self._times} times, this the longest)" if self._times > 1 else ""
        line = f"the event loop was blocked for {self._worst * 1000:.0f} ms{times}"
        self._told_at, self._times, self._worst = now, 0, 0.0
        return line


async def measure(figures: Figures) -> None:
    """Count how late the loop is, until cancelled."""
    loop, watch, rounds = asyncio.get_running_loop(), Watch(), 0
    while True:
        if not rounds % COUNTED_ROUNDS:
            figures.tasks(len(asyncio.all_tasks()))
        rounds += 1
        due = loop.time() + ROUND_SECONDS
        await asyncio.sleep(ROUND_SECONDS)
        late = max(0.0, loop.time() - due)
        figures.loop_late(late)
        if line := watch.late(late, loop.time()):
            _log.warning("%s", line)


@asynccontextmanager
async def measured(figures: Figures) -> AsyncIterator[None]:
    """Measure the event loop while the context lasts."""
    task = asyncio.create_task(measure(figures))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
