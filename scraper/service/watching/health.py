"""The pages that say how the daemon does: alive, ready, and its figures.

They judge the event loop by the time of its last sign of life, from another thread, so that a loop
that hangs is seen as what it is; and they are there while the archive cannot be opened.
"""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from scraper.service.context import Service
from scraper.service.watching.exposition import render
from scraper.service.watching.glance import Glance, Glances
from scraper.service.watching.listening import Answer, Page
from scraper.service.watching.metrics import Snapshot
from scraper.service.watching.readiness import ALIVE_SECONDS, Seen, judge
from scraper.service.watching.service_manager import Notifier, Phase

HEARTBEAT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why the archive cannot be written, and since when."""

    reason: str
    since: datetime


class Pulse:
    """The event loop's last sign of life, by the monotonic clock, and what the daemon is at.

    Written by the event loop and read by the thread of the pages. The service manager is told.
    """

    def __init__(self, manager: Notifier | None = None) -> None:
        self.manager = manager or Notifier()
        self._last = time.monotonic()
        self.phase: Phase = "starting"
        self.trouble: Trouble | None = None
        self.is_working = False  # whether the schedule is kept

    @property
    def seconds(self) -> float:
        """How often to beat."""
        return min(HEARTBEAT_SECONDS, self.manager.interval or HEARTBEAT_SECONDS)

    def beat(self) -> None:
        self._last = time.monotonic()
        self.manager.alive()

    def age_seconds(self) -> float:
        return time.monotonic() - self._last


@dataclass(frozen=True, slots=True)
class _Attended:
    """A service that is open, with what was last seen of it."""

    service: Service
    glances: Glances
    since: datetime


class Health:
    """The pages of one daemon, whatever service it works on."""

    def __init__(self, pulse: Pulse) -> None:
        self._pulse = pulse
        self._attended: _Attended | None = None

    def attend(self, service: Service) -> None:
        """Tell of this service from now on; of its figures also once it is closed."""
        self._attended = _Attended(service, Glances(service), service.now())

    @property
    def pages(self) -> Mapping[str, Page]:
        """Each page by its path."""
        return {"/healthz": self.healthz, "/readyz": self.readyz, "/metrics": self.metrics}

    async def healthz(self) -> Answer:
        """Whether the event loop is alive; asks nobody."""
        age = self._pulse.age_seconds()
        alive = age < ALIVE_SECONDS
        facts = {"alive": alive, "age_seconds": round(age, 1)}
        return Answer.of(200 if alive else 503, facts)

    async def readyz(self) -> Answer:
        """Whether the daemon does its work, and each reason why not."""
        _, checks = await self._checks()
        ready = not any(checks.values())
        told = {name: reason or "ok" for name, reason in checks.items()}
        return Answer.of(200 if ready else 503, {"ready": ready, "checks": told})

    async def metrics(self) -> Answer:
        """All figures, for Prometheus."""
        if self._attended is None:
            return Answer.of(503, {"error": "the archive is not open yet"})
        glance, checks = await self._checks()
        service = self._attended.service
        snapshot = Snapshot(
            reading=service.figures.read(),
            glance=glance,
            label=service.figures.label,
            restarts=service.crawl.workers.restarts,
            is_ready=not any(checks.values()),
            pulse_age=self._pulse.age_seconds(),
        )
        body, media_type = render(snapshot)
        return Answer(200, body, media_type)

    async def _checks(self) -> tuple[Glance | None, dict[str, str]]:
        trouble, attended = self._pulse.trouble, self._attended
        if trouble:
            return None, {"archive": f"{trouble.reason} (since {trouble.since:%Y-%m-%dT%H:%M:%SZ})"}
        if attended is None:
            return None, {"archive": "it is not open yet"}
        glance, age = await attended.glances.latest()
        seen = Seen(
            glance=glance,
            glance_age=age,
            pulse_age=self._pulse.age_seconds(),
            is_working=self._pulse.is_working,
            started=attended.since,
        )
        return glance, judge(seen, attended.service.crawl.sources.values())
