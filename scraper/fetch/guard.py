"""Where a connection is opened: the host is resolved here, and only a judged address is connected.

Between the check and the connection there is no second look-up, so neither a URL's spelling nor a
name that changes its address decides anything.
"""

import errno
import os
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager
from contextvars import ContextVar

import httpcore
from httpcore import AnyIOBackend, AsyncNetworkBackend, AsyncNetworkStream

from scraper.fetch.addresses import Network, judge
from scraper.fetch.failures import NotReachedError, UnreachableError
from scraper.fetch.names import Names
from scraper.fetch.overhead import MeteredStream

SocketOption = (
    tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]
)

# The streams that the exchange at hand has opened; see `closing_on_failure`.
_OPENED: ContextVar[list[AsyncNetworkStream]] = ContextVar("opened")

# An address that does not answer must not use up the time of those after it.
_ATTEMPT_SECONDS = 5.0
# What says that a packet does not even get on its way to the host.
_NO_WAY = frozenset({errno.ENETDOWN, errno.ENETUNREACH, errno.EHOSTUNREACH})


class GuardedBackend(AsyncNetworkBackend):
    """httpcore's network, less what is not on the public internet nor allowed."""

    def __init__(self, allowed: Sequence[Network], names: Names) -> None:
        self._allowed = allowed
        self._names = names
        self._inner = AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> AsyncNetworkStream:
        """A connection to the first of the host's addresses that may be reached and answers.

        Raises FetchError: the host cannot be resolved, may not be reached, or does not answer.
        """
        addresses = await resolve_judged(self._names, host, port, self._allowed)
        failure: Exception | None = None
        for seconds, address in _attempts(addresses, timeout):
            try:
                stream = await self._inner.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                _OPENED.get([]).append(stream)
                return MeteredStream(stream)
        message = f"cannot connect to {_endpoint(host, port)}: {_why(failure)}"
        raise UnreachableError(message, is_local=_leads_nowhere(failure)) from failure


@asynccontextmanager
async def closing_on_failure() -> AsyncIterator[None]:
    """Close the connections that were opened within, where it ends in an error or is cancelled.

    httpcore loses sight of a connection between opening it and the end of its TLS or SOCKS
    handshake, and would leave it open for as long as the other side likes.
    """
    opened: list[AsyncNetworkStream] = []
    token = _OPENED.set(opened)
    try:
        yield
    except BaseException:
        for stream in opened:
            await stream.aclose()
        raise
    finally:
        _OPENED.reset(token)


async def resolve_judged(
    names: Names, host: str, port: int, allowed: Sequence[Network]
) -> list[str]:
    """The addresses of `host` that may be reached, in the resolver's order, at least one.

    Raises FetchError: it cannot be resolved, or (NotReachedError) none of them may be reached.
    """
    addresses = await _resolve(names, host, port)
    verdicts = {address: judge(address, allowed) for address in addresses}
    reachable = [address for address, reason in verdicts.items() if reason is None]
    if reachable:
        return reachable
    address, reason = next(iter(verdicts.items()))
    raise NotReachedError(_named(host, address, str(reason)))


async def judge_every(names: Names, host: str, port: int, allowed: Sequence[Network]) -> None:
    """Raises NotReachedError where any address of `host` may not be reached, for use with a proxy.

    Raises FetchError where it cannot be resolved.
    """
    for address in await _resolve(names, host, port):
        reason = judge(address, allowed)
        if reason is not None:
            raise NotReachedError(_named(host, address, reason))


async def _resolve(names: Names, host: str, port: int) -> list[str]:
    message = f"cannot resolve {host}: check the network connection and DNS"
    try:
        found = await names.look_up(host, port)
    except (OSError, UnicodeError) as error:  # UnicodeError: a label longer than DNS allows
        raise UnreachableError(message, is_local=True) from error
    if not found:
        raise UnreachableError(message, is_local=True)
    return found


def _attempts(
    addresses: Sequence[str], seconds: float | None
) -> Iterator[tuple[float | None, str]]:
    for address in addresses[:-1]:
        yield min(_ATTEMPT_SECONDS, seconds or _ATTEMPT_SECONDS), address
    yield seconds, addresses[-1]


def _named(host: str, address: str, reason: str) -> str:
    return reason if host == address else f"{host}: {reason}"


def _endpoint(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _why(failure: BaseException | None) -> str:
    """The operating system's word for it, from the bottom of a chain of exceptions."""
    for cause in _causes(failure):
        if isinstance(cause, OSError) and cause.errno:
            return os.strerror(cause.errno).lower()
        if isinstance(cause, TimeoutError | httpcore.ConnectTimeout):
            return "no answer"
    return "no connection"


def _leads_nowhere(failure: BaseException | None) -> bool:
    codes = {cause.errno for cause in _causes(failure) if isinstance(cause, OSError)}
    return not codes.isdisjoint(_NO_WAY)


def _causes(failure: BaseException | None) -> Iterator[BaseException]:
    while failure is not None:
        yield failure
        failure = failure.__cause__ or failure.__context__
