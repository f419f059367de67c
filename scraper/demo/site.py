"""The demo site on a socket: what a small, correct news site answers over HTTP/1.1.

It listens on loopback only, keeps connections open, and answers conditional requests with 304.
"""

import socket
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit

from scraper.demo.edition import Edition, Resource, is_current
from scraper.demo.stories import NewsStory, load_stories


class DemoSite:
    """The news site of an invented town, served while the `with` block lasts.

    with DemoSite(now) as site:
        ...  # site.url, site.section_url, site.feed_url
        site.edit()
        site.publish()
    """

    def __init__(self, now: datetime) -> None:
        """Take the aware instant that the stories' publication instants are relative to."""
        self._edition = Edition(now, "")
        self._server: _Server | None = None
        self._thread: Thread | None = None

    @property
    def url(self) -> str:
        """The site's origin, without a trailing slash; "" before it is entered."""
        return self._edition.origin

    @property
    def section_url(self) -> str:
        """The page that lists all stories."""
        return f"{self.url}/news"

    @property
    def feed_url(self) -> str:
        """The RSS 2.0 feed of the same stories, with their full text."""
        return f"{self.url}/feed.xml"

    def edit(self) -> str:
        """Correct one story's title and text, with a note that says so; returns its page's URL."""
        self._show(replace(self._edition, edited=True))
        return self._url_of(next(story for story in self._all() if story.correction))

    def publish(self) -> str:
        """Put the story that was held back on the site; returns its page's URL."""
        self._show(replace(self._edition, published=True))
        return self._url_of(next(story for story in self._all() if story.held_back))

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._show(replace(self._edition, origin=f"http://127.0.0.1:{self._server.server_port}"))
        # The interval decides how long leaving takes; the default is half a second.
        self._thread = Thread(target=self._server.serve_forever, args=(0.02,), name="demo-site")
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server and self._thread:
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up()
            self._server.server_close()

    def _show(self, edition: Edition) -> None:
        self._edition = edition
        if self._server:
            # One assignment: a request sees the site before the change or after it.
            self._server.content = edition.resources(), edition.missing_page()

    def _all(self) -> tuple[NewsStory, ...]:
        return load_stories(self._edition.now)

    def _url_of(self, story: NewsStory) -> str:
        return self.url + story.path


class _Server(ThreadingHTTPServer):
    """A thread a connection; all of them end, open connections included, when it is closed."""

    daemon_threads = False  # so that closing waits for them
    content: tuple[Mapping[str, Resource], Resource]

    def __init__(self, *args: Any) -> None:
        self._connections: set[socket.socket] = set()
        super().__init__(*args)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End the connections that clients keep open; the accepting loop must have ended."""
        for connection in tuple(self._connections):
            with suppress(OSError):  # the client was faster
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exception(), ConnectionError):  # clients may leave when they like
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "demo", ""
    disable_nagle_algorithm = True  # head and body leave in two writes

    def do_GET(self) -> None:
        resource = self._answer()
        if resource:
            self.wfile.write(resource.body)

    def do_HEAD(self) -> None:
        self._answer()

    def log_message(self, *_: Any) -> None:
        """Say nothing: standard error belongs to the demo."""

    def _answer(self) -> Resource | None:
        """Send the head; returns what has a body to send."""
        resources, missing = self.server.content
        resource = resources.get(urlsplit(self.path).path)
        if resource is None:
            return self._head(HTTPStatus.NOT_FOUND, missing)
        asked = (self.headers.get(name, "") for name in ("If-None-Match", "If-Modified-Since"))
        if is_current(resource, *asked):
            return self._head(HTTPStatus.NOT_MODIFIED, resource)
        return self._head(HTTPStatus.OK, resource)

    def _head(self, status: HTTPStatus, resource: Resource) -> Resource | None:
        self.send_response(status)
        if status is not HTTPStatus.NOT_FOUND:
            self.send_header("ETag", resource.etag)
            self.send_header("Last-Modified", resource.last_modified)
            self.send_header("Cache-Control", "no-cache")  # keep it, ask each time
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Type", resource.media_type)
            self.send_header("Content-Length", str(len(resource.body)))
        self.end_headers()
        return None if status is HTTPStatus.NOT_MODIFIED else resource
