"""The program at an instant that stands still, and held until somebody has attached, if wanted.

`python staged.py INSTANT HELD …`: HELD is "" or "READY,GO", two descriptors; the id of the thread
that writes the archive is written to the one, and it begins when the other is closed.
"""

import os
import sys
import threading
from datetime import datetime


def stop_clock(instant: datetime) -> None:
    """Make it that time for the program."""
    from scraper.fetch.clock import SystemClock  # noqa: PLC0415  # as late as the program does

    setattr(SystemClock, "now", lambda _clock: instant)  # noqa: B010  # that is the point


def hurry_daemon() -> None:
    """Let a daemon look at archived articles as soon as nothing new is left."""
    from scraper.service import daemon  # noqa: PLC0415  # heavy, and not for `once`

    daemon.RECHECK_SECONDS = daemon.RETRY_SECONDS = 0.2


def hold_disk(ready: int, go: int) -> None:
    """Make the thread of the disk wait when it begins."""
    run = threading.Thread.run

    def held(thread: threading.Thread) -> None:
        if thread.name.startswith("disk"):
            os.write(ready, b"%d\n" % threading.get_native_id())
            os.read(go, 1)
        run(thread)

    threading.Thread.run = held  # type: ignore[assignment, method-assign]  # that is the point


if __name__ == "__main__":
    from scraper.cli.main import main

    stop_clock(datetime.fromisoformat(sys.argv[1]))
    if sys.argv[2]:
        hold_disk(*map(int, sys.argv[2].split(",")))
    del sys.argv[1:3]
    if "daemon" in sys.argv:
        hurry_daemon()
    main()
