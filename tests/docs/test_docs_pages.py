"""The reference holds every command, option, setting and metric, as the program has them now."""

import re
from pathlib import Path

import click
import pytest

from docs.pages import FOLDER, commands, expected, pages
from scraper.cli.journal import Journal
from scraper.config.schema import KEYS
from scraper.model import ArticleEvent, SourceEvent
from scraper.service.watching.metrics import METRICS, PROCESS_METRICS, Metric

WRITTEN = pages()
README = Path(__file__).parents[2] / "README.md"
STALE = "is stale: run `make docs`"


def on_disk(name: str) -> str:
    return (FOLDER / name).read_text("utf-8")


@pytest.mark.parametrize("name", WRITTEN)
def test_no_page_is_stale(name: str) -> None:
    assert on_disk(name) == WRITTEN[name], f"docs/{name} {STALE}"


@pytest.mark.parametrize("context", list(commands()), ids=lambda context: context.command_path)
def test_every_command_and_option_is_documented(context: click.Context) -> None:
    section = re.search(
        rf"^## {re.escape(context.command_path)}\n(.*?)(?=^## |\Z)",
        on_disk("commands.md"),
        re.MULTILINE | re.DOTALL,
    )
    assert section, f"docs/commands.md {STALE}"
    assert f"Usage: {context.command_path} " in section[1]
    for parameter in context.command.get_params(context):
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert all(option in section[1] for option in parameter.opts), parameter.opts


@pytest.mark.parametrize(
    ("table", "key"), [(".".join(path), key) for path, keys in KEYS.items() if path for key in keys]
)
def test_every_setting_is_documented_with_meaning_default_and_values(table: str, key: str) -> None:
    section = re.search(
        rf"^### {re.escape(table)}\.{key}\n\n(.+?)\n\n- default: .",
        on_disk("configuration.md"),
        re.MULTILINE | re.DOTALL,
    )
    assert section, f"docs/configuration.md {STALE}, or the template has no comment above {key}"
    assert len(section[1]) > 20


def test_values_are_told_in_the_words_of_the_schema() -> None:
    assert expected("archive", "body") == '"markdown" or "html"'
    assert expected("fetch", "retries") == "a whole number from 0 to 10"
    assert expected("sources", "urls").startswith('a list, each a URL that starts with "http://"')


@pytest.mark.parametrize("metric", [*METRICS, *PROCESS_METRICS], ids=lambda metric: metric.name)
def test_every_metric_is_documented(metric: Metric) -> None:
    (row,) = (line for line in on_disk("metrics.md").splitlines() if f"`{metric.name}`" in line)
    assert f"| {metric.kind} |" in row
    assert metric.meaning in row
    assert all(f"`{label}`" in row for label in metric.labels)


def test_every_key_of_a_log_line_is_documented() -> None:
    events = (
        SourceEvent("s", "failed", reason="x", seconds=1.0),
        ArticleEvent("deferred", "a", "u", path="p", source="s", reason="x", seconds=1.0),
    )
    documented = set(re.findall(r"`(\w+)`", on_disk("logs.md")))
    for event in events:
        facts = Journal().entry(event, 0.0).facts
        assert facts.keys() <= documented
    assert {"time", "level", "message", "traceback", "due"} <= documented


def test_the_readme_leads_to_every_page() -> None:
    text = README.read_text("utf-8")
    for page in FOLDER.glob("*.md"):
        assert f"docs/{page.name}" in text, page.name
