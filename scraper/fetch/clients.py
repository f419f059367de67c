"""One connection pool per origin, kept open between requests.

A pool for all hosts looks through all their connections at every request, and a pool per request
reads every certificate anew; both were measured to cost more than the rest of a fetch. The bare
transport of httpx is used, without its client: no cookies, no redirects, no proxies from the
environment, no decoding, nothing that a fetch would have to switch off.

HTTP/1.1 alone: HTTP/2 spares connections to those who ask for much at once. For pages of 84 KB, one
or two at a time, it was measured to cost 1.5 ms of CPU instead of 1.1, and 6.0 ms instead of 3.2 on
a new connection, for nothing in return; and exchanges that share a connection could not each be
held to its own limits.
"""

import ssl
import sys
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any
from urllib.parse import urlsplit

import certifi
import httpx

from scraper.fetch.addresses import EVERYWHERE, parse_blocks
from scraper.fetch.failures import NotReachedError
from scraper.fetch.guard import GuardedBackend, closing_on_failure, judge_every
from scraper.fetch.names import Names

# httpcore imports this module for every lock that it makes, to ask which event loop it runs on.
# Where it is not installed, that is a search through all of sys.path: half a millisecond a request.
if find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]  # known to be missing

_MAX_IDLE_CLIENTS = 64
_KEEP_ALIVE_SECONDS = 30.0
_PROXY_SCHEMES = ("http", "https", "socks5", "socks5h")


@dataclass(frozen=True, slots=True)
class Route:
    """Everything that makes two connections different."""

    origin: str
    proxy: str = field(default="", repr=False)
    ca_file: str = ""
    allow_addresses: tuple[str, ...] = ()


@dataclass(slots=True)
class _Client:
    transport: httpx.AsyncHTTPTransport
    users: int = 0


class Clients:
    """The pools, opened when first needed; the longest unused are closed beyond a number."""

    def __init__(self, connections_per_host: int) -> None:
        self._limits = httpx.Limits(
            max_connections=None,  # turns.py says how many
            max_keepalive_connections=connections_per_host,
            keepalive_expiry=_KEEP_ALIVE_SECONDS,
        )
        self._names = Names()
        self._clients: OrderedDict[Route, _Client] = OrderedDict()
        self._contexts: dict[str, ssl.SSLContext] = {}
        self._plain = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # trusts nobody; for http origins

    @asynccontextmanager
    async def client(self, route: Route, url: httpx.URL) -> AsyncIterator[httpx.AsyncHTTPTransport]:
        """The transport for a route, on which `url` may be asked for.

        Raises NotReachedError where there is none.
        """
        client = self._clients.get(route)
        if client is None:
            client = self._clients[route] = _Client(self._open(route))
        self._clients.move_to_end(route)
        client.users += 1
        try:
            async with closing_on_failure():
                if route.proxy:
                    await self._judge_target(route, url)
                yield client.transport
                await _close_spoilt(client.transport)
        finally:
            client.users -= 1
            await self._close_surplus()

    async def aclose(self) -> None:
        """Close every connection."""
        while self._clients:
            _, client = self._clients.popitem()
            await client.transport.aclose()

    async def _close_surplus(self) -> None:
        surplus = len(self._clients) - _MAX_IDLE_CLIENTS
        if surplus > 0:
            idle = [route for route, client in self._clients.items() if not client.users]
            # taken out before the first is closed: meanwhile others come, and close theirs
            for client in [self._clients.pop(route) for route in idle[:surplus]]:
                await client.transport.aclose()

    def _open(self, route: Route) -> httpx.AsyncHTTPTransport:
        allowed = EVERYWHERE if route.proxy else parse_blocks(route.allow_addresses)
        is_plain = route.origin.startswith("http:")
        transport = httpx.AsyncHTTPTransport(
            verify=self._plain if is_plain else self._context(route.ca_file),
            trust_env=False,
            limits=self._limits,
            proxy=_proxy(route.proxy),
        )
        # httpx has no way to hand this over; a test sees to it that it is in force
        transport._pool._network_backend = GuardedBackend(allowed, self._names)  # noqa: SLF001
        return transport

    async def _judge_target(self, route: Route, url: httpx.URL) -> None:
        """A proxy connects by itself, so its target is judged beforehand, as we see it."""
        host = url.raw_host.decode("ascii")
        allowed = parse_blocks(route.allow_addresses)
        await judge_every(self._names, host, url.port or 443, allowed)

    def _context(self, ca_file: str) -> ssl.SSLContext:
        if ca_file not in self._contexts:
            self._contexts[ca_file] = make_context(ca_file)
        return self._contexts[ca_file]


def make_context(ca_file: str = "") -> ssl.SSLContext:
    """Whom we trust: the system's authorities, Mozilla's, and those of a source's `ca_file`.

    Raises NotReachedError where that file holds no certificates.
    """
    context = ssl.create_default_context()
    context.load_verify_locations(certifi.where())
    if ca_file:
        _trust(context, ca_file)
    return context


async def _close_spoilt(transport: httpx.AsyncHTTPTransport) -> None:
    """Close connections on which more came than the answer: it would pass for the next one.

    A body behind a 304 is enough for that. httpcore looks at the socket for it, but not at what it
    has read already; a test sees to it that this is found there. Nothing else has run in between.
    """
    for connection in list(transport._pool.connections):  # noqa: SLF001
        inner: Any = connection
        while (deeper := getattr(inner, "_connection", None)) is not None:  # tunnels have several
            inner = deeper
        state = getattr(inner, "_h11_state", None)
        if state is not None and connection.is_idle() and state.trailing_data[0]:
            await connection.aclose()


def _trust(context: ssl.SSLContext, ca_file: str) -> None:
    try:
        context.load_verify_locations(ca_file)
    except OSError as error:  # ssl.SSLError, for what is no certificate, is one
        message = f"cannot read certificates from ca_file {ca_file}: {error.strerror or error}"
        raise NotReachedError(message) from error


def _proxy(url: str) -> httpx.Proxy | None:
    if not url:
        return None
    try:
        if urlsplit(url).scheme in _PROXY_SCHEMES:
            return httpx.Proxy(url)
        cause = None
    except (ValueError, httpx.InvalidURL) as error:
        cause = error
    # without the address: it may hold a password
    raise NotReachedError("proxy: expected http://HOST:PORT or socks5://HOST:PORT") from cause
