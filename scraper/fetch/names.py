"""Host names to addresses, in threads of their own.

The system's resolver cannot be interrupted: a name whose server does not answer keeps its thread
for tens of seconds, whatever deadline the exchange had. asyncio's own threads are few, are used for
other work, and are waited for at the end of the program; these are none of that. A name that is
being looked up already is not looked up beside it.
"""

import asyncio
import contextlib
import socket
import threading

_MOST_THREADS = 64  # stuck ones included; a look-up beyond waits for its turn, within its deadline

Found = list[str] | OSError | UnicodeError


class Names:
    """Look-ups of one event loop, each name once at a time."""

    def __init__(self, most: int = _MOST_THREADS) -> None:
        self._free = asyncio.Semaphore(most)
        self._flights: dict[tuple[str, int], asyncio.Future[Found]] = {}

    async def look_up(self, host: str, port: int) -> list[str]:
        """The addresses of `host` in the resolver's order, perhaps none.

        Raises OSError or UnicodeError (a label longer than DNS allows). Whoever is cancelled stops
        waiting at once, also for a thread.
        """
        key = (host, port)
        if key not in self._flights:
            await self._free.acquire()
            self._begin(key)
        found = await asyncio.shield(self._flights[key])
        if isinstance(found, Exception):
            raise found
        return found

    def _begin(self, key: tuple[str, int]) -> None:
        if key in self._flights:  # begun by somebody else while this one waited for a thread
            self._free.release()
            return
        self._flights[key] = _in_thread(*key)
        self._flights[key].add_done_callback(lambda _: self._end(key))

    def _end(self, key: tuple[str, int]) -> None:
        """The thread has ended, whoever still waited for it."""
        del self._flights[key]
        self._free.release()


def _in_thread(host: str, port: int) -> asyncio.Future[Found]:
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Found] = loop.create_future()

    def work() -> None:
        found = _resolve(host, port)
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(future.set_result, found)

    threading.Thread(target=work, name="resolve", daemon=True).start()
    return future


def _resolve(host: str, port: int) -> Found:
    """What the system says; an error, too, is a value: perhaps nobody asks for it any more."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        return error
    return [str(sockaddr[0]) for *_, sockaddr in found]
