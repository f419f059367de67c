"""The catalogue of ways to misbehave: each a named function with what must come of it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from tests.hostile.site import Act

DEADLINE = 2.0  # seconds: `fetch.timeout` of the runs

Where = Literal["page", "robots", "connection"]
Tls = Literal["", "expired", "other name", "self-signed", "unknown", "none"]


@dataclass(frozen=True)
class Way:
    """One way to misbehave.

    `source` is the outcome where a source's only URL is served like that, `article` where the page
    of a listed story is; "" where that is not tried. `says` and `article_says` are parts of the
    reason that is given; the second is the first where it is left out.
    """

    act: Act
    group: str  # those of a group are tried in one run
    where: Where
    source: str
    says: tuple[str, ...]
    article: str = ""
    article_says: tuple[str, ...] = ()
    tls: Tls = ""
    again: str = ""  # the outcome of a second poll, for what behaves well at the first
    requests: int = 0  # for the page, in all; 0: any number
    seconds: float = DEADLINE + 1


WAYS: dict[str, Way] = {}


def ways_of(group: str) -> dict[str, Way]:
    """The ways of one group by name."""
    return {name: way for name, way in WAYS.items() if way.group == group}


Register = Callable[[Act], Act]


def _register(where: Where, source: str, says: tuple[str, ...], **more: object) -> Register:
    article_says = more.pop("article_says", says)
    told = (article_says,) if isinstance(article_says, str) else article_says

    def register(act: Act) -> Act:
        name = act.__name__.strip("_").replace("_", " ")
        assert name not in WAYS, name
        WAYS[name] = Way(act, _group(act), where, source, says, article_says=told, **more)  # type: ignore[arg-type]
        return act

    return register


def _group(act: Act) -> str:
    """The module's name; the two short ones are tried together."""
    name = act.__module__.rpartition(".")[2]
    return "connections" if name == "robots" else name


def page(source: str, *says: str, **more: object) -> Register:
    """A way to answer the request for a page, everything else being in order."""
    return _register("page", source, says, **more)


def connection(source: str, *says: str, **more: object) -> Register:
    """A way to treat a connection before anything was asked for."""
    return _register("connection", source, says, **more)


def robots(source: str, *says: str, **more: object) -> Register:
    """A way to answer the request for robots.txt, the pages being in order."""
    return _register("robots", source, says, **more)
