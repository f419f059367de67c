"""The replica of the site beside the project, and its control plane."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHARED = Path(__file__).resolve().parents[2] / "shared"
REPLICA = SHARED / "replica" / "replica.py"
POSTS = SHARED / "corpus" / "zaobao-posts"


@dataclass
class Replica:
    """A running replica of the site and its control plane."""

    url: str
    process: subprocess.Popen[str]

    def control(self, action: str, **data: object) -> Any:
        body = json.dumps(data).encode() if data or action in ("reset", "faults/clear") else None
        request = urllib.request.Request(f"{self.url}/_replica/{action}", body)
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def truth(self) -> dict[str, dict[str, Any]]:
        """Every story of the replica by its id."""
        return {story["id"]: story for story in self.control("truth.json")["stories"]}

    def requests(self) -> list[dict[str, Any]]:
        """What was asked of the replica since the log was cleared."""
        found: list[dict[str, Any]] = self.control("requests")["requests"]
        return found

    def forget_requests(self) -> None:
        request = urllib.request.Request(f"{self.url}/_replica/requests/clear", b"{}")
        urllib.request.urlopen(request, timeout=30).close()


@contextmanager
def serving(*options: str) -> Iterator[Replica]:
    """A replica of its own, with these options."""
    command = [sys.executable, str(REPLICA), "serve", "--posts", str(POSTS), "--base-url", "self"]
    with subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        yield Replica(json.loads(process.stdout.readline())["url"], process)
        process.send_signal(signal.SIGTERM)
