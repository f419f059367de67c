"""The listening server answers few things, whoever asks and however."""

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Iterator

import pytest

from scraper.errors import ArchiveError, ConfigurationError
from scraper.service.watching import listening
from scraper.service.watching.listening import Answer, served


async def hello() -> Answer:
    return Answer.of(200, {"hello": "世界"})


async def broken() -> Answer:
    raise ZeroDivisionError("a bug")


async def refused() -> Answer:
    raise ArchiveError("the disk is gone")


PAGES = {"/hello": hello, "/broken": broken, "/refused": refused}


@pytest.fixture
def port() -> Iterator[int]:
    with served("127.0.0.1:0", PAGES) as port:
        yield port


def ask(port: int, path: str, method: str = "GET") -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request(method, path)
    response = connection.getresponse()
    body = response.read()
    connection.close()
    return response, body


def say(port: int, request: bytes) -> bytes:
    """All that comes back for these bytes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(request)
        answer = b""
        while data := connection.recv(65536):
            answer += data
    return answer


def test_a_page_is_told(port: int) -> None:
    response, body = ask(port, "/hello?whatever=1")
    assert (response.status, json.loads(body)) == (200, {"hello": "世界"})
    assert response.getheader("Connection") == "close"


def test_head_is_told_without_the_body(port: int) -> None:
    response, body = ask(port, "/hello", "HEAD")
    assert (response.status, body) == (200, b"")
    assert response.getheader("Content-Length") == str(len(ask(port, "/hello")[1]))


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS", "get", "TRACE"])
def test_other_methods_are_not_allowed(port: int, method: str) -> None:
    response, _ = ask(port, "/hello", method)
    assert response.status == 405
    assert response.getheader("Allow") == "GET, HEAD"


def test_an_unknown_page_names_the_known(port: int) -> None:
    response, body = ask(port, "/../etc/passwd")
    assert response.status == 404
    assert json.loads(body)["pages"] == sorted(PAGES)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_page_that_fails_is_an_answer_and_the_next_works(port: int) -> None:
    assert ask(port, "/broken")[0].status == 500
    response, body = ask(port, "/refused")
    assert (response.status, json.loads(body)["error"]) == (503, "the disk is gone")
    assert ask(port, "/hello")[0].status == 200


@pytest.mark.parametrize(
    "request_line",
    [b"", b"GET", b"GET /hello", b"GET http://x/hello HTTP/1.1", b"\x16\x03\x01 / x"],
)
def test_what_is_no_request_is_told_so(port: int, request_line: bytes) -> None:
    assert say(port, request_line + b"\r\n\r\n").startswith(b"HTTP/1.1 400 ")


def test_a_head_without_end_is_refused(port: int) -> None:
    answer = say(port, b"GET /hello HTTP/1.1\r\n" + b"X: y\r\n" * 20_000)
    assert answer.startswith(b"HTTP/1.1 431 ") or not answer  # a reset may overtake the answer


def test_a_slow_client_is_let_go(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "SECONDS", 0.2)
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        connection.sendall(b"GET /hel")
        began = time.monotonic()
        with contextlib.suppress(ConnectionResetError):
            assert connection.recv(100) == b""
    assert time.monotonic() - began < 10
    assert ask(port, "/hello")[0].status == 200


def is_closed(connection: socket.socket) -> bool:
    """Whether the other side has ended it."""
    connection.settimeout(0)
    try:
        return connection.recv(1) == b""
    except BlockingIOError:
        return False
    except ConnectionResetError:
        return True


def test_many_that_say_nothing_keep_nobody_out(port: int) -> None:
    with contextlib.ExitStack() as stack:
        address = ("127.0.0.1", port)
        silent = [stack.enter_context(socket.create_connection(address)) for _ in range(200)]
        began = time.monotonic()
        assert ask(port, "/hello")[0].status == 200
        assert time.monotonic() - began < listening.SECONDS / 2
        let_go = [connection for connection in silent if is_closed(connection)]
        assert len(let_go) >= 200 - listening.MOST_CONNECTIONS


def test_the_end_does_not_wait_for_clients() -> None:
    with served("127.0.0.1:0", PAGES) as port:
        waiting = socket.create_connection(("127.0.0.1", port))
        assert ask(port, "/hello")[0].status == 200
        began = time.monotonic()
    assert time.monotonic() - began < listening.SECONDS / 2
    waiting.close()


def test_an_address_that_is_taken_is_a_mistake_of_the_configuration(port: int) -> None:
    with (
        pytest.raises(ConfigurationError, match=r"daemon\.listen"),
        served(f"127.0.0.1:{port}", {}),
    ):
        pass
