"""Starts the program, and holds the thread that writes the archive until somebody has attached.

`python held.py READY GO …`: READY and GO are descriptors; the thread's id is written to the one,
and it begins when the other is closed.
"""

import os
import sys
import threading


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

    hold_disk(int(sys.argv[1]), int(sys.argv[2]))
    del sys.argv[1:3]
    main()
