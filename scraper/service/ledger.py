"""Reads and writes of the state that come together, done together: one hop, one sync for all.

While the disk is busy, others queue up; then they share a transaction. Whoever calls waits until
it is kept, so nothing is reported that a power cut could undo. One that fails is undone alone.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, ParamSpec, TypeVar

from scraper.errors import ArchiveError
from scraper.service.disk import Disk
from scraper.state.database import State

# Waited before each transaction: polls that end together, or at a host's pace, share its sync.
GATHER_SECONDS = 0.02

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Work:
    do: Callable[[], Any]
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _End:
    result: Any = None
    error: Exception | None = None


class Ledger:
    """The state, for many who need a little of it each."""

    def __init__(self, state: State, disk: Disk) -> None:
        self._state = state
        self._disk = disk
        self._waiting: list[_Work] = []
        self._busy: asyncio.Task[None] | None = None

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns or raises; it runs in the disk's thread. Raises ArchiveError."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Work(partial(work, *args, **kwargs), future))
        if self._busy is None or self._busy.done():
            self._busy = asyncio.create_task(self._work_off())
        return await future

    async def settle(self) -> None:
        """Wait for what is still to be kept of those who have given up; to be asked at the end."""
        if self._busy:
            await asyncio.wait((self._busy,))

    async def _work_off(self) -> None:
        while self._waiting:
            await asyncio.sleep(GATHER_SECONDS)
            batch, self._waiting = self._waiting, []
            try:
                ends = await self._disk.run(self._do, [work.do for work in batch])
            except ArchiveError as error:  # nothing of it was kept
                ends = [_End(error=error)] * len(batch)
            for work, end in zip(batch, ends, strict=True):
                _settle(work.future, end)

    # -- in the disk's thread ----------------------------------------------------------------------

    def _do(self, works: list[Callable[[], Any]]) -> list[_End]:
        with self._state.transaction():
            return [self._end_of(work) for work in works]

    def _end_of(self, work: Callable[[], Any]) -> _End:
        try:
            with self._state.transaction():
                return _End(work())
        except ArchiveError:  # the disk's refusal is everybody's
            raise
        except Exception as error:  # noqa: BLE001  # handed on to who waits for it
            return _End(error=error)


def _settle(future: asyncio.Future[Any], end: _End) -> None:
    if future.done():  # whoever waited has given up
        return
    if end.error:
        future.set_exception(end.error)
    else:
        future.set_result(end.result)
