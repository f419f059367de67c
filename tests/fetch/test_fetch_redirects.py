"""Redirects: followed by hand, and what must not travel along."""

from datetime import timedelta
from typing import Any

import pytest

from scraper.fetch.fetcher import Request
from scraper.model import Failed, NotModified, Page, Refused, Validators


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_followed_and_remembered(server: Any, fetch: Any, status: int) -> None:
    url = server.answer("/old/a", b"moved", status, Location="../new#part")
    server.answer("/new", b"x")
    page = fetch(url)
    assert isinstance(page, Page)
    assert (page.url.partition("#")[0], page.redirects) == (server.url("/new"), (url,))
    assert {seen.connection for seen in server.requests} == {1}


def test_a_location_in_raw_utf_8(server: Any, fetch: Any) -> None:
    server.answer("/%E6%96%B0", b"x")
    head = "HTTP/1.1 302 F\r\nContent-Length: 0\r\nLocation: /新\r\n\r\n".encode()
    assert isinstance(fetch(server.on("/a", lambda x: x.send(head))), Page)


def test_ten_redirects_are_followed_and_no_more(server: Any, fetch: Any) -> None:
    for number in range(12):
        server.answer(f"/{number}", b"", 302, Location=f"/{number + 1}")
    server.answer("/12", b"x")
    assert isinstance(fetch(server.url("/2")), Page)
    assert fetch(server.url("/1")).reason == "more than 10 redirects"


@pytest.mark.parametrize("path", ["/a", "/b"])
def test_a_loop_is_noticed(server: Any, fetch: Any, path: str) -> None:
    url = server.answer("/a", b"", 302, Location=path)
    server.answer("/b", b"", 302, Location="/a")
    assert fetch(url).reason == "redirects in a loop"


@pytest.mark.parametrize(
    "location", ["ftp://example.org/", "javascript:alert(1)", "file:///etc/passwd", "http://[::1/",
                 "http://a:b/", ""],
)  # fmt: skip
def test_a_redirect_off_the_web_is_a_failure(server: Any, fetch: Any, location: str) -> None:
    outcome = fetch(server.answer("/a", b"", 302, Location=location))
    assert isinstance(outcome, Failed)
    assert outcome.reason.isprintable()
    assert len(server.requests) == 1


def test_a_redirect_without_a_location(server: Any, fetch: Any) -> None:
    reason = fetch(server.answer("/a", b"", 302)).reason
    assert reason == "HTTP 302 leads to 'nowhere', which is not an http or https address"


def test_headers_stay_with_the_origin(server: Any, other_server: Any, fetch: Any) -> None:
    url = server.answer("/a", b"", 302, Location="/b")
    server.answer("/b", b"", 302, Location=other_server.url("/c"))
    other_server.answer("/c", b"x")
    assert isinstance(fetch(Request(url, headers={"X-Api-Key": "k"})), Page)
    assert [seen.headers.get("x-api-key") for seen in server.requests] == ["k", "k"]
    assert "x-api-key" not in other_server.requests[0].headers


def test_validators_stay_with_the_url(server: Any, fetch: Any) -> None:
    url = server.answer("/a", b"", 302, Location="/b")
    server.on("/b", lambda x: x.send(b"HTTP/1.1 304 N\r\n\r\n"))
    outcome = fetch(Request(url, Validators('"1"')))
    assert not isinstance(outcome, NotModified)
    assert [seen.headers.get("if-none-match") for seen in server.requests] == ['"1"', None]


def test_an_outcome_is_of_the_url_that_it_happened_at(server: Any, fetch: Any) -> None:
    url = server.answer("/a", b"", 302, Location="/b")
    server.answer("/b", b"", 403)
    assert fetch(url) == Refused(server.url("/b"), "HTTP 403")


@pytest.mark.parametrize("port", [0, 22, 25, 6667, 10080])
def test_ports_of_other_services_are_not_asked(server: Any, fetch: Any, port: int) -> None:
    target = f"http://127.0.0.1:{port}/"
    for url in (target, server.answer("/a", b"", 302, Location=target)):
        assert isinstance(fetch(url), Failed)
    assert fetch(target).reason == f"'{target}' names port {port}, where no web server may be asked"


def test_validators_go_to_the_url_that_they_came_from(server: Any, fetch: Any) -> None:
    url = server.answer("/a", b"", 302, Location="/b")
    server.on("/b", lambda x: x.send(b'HTTP/1.1 304 N\r\nETag: "2"\r\n\r\n'))
    outcome = fetch(Request(url, Validators('"1"'), server.url("/b")))
    assert outcome == NotModified(server.url("/b"), Validators('"2"'))
    assert [seen.headers.get("if-none-match") for seen in server.requests] == [None, '"1"']


@pytest.mark.parametrize(
    ("statuses", "moved"),
    [((301, 308), True), ((301, 302), False), ((307, 301), False), ((), False)],
)
def test_none_but_permanent_redirects_are_a_move(
    server: Any, fetch: Any, statuses: tuple[int, ...], moved: object
) -> None:
    for number, status in enumerate(statuses):
        server.answer(f"/{number}", b"", status, Location=f"/{number + 1}")
    target = server.answer(f"/{len(statuses)}", b"x")
    assert fetch(server.url("/0")).moved_to == (target if moved else "")
    server.on(f"/{len(statuses)}", lambda x: x.send(b"HTTP/1.1 304 N\r\n\r\n"))
    conditional = Request(server.url("/0"), Validators('"1"'), target)
    assert fetch(conditional).moved_to == (target if moved else "")


def test_a_known_move_takes_nothing_along_that_is_for_the_old_origin(
    server: Any, other_server: Any, fetch: Any
) -> None:
    new = other_server.answer("/new", b"x", Cache_Control="max-age=60")
    request = Request(server.url("/old"), Validators('"1"'), start=new, headers={"X-Api-Key": "k"})
    page = fetch(request)
    assert isinstance(page, Page)
    assert (page.url, page.moved_to, page.fresh_for) == (new, "", timedelta(minutes=1))
    assert server.requests == []
    (seen,) = other_server.requests
    assert {"x-api-key", "if-none-match"}.isdisjoint(seen.headers)


def test_a_known_move_into_a_private_network_is_refused(server: Any, fetch: Any) -> None:
    start = server.answer("/new", b"x")
    request = Request("http://feeds.example/", start=start, allow_addresses=("127.0.0.0/8",))
    assert isinstance(fetch(request, allow_addresses=()), Failed | Refused)
    assert server.requests == []
