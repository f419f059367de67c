"""Nothing that a source lists leads behind the firewall: not one connection, in whatever spelling.

The source's server stands on 127.0.2.x, which is allowed; what must not be reached listens on every
other address of this machine.
"""

import contextlib
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.fetch.conftest import Exchange, Server
from tests.fetch.test_fetch_addresses import SPELLINGS
from tests.journey.journey import Journey

pytestmark = pytest.mark.skipif(
    sys.platform != "linux", reason="only Linux has all of 127/8 on loopback"
)

ALLOWED = ("127.0.2.0/24",)
LOCAL = ("127.0.0.0/8", "0.0.0.0/32", "::/96")  # everything that reaches this machine and no other
NAMES = {  # as a hostile name server might answer
    "private.example": ("127.0.0.1", "::1"),
    "mapped.example": ("::ffff:127.0.0.1",),
    "mixed.example": ("10.255.255.1", "::", "0.0.0.0", "127.0.0.1"),
}
HOSTS = [*SPELLINGS, *NAMES]
RSS = "<rss version='2.0'><channel><title>t</title>{}</channel></rss>"
ITEM = "<item><title>Story {}</title><link>{}</link></item>"
INDEX = "<sitemapindex xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'>{}</sitemapindex>"
CHILD = "<sitemap><loc>{}</loc></sitemap>"
ARTICLE = """<html><head><title>A bridge is mended</title><link rel="next" href="{}"></head><body>
<article><h1>A bridge is mended</h1>{}</article></body></html>"""
SENTENCE = "<p>The council said on Monday that the old bridge will be repaired next spring.</p>"


@contextlib.contextmanager
def serving(listener: socket.socket) -> Iterator[Server]:
    server = Server(listener)
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.stop()
        thread.join()


@pytest.fixture
def canary() -> Iterator[Server]:
    """On every address of this machine, IPv6 too where there is such a thing."""
    dual = socket.has_dualstack_ipv6()
    listener = (
        socket.create_server(("::", 0), family=socket.AF_INET6, dualstack_ipv6=True)
        if dual
        else socket.create_server(("0.0.0.0", 0))
    )
    with serving(listener) as server:
        yield server


@pytest.fixture
def site() -> Iterator[Server]:
    with serving(socket.create_server(("0.0.0.0", 0))) as server:
        yield server


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> None:
    real = socket.getaddrinfo

    def getaddrinfo(host: str, port: int, **options: Any) -> list[Any]:
        if host not in NAMES:
            return list(real(host, port, **options))
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in NAMES[host]]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)


class Ways:
    """Every kind of request, led to the canary, which sees the kind in the path."""

    def __init__(self, site: Server, canary: Server) -> None:
        self.site = site
        self.canary = canary

    def targets(self, kind: str) -> list[str]:
        return [f"http://{host}:{self.canary.port}/{kind}" for host in HOSTS]

    def url(self, path: str, host: int = 1) -> str:
        return f"http://127.0.2.{host}:{self.site.port}{path}"

    def feeds(self) -> list[str]:
        return self.targets("feeds")

    def entries(self) -> list[str]:
        return [self._list("/entries", self.targets("entries"))]

    def redirected_feeds(self) -> list[str]:
        return self._redirects("redirected_feeds")

    def redirected_entries(self) -> list[str]:
        return [self._list("/redirected", self._redirects("redirected_entries"))]

    def sitemaps(self) -> list[str]:
        children = "".join(CHILD.format(target) for target in self.targets("sitemaps"))
        return [self._answer("/index.xml", INDEX.format(children))]

    def robots(self) -> list[str]:
        """A host for each: its robots.txt leads away."""
        targets = self.targets("robots")

        def lead_away(exchange: Exchange) -> None:
            number = int(exchange.seen.headers["host"].split(":")[0].rpartition(".")[2])
            if number == 1:
                exchange.reply(404)
            else:
                exchange.reply(302, Location=targets[number - 2])

        self.site.on("/robots.txt", lead_away)
        return [self.url("/under-robots", number + 2) for number in range(len(HOSTS))]

    def next_pages(self) -> list[str]:
        """A next page is on the same host, or none; it may lead away, though."""
        following = self._redirects("next_pages", "?page=2")
        links = [
            self._answer(f"/next_pages{n}", ARTICLE.format(link, SENTENCE * 30))
            for n, link in enumerate(following)
        ]
        return [self._list("/paged", links)]

    def _redirects(self, kind: str, query: str = "") -> list[str]:
        targets = self.targets(kind)
        for n, target in enumerate(targets):
            self.site.answer(f"/{kind}{n}{query}", b"", 302, Location=target)
        return [self.url(f"/{kind}{n}{query}") for n in range(len(targets))]

    def _list(self, path: str, links: list[str]) -> str:
        items = "".join(ITEM.format(n, link) for n, link in enumerate(links))
        return self._answer(path, RSS.format(items))

    def _answer(self, path: str, text: str) -> str:
        kind = "text/html" if text.startswith("<html") else "text/xml"
        self.site.answer(path, text.encode(), Content_Type=kind)
        return self.url(path)


WAYS: list[Callable[[Ways], list[str]]] = [
    Ways.feeds,
    Ways.entries,
    Ways.redirected_feeds,
    Ways.redirected_entries,
    Ways.sitemaps,
    Ways.robots,
    Ways.next_pages,
]


LED = ("redirected_feeds{}", "redirected_entries{}", "next_pages{}", "next_pages{}?page=2")


def journey_of(tmp_path: Path, **fetching: Any) -> Journey:
    return Journey(
        tmp_path / "archive", fetching={"allow_addresses": ALLOWED, "timeout": 5.0, **fetching}
    )


def test_there_are_forty_spellings_and_more() -> None:
    assert len(set(HOSTS)) >= 50


def test_no_kind_of_request_leads_behind_the_firewall(
    site: Server, canary: Server, resolver: None, tmp_path: Path
) -> None:
    journey, ways = journey_of(tmp_path), Ways(site, canary)
    for way in WAYS:
        journey.add(*way(ways), name=way.__name__, site=None)
    # its own blocks open a source's own URLs, and neither what it lists nor where it is led
    opened = replace(
        journey.add(*ways.entries(), *ways.sitemaps(), *ways.redirected_feeds(), name="opened"),
        allow_addresses=LOCAL,
    )
    journey.sources["opened"] = opened
    journey.once()
    assert canary.connections == 0
    asked = set(site.paths)
    expected = {"/entries", "/redirected", "/index.xml", "/paged", "/robots.txt"}
    expected |= {"/" + kind.format(n) for kind in LED for n in range(len(HOSTS))}
    assert asked >= expected
    assert "/under-robots" not in asked
    reasons = " ".join(
        [*(poll.reason for poll in journey.polls()), *(one.reason for one in journey.articles())]
    )
    assert reasons.count("is not on the public internet") > 4 * len(HOSTS)


@pytest.mark.parametrize("scheme", ["http", "socks5"])
def test_no_proxy_leads_behind_the_firewall(
    site: Server, canary: Server, resolver: None, tmp_path: Path, scheme: str
) -> None:
    journey, ways = journey_of(tmp_path), Ways(site, canary)
    source = journey.add(*ways.feeds(), name="proxied", site=None)
    proxy = f"{scheme}://127.0.0.1:{canary.port}"
    journey.sources["proxied"] = replace(source, proxy=proxy)
    journey.once()
    assert canary.connections == 0
    assert [poll.outcome for poll in journey.polls()] == ["failed"]


@pytest.mark.soak
def test_the_canary_sings_where_it_is_allowed(
    site: Server, canary: Server, resolver: None, tmp_path: Path
) -> None:
    journey, ways = journey_of(tmp_path, allow_addresses=LOCAL), Ways(site, canary)
    for way in WAYS:
        journey.add(*way(ways), name=way.__name__, site=None)
    journey.once()
    assert set(canary.paths) == {f"/{way.__name__}" for way in WAYS} | {"/robots.txt"}
