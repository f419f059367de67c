"""The effective configuration as TOML, each line with where its value came from."""

import json
from collections.abc import Mapping
from typing import Any

from scraper.config.loading import Configuration


def describe(configuration: Configuration) -> str:
    """A TOML text of every key in effect, with its origin as a comment; secrets are not in it."""
    lines: list[str] = []
    for table, content in configuration.values.items():
        if table == "sources":
            for source in content:
                lines += ["", "[[sources]]"]
                lines += _describe_table(f"sources.{source['name']}", source, configuration.origins)
        else:
            lines += ["", f"[{table}]", *_describe_table(table, content, configuration.origins)]
    return "\n".join([*lines[1:], ""]).encode("utf-8", "replace").decode()


def _describe_table(name: str, content: Mapping[str, Any], origins: Mapping[str, str]) -> list[str]:
    written = {key: f"{key} = {write_value(value)}" for key, value in content.items()}
    width = min(max(map(len, written.values())), 50)
    return [
        f"{line:<{width}}  # {origins[f'{name}.{key}'].translate(CONTROLS)}"
        for key, line in written.items()
    ]


def write_value(value: Any) -> str:
    """A text, number, switch, list or table of these as TOML writes it (TOML 1.0)."""
    if isinstance(value, Mapping):
        inside = ", ".join(
            f"{write_value(key)} = {write_value(item)}" for key, item in value.items()
        )
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list):
        return f"[{', '.join(write_value(item) for item in value)}]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", r"\u007f")


CONTROLS = dict.fromkeys((*range(32), 127), "?")
