"""Shows something again and again, until Ctrl-C: in place on a terminal, one after another else."""

import contextlib
import signal
import sys
import time
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from scraper.cli.output import Output

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def watch_in_place(draw: "Callable[[], RenderableType]", seconds: float) -> None:
    """Draw on the whole terminal every so many seconds; Ctrl-C and SIGTERM leave it as it was."""
    from rich.live import Live

    with _until_interrupted(), Live(screen=True, auto_refresh=False) as live:
        while True:
            live.update(draw(), refresh=True)
            time.sleep(seconds)


def repeat(show: Callable[[], None], seconds: float, output: Output) -> None:
    """Show it every so many seconds, for as long as somebody reads."""
    with _until_interrupted():
        while not output.is_unread:
            show()
            output.text("")
            sys.stdout.flush()
            time.sleep(seconds)


def console() -> "Console":
    """Standard output for tables: as wide as the terminal, 80 columns elsewhere."""
    from rich.console import Console

    return Console(highlight=False)


@contextlib.contextmanager
def _until_interrupted() -> Iterator[None]:
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        yield
