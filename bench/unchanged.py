"""A news site that has nothing new: so many feeds on loopback, each answered 304 when it is known.

A process of its own, so that its CPU time is nobody else's. Usage: unchanged.py ENTRIES; its first
line on standard output is its address. /feed/N is the Nth feed.
"""

import asyncio
import sys

ITEM = (
    "<item><title>桥上的灯 {n}-{i}</title><link>/story/{n}-{i}</link>"
    "<pubDate>Mon, 06 May 2024 04:0{i}:00 GMT</pubDate></item>"
)
FEED = '<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel>{items}</channel></rss>'


def answer(head: str, entries: int) -> bytes:
    """The answer to the head of a request."""
    path = head.split(" ", 2)[1]
    if not path.startswith("/feed/"):
        return b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"
    number = path.removeprefix("/feed/")
    etag = f'ETag: "{number}"\r\n'
    if "if-none-match" in head.lower():
        return f"HTTP/1.1 304 Not Modified\r\n{etag}\r\n".encode()
    items = "".join(ITEM.format(n=number, i=i) for i in range(entries))
    body = FEED.format(items=items).encode()
    return (
        f"HTTP/1.1 200 OK\r\n{etag}Content-Type: application/rss+xml\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


async def serve(entries: int) -> None:
    """Answer until killed."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(answer(head.decode("latin-1"), entries))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    server = await asyncio.start_server(talk, "0.0.0.0", 0)  # any address of loopback
    print(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
