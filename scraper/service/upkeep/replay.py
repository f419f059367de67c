"""What was received once, given again as if it were fetched: from the WARC files, no network.

So the whole reading of an article (its pages, its verdict) runs on the raw record by the very code
that runs on the live site.
"""

from collections.abc import Mapping
from pathlib import Path

import httpx

from scraper.archive import warc
from scraper.articles.raster import extension_of
from scraper.errors import ArchiveError, FetchError
from scraper.fetch.answers import classify
from scraper.fetch.bodies import BodyDecoder
from scraper.fetch.redirects import Trail
from scraper.fetch.request import Request
from scraper.fetch.wire import Answer
from scraper.model import Failed, Outcome, Validators
from scraper.protocol.urls import canonical
from scraper.state.records import RawRecord


class Replay:
    """The exchanges of one article; stands where a Fetcher stands.

    `records` are its exchanges by canonical URL, the latest of each, with those that hold the
    payloads of revisits already in their place. What was asked for first is `first`, wherever
    redirects had led.
    """

    def __init__(
        self, root: Path, records: Mapping[str, RawRecord], first: str, max_bytes: int
    ) -> None:
        self._root = root
        self._records = records
        self._first = first
        self._max_bytes = max_bytes

    @property
    def network_down(self) -> bool:
        """Never: there is none."""
        return False

    async def fetch(self, request: Request) -> Outcome:
        """The outcome that the kept exchange of a URL had."""
        url = canonical(request.url)
        try:
            record = self._records.get(url) or self._latest(url)
            if record is None:
                return Failed(request.url, "there is no record of it in _raw/")
            return self._answer(record)
        except (ArchiveError, FetchError) as error:
            return Failed(request.url, f"its record cannot be read: {error}")

    def _latest(self, url: str) -> RawRecord | None:
        """Where the first page's redirects had led."""
        if url != canonical(self._first):
            return None
        latest = sorted(self._records.values(), key=lambda record: record.at, reverse=True)
        return next((record for record in latest if not self._is_picture(record)), None)

    def _is_picture(self, record: RawRecord) -> bool:
        """Whether a picture was received, and no page."""
        read = warc.read_record(self._root / record.file, record.offset)
        return bool(extension_of(read.payload))

    def _answer(self, record: RawRecord) -> Outcome:
        read = warc.read_record(self._root / record.file, record.offset)
        headers = httpx.Headers(list(read.headers))
        decoder = BodyDecoder(headers.get("content-encoding", ""), self._max_bytes)
        decoder.feed(read.payload)
        answer = Answer(record.url, read.status, headers, decoder.finish())
        return classify(answer, Trail(record.url), Validators(), record.at)
