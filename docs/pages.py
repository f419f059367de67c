"""Writes the reference pages from what the program says of itself: `make docs`.

Every command's help, every key of the configuration, every metric. A test compares the pages with
what this writes now, so that none of them can go stale.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from scraper.cli.main import scraper
from scraper.config.description import write_value
from scraper.config.documents import Document
from scraper.config.loading import judge
from scraper.config.schema import DEFAULTS, KEYS, SOURCE_DEFAULTS, Surroundings
from scraper.config.template import read_template
from scraper.service.watching.figures import MOST_SOURCES
from scraper.service.watching.metrics import METRICS, PROCESS_METRICS, Metric

FOLDER = Path(__file__).parent
WIDTH = 100
NOTE = "<!-- written by `make docs`; change the program, not this page -->"
_TABLE = re.compile(r"^(?:# )?\[+([\w.]+)\]+$")
_KEY = re.compile(r"^(?:# )?(\w+) = (.*)$")


def pages() -> dict[str, str]:
    """The text of each page by its name."""
    writers: Mapping[str, Callable[[], Iterator[str]]] = {
        "commands.md": _commands,
        "configuration.md": _configuration,
        "metrics.md": _metrics,
    }
    return {name: "\n".join([NOTE, "", *write(), ""]) for name, write in writers.items()}


# -- commands --------------------------------------------------------------------------------------


def commands() -> Iterator[click.Context]:
    """Every command and subcommand, as it is called."""
    root = click.Context(scraper, info_name="scraper", max_content_width=WIDTH)
    root.terminal_width = WIDTH
    yield from _below(root)


def _below(context: click.Context) -> Iterator[click.Context]:
    yield context
    if isinstance(context.command, click.Group):
        for name in context.command.list_commands(context):
            command = context.command.get_command(context, name)
            if command and not command.hidden:
                below = click.Context(command, parent=context, info_name=name)
                below.terminal_width = WIDTH
                yield from _below(below)


def _commands() -> Iterator[str]:
    yield "# Commands"
    yield ""
    yield "What each command says with `--help`. Options of `scraper` stand before the command."
    for context in commands():
        yield ""
        yield f"## {context.command_path}"
        yield ""
        yield "```"
        yield from (line.rstrip() for line in context.command.get_help(context).splitlines())
        yield "```"


# -- the configuration -----------------------------------------------------------------------------


def _configuration() -> Iterator[str]:
    notes = read_notes(read_template())
    yield "# Configuration"
    yield ""
    yield from notes["", ""]
    for path, keys in KEYS.items():
        if not path:
            continue
        table = ".".join(path)
        yield ""
        yield f"## [{table}]" if table in DEFAULTS else f"## [[{table}]]"
        if about := notes.get((table, "")):
            yield ""
            yield from about
        for key in keys:
            yield from _key(table, key, notes)


def _key(table: str, key: str, notes: Mapping[tuple[str, str], list[str]]) -> Iterator[str]:
    yield ""
    yield f"### {table}.{key}"
    yield ""
    yield from notes.get((table, key), [])
    yield ""
    yield f"- default: {_default(table, key)}"
    if values := expected(table, key):
        yield f"- values: {values}"
    if table in DEFAULTS:
        yield f"- environment: `SCRAPER_{table.upper()}__{key.upper()}`"


def _default(table: str, key: str) -> str:
    defaults = SOURCE_DEFAULTS if table == "sources" else DEFAULTS.get(table, {})
    if key in defaults:
        return f"`{write_value(defaults[key])}`"
    return "none: it has to be given" if table == "sources" else "see above"


def read_notes(template: str) -> dict[tuple[str, str], list[str]]:
    """The comment above each table and key of the template; ("", "") is that at its beginning."""
    notes: dict[tuple[str, str], list[str]] = {}
    table, block = "", list[str]()
    for line in template.splitlines():
        if found := _TABLE.match(line):
            table, key = found[1], ""
        elif found := _KEY.match(line):
            key = found[2] and found[1]
        elif line.startswith("#"):
            block.append(line.removeprefix("#").strip())
            continue
        elif table or not block:
            block = []
            continue
        else:
            key = ""
        notes.setdefault((table, key), block)
        block = []
    return notes


def expected(table: str, key: str) -> str:
    """The values that a key may have, as the program says to whoever gave another."""
    text, number = _refusal(table, key, "\x01?"), _refusal(table, key, -1)
    if text.endswith("without quotes") and number:
        return number
    return f"a list, each {text}" if number.startswith("a list") else text


def _refusal(table: str, key: str, value: object) -> str:
    values: dict[str, Any] = {name: dict(content) for name, content in DEFAULTS.items()}
    source = {**SOURCE_DEFAULTS, "urls": ["https://example.org/"], "name": "a"}
    values["sources"] = [source]
    place = source if table == "sources" else values.get(table)
    if place is None:
        return ""
    place[key] = value
    surroundings = Surroundings(FOLDER, {}, ["zaobao"])
    _, mistakes = judge(Document("", values), surroundings)
    return next((mistake.expected for mistake in mistakes), "")


# -- metrics ---------------------------------------------------------------------------------------


def _metrics() -> Iterator[str]:
    yield "# Metrics"
    yield ""
    yield from _PAGES_NOTE.splitlines()
    for title, metrics in (("Of the daemon", METRICS), ("Of its process", PROCESS_METRICS)):
        yield ""
        yield f"## {title}"
        yield ""
        yield "| metric | type | labels | meaning |"
        yield "|---|---|---|---|"
        yield from map(_row, metrics)


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels) or "–"
    return f"| `{metric.name}` | {metric.kind} | {labels} | {metric.meaning} |"


_PAGES_NOTE = f"""\
The daemon gives them at `/metrics` of the address `daemon.listen`, in Prometheus' text format. At
most {MOST_SOURCES} sources have a label of their own; the others count as `other`, what was asked
for by hand as `none`. Nothing is labelled with a host or an address. What the state says is looked
up at most every ten seconds. `deploy/grafana/news-scraper.json` is a dashboard of them; Prometheus
needs:

```yaml
scrape_configs:
  - job_name: news-scraper
    static_configs: [{{ targets: ["127.0.0.1:8765"] }}]
```

Beside it, `/healthz` answers 200 while the event loop is alive, and `/readyz` while the daemon does
its work, else 503. `{{"ready": false, "checks": {{"archive": "…", "state": "ok", …}}}}` gives the
reason of each check: `archive` (a file can be written), `state` (it can be read), `scheduler`
(begun, not told to stop, a sign of life within a minute), `success` (a source was polled well
within three intervals of the one that is polled most often, an hour at least). Only GET and HEAD
are answered."""


def main() -> None:
    """Write every page."""
    for name, text in pages().items():
        (FOLDER / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main()
