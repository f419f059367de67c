"""What httpx and what lies beneath it raise, said in one line for users.

The one place where their exceptions become ours; none of what a server sent gets into a message
with control characters in it, and none of what we sent gets in at all.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from socksio.exceptions import SOCKSError

from scraper.errors import FetchError
from scraper.fetch.failures import NotReachedError

# AssertionError is how httpcore takes an answer that is not SOCKS; ValueError comes from addresses
# and header values that cannot be written.
_FOREIGN = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    SOCKSError,
    OSError,
    ValueError,
    AssertionError,
)

# OpenSSL's X509_V_ERR_…: self-signed (18, 19), issuer unknown (20, 21)
_UNKNOWN_AUTHORITY = frozenset({18, 19, 20, 21})


@contextmanager
def translated() -> Iterator[None]:
    """Raise FetchError for whatever the libraries raise; `passing` where a retry may help."""
    try:
        yield
    except _FOREIGN as error:
        raise _translate(error) from error


def clean(text: str) -> str:
    """A text of the server's as part of a reason: on one line, and not long."""
    return printable(text).strip()[:120]


def printable(text: str) -> str:
    """The text without control characters, line ends, direction marks and half surrogates."""
    return "".join(char if char.isprintable() else " " for char in text)


def _translate(error: Exception) -> FetchError:
    tls = _find_tls(error)
    if tls is not None:
        return translate_tls(tls)
    match error:
        case httpx.RemoteProtocolError():
            return _translate_protocol(error)
        case httpx.ProxyError():
            return FetchError(f"the proxy does not let us through: {clean(str(error))}")
        case httpx.LocalProtocolError() | httpx.InvalidURL() | ValueError():
            # never with its text: it may quote a header or a password
            message = "the request cannot be written: check the address and the headers for it"
            return NotReachedError(message)
        case SOCKSError() | AssertionError():
            return FetchError("the proxy does not speak SOCKS5", passing=False)
        case _:
            return FetchError("the connection was lost before the answer was complete")


def _translate_protocol(error: httpx.RemoteProtocolError) -> FetchError:
    text = str(error)
    if "disconnected" in text or "closed connection" in text:
        return FetchError("the connection was closed before the answer was complete")
    if "buffer too long" in text:  # h11's, of a head, of trailers, of a line that ends nowhere
        return FetchError("the answer has more than 100 KB of headers", passing=False)
    return FetchError(f"the answer is not valid HTTP: {clean(text)}", passing=False)


def translate_tls(error: ssl.SSLError) -> FetchError:
    """Why no secure connection came about, in words."""
    if isinstance(error, ssl.SSLCertVerificationError):
        hint = ": name its authority with ca_file if it is known to you"
        suffix = hint if error.verify_code in _UNKNOWN_AUTHORITY else ""
        return FetchError(f"TLS: {error.verify_message.rstrip('.')}{suffix}", passing=False)
    reason = (error.reason or "handshake failed").replace("_", " ").lower()
    return FetchError(f"TLS: {reason}")


def _find_tls(error: BaseException | None) -> ssl.SSLError | None:
    while error is not None:
        if isinstance(error, ssl.SSLError):
            return error
        error = error.__cause__ or error.__context__
    return None
