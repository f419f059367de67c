"""TLS that cannot be switched off, proxies, and connections that are kept but not for ever."""

import asyncio
import base64
import gc
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from scraper.fetch import clients as clients_module
from scraper.fetch.fetcher import Request
from scraper.model import Failed, NotModified, Page, Validators

# -- TLS -------------------------------------------------------------------------------------------


def test_an_unknown_authority_is_refused(tls_server: Any, fetch: Any) -> None:
    outcome = fetch(tls_server.answer("/a", b"x"))
    assert isinstance(outcome, Failed)
    assert outcome.reason.startswith("TLS: ")
    assert outcome.reason.endswith(": name its authority with ca_file if it is known to you")
    assert tls_server.connections == 1  # not tried again
    assert tls_server.requests == []


def test_a_named_authority_is_trusted(tls_server: Any, fetch: Any, ca_file: str) -> None:
    assert isinstance(fetch(Request(tls_server.answer("/a", b"x"), ca_file=ca_file)), Page)


def test_a_named_authority_is_trusted_by_its_request_only(
    tls_server: Any, make_fetcher: Any, ca_file: str
) -> None:
    url = tls_server.answer("/a", b"x")

    async def go() -> tuple[Any, Any]:
        async with make_fetcher(robots=False) as fetcher:
            first = await fetcher.fetch(Request(url, ca_file=ca_file))
            return first, await fetcher.fetch(Request(url))

    first, second = asyncio.run(go())
    assert isinstance(first, Page)
    assert isinstance(second, Failed)


def test_a_certificate_for_another_name(wrong_tls_server: Any, fetch: Any, ca_file: str) -> None:
    reason = fetch(Request(wrong_tls_server.answer("/a"), ca_file=ca_file)).reason
    assert reason.startswith("TLS: ")
    assert "mismatch" in reason
    assert wrong_tls_server.requests == []


def test_tls_where_there_is_none(server: Any, fetch: Any) -> None:
    url = f"https://127.0.0.1:{server.port}/"
    assert fetch(url, retries=0).reason.startswith(("TLS: ", "the connection was lost"))


def test_a_ca_file_that_is_not_there(tls_server: Any, fetch: Any, tmp_path: Path) -> None:
    missing = str(tmp_path / "missing.pem")
    reason = fetch(Request(tls_server.answer("/a"), ca_file=missing)).reason
    assert reason == f"cannot read certificates from ca_file {missing}: No such file or directory"


def test_a_ca_file_without_certificates(tls_server: Any, fetch: Any, tmp_path: Path) -> None:
    empty = tmp_path / "empty.pem"
    empty.write_text("nothing")
    reason = fetch(Request(tls_server.answer("/a"), ca_file=str(empty))).reason
    assert reason.startswith("cannot read certificates from ca_file")


def test_a_handshake_that_never_ends_leaves_no_connection(fetch: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}/"
        assert fetch(url, timeout=0.2).reason == "no complete answer within 0.2 s"
        connection, _ = listener.accept()
        with connection:
            connection.settimeout(2)
            while connection.recv(65536):  # the client's hello, then its end
                pass
    gc.collect()


# -- proxies ---------------------------------------------------------------------------------------


class Proxy:
    """Forwards http, tunnels https, speaks SOCKS5; to whatever it is asked for."""

    def __init__(self, listener: socket.socket) -> None:
        self.listener = listener
        self.port = int(listener.getsockname()[1])
        self.heads: list[bytes] = []
        self.answer: bytes | None = None  # instead of doing its work

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            with connection:
                self.talk(connection)

    def talk(self, connection: socket.socket) -> None:
        head = connection.recv(65536)
        self.heads.append(head)
        if self.answer is not None:
            connection.sendall(self.answer)
        elif head.startswith(b"\x05"):
            connection.sendall(b"\x05\x00")
            asked = connection.recv(65536)
            connection.sendall(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
            self.tunnel(connection, int.from_bytes(asked[-2:], "big"))
        elif head.startswith(b"CONNECT"):
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            self.tunnel(connection, int(head.split()[1].split(b":")[1]))
        else:
            body = b"by proxy"
            connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n" + body)

    def tunnel(self, near: socket.socket, port: int) -> None:
        with socket.create_connection(("127.0.0.1", port)) as far:
            there = threading.Thread(target=_pump, args=(near, far))
            there.start()
            _pump(far, near)
            there.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    try:
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)
    except OSError:
        return


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    listener = socket.create_server(("127.0.0.1", 0))
    proxy = Proxy(listener)
    thread = threading.Thread(target=proxy.serve, daemon=True)
    thread.start()
    yield proxy
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join()


def test_http_through_a_proxy(server: Any, proxy: Proxy, fetch: Any) -> None:
    url = server.url("/a")
    page = fetch(Request(url, proxy=f"http://user:pass@127.0.0.1:{proxy.port}"))
    assert page.body == b"by proxy"
    assert proxy.heads[0].startswith(f"GET {url} HTTP/1.1\r\n".encode())
    assert base64.b64encode(b"user:pass") in proxy.heads[0]
    assert server.connections == 0


def test_https_through_a_proxy(tls_server: Any, proxy: Proxy, fetch: Any, ca_file: str) -> None:
    tls_server.answer("/a", b"x")
    url, way = tls_server.url("/a"), f"http://user:pass@127.0.0.1:{proxy.port}"
    assert fetch(Request(url, proxy=way, ca_file=ca_file)).body == b"x"
    assert "proxy-authorization" not in tls_server.requests[0].headers


def test_through_a_socks_proxy(server: Any, proxy: Proxy, fetch: Any) -> None:
    url = server.answer("/a", b"x")
    assert fetch(Request(url, proxy=f"socks5://127.0.0.1:{proxy.port}")).body == b"x"


@pytest.mark.parametrize("host", ["10.1.2.3", "127.1", "0x7f.1", "localhost"])
@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_a_proxy_is_no_way_around_the_guard(
    proxy: Proxy, fetch: Any, host: str, scheme: str
) -> None:
    way = f"{scheme}://127.0.0.1:{proxy.port}"
    outcome = fetch(Request(f"http://{host}/", proxy=way), allow_addresses=())
    assert "not on the public internet" in outcome.reason
    assert proxy.heads == []


@pytest.mark.parametrize("answer", [b"", b"junk\x1b", b"\x05\xff", b"\x05\x02", b"\x00" * 9])
def test_a_socks_proxy_that_answers_nonsense(
    server: Any, proxy: Proxy, fetch: Any, answer: bytes
) -> None:
    proxy.answer = answer
    way = f"socks5://127.0.0.1:{proxy.port}"
    outcome = fetch(Request(server.url("/a"), proxy=way), retries=0, timeout=0.5)
    assert isinstance(outcome, Failed)
    assert outcome.reason.isprintable()


def test_a_proxy_that_refuses(tls_server: Any, proxy: Proxy, fetch: Any) -> None:
    proxy.answer = b"HTTP/1.1 407 Who\x1b[31m are you\r\nContent-Length: 0\r\n\r\n"
    way = f"http://user:hush@127.0.0.1:{proxy.port}"
    reason = fetch(Request(tls_server.url("/a"), proxy=way), retries=0).reason
    assert reason.isprintable()
    assert "hush" not in reason


def test_a_proxy_that_is_not_there(server: Any, fetch: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    request = Request(server.url("/a"), proxy=f"http://u:hush@127.0.0.1:{port}")
    reason = fetch(request, retries=0).reason
    assert reason == f"cannot connect to 127.0.0.1:{port}: connection refused"


@pytest.mark.parametrize("way", ["ftp://u:hush@proxy/", "hush", "http://[hush", "http://h:hush/"])
def test_a_proxy_address_that_is_none_is_not_quoted(server: Any, fetch: Any, way: str) -> None:
    outcome = fetch(Request(server.url("/a"), proxy=way), retries=0)
    assert isinstance(outcome, Failed)
    assert "hush" not in outcome.reason


# -- keeping connections ---------------------------------------------------------------------------


def test_a_connection_that_the_server_closed_is_replaced(server: Any, make_fetcher: Any) -> None:
    def once(exchange: Any) -> None:
        exchange.reply(200, b"x")
        exchange.close()

    url = server.on("/a", once)

    async def go() -> None:
        async with make_fetcher(robots=False) as fetcher:
            for _ in range(3):
                assert isinstance(await fetcher.fetch(Request(url)), Page)

    asyncio.run(go())
    assert server.connections == 3


def test_the_longest_unused_clients_are_closed(
    server: Any, other_server: Any, make_fetcher: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(clients_module, "_MAX_IDLE_CLIENTS", 1)
    urls = [server.answer("/a", b"x"), other_server.answer("/b", b"x")]

    async def go() -> None:
        async with make_fetcher(robots=False) as fetcher:
            for url in urls * 2:
                assert isinstance(await fetcher.fetch(Request(url)), Page)
                assert len(fetcher._wire._clients._clients) == 1

    asyncio.run(go())
    assert (server.connections, other_server.connections) == (2, 2)


def test_leaving_the_fetcher_closes_its_connections(server: Any, make_fetcher: Any) -> None:
    url = server.answer("/a", b"x")

    async def go() -> None:
        async with make_fetcher(robots=False) as fetcher:
            await fetcher.fetch(Request(url))
        assert not fetcher._wire._clients._clients

    asyncio.run(go())
    for connection in list(server.open):
        connection.settimeout(2)
        assert connection.recv(1) == b""


def test_clients_that_are_closed_side_by_side_are_closed_once(
    server: Any, make_fetcher: Any, monkeypatch: Any
) -> None:
    monkeypatch.setattr(clients_module, "_MAX_IDLE_CLIENTS", 15)
    url = server.answer("/a", b"x")
    requests = [Request(url, allow_addresses=(f"10.0.0.{number}",)) for number in range(30)]

    async def go() -> list[Any]:
        async with make_fetcher(robots=False, connections_per_host=30) as fetcher:
            idle = [await fetcher.fetch(request) for request in requests[:15]]
            return idle + await asyncio.gather(*map(fetcher.fetch, requests[15:]))

    assert all(isinstance(outcome, Page) for outcome in asyncio.run(go()))


@pytest.mark.parametrize(
    "first",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1\r\n\r\n",
    ],
    ids=["two answers", "a 304 with a body"],
)
def test_what_follows_an_answer_is_not_the_next_one(
    server: Any, make_fetcher: Any, first: bytes
) -> None:
    more = b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nsmuggled"
    urls = [
        server.on("/a", lambda exchange: exchange.send(first + more)),
        server.answer("/b", b"b"),
    ]

    async def go() -> list[Any]:
        async with make_fetcher(robots=False) as fetcher:
            return [await fetcher.fetch(Request(url, Validators('"1"'))) for url in urls]

    assert asyncio.run(go())[1].body == b"b"
    assert server.connections == 2


def test_a_304_keeps_its_connection(server: Any, make_fetcher: Any) -> None:
    url = server.on("/a", lambda x: x.send(b"HTTP/1.1 304 N\r\n\r\n"))

    async def go() -> None:
        async with make_fetcher(robots=False, delay=0.0) as fetcher:
            for _ in range(3):
                assert isinstance(await fetcher.fetch(Request(url, Validators('"1"'))), NotModified)

    asyncio.run(go())
    assert server.connections == 1
