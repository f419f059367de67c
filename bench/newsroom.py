"""A news site that goes on publishing: feeds on loopback, each with a new story every so often.

A process of its own, so that its CPU time is nobody else's. Usage: newsroom.py SECONDS TROUBLE
LISTED, the seconds between two stories of a feed, the share of answers that are errors, and how
many stories a feed lists; its first line on standard output is its address. /feed/N is the Nth
feed, /N/story-M its Mth story, with the instant at which it appeared.
"""

import asyncio
import hashlib
import sys
import time
from datetime import UTC, datetime

PARAGRAPHS = 12
SENTENCES = (
    "市议会周一开会讨论了大桥的维修问题，会议持续了三个小时。",
    "负责人说，工程预计在明年春天完成，费用不会超过去年的预算。",
    "住在河边的居民担心噪音，他们要求在夜里停工。",
    "记者在现场看到，桥面上已经搭起了脚手架。",
    "有议员认为应该先修学校门口的那一段路，再谈桥的事情。",
)
ITEM = (
    "<item><title>{title}</title><link>{host}/{feed}/story-{number}</link>"
    "<pubDate>{at:%a, %d %b %Y %H:%M:%S GMT}</pubDate></item>"
)
FEED = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{items}</channel></rss>'
PAGE = (
    '<!DOCTYPE html><html lang="zh"><head><meta charset="utf-8"><title>{title}</title>'
    '<meta property="og:type" content="article">'
    '<meta property="article:published_time" content="{at:%Y-%m-%dT%H:%M:%SZ}">'
    "{padding}</head><body><nav>{links}</nav>"
    "<article><h1>{title}</h1>{body}</article><footer>{links}</footer></body></html>"
)


class Newsroom:
    """What is published when; feed N is as many seconds ahead as its number says."""

    def __init__(self, seconds: float, trouble: float, listed: int) -> None:
        self.seconds = seconds
        self.trouble = trouble
        self.listed = listed
        self.began = time.time() - listed * seconds  # the feeds begin full
        self.answered = 0

    def latest(self, feed: int) -> int:
        offset = feed * 7.3 % self.seconds
        return int((time.time() - self.began + offset) / self.seconds)

    def appeared(self, feed: int, number: int) -> datetime:
        offset = feed * 7.3 % self.seconds
        return datetime.fromtimestamp(self.began - offset + number * self.seconds, UTC)

    def feed(self, feed: int, host: str) -> bytes:
        latest = self.latest(feed)
        items = "".join(
            ITEM.format(
                title=_title(feed, number),
                host=host,
                feed=feed,
                number=number,
                at=self.appeared(feed, number),
            )
            for number in range(latest, latest - self.listed, -1)
        )
        return FEED.format(items=items).encode()

    def page(self, feed: int, number: int) -> bytes:
        body = "".join(f"<p>{_paragraph(feed, number, place)}</p>" for place in range(PARAGRAPHS))
        links = "".join(f'<a href="/{feed}/story-{n}">相关新闻{n}</a>' for n in range(40))
        return PAGE.format(
            title=_title(feed, number),
            at=self.appeared(feed, number),
            padding=f"<style>{'.x{color:#123456}' * 4000}</style>",  # as long as pages are
            links=links,
            body=body,
        ).encode()

    def answer(self, head: str) -> bytes:
        """The answer to the head of a request."""
        path = head.split(" ", 2)[1]
        self.answered += 1
        if self.trouble and self.answered % round(1 / self.trouble) == 0:
            return b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
        if path.startswith("/feed/"):
            return self._feed(int(path.removeprefix("/feed/")), head)
        parts = path.strip("/").split("/story-")
        if len(parts) == 2 and all(part.isdigit() for part in parts):
            return _whole(self.page(int(parts[0]), int(parts[1])), "text/html; charset=utf-8")
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

    def _feed(self, feed: int, head: str) -> bytes:
        etag = f'"{feed}-{self.latest(feed)}"'
        if f"if-none-match: {etag}" in head.lower():
            return f"HTTP/1.1 304 Not Modified\r\nETag: {etag}\r\n\r\n".encode()
        host = next(
            line.partition(":")[2].strip()
            for line in head.split("\r\n")
            if line.lower().startswith("host:")
        )
        return _whole(self.feed(feed, f"http://{host}"), "application/rss+xml", etag)


def _title(feed: int, number: int) -> str:
    return f"大桥维修第{number}号消息：第{feed}区的居民提出新的要求"


def _paragraph(feed: int, number: int, place: int) -> str:
    chosen = hashlib.sha256(f"{feed} {number} {place}".encode()).digest()
    said = "".join(SENTENCES[byte % len(SENTENCES)] for byte in chosen[:4])
    return f"{said}编号是{chosen[:6].hex()}。"


def _whole(body: bytes, media_type: str, etag: str = "") -> bytes:
    validator = f"ETag: {etag}\r\n" if etag else ""
    return (
        f"HTTP/1.1 200 OK\r\n{validator}Content-Type: {media_type}\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def serve(newsroom: Newsroom) -> None:
    """Answer until killed."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(newsroom.answer(head.decode("latin-1")))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "0.0.0.0", 0, backlog=1024)  # any of loopback
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    seconds, trouble, listed = sys.argv[1:]
    asyncio.run(serve(Newsroom(float(seconds), float(trouble), int(listed))))
