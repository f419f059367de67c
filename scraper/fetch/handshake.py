"""A TLS handshake and nothing more: does a host's certificate hold, and for how long?

Asked before anything is fetched, so that an answer about certificates is not buried in one about
a page. In a thread, as a handshake that is broken off leaves nothing open there.
"""

import asyncio
import socket
import ssl
from collections.abc import Mapping
from datetime import UTC, datetime

from scraper.errors import FetchError
from scraper.fetch.clients import make_context
from scraper.fetch.failures import UnreachableError
from scraper.fetch.translate import translate_tls

Endpoint = tuple[str, int]


async def shake_hands(
    host: str, endpoint: Endpoint, ca_file: str = "", seconds: float = 15.0
) -> datetime:
    """When the certificate ends that `host` shows at an address, judged before, and a port.

    `seconds` bounds each step. Raises FetchError: no connection, or nothing that may be trusted.
    """
    return await asyncio.to_thread(_shake_hands, host, endpoint, ca_file, seconds)


def _shake_hands(host: str, endpoint: Endpoint, ca_file: str, seconds: float) -> datetime:
    context = make_context(ca_file)
    try:
        with (
            socket.create_connection(endpoint, timeout=seconds) as connection,
            context.wrap_socket(connection, server_hostname=host) as secured,
        ):
            return _end(host, secured.getpeercert())
    except ssl.SSLError as error:
        raise translate_tls(error) from error
    except OSError as error:
        why = error.strerror or f"no answer within {seconds:g} s"
        raise UnreachableError(f"cannot connect to {host}:{endpoint[1]}: {why}") from error


def _end(host: str, certificate: Mapping[str, object] | None) -> datetime:
    end = (certificate or {}).get("notAfter")
    if not isinstance(end, str):
        raise FetchError(f"{host} shows no certificate", passing=False)
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(end), UTC)
