"""How much time and memory one page may have, and how a process holds itself to that.

Time is the process's own CPU time, so that a loaded machine condemns no page: a timer raises an
exception between two steps of Python; what never comes back from C is ended by the kernel
(RLIMIT_CPU), and what waits without computing by the pool's clock. Memory is address space
(RLIMIT_AS) beyond what the process began with: Python and libxml2 both notice and give up.
"""

import contextlib
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TypeVar

from lxml import etree

from scraper.errors import PageLimitError

T = TypeVar("T")
MEGABYTE = 1_000_000
GRACE_SECONDS = 2  # of CPU, for what is in C and may come back, before the kernel ends it
REMINDER_SECONDS = 0.5  # of CPU, after which the timer rings again: a library may swallow it


@dataclass(frozen=True, slots=True)
class Limits:
    """What one piece of work may use."""

    cpu_seconds: float
    megabytes: int  # of address space, over what the process began with


PAGE = Limits(5.0, 512)
PICTURE = Limits(15.0, 768)  # every frame, at 4 bytes a pixel
FEED = Limits(30.0, 2000)  # a sitemap may list 50,000 stories
_began_with: list[int] = []  # bytes of address space of this process before its first work


def begin() -> None:
    """Note the size of this process, which its work comes on top of; no core of it is dumped."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
    _began_with[:] = [_address_space()]


def within(limits: Limits, work: Callable[..., T], *arguments: object) -> T:
    """What the work gives. Raises PageLimitError where it needs more than it may have."""
    try:
        with _memory(limits), _time(limits):
            return work(*arguments)
    except MemoryError:
        raise PageLimitError(_too_much_memory(limits)) from None
    except RecursionError:
        raise PageLimitError("is nested too deeply to read") from None
    except etree.LxmlError as error:
        known = str(error) and "unknown error" not in str(error)  # libxml2 had no memory to say so
        reason = f"could not be parsed ({error})" if known else _too_much_memory(limits)
        raise PageLimitError(reason) from None


def _too_much_memory(limits: Limits) -> str:
    return f"needed more than {limits.megabytes} MB to read"


@contextlib.contextmanager
def _time(limits: Limits) -> Iterator[None]:
    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise PageLimitError(f"needed more than {limits.cpu_seconds:g} s to read")

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, limits.cpu_seconds, REMINDER_SECONDS)
    last = int(time.process_time() + limits.cpu_seconds) + 1 + GRACE_SECONDS
    try:
        with _soft_limit(resource.RLIMIT_CPU, last):
            yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@contextlib.contextmanager
def _memory(limits: Limits) -> Iterator[None]:
    """Let the process grow by what a page may have; twice that where it did not shrink again."""
    now, room = _address_space(), limits.megabytes * MEGABYTE
    start = min(now, _began_with[0] + room) if _began_with else now
    with _soft_limit(resource.RLIMIT_AS, start + room) if now else contextlib.nullcontext():
        yield


@contextlib.contextmanager
def _soft_limit(kind: int, value: int) -> Iterator[None]:
    """Lower a limit for a while, where no lower one is in force already."""
    soft, hard = resource.getrlimit(kind)
    lower = value if resource.RLIM_INFINITY in (soft, value) else min(soft, value)
    resource.setrlimit(kind, (lower, hard))
    try:
        yield
    finally:
        resource.setrlimit(kind, (soft, hard))


def _address_space() -> int:
    """The bytes of this process's address space; 0 where the system does not say (proc(5))."""
    try:
        pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    except OSError:
        return 0
    return int(pages) * os.sysconf("SC_PAGESIZE")
