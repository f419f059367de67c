"""How hosts stand, in force: learned from every answer, kept between processes, asked before turns.

The rules are those of protocol/breaker.py and protocol/outage.py; this holds their values, on the
monotonic clock.
"""

from datetime import datetime, timedelta

from scraper.fetch.clock import Clock
from scraper.fetch.failures import HeldError
from scraper.fetch.records import HostStore
from scraper.protocol.breaker import (
    Heard,
    Moment,
    Standing,
    after,
    from_record,
    is_too_far,
    to_record,
)
from scraper.protocol.outage import Reach, Silence, is_down, listen

# Longer than this nobody stands in line: the work is put back and done later.
PATIENCE_SECONDS = 60.0
_NEUTRAL = Standing()


class Standings:
    """How all hosts stand that were asked for. Hosts are named as by `protocol.urls.host`."""

    def __init__(self, clock: Clock, store: HostStore, *, is_lone: bool = False) -> None:
        self._clock = clock
        self._store = store
        self._is_lone = is_lone
        self._known: dict[str, Standing] = {}
        self._last_start: dict[str, float] = {}  # by earlier processes; monotonic seconds
        self._silence = Silence()
        self._blamed: dict[str, Standing] = {}  # before they failed in the present silence

    @property
    def network_down(self) -> bool:
        """Whether nobody can be reached, which is no host's fault."""
        return is_down(self._silence, is_lone=self._is_lone)

    async def load(self, host: str) -> None:
        """Recall what an earlier process knew of a host; once. Raises what the store raises."""
        if host in self._known:
            return
        record = await self._store.load(host)
        if host in self._known:  # another recalled it meanwhile
            return
        at = self._moment()
        self._known[host] = _NEUTRAL
        if record is None:
            return
        standing = self._known[host] = from_record(record, at)
        if record.asked_at is not None:
            # an instant ahead of now comes from another clock: as if it had just been asked
            age = max(0.0, (at.wall - record.asked_at).total_seconds())
            self._last_start[host] = at.seconds - age
        if is_too_far(record, at.wall):
            await self._store.save(to_record(host, standing, at))

    def last_start(self, host: str) -> float | None:
        """When an earlier process last asked a host, in monotonic seconds of this one."""
        return self._last_start.get(host)

    def forget(self, host: str) -> None:
        """Give up the memory of a host that nothing is held against; the store has the rest."""
        self._known.pop(host, None)
        self._last_start.pop(host, None)

    # -- before a request --------------------------------------------------------------------------

    def not_before(self, host: str, now: float) -> float:
        """The monotonic seconds at which a host may be asked; worth waiting for in line.

        Raises HeldError where it is not: it failed and is left alone, or it asked for a long time.
        """
        standing = self._of(host)
        wait = standing.held_until() - now
        if standing.paused_until > now:
            raise HeldError(_why_paused(host, standing, wait), wait)
        if wait > PATIENCE_SECONDS:
            raise HeldError(f"{host} asked for no requests for another {wait:,.0f} s", wait)
        return standing.asked_until

    def is_on_trial(self, host: str) -> bool:
        """Whether a single request is to try whether a host is back."""
        return self._of(host).is_broken

    def is_held(self, host: str, now: float) -> bool:
        """Whether nothing may be sent to a host now."""
        return self._of(host).held_until() > now

    def asked_until(self, host: str) -> datetime | None:
        """Until when a host asks, or asked last, for no requests; None: it did not."""
        standing, at = self._of(host), self._moment()
        if not standing.asked_until:
            return None
        return at.wall + timedelta(seconds=standing.asked_until - at.seconds)

    # -- after a request ---------------------------------------------------------------------------

    async def hear(self, host: str, heard: Heard, reach: Reach = "answered") -> None:
        """Learn from a request, unless the network is to blame. Raises what the store raises."""
        before = self._of(host)
        self._silence = listen(self._silence, host, reach)
        match reach:
            case "answered":
                self._blamed.clear()
            case "silent" | "local":
                self._blamed.setdefault(host, before)
            case "broken":
                pass
        if self.network_down:
            await self._forgive()
            return
        await self._set(host, after(before, heard, self._moment(), self._clock.random()))

    async def _forgive(self) -> None:
        """Nobody is to blame: who seemed to be stands as before."""
        for host, standing in list(self._blamed.items()):
            await self._set(host, standing)

    async def _set(self, host: str, standing: Standing) -> None:
        if standing != self._of(host):
            self._known[host] = standing
            await self._store.save(to_record(host, standing, self._moment()))

    def _of(self, host: str) -> Standing:
        return self._known.get(host, _NEUTRAL)

    def _moment(self) -> Moment:
        return Moment(self._clock.monotonic(), self._clock.now())


def _why_paused(host: str, standing: Standing, wait: float) -> str:
    return (
        f"{host} failed {standing.failures} times in a row ({standing.reason}): "
        f"it is left alone for another {wait:,.0f} s"
    )
