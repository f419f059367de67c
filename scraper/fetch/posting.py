"""A question to a service that the configuration names, such as a time-stamping authority.

No page of a site is asked for, so neither robots.txt nor a host's turns matter. The rest holds:
only addresses that are allowed are connected to, one deadline for the whole exchange, a bounded
answer, and no redirect.
"""

import asyncio

import httpx

from scraper.errors import FetchError
from scraper.fetch.bodies import BodyDecoder
from scraper.fetch.clients import Clients, Route
from scraper.fetch.failures import DeadlineError
from scraper.fetch.translate import clean, translated
from scraper.model import FetchSettings
from scraper.protocol.urls import origin

_MAX_BYTES = 1_000_000  # of an answer


class Poster:
    """Posts to any URL, by the settings' address blocks and time-out."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings

    async def post(self, url: str, body: bytes, media_types: tuple[str, str]) -> bytes:
        """The answer to `body`; the media types are that of the body and that of the answer.

        Raises FetchError: there is none, or it is of another type.
        """
        clients = Clients(1)
        sent, wanted = media_types
        headers = {
            "user-agent": self._settings.user_agent,
            "content-type": sent,
            "accept": wanted,
            "accept-encoding": "identity",
        }
        try:
            async with asyncio.timeout(self._settings.timeout):
                with translated():
                    request = httpx.Request("POST", url, headers=headers, content=body)
                    route = Route(origin(url), allow_addresses=self._settings.allow_addresses)
                    async with clients.client(route, request.url) as transport:
                        return await _exchange(transport, request, wanted)
        except TimeoutError as error:
            seconds = self._settings.timeout
            raise DeadlineError(f"no complete answer within {seconds:g} s") from error
        finally:
            await clients.aclose()


async def _exchange(
    transport: httpx.AsyncHTTPTransport, request: httpx.Request, wanted: str
) -> bytes:
    response = await transport.handle_async_request(request)
    try:
        if response.status_code != 200:
            raise FetchError(f"it answers HTTP {response.status_code}")
        found = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if found != wanted:
            raise FetchError(f"it answers {clean(found) or 'something'} instead of {wanted}")
        decoder = BodyDecoder(response.headers.get("content-encoding", ""), _MAX_BYTES)
        async for chunk in response.aiter_raw():
            decoder.feed(chunk)
        return decoder.finish()
    finally:
        await response.aclose()
