"""[[sources]] as text, to be pasted into a configuration: the program never edits one itself."""

import json
import re
from collections.abc import Collection, Sequence

from scraper.config.checks import CONTROL, check_source_name
from scraper.config.settings import name_source

LONGEST = 100  # characters of a source's name; see checks.SOURCE_NAME


def propose_name(title: str, url: str, taken: Collection[str]) -> str:
    """A name for a source, from its title, else its URL, that is none of `taken`.

    Letters of every script are kept; the case of letters does not tell names apart.
    """
    words = re.sub(r"[^\w.-]+", "-", title).strip("-._")[:LONGEST]
    name = words or name_source(url)
    used = {other.casefold() for other in taken}
    number = 1
    proposed = name
    while proposed.casefold() in used:
        number += 1
        ending = f"-{number}"
        proposed = name[: LONGEST - len(ending)] + ending
    return check_source_name(proposed)


def write_block(
    name: str, title: str, urls: Sequence[str], comments: Sequence[str] = (), site: str = ""
) -> str:
    """One of [[sources]], with comments above it; without what is ''."""
    lines = [f"# {_line(comment)}" for comment in comments]
    lines += ["[[sources]]", f"name = {_quoted(name)}"]
    if title:
        lines.append(f"title = {_quoted(_line(title))}")
    if site:
        lines.append(f"site = {_quoted(site)}")
    lines.append(f"urls = [{', '.join(map(_quoted, urls))}]")
    return "\n".join(lines) + "\n"


def _line(text: str) -> str:
    return " ".join(CONTROL.sub(" ", text).split())


def _quoted(text: str) -> str:
    """A basic string (TOML 1.0): JSON's escapes are among its own."""
    return json.dumps(text, ensure_ascii=False)
