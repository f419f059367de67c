"""SIGTERM and SIGINT ask for a clean end.

A handler of the event loop runs between two steps of the program, never inside one: it only says
that the end is wanted, and those who work look at it before they begin something new.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_end(stop: Callable[[], None]) -> Iterator[None]:
    """Call `stop` at each SIGTERM or SIGINT while the context lasts."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)
