"""The replica of the site beside the project, running for a measurement."""

import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SHARED = Path(__file__).resolve().parents[2] / "shared"


@contextmanager
def serve(stories: int, base_url: str = "self") -> Iterator[str]:
    """A running replica with so many stories, which calls itself `base_url`; gives its address."""
    command = [sys.executable, str(SHARED / "replica/replica.py"), "serve", "--base-url", base_url]
    posts = str(SHARED / "corpus/zaobao-posts")
    process = subprocess.Popen(
        [*command, "--posts", posts, "--limit", str(stories)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout
    url: str = json.loads(process.stdout.readline())["url"]
    try:
        yield url
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)
        process.stdout.close()
