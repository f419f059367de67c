"""Whatever servers answer and clocks do, no promise to a host is broken, and none is for ever."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from scraper.fetch.failures import HeldError, PutBackError
from scraper.fetch.records import MemoryHosts
from scraper.fetch.standings import Standings
from scraper.fetch.turns import Turns
from scraper.protocol.breaker import Heard
from scraper.protocol.politeness import MAX_RETRY_AFTER

DELAY = 2.0
HOSTS = st.sampled_from(["a", "b:8080"])
HEARD = st.builds(
    Heard,
    failed=st.booleans(),
    wait=st.sampled_from([0.0, 0.0, 1.0, 30.0, 90.0, 7200.0, 86_400.0]),
    reason=st.just("HTTP 503"),
)
REACH = st.sampled_from(["answered", "answered", "broken", "silent", "local"])
REQUEST = st.tuples(HOSTS, HEARD, REACH, st.integers(0, 3), st.integers(0, 3))


class Clock:
    """Sleeping moves the time; the wall clock can be set."""

    def __init__(self) -> None:
        self.seconds = 1000.0
        self.start = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def monotonic(self) -> float:
        return self.seconds

    def now(self) -> datetime:
        return self.start + timedelta(seconds=self.seconds)

    async def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        await asyncio.sleep(0)

    def random(self) -> float:
        return 0.3


class Promises(RuleBasedStateMachine):
    """Turns and standings in one process after the other, and what was promised meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.clock = Clock()
        self.store = MemoryHosts()
        self.promised: dict[str, float] = {}  # by the monotonic clock
        self.last_start: dict[str, float] = {}
        self.on_trial: set[str] = set()
        self.is_set = False  # the wall clock, since the process began
        self.open()

    def open(self) -> None:
        self.standings = Standings(self.clock, self.store)
        self.turns = Turns(self.clock, 2, self.standings)

    def teardown(self) -> None:
        self.loop.close()

    @rule(requests=st.lists(REQUEST, min_size=1, max_size=6))
    def ask(self, requests: list[Any]) -> None:
        async def go() -> None:
            await asyncio.gather(*(self.one(*request) for request in requests))

        self.loop.run_until_complete(go())

    @rule(seconds=st.floats(0, 5000))
    def pass_time(self, seconds: float) -> None:
        self.clock.seconds += seconds

    @rule(days=st.integers(-500, 500), hours=st.integers(-30, 30))
    def set_the_clock(self, days: int, hours: int) -> None:
        self.clock.start += timedelta(days=days, hours=hours)
        self.is_set = True
        for host in self.promised.keys() - self.standings._known.keys():
            del self.promised[host]  # by an earlier process, and not recalled yet

    @rule()
    def restart(self) -> None:
        # delays between processes come from the log, which is not part of this model
        self.last_start.clear()
        if self.is_set:  # what was written by another clock is worth what it can be
            self.promised.clear()
        self.is_set = False
        self.open()

    @invariant()
    def nobody_is_silenced_for_long(self) -> None:
        for host, standing in self.standings._known.items():
            left = standing.held_until() - self.clock.seconds
            assert left <= MAX_RETRY_AFTER.total_seconds() + 1e-3, host

    async def one(self, host: str, heard: Heard, reach: Any, before: int, after: int) -> None:
        try:
            while not await self.turn(host, heard, reach, (before, after)):
                pass
        except HeldError:
            pass

    async def turn(self, host: str, heard: Heard, reach: Any, steps: tuple[int, int]) -> bool:
        async with self.turns.turn(host, DELAY) as turn:
            await self.take(steps[0])  # the handshake
            try:
                turn.send()
            except PutBackError:
                return False
            self.check_start(host)
            trial = self.standings.is_on_trial(host)
            assert not (trial and host in self.on_trial)
            self.on_trial |= {host} if trial else set()
            await self.take(steps[1])
            if heard.wait and reach == "answered":
                self.promise(host, heard.wait)
            plain = heard if reach == "answered" else Heard(failed=True, reason="no answer")
            await self.standings.hear(host, plain, reach)
            if trial:
                self.on_trial.discard(host)
        return True

    async def take(self, steps: int) -> None:
        for _ in range(steps):
            self.clock.seconds += 0.4
            await asyncio.sleep(0)

    def promise(self, host: str, wait: float) -> None:
        self.promised[host] = max(self.promised.get(host, 0.0), self.clock.seconds + wait)

    def check_start(self, host: str) -> None:
        now = self.clock.seconds
        assert now >= self.promised.get(host, 0.0) - 1e-3, "sooner than the host had asked for"
        assert now - self.last_start.get(host, -1e9) >= DELAY, "the delay was cut short"
        self.last_start[host] = now


TestPromises = Promises.TestCase
TestPromises.settings = settings(max_examples=40, stateful_step_count=20, deadline=None)
