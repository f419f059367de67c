"""Only the public internet is reached, whatever the address is written like."""

import asyncio
import socket
import sys
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.errors import FetchError
from scraper.fetch import guard
from scraper.fetch.addresses import EVERYWHERE, judge, parse_blocks
from scraper.fetch.fetcher import Request
from scraper.fetch.guard import GuardedBackend, judge_every, resolve_judged
from scraper.fetch.names import Names
from scraper.model import Failed, Page

PRIVATE = {
    "0.0.0.0": "unspecified",
    "0.1.2.3": "unspecified",
    "10.1.2.3": "private network",
    "100.64.0.1": "carrier-grade NAT",
    "100.100.100.200": "carrier-grade NAT",
    "127.0.0.1": "loopback",
    "127.255.255.254": "loopback",
    "168.63.129.16": "cloud metadata",
    "169.254.169.254": "link-local, cloud metadata",
    "172.31.0.1": "private network",
    "192.0.0.192": "reserved",
    "192.0.2.1": "documentation",
    "192.88.99.1": "reserved",
    "192.168.0.1": "private network",
    "198.18.0.1": "benchmarking",
    "198.51.100.7": "documentation",
    "203.0.113.7": "documentation",
    "224.0.0.1": "multicast",
    "240.0.0.1": "reserved",
    "255.255.255.255": "reserved",
    "::": "unspecified",
    "::1": "loopback",
    "::7f00:1": "loopback",
    "::ffff:127.0.0.1": "loopback",
    "::ffff:0:127.0.0.1": "loopback",
    "::ffff:169.254.169.254": "link-local, cloud metadata",
    "64:ff9b::10.0.0.1": "private network",
    "64:ff9b:1::1": "reserved",
    "100::1": "reserved",
    "2001::1": "unspecified",
    "2001:0:808:808::": "reserved",
    "2001:0:808:808::80ff:fffe": "loopback",
    "2001:0:a00:1::f7f7:f7f7": "private network",
    "2001:20::1": "reserved",
    "2001:db8::1": "documentation",
    "2002:7f00:1::": "loopback",
    "2002:c0a8:1::1": "private network",
    "3fff::1": "documentation",
    "4000::1": "reserved",
    "5f00::1": "reserved",
    "fc00::1": "private network",
    "fd00:ec2::254": "private network",
    "fe80::1": "link-local",
    "fe80::1%eth0": "link-local",
    "fec0::1": "private network",
    "ff02::1": "multicast",
}

PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "100.128.0.1",
    "172.32.0.1",
    "223.255.255.1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
    "2001:0:808:808::fefe:fefe",
]


@pytest.mark.parametrize(("address", "kind"), PRIVATE.items())
def test_what_is_not_public_is_not_reached(address: str, kind: str) -> None:
    reason = judge(address, ())
    assert reason is not None
    assert f"({kind})" in reason


@pytest.mark.parametrize("address", PUBLIC)
def test_what_is_public_is_reached(address: str) -> None:
    assert judge(address, ()) is None


def test_the_reason_says_what_to_do() -> None:
    assert judge("127.0.0.1", ()) == (
        "127.0.0.1 is not on the public internet (loopback): "
        "allow it with allow_addresses if that is intended"
    )


@pytest.mark.parametrize("text", ["", "example.com", "127.1", "1.2.3.4.5", "\x1b[0m"])
def test_what_is_no_address_is_not_reached(text: str) -> None:
    reason = judge(text, ())
    assert reason is not None
    assert reason.isprintable()


@pytest.mark.parametrize(
    ("address", "block"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("10.1.2.3", "10.1.0.0/16"),
        ("10.1.2.3", "10.1.2.3/8"),
        ("::1", "::1/128"),
        ("fe80::1%eth0", "fe80::/10"),
        ("::ffff:10.1.2.3", "10.0.0.0/8"),
        ("::ffff:10.1.2.3", "::ffff:0:0/96"),
        ("2001:0:a00:1::f7f7:f7f7", "10.0.0.0/8"),
    ],
)
def test_an_allowed_block_is_reached(address: str, block: str) -> None:
    assert judge(address, parse_blocks([block])) is None


def test_an_allowed_block_allows_nothing_else() -> None:
    assert judge("10.1.2.4", parse_blocks(["10.1.2.3/32", "::1"])) is not None


def test_half_of_an_allowed_tunnel_is_not_enough() -> None:
    assert judge("2001:0:a00:1::80ff:fffe", parse_blocks(["10.0.0.0/8"])) is not None


@pytest.mark.parametrize("text", ["", "localhost", "10.0.0.0/33", "10/8/8"])
def test_a_block_that_is_none_is_named(text: str) -> None:
    with pytest.raises(FetchError, match="allow_addresses") as caught:
        parse_blocks([text])
    assert repr(text) in str(caught.value)


@given(st.ip_addresses())
def test_never_more_than_the_standard_library_allows(address: Any) -> None:
    # multicast aside, which it calls global; it has been growing stricter, never looser
    if judge(str(address), ()) is None and not _carries_ipv4(address):
        assert address.is_global
        assert not address.is_multicast


def _carries_ipv4(address: Any) -> bool:
    return address.version == 6 and (
        address.ipv4_mapped is not None or address.sixtofour is not None or bool(address.teredo)
    )


@given(st.ip_addresses())
def test_everywhere_is_everywhere(address: Any) -> None:
    assert judge(str(address), EVERYWHERE) is None
    assert ip_address(str(address)) == address


# -- at connect time -------------------------------------------------------------------------------

SPELLINGS = [
    "127.0.0.1", "127.1", "127.0.1", "2130706433", "0x7f000001", "0x7f.0.0.1", "0x7f.1",
    "0177.0.0.1", "017700000001", "127.000.000.001", "127。0。0。1", "１２７.0.0.1", "⑫7.0.0.1",
    "localhost", "LOCALHOST", "localhost.", "0.0.0.0", "0", "127.127.127.127", "127.0.0.1.",
    "[::1]", "[::]", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:127.0.0.1]",
    "[::127.0.0.1]", "[0000::0001]", "[64:ff9b::127.0.0.1]", "[2002:7f00:1::]", "user@127.0.0.1",
    "127.0.0.1.:80@127.0.0.1", "127.0.0.1\\@127.0.0.1", "127%2e0%2e0%2e1", "0x7F.0x0.0x0.0x1",
    "00000177.0.0.1", "0X7F000001", "[::FFFF:127.1.2.3]", "[::ffff:0:127.0.0.1]", "[::7f00:1]",
    "[64:ff9b:1::7f00:1]", "[2001:0:808:808::80ff:fffe]", "[fe80::1%25lo]", "127．0．0．1",
    "ⓛocalhost", "localhost.localdomain", "ip6-localhost", "0.0.0.0.", "0x0",
    "example.com@127.0.0.1", "127.0.0.1%00", "%31%32%37.0.0.1", "[::1%25lo]",
]  # fmt: skip


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_loopback_reaches_it(server: Any, fetch: Any, spelling: str) -> None:
    outcome = fetch(f"http://{spelling}:{server.port}/", allow_addresses=(), retries=0)
    assert isinstance(outcome, Failed)
    assert server.connections == 0


def test_no_redirect_reaches_it(server: Any, other_server: Any, fetch: Any) -> None:
    # "localhost" is another host: what a request may reach besides is for its own
    target = f"http://localhost:{other_server.port}/secret"
    url = server.answer("/a", b"", 302, Location=target)
    outcome = fetch(Request(url, allow_addresses=("127.0.0.0/8", "::1")), allow_addresses=())
    assert isinstance(outcome, Failed)
    assert "not on the public internet" in outcome.reason
    assert outcome.url == target
    assert other_server.connections == 0


def test_a_request_s_own_blocks_are_reached(server: Any, fetch: Any) -> None:
    request = Request(server.answer("/a", b"x"), allow_addresses=("127.0.0.1",))
    assert isinstance(fetch(request, allow_addresses=()), Page)


def test_one_request_s_blocks_are_not_another_s(server: Any, make_fetcher: Any) -> None:
    url = server.answer("/a", b"x")

    async def go() -> tuple[Any, Any]:
        async with make_fetcher(allow_addresses=()) as fetcher:
            first = await fetcher.fetch(Request(url, allow_addresses=("127.0.0.1",)))
            return first, await fetcher.fetch(Request(url))

    first, second = asyncio.run(go())
    assert isinstance(first, Page)
    assert isinstance(second, Failed)


def test_a_block_that_is_none_is_an_outcome(server: Any, fetch: Any) -> None:
    outcome = fetch(Request(server.answer("/a"), allow_addresses=("nonsense",)))
    assert "'nonsense'" in outcome.reason


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    """Every name has these addresses."""

    def getaddrinfo(_host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


def test_a_public_name_with_a_private_address(server: Any, fetch: Any, monkeypatch: Any) -> None:
    resolving(monkeypatch, "127.0.0.1")
    reason = fetch(f"http://news.example:{server.port}/", allow_addresses=()).reason
    assert reason.startswith("news.example: 127.0.0.1 is not on the public internet (loopback)")
    assert server.connections == 0


def test_only_the_judged_ones_of_several_addresses_are_tried(server: Any, monkeypatch: Any) -> None:
    resolving(monkeypatch, "127.0.0.1", "127.0.0.2", "10.0.0.1")
    blocks = parse_blocks(["127.0.0.2", "10.0.0.1"])
    assert asyncio.run(resolve_judged(Names(), "news.example", 80, blocks)) == [
        "127.0.0.2",
        "10.0.0.1",
    ]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has all of 127/8 on loopback")
def test_the_next_address_is_tried_where_one_does_not_answer(
    server: Any, fetch: Any, monkeypatch: Any
) -> None:
    resolving(monkeypatch, "127.0.0.9", "127.0.0.1")
    server.answer("/a", b"x")
    assert isinstance(fetch(f"http://news.example:{server.port}/a"), Page)


def test_a_name_without_addresses(monkeypatch: Any, fetch: Any) -> None:
    resolving(monkeypatch)
    assert "cannot resolve news.example" in fetch("http://news.example/", retries=0).reason


def test_with_a_proxy_every_address_counts(monkeypatch: Any) -> None:
    resolving(monkeypatch, "8.8.8.8", "127.0.0.1")
    with pytest.raises(FetchError, match=r"news\.example: 127\.0\.0\.1 is not"):
        asyncio.run(judge_every(Names(), "news.example", 80, ()))
    asyncio.run(judge_every(Names(), "news.example", 80, parse_blocks(["127.0.0.1"])))


def test_a_failure_without_a_word_for_it() -> None:
    assert guard._why(OSError("odd")) == "no connection"


def test_an_address_that_does_not_answer_in_time(server: Any, monkeypatch: Any) -> None:
    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = full.getsockname()[1]
    waiting = [socket.socket() for _ in range(3)]
    for one in waiting:  # fills the line of a listener that accepts nobody
        one.settimeout(0)
        one.connect_ex(("127.0.0.1", port))
    backend = GuardedBackend(EVERYWHERE, Names())
    with pytest.raises(FetchError, match="no answer"):
        asyncio.run(backend.connect_tcp("127.0.0.1", port, 0.2))
    for one in (*waiting, full):
        one.close()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=30), st.sampled_from(["", "http://", "https://", "http://a:", "http://["]))
def test_no_address_raises(monkeypatch: Any, fetch: Any, text: str, start: str) -> None:
    resolving(monkeypatch, "10.0.0.1")
    outcome = fetch(start + text, allow_addresses=(), robots=True)
    assert isinstance(outcome, Failed)
    assert outcome.reason.isprintable()
