"""The site profile of the demo site.

Data like any other site's, except that its hosts and its canonical origin depend on the port that
it happens to be served on.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from scraper.site import ArticleMarkup, ListMarkup, Site, Wall


def profile(host: str) -> Site:
    """The demo site's profile; `host` is where it is served, with the port: "127.0.0.1:8123"."""
    data = tomllib.loads((files("scraper.demo") / "demo.toml").read_text("utf-8"))
    plain = _tuples({key: value for key, value in data.items() if key not in _NESTED})
    return Site(
        name="demo",
        canonical=f"http://{host}",
        hosts=(host, host.partition(":")[0]),  # with its port and, as hosts are matched, without
        lists=tuple(ListMarkup(**_tuples(markup)) for markup in data["lists"]),
        generations=tuple(ArticleMarkup(**_tuples(markup)) for markup in data["generations"]),
        wall=Wall(**_tuples(data["wall"])),
        **plain,
    )


_NESTED = frozenset({"lists", "generations", "wall"})


def _tuples(table: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in table.items()}
