"""Much small work for the parsing processes: sent by the batch, the answers in their order.

A batch that exceeds its limits is done again one by one, so that only what does so is lost.
"""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import TypeVar

from scraper.errors import PageLimitError
from scraper.service.limits import Limits
from scraper.service.workers import Workers

A = TypeVar("A")
R = TypeVar("R")
BATCH = Limits(60.0, 1000)
AHEAD = 3  # batches in hand for each process: enough that none waits, few enough to hold


def in_batches(items: Iterable[A], size: int) -> Iterator[list[A]]:
    """The items, `size` at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def do_each(work: Callable[[A], R], items: Sequence[A]) -> list[R]:
    """What the work gives for each."""
    return [work(item) for item in items]


async def answers(
    workers: Workers, work: Callable[[A], R], batches: Iterable[Sequence[A]]
) -> AsyncIterator[list[tuple[A, R | PageLimitError]]]:
    """What the work gives for each item of each batch, or why it was given up."""
    waiting: deque[asyncio.Task[list[tuple[A, R | PageLimitError]]]] = deque()
    try:
        for batch in batches:
            waiting.append(asyncio.create_task(_answer(workers, work, batch)))
            if len(waiting) >= workers.count * AHEAD:
                yield await waiting.popleft()
        while waiting:
            yield await waiting.popleft()
    finally:
        for task in waiting:
            task.cancel()


async def _answer(
    workers: Workers, work: Callable[[A], R], items: Sequence[A]
) -> list[tuple[A, R | PageLimitError]]:
    try:
        found = await workers.run(BATCH, do_each, work, items)
    except PageLimitError as error:
        if len(items) == 1:
            return [(items[0], error)]
        return [pair for item in items for pair in await _answer(workers, work, [item])]
    return list(zip(items, found, strict=True))
