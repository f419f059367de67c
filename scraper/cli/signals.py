"""SIGTERM and SIGINT ask for a clean end, SIGHUP for a new look at the configuration.

A handler of the event loop runs between two steps of the program, never inside one: it only says
that this is wanted, and those who work look at it before they begin something new.
"""

import asyncio
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def on_end(stop: Callable[[], None], hang_up: Callable[[], None] | None = None) -> Iterator[None]:
    """Call `stop` at each SIGTERM or SIGINT, `hang_up` at each SIGHUP, while the context lasts."""
    loop = asyncio.get_running_loop()
    wanted = {signal.SIGTERM: stop, signal.SIGINT: stop}
    if hang_up:
        wanted[signal.SIGHUP] = hang_up
    for number, call in wanted.items():
        loop.add_signal_handler(number, call)
    try:
        yield
    finally:
        for number in wanted:
            loop.remove_signal_handler(number)
