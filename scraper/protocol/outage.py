"""When everything fails, it is our own network that is down, and nobody is to be blamed for it.

Decided on whom nobody could reach since anybody last answered.
"""

import re
from dataclasses import dataclass
from typing import Literal

# answered: a status came. broken: something went wrong after the connection stood. silent: there
# was no connection. local: there was none, for a reason before the host: no name, no route.
Reach = Literal["answered", "broken", "silent", "local"]

ENOUGH_HOSTS = 2
_PORT = re.compile(r":[0-9]+$")


@dataclass(frozen=True, slots=True)
class Silence:
    """Since the last answer from anywhere: the hosts that could not be reached."""

    hosts: frozenset[str] = frozenset()  # without their ports: those share one way
    is_local: bool = False  # the last one failed for a reason before it


def listen(silence: Silence, host: str, reach: Reach) -> Silence:
    """The silence after one more request to `host` (name, perhaps with a port)."""
    if reach == "answered":
        return Silence()
    if reach == "broken":
        return silence
    return Silence(silence.hosts | {_PORT.sub("", host)}, reach == "local")


def is_down(silence: Silence, *, is_lone: bool) -> bool:
    """Whether the network is taken to be down.

    It is where two hosts in a row could not be reached and nobody answered; where one host is all
    there is (`is_lone`), only if the reason lies before it.
    """
    if len(silence.hosts) >= ENOUGH_HOSTS:
        return True
    return is_lone and bool(silence.hosts) and silence.is_local
