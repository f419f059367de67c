"""Hands a message to a target through Apprise: mail, chat, webhooks.

The one place where Apprise is spoken to. It blocks, and it logs what it does, addresses included:
so it runs in a thread of its own, for a limited time, and what it says is only repeated without
anything of the address, which is a secret.
"""

import asyncio
import contextlib
import logging
import re
import threading
from typing import TYPE_CHECKING

from scraper.errors import ConfigurationError

if TYPE_CHECKING:
    from apprise import Apprise

SECONDS = 30.0  # that handing over one message may take
_PART = re.compile(r"[A-Za-z0-9_.~%-]{4,}")  # of an address; a shorter one tells nothing
_LOGGER = "apprise"


def require() -> None:
    """Raises ConfigurationError where Apprise is not installed."""
    _import()


def _import() -> "type[Apprise]":
    try:
        from apprise import Apprise  # noqa: PLC0415  # an extra, and slow to import
    except ImportError as error:
        raise ConfigurationError(
            "alerts.to needs Apprise, which is not installed: pip install 'news-scraper[alerts]'"
        ) from error
    return Apprise


def describe(position: int, url: str) -> str:
    """How a target is called where everybody may read it: its place and its kind."""
    scheme = url.partition("://")[0]
    kind = scheme if scheme.isalnum() and scheme != url else "?"
    return f"alerts.to[{position}] ({kind})"


async def send(url: str, title: str, body: str, seconds: float = SECONDS) -> str:
    """Why the target at this Apprise URL did not take a message; "" where it did.

    Raises ConfigurationError where Apprise is not installed.
    """
    loop = asyncio.get_running_loop()
    ended: asyncio.Future[str | Exception] = loop.create_future()

    def work() -> None:
        try:
            found: str | Exception = _send(url, title, body)
        except Exception as error:  # noqa: BLE001  # handed on to who waits for it
            found = error
        with contextlib.suppress(RuntimeError):  # nobody waits any more: the loop is closed
            loop.call_soon_threadsafe(_settle, ended, found)

    # no pool's thread: the end of the program would wait for it
    threading.Thread(target=work, name="alert", daemon=True).start()
    try:
        found = await asyncio.wait_for(ended, seconds)
    except TimeoutError:
        return f"it did not answer within {seconds:g} s"
    if isinstance(found, ConfigurationError):
        raise found
    return _without_secrets(f"{found}", url) if isinstance(found, Exception) else found


def _settle(ended: "asyncio.Future[str | Exception]", found: str | Exception) -> None:
    if not ended.done():
        ended.set_result(found)


def _send(url: str, title: str, body: str) -> str:
    apprise, ear = _import(), _Ear(threading.get_ident())
    logger = logging.getLogger(_LOGGER)
    logger.propagate = False  # it names addresses
    logger.addHandler(ear)
    try:
        target = apprise.instantiate(url)
        if target is None:
            return "it is no address that Apprise knows: see https://appriseit.com/services/"
        accepted = target.notify(title=title, body=body)
    finally:
        logger.removeHandler(ear)
    return "" if accepted else _without_secrets(ear.last, url)


class _Ear(logging.Handler):
    """Hears what Apprise says of its troubles in one thread."""

    def __init__(self, thread: int) -> None:
        super().__init__(logging.WARNING)
        self._thread = thread
        self.last = "it says no reason"

    def emit(self, record: logging.LogRecord) -> None:
        if record.thread == self._thread:
            self.last = record.getMessage()


def _without_secrets(text: str, url: str) -> str:
    """A text without any part of the address but its scheme."""
    _, _, secret = url.partition("://")
    for part in sorted(_PART.findall(secret), key=len, reverse=True):
        text = text.replace(part, "***")
    return text
