"""No secret is in anything that the program prints or keeps, however its servers fail."""

import base64
import json
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.fetch.conftest import Exchange, Server

SECRETS = {
    "KEY": "s3cret-header",
    "COOKIE": "s3cret-cookie",
    "LOGIN": "s3cret-user:s3cret-password",
    "PROXY": "http://s3cret-user:s3cret-proxy@127.0.0.1:{port}",
}
BASIC = base64.b64encode(SECRETS["LOGIN"].encode()).decode()
HIDDEN = ("s3cret", BASIC, base64.b64encode(b"s3cret-user:s3cret-proxy").decode())
FEED = """<rss version="2.0"><channel><title>t</title><item><title>One</title>
<link>{url}</link><pubDate>Mon, 02 Mar 2026 08:00:00 GMT</pubDate></item></channel></rss>"""
PAGE = "<html><head><title>A story of some length</title></head><body><article>{}</article></body>"
SENTENCE = "<p>The council said on Monday that the old bridge will be repaired next spring.</p>"


def serve() -> Iterator[Server]:
    server = Server(socket.create_server(("127.0.0.1", 0)))
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield server
    server.stop()
    thread.join()


@pytest.fixture
def server() -> Iterator[Server]:
    yield from serve()


@pytest.fixture
def elsewhere() -> Iterator[Server]:
    yield from serve()


def routes(server: Server, elsewhere: Server) -> list[str]:
    """Ways in which the server of a source answers."""
    story = server.answer("/story", PAGE.format(SENTENCE * 30).encode(), Content_Type="text/html")
    away = elsewhere.answer("/elsewhere", b"no feed", Content_Type="text/plain")

    def nonsense(exchange: Exchange) -> None:
        exchange.send(b"nonsense\r\n\r\n")
        exchange.close()

    ways: dict[str, Callable[[Exchange], None]] = {
        "/feed": lambda e: e.reply(200, FEED.format(url=story).encode(), Content_Type="text/xml"),
        "/401": lambda e: e.reply(401, WWW_Authenticate='Basic realm="x"'),
        "/500": lambda e: e.reply(500),
        "/reset": lambda e: e.reset(),
        "/nonsense": nonsense,
        "/html": lambda e: e.reply(200, b"<html><body>x</body></html>", Content_Type="text/html"),
        "/coding": lambda e: e.reply(200, b"x", Content_Encoding="gzip"),
        "/away": lambda e: e.reply(302, Location=away),
        "/nowhere": lambda e: e.reply(302, Location="ftp://x/"),
        "/loop": lambda e: e.reply(302, Location="/loop"),
    }
    return [server.on(path, way) for path, way in ways.items()]


def write(folder: Path, urls: list[str], own: str) -> None:
    """A source for every URL, and two that go through a proxy that refuses."""
    head = (
        '[fetch]\ncontact = "https://example.org"\ndelay = "0s"\nretries = 0\ntimeout = "5s"\n'
        'allow_addresses = ["127.0.0.0/8"]\n[daemon]\nlisten = ""\n'
    )
    sources = [
        f'[[sources]]\nname = "s{number}"\nurls = ["{url}"]\n{own}'
        for number, url in enumerate(urls)
    ]
    proxied = (
        f'[[sources]]\nname = "p"\nurls = ["{urls[0]}?p"]\nproxy = "env:PROXY"\n'
        f'[[sources]]\nname = "q"\nurls = ["https://127.0.0.1:1/q"]\nproxy = "env:PROXY"\n'
    )
    (folder / "config").mkdir()
    (folder / "config" / "key").write_text(SECRETS["KEY"] + "\n")
    (folder / "config" / "scraper.toml").write_text(head + "".join(sources) + proxied, "utf-8")


def assert_hidden(text: bytes, where: str) -> None:
    for secret in HIDDEN:
        assert secret.encode() not in text, f"{secret} in {where}"


def test_secrets_are_sent_where_they_belong_and_kept_nowhere(
    server: Server,
    elsewhere: Server,
    scraper: Run,
    tmp_path: Path,
    environment: dict[str, str],
) -> None:
    environment |= {key: text.format(port=elsewhere.port) for key, text in SECRETS.items()}
    own = (
        'headers = { "X-Key" = "file:key", "X-Plain" = "s3cret-plain" }\n'
        'cookies = { session = "env:COOKIE" }\ncredentials = "env:LOGIN"\n'
    )
    urls = routes(server, elsewhere)
    write(tmp_path, urls, own)
    debug = ("--log-level", "debug")
    commands = [
        ("config", "check"),
        ("config", "show"),
        ("sources", "list"),
        ("sources", "check"),
        ("once", "--all"),
        ("status",),
        ("retry",),
    ]
    runs = [scraper(*debug, *command) for command in commands]
    runs += [scraper(*debug, "--json", "--log-format", "json", "once", "--all")]
    for command, run in zip((*commands, "once as JSON"), runs, strict=True):
        assert run.returncode in (0, 1), run.stderr
        assert "Traceback" not in run.stderr
        assert_hidden((run.stdout + run.stderr).encode(), str(command))
    kept = [path for path in (tmp_path / "archive").rglob("*") if path.is_file()]
    assert any(path.suffix == ".md" for path in kept)
    for path in kept:
        assert_hidden(path.read_bytes(), str(path))
    assert_sent(server, elsewhere)
    outcomes = [json.loads(line) for line in runs[-1].stdout.splitlines()]
    assert {event["name"] for event in outcomes if event["event"] == "source"} >= {"s0", "p", "q"}


def assert_sent(server: Server, elsewhere: Server) -> None:
    """With every request for a source's own URL; with none for robots.txt, pages, other servers."""
    others = ("/robots.txt", "/story")
    for seen in server.requests:
        sent = {name: seen.headers.get(name) for name in ("x-key", "cookie", "authorization")}
        if seen.path in others:
            assert set(sent.values()) == {None}, seen.path
        else:
            assert sent == {
                "x-key": "s3cret-header",
                "cookie": "session=s3cret-cookie",
                "authorization": f"Basic {BASIC}",
            }, seen.path
    assert {seen.path for seen in server.requests} > set(others)
    for seen in elsewhere.requests:
        assert not {"x-key", "cookie", "authorization"} & set(seen.headers), seen.path
    assert "/elsewhere" in elsewhere.paths


def test_mistakes_about_secrets_do_not_quote_them(scraper: Run, tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "scraper.toml").write_text(
        '[[sources]]\nurls = ["https://user:s3cret@news.example/feed"]\n'
        'cookies = { a = "s3cret;b" }\ncredentials = "s3cret"\nproxy = "s3cret"\n',
        "utf-8",
    )
    run = scraper("config", "check")
    assert run.returncode == 2
    assert "credentials =" in run.stderr
    assert_hidden((run.stdout + run.stderr).encode(), "config check")
