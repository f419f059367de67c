"""The commented configuration that `scraper init` writes: every key, default and meaning.

The file template.toml is a whole configuration with one source. What the user decided is put into
its lines; further sources follow, and those that were not chosen as comments.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from scraper.config.catalogue import Section
from scraper.config.description import write_value

_OTHERS = """\
# More sections of {title}. They are switched off, because each multiplies the requests that one
# host gets, and that is for you to decide: take the "# " away from the lines of one.
"""


@dataclass(frozen=True, slots=True)
class Answers:
    """What the user decided; the rest is left as the template has it."""

    sections: tuple[Section, ...]  # at least one
    contact: str = ""
    root: str = ""  # of the archive; "" leaves it
    pictures: bool = False


def read_template() -> str:
    """The text of a configuration file that works as it is."""
    return (files("scraper.config") / "template.toml").read_text(encoding="utf-8")


def compose(template: str, answers: Answers, offered: Sequence[Section]) -> str:
    """A configuration file with these answers in it, and every other section as a comment."""
    first, *further = answers.sections
    text = _put(template, "[fetch]", {"contact": answers.contact})
    if answers.root:
        text = _put(text, "[archive]", {"root": answers.root})
    if answers.pictures:
        text = _put(text, "[archive]", {"pictures": "save"})
    own = {"title": first.title, "site": first.site, "timezone": first.timezone}
    text = _put(text, "[[sources]]", {**_keys(first), **own})
    off = [section for section in offered if section not in answers.sections]
    return "\n".join([text, *map(_write, further), *_write_off(off)])


def _put(text: str, header: str, values: Mapping[str, Any]) -> str:
    """The text with other values for keys of the table under `header`, on or off."""
    before, found, table = text.partition(f"\n{header}\n")
    for key, value in values.items():
        line = f"{key} = {write_value(value)}".replace("\\", r"\\")
        pattern = rf"^(?:# )?{key} = .*$"
        table = re.sub(pattern, line, table, count=1, flags=re.MULTILINE)
    return before + found + table


def _keys(section: Section) -> dict[str, Any]:
    return {
        "name": section.name,
        "urls": [section.url],
        "every": section.every,
        "every_max": section.every_max,
    }


def _write(section: Section) -> str:
    """A source of few lines; its profile and time zone follow from its host."""
    keys = {**_keys(section), "title": section.title}
    lines = [f"{key} = {write_value(value)}" for key, value in keys.items()]
    return "\n".join([f"[[sources]]  # {section.label}", *lines, ""])


def _write_off(sections: Sequence[Section]) -> list[str]:
    titles = list(dict.fromkeys(section.title for section in sections))
    return [_OTHERS.format(title=", ".join(titles)), *map(_comment, sections)] if sections else []


def _comment(section: Section) -> str:
    return re.sub(r"^(?=.)", "# ", _write(section), flags=re.MULTILINE)
