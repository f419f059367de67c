"""A daemon as a process: its pages, its log, and its end."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.cli.conftest import Configure
from tests.conftest import Run
from tests.fetch.conftest import Server, _listen

FEED = b"<rss version='2.0'><channel><title>t</title></channel></rss>"


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


def get(url: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(url, timeout=20) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()
    except OSError:
        return 0, ""


def start(folder: Path, environment: dict[str, str], log: Path) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", "scraper", "--log-format", "json", "daemon"]
    with log.open("wb") as file:
        return subprocess.Popen(command, cwd=folder, env=environment, stderr=file)


def until_ready(url: str) -> None:
    deadline = time.monotonic() + 60
    while get(f"{url}/readyz")[0] != 200 or "source_up" not in get(f"{url}/metrics")[1]:
        assert time.monotonic() < deadline
        time.sleep(0.1)  # the daemon starts in its own time


def test_a_daemon_tells_how_it_does_and_logs_little(
    configure: Configure, scraper: Run, tmp_path: Path, environment: dict[str, str]
) -> None:
    url = f"http://127.0.0.1:{free_port()}"
    environment |= {"SCRAPER_DAEMON__LISTEN": url.removeprefix("http://")}
    servers = _listen()
    server: Server = next(servers)
    server.answer("/feed", FEED)
    configure(server.url("/feed"), fetch='delay = "0s"')
    log = tmp_path / "log"
    daemon = start(tmp_path, environment, log)
    try:
        until_ready(url)
        assert get(f"{url}/healthz")[0] == 200
        assert 'scraper_build_info{python="' in get(f"{url}/metrics")[1]
        assert scraper("health").returncode == 0
    finally:
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(30) == 0
        next(servers, None)
    stopped = scraper("health")
    assert (stopped.returncode, "no sign of life" in stopped.stderr) == (1, True)
    messages = [json.loads(line)["message"] for line in log.read_text().splitlines()]
    told = [message.split(":")[0] for message in messages if "blocked" not in message]
    assert told == ["daemon started", "daemon stopped"]  # an empty list that is read is no news
